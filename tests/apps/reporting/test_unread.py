"""What nobody opens is proposed for its end: counted from five readers on, ended or kept with a reason."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.apps.cycles.test_consolidation import reported
from tests.apps.cycles.world import FRIDAY, WEDNESDAY, Programme, programme
from tests.apps.reporting.test_publication import frozen
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person

from steerco.apps.cycles.models import Cadence, Cycle, FrozenReport, Report
from steerco.apps.cycles.services import write_cadences
from steerco.apps.initiatives.records import write_records
from steerco.apps.initiatives.services import restrict
from steerco.apps.people.models import Person
from steerco.apps.reporting.models import Delivery, Keeping
from steerco.apps.reporting.publishing import publish
from steerco.apps.reporting.unread import Opening, end_calendar, keep_calendar, openings
from steerco.apps.stakeholders.receivers import Recipient
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db
LATER = datetime(2027, 1, 20, 9, tzinfo=UTC)
URL = "/packs/unread/"


@dataclass
class Published:
    """A programme whose calendar published three editions to five readers."""

    found: Programme
    people: list[Person]
    office: Person
    editions: list[FrozenReport]

    def look(self, last: int = 6) -> list[Opening]:
        return openings(actor(self.office), last)


def edition(cadence: Cadence, week: int, people: list[Person]) -> FrozenReport:
    """A frozen report of a cycle of the calendar, published to these people; without what it says."""
    end = FRIDAY + timedelta(weeks=week)
    at = datetime(end.year, end.month, end.day, 12, tzinfo=UTC)
    cycle = Cycle.objects.create(
        cadence=cadence,
        initiative=cadence.initiative,
        period_start=end - timedelta(days=6),
        period_end=end,
        state=Cycle.State.LOCKED,
        opened_at=at,
        due_on=end,
        review_on=end,
        lock_at=at,
        publish_on=end,
    )
    values = {
        "initiative": cadence.initiative,
        "title": f"Week {week}",
        "kind": "consolidated",
        "cycle": cycle,
    }
    report = write_records(OPERATOR, Report, [Change(values)])[0]
    Report.objects.filter(pk=report.pk).update(state="frozen", period_end=end)
    content = json.dumps({"week": week})
    row = FrozenReport.objects.create(
        report=report, number=1, content=content, renderer="1", frozen_at=at, frozen_by="test"
    )
    with clock.at(at):
        publish(OPERATOR, row, [Recipient(p.name, p.email, p, "") for p in people])
    return row


def published(readers: int = 5, editions: int = 3) -> Published:
    found = programme(streams=1)
    people = [person(f"Reader{n} Reads", "viewer", found.root) for n in range(readers)]
    rows = [edition(found.cadence, week, people) for week in range(editions)]
    return Published(found, people, person("Pia Pmo", "pmo_manager"), rows)


def opens(one: Published, reader: int, week: int) -> None:
    rows = Delivery.objects.filter(publication__frozen=one.editions[week], person=one.people[reader])
    assert rows.update(opened_at=LATER) == 1


@pytest.mark.both_databases
def test_what_nobody_opened_is_proposed_and_comes_first() -> None:
    with clock.at(LATER):
        one = published()
        read = write_cadences(OPERATOR, [Change(calendar(one.found, "A read report"))])[0]
        row = [edition(read, week, one.people) for week in range(3)][1]
        Delivery.objects.filter(publication__frozen=row).update(opened_at=LATER)
        lines = one.look()
        assert [(x.cadence.title, x.editions, x.readers, x.opened, x.is_proposal) for x in lines] == [
            ("Weekly report", 3, 5, 0, True),
            ("A read report", 3, 5, 5, False),
        ]
        opens(one, 0, 0)  # one in five is more than nearly nobody
        assert [x.is_proposal for x in one.look()] == [False, False]


def calendar(found: Programme, title: str) -> dict[str, Any]:
    start = {"initiative": found.root, "title": title, "kind": "monthly", "covers": "workstreams"}
    return {**start, "anchor": FRIDAY, "rhythm": "month"}


@pytest.mark.both_databases
def test_only_the_last_editions_count_and_a_reader_once() -> None:
    with clock.at(LATER):
        one = published(editions=4)
        opens(one, 0, 0)
        opens(one, 0, 1)
        opens(one, 1, 1)
        (line,) = one.look(6)
        assert (line.editions, line.readers, line.opened) == (4, 5, 2)
        (line,) = one.look(3)
        assert (line.editions, line.opened) == (3, 2)
        Delivery.objects.filter(publication__frozen=one.editions[1]).update(opened_at=None)
        (line,) = one.look(3)
        assert (line.opened, line.is_proposal) == (0, True)


def test_an_edition_of_this_week_says_nothing_yet_and_two_are_not_enough() -> None:
    one = published(editions=3)
    third = FRIDAY + timedelta(weeks=2)
    with clock.at(datetime(third.year, third.month, third.day, 18, tzinfo=UTC)):
        (line,) = one.look()
    assert (line.editions, line.is_proposal) == (2, False)


def test_fewer_than_five_readers_are_never_counted_outsiders_do_not_help() -> None:
    with clock.at(LATER):
        one = published(readers=4)
        for row in one.editions:
            outside = Recipient("Ann Ash", "ann@supplier.example", None, "")
            publish(OPERATOR, row, [outside], ["ann@supplier.example"])
        Delivery.objects.update(asked_at=LATER - timedelta(days=30))
        (line,) = one.look()
        assert (line.readers, line.opened, line.is_proposal) == (5, None, False)
        text = browser(one.office).get(URL).content.decode()
        assert "too few readers to count" in text
        assert "Reader0" not in text


def test_the_page_of_the_report_counts_as_opened_for_whoever_got_it() -> None:
    found = reported()
    edition_of_it = frozen(found)
    other = person("Pia Pmo", "pmo_manager")
    with clock.at(WEDNESDAY):
        publish(found.reviewer, edition_of_it, [Recipient("Rita", "rita@example.org", found.rita, "")])
        url = f"/reporting/reports/{edition_of_it.report_id}/"
        assert browser(other).get(url).status_code == 200
        assert Delivery.objects.get().opened_at is None  # who did not get it is no reader of it
        rita = browser(found.rita)
        assert rita.get(url).status_code == 200
    with clock.at(WEDNESDAY + timedelta(days=1)):
        assert rita.get(url).status_code == 200
    assert Delivery.objects.get().opened_at == WEDNESDAY


def test_a_calendar_is_ended_or_kept_with_a_reason_by_who_may_set_it() -> None:
    with clock.at(LATER):
        one = published()
        office, cadence = browser(one.office), one.found.cadence
        text = office.get(URL).content.decode()
        assert "End this calendar" in text
        assert "opened by nobody" in text
        for wrong in (
            {},
            {"take": "end", "calendar": cadence.pk},
            {"take": "keep", "calendar": cadence.pk, "reason": "The law asks for it."},
            {"take": "keep", "calendar": cadence.pk, "reason": "So.", "until": "2027-01-20"},
            {"take": "keep", "calendar": cadence.pk, "reason": "So.", "until": "soon"},
            {"take": "burn", "calendar": cadence.pk},
        ):
            assert office.post(URL, wrong).status_code == 422, wrong
        for unknown in ("0", "x", "9" * 40):
            assert office.post(URL, {"take": "end", "calendar": unknown}).status_code == 404
        kept = {"take": "keep", "calendar": cadence.pk, "reason": "The law asks.", "until": "2027-03-01"}
        assert office.post(URL, kept).status_code == 303
        (line,) = one.look()
        assert (line.is_proposal, line.kept and line.kept.reason) == (False, "The law asks.")
        assert Event.objects.get(kind="cadence.kept").reason == "The law asks."
        assert "The law asks." in office.get(URL).content.decode()
    with clock.at(datetime(2027, 3, 2, 9, tzinfo=UTC)):
        assert one.look()[0].is_proposal
        ended = {"take": "end", "calendar": cadence.pk, "reason": "Nobody opens it."}
        assert office.post(URL, ended).status_code == 303
        cadence.refresh_from_db()
        assert cadence.ends == date(2027, 3, 2)
        assert one.look() == []
        assert Event.objects.filter(kind="cadence.changed", reason="Nobody opens it.").count() == 1


def test_who_may_not_set_a_calendar_neither_ends_nor_keeps_it() -> None:
    with clock.at(LATER):
        one = published()
        helper = person("Ada Administrator", "pmo_administrator", one.found.root)
        page = browser(helper).get(URL).content.decode()
        assert "Weekly report" in page
        assert "End this calendar" not in page
        with pytest.raises(Denied):
            end_calendar(actor(helper), one.found.cadence, "So.")
        with pytest.raises(Denied):
            keep_calendar(actor(helper), one.found.cadence, "So.", date(2027, 2, 1))
        with pytest.raises(Invalid):
            end_calendar(actor(one.office), one.found.cadence, " ")
        data = {"take": "end", "calendar": one.found.cadence.pk, "reason": "So."}
        assert browser(helper).post(URL, data).status_code == 403
        assert browser(one.people[0]).get(URL).status_code == 403
        assert Client().get(URL).status_code == 302
        one.found.cadence.refresh_from_db()
        assert one.found.cadence.ends is None
        assert not Keeping.objects.exists()


def test_what_is_hidden_or_elsewhere_is_not_listed() -> None:
    with clock.at(LATER):
        one = published()
        other = person("Otto Other", "pmo_manager", initiative("ELSE"))
        assert openings(actor(other), 6) == []
        restrict(OPERATOR, one.found.root, [one.found.rita.party_id])
        assert one.look() == []
        data = {"take": "end", "calendar": one.found.cadence.pk, "reason": "So."}
        assert browser(one.office).post(URL, data).status_code == 404
