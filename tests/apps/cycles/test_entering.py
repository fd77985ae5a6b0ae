"""An analyst enters a report for somebody: who, for whom, from what, kept with the report."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.cycles.world import FRIDAY, THURSDAY, WEDNESDAY, programme
from tests.apps.worlds import browser, posted

from steerco.apps.cycles.models import Cycle, FrozenReport
from steerco.apps.cycles.turning import lock_cycle, turn
from steerco.apps.links.models import Attachment
from steerco.kit import clock
from steerco.kit.permissions import Actor

pytestmark = pytest.mark.django_db
TYPED = {"text-achieved": "The wall.", "rating-overall": "green", "take": "submit"}


def test_who_enters_for_somebody_says_from_what_and_it_stands_in_the_report() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        url = f"/reporting/reports/{found.report().pk}/"
        office = browser(found.rita)
        assert "Entered for Writer1 Lead" in office.get(url).content.decode()
        refused = office.post(url, {**TYPED, "source": ""})
        assert refused.status_code == 422
        assert "Say where it comes from." in refused.content.decode()
        mail = SimpleUploadedFile("said.txt", b"The wall stands.", content_type="text/plain")
        said = {"source": "mail", "source-on": "2026-11-25", "source-note": "He wrote on Wednesday."}
        page = posted(office, url, {**TYPED, **said, "source-file": mail})
        assert "Entered by Rita Reviewer for Writer1 Lead; source: Mail" in page
        assert "said.txt" in page
        assert "Open the file" in page
        assert "He wrote on Wednesday." in page
    assert Attachment.objects.get(entry=found.report().entry_id).name == "said.txt"
    with clock.at(WEDNESDAY):
        lock_cycle(Actor.operator("test"), Cycle.objects.get().pk)
    entered = json.loads(FrozenReport.objects.get().content)["entered"]
    assert (entered["by"], entered["source"], entered["on"]) == ("Rita Reviewer", "mail", "2026-11-25")


def test_whoever_reports_enters_for_nobody() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        url = f"/reporting/reports/{found.report().pk}/"
        writer = browser(found.people[0])
        assert "Entered for" not in writer.get(url).content.decode()
        assert "Entered by" not in posted(writer, url, {**TYPED, "source": "mail"})


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("source", "dream", "There is no such source."),
        ("source-on", "soon", "This is no date."),
        ("source-on", "2027-01-01", "That day has not come yet."),
        ("source-note", "x" * 2001, "At most 2000 characters"),
    ],
)
def test_a_source_that_cannot_be_is_refused(field: str, value: str, said: str) -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        url = f"/reporting/reports/{found.report().pk}/"
        answer = browser(found.rita).post(url, {**TYPED, "source": "mail", field: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_that_nothing_changed_is_said_for_somebody_else_only_with_its_source() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        posted(browser(found.people[0]), f"/reporting/reports/{found.report().pk}/", TYPED)
    with clock.at(WEDNESDAY):
        lock_cycle(Actor.operator("test"), Cycle.objects.get().pk)
    with clock.at(THURSDAY + timedelta(days=7)):
        turn()
        url = f"/reporting/reports/{found.report(end=FRIDAY + timedelta(days=7)).pk}/"
        assert "No change: submit" in browser(found.people[0]).get(url).content.decode()
        office = browser(found.rita)
        assert "No change: submit" not in office.get(url).content.decode()
        refused = office.post(url, {"take": "unchanged"})
        assert refused.status_code == 422
        assert "Say where it comes from." in refused.content.decode()
