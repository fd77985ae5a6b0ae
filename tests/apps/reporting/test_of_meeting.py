"""The packs and files of a meeting stand on its page."""

from datetime import date

import pytest
from tests.apps.worlds import OPERATOR, browser, initiative, person

from steerco.apps.governance.services import write_bodies
from steerco.apps.meetings.models import Meeting
from steerco.apps.meetings.services import write_meetings
from steerco.apps.reporting.models import Pack, PackFile
from steerco.apps.reporting.services import request_pack
from steerco.kit.history import Change

pytestmark = pytest.mark.django_db


def test_what_was_built_since_the_last_meeting_stands_on_the_page_of_the_next() -> None:
    place = initiative("CITY", type="portfolio")
    body = write_bodies(OPERATOR, [Change({"initiative": place, "name": "City Board"})])[0]

    def meeting(day: date) -> Meeting:
        values = {"initiative": place, "title": "City Board", "body": body, "day": day}
        return write_meetings(OPERATOR, [Change(values)])[0]

    last, row = meeting(date(2026, 10, 29)), meeting(date(2026, 11, 26))
    for state in ("called", "held"):
        write_meetings(OPERATOR, [Change({"state": state}, pk=last.pk)])
    for name, day, state in (
        ("Old pack", date(2026, 10, 28), "ready"),
        ("November pack", date(2026, 11, 20), "ready"),
        ("Waiting pack", date(2026, 11, 21), "waiting"),
        ("Later pack", date(2026, 12, 4), "ready"),
    ):
        pack = request_pack(OPERATOR, place, as_of=day, formats=["pdf"])
        Pack.objects.filter(pk=pack.pk).update(title=name, state=state)
        PackFile.objects.create(pack=pack, format="pdf", path="x", name="x.pdf", size=1, sha256="0")
    office, viewer = (
        browser(person("Olga Office", "pmo_analyst")),
        browser(person("Vera Viewer", "viewer", place)),
    )
    url = f"/meetings/{row.pk}/"
    page = office.get(url).content.decode()
    assert [name in page for name in ("Old pack", "November pack", "Waiting pack", "Later pack")] == [
        *(False, True, False, False)
    ]
    assert page.count(">PDF</a>") == 1
    assert "/packs/new/?in=CITY" in page
    assert 'id="panel-meeting.files"' in page
    read = viewer.get(url).content.decode()
    assert "November pack" in read
    assert "/packs/new/" not in read
    stranger = browser(person("Stan Stranger", staff=False))
    assert stranger.get(url).status_code == 404
