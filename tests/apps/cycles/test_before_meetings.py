"""A calendar that hangs on the meetings of a body: its days count back from the meeting and follow it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.apps.cycles.test_consolidation import GREEN
from tests.apps.cycles.world import Programme, programme
from tests.apps.worlds import OPERATOR, browser, person

from steerco.apps.cycles.drafts import Typed
from steerco.apps.cycles.models import Cadence, Cycle, Report
from steerco.apps.cycles.services import approve, submit, write_cadences
from steerco.apps.cycles.turning import turn
from steerco.apps.followups.models import FollowUp
from steerco.apps.governance.models import Body
from steerco.apps.governance.services import write_bodies
from steerco.apps.initiatives.services import restrict
from steerco.apps.meetings.agenda import build
from steerco.apps.meetings.models import Meeting
from steerco.apps.meetings.services import write_meetings
from steerco.kit import clock
from steerco.kit.history import Change, Invalid

pytestmark = pytest.mark.django_db
THURSDAY = date(2026, 12, 17)  # the day of the meeting
OPENS, DUE, REVIEW, LOCK, PAPERS = (date(2026, 12, day) for day in (3, 7, 8, 9, 10))


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def hung() -> tuple[Programme, Body, Meeting]:
    """A programme whose calendar hangs on its board, which meets on a Thursday."""
    found = programme(streams=1)
    with clock.at(at(date(2026, 11, 16))):
        body = write_bodies(OPERATOR, [Change({"name": "Board", "initiative": found.root})])[0]
        write_cadences(OPERATOR, [Change({"rhythm": "meeting", "body": body}, pk=found.cadence.pk)])
        start = {"initiative": found.root, "body": body, "title": "Board", "day": THURSDAY}
        meeting = write_meetings(OPERATOR, [Change(start)])[0]
    return found, body, meeting


def opened(found: Programme) -> Cycle:
    with clock.at(at(OPENS)):
        assert turn()["opened"] == 1
        assert turn()["opened"] == 0
    return Cycle.objects.get()


@pytest.mark.both_databases
def test_its_days_count_back_from_the_meeting() -> None:
    found, _body, meeting = hung()
    calendar = Cadence.objects.get(pk=found.cadence.pk)
    assert (calendar.opens, calendar.due, calendar.publish) == (-10, -8, -5)
    with clock.at(at(OPENS - timedelta(days=1))):
        assert turn()["opened"] == 0
    cycle = opened(found)
    assert cycle.meeting == meeting
    assert (cycle.period_end, cycle.due_on, cycle.review_on, cycle.publish_on) == (DUE, DUE, REVIEW, PAPERS)
    assert cycle.lock_at.date() == LOCK
    assert cycle.period_start == found.cadence.anchor + timedelta(days=1)


def test_a_calendar_that_hangs_on_meetings_no_longer_counts_from_its_periods_again() -> None:
    found, _body, _meeting = hung()
    write_cadences(OPERATOR, [Change({"rhythm": "month", "body": None}, pk=found.cadence.pk)])
    calendar = Cadence.objects.get(pk=found.cadence.pk)
    assert (calendar.opens, calendar.due, calendar.publish) == (-2, 1, 4)


@pytest.mark.both_databases
def test_a_meeting_that_is_moved_takes_its_cycle_along_once() -> None:
    found, _body, meeting = hung()
    cycle = opened(found)
    with clock.at(at(OPENS, 11)):
        later = {"day": THURSDAY + timedelta(days=7), "moved": "The chair is away."}
        write_meetings(OPERATOR, [Change(later, pk=meeting.pk)])
        turn()
        turn()
    cycle.refresh_from_db()
    assert (cycle.due_on, cycle.lock_at.date()) == (DUE + timedelta(days=7), LOCK + timedelta(days=7))
    assert cycle.moved == "The meeting is on 24/12/2026. The chair is away."
    report = Report.objects.get()
    assert report.due_on == report.period_end == cycle.period_end == DUE + timedelta(days=7)
    assert report.title == "Weekly report, 28/11/2026 – 14/12/2026"
    assert FollowUp.objects.get(entry=report.entry_id, state="open").due == report.due_on
    assert Cycle.objects.count() == 1


def test_a_meeting_that_comes_sooner_leaves_a_day_to_report() -> None:
    found, _body, meeting = hung()
    cycle = opened(found)
    with clock.at(at(OPENS, 11)):
        sooner = {"day": date(2026, 12, 7), "papers_by": None, "moved": "It is urgent."}
        write_meetings(OPERATOR, [Change(sooner, pk=meeting.pk)])
        assert turn()["locked"] == 0
    cycle.refresh_from_db()
    assert cycle.lock_at.date() == cycle.due_on == cycle.period_end == OPENS + timedelta(days=1)


@pytest.mark.both_databases
def test_no_day_is_left_out_or_told_twice_when_a_meeting_moves_before_the_next_one() -> None:
    found, body, meeting = hung()
    opened(found)
    with clock.at(at(OPENS, 11)):
        after = {
            "initiative": found.root,
            "body": body,
            "title": "Next",
            "day": THURSDAY + timedelta(days=14),
        }
        write_meetings(OPERATOR, [Change(after)])
    with clock.at(at(OPENS + timedelta(days=4), 14)):
        report = Report.objects.select_related("initiative__unit", "owner", "cycle__cadence").get()
        submit(found.writer(0), report, Typed("Fine.", GREEN))
        later = {"day": THURSDAY + timedelta(days=7), "moved": "The chair is away."}
        write_meetings(OPERATOR, [Change(later, pk=meeting.pk)])
        turn()
    with clock.at(at(date(2026, 12, 17), 14)):
        turn()
    first, second = Cycle.objects.order_by("pk")
    assert (first.period_end, second.period_start) == (date(2026, 12, 14), date(2026, 12, 15))
    given, asked = Report.objects.order_by("pk").filter(kind="weekly")
    assert given.period_end == DUE  # what was given is about the days it was written for
    assert asked.period_start == second.period_start


def test_why_a_restricted_meeting_is_moved_is_told_by_no_cycle() -> None:
    found, _body, meeting = hung()
    cycle = opened(found)
    restrict(OPERATOR, meeting, [found.rita.party_id])
    with clock.at(at(OPENS, 11)):
        later = {"day": THURSDAY + timedelta(days=7), "moved": "A secret sale."}
        write_meetings(OPERATOR, [Change(later, pk=meeting.pk)])
        turn()
    cycle.refresh_from_db()
    assert cycle.moved == "The meeting is on 24/12/2026."


@pytest.mark.both_databases
def test_a_meeting_that_is_called_off_asks_for_nothing_more_and_loses_nothing() -> None:
    found, _body, meeting = hung()
    cycle = opened(found)
    with clock.at(at(OPENS, 11)):
        report = Report.objects.select_related("initiative__unit", "owner", "cycle__cadence").get()
        submit(found.writer(0), report, Typed("Fine.", GREEN))
        write_meetings(
            OPERATOR, [Change({"state": "cancelled", "moved": "Nothing to decide."}, pk=meeting.pk)]
        )
        turn()
    cycle.refresh_from_db()
    assert (cycle.state, cycle.moved) == (Cycle.State.SKIPPED, "Nothing to decide.")
    assert Report.objects.get().state == "frozen"
    assert not FollowUp.objects.filter(state="open").exists()
    with clock.at(at(LOCK, 13)):
        assert turn() == {"opened": 0, "locked": 0}


def test_what_is_owed_for_a_meeting_that_is_called_off_is_no_longer_needed() -> None:
    found, _body, meeting = hung()
    opened(found)
    with clock.at(at(OPENS, 11)):
        write_meetings(
            OPERATOR, [Change({"state": "cancelled", "moved": "Nothing to decide."}, pk=meeting.pk)]
        )
        turn()
    assert Report.objects.get().state == "spared"
    assert not FollowUp.objects.filter(state="open").exists()


def test_an_extra_meeting_has_a_cycle_of_its_own() -> None:
    found, body, _meeting = hung()
    opened(found)
    with clock.at(at(date(2026, 12, 9), 14)):
        turn()
        extra = {"initiative": found.root, "body": body, "title": "Extra", "day": date(2026, 12, 22)}
        write_meetings(OPERATOR, [Change(extra)])
        turn()
    first, second = Cycle.objects.order_by("pk")
    assert first.state == Cycle.State.LOCKED
    assert (second.period_start, second.period_end) == (DUE + timedelta(days=1), date(2026, 12, 10))


def test_the_consolidated_report_stands_on_the_agenda_and_the_cycle_names_the_meeting() -> None:
    found, _body, meeting = hung()
    cycle = opened(found)
    with clock.at(at(LOCK, 13)):
        turn()
        assert build(OPERATOR, meeting) == 0
        report = Report.objects.select_related("initiative__unit", "owner", "cycle__cadence").get(
            kind="consolidated"
        )
        approve(OPERATOR, submit(OPERATOR, report, Typed("Nobody has reported.", GREEN)))
        build(OPERATOR, meeting)
    assert list(meeting.items.filter(kind="report").values_list("entry", flat=True)) == [report.entry_id]
    office = browser(person("Olga Office", "pmo_analyst"))
    assert f"for the meeting of {meeting.day:%d/%m/%Y}" in office.get("/reporting/").content.decode()
    page = office.get(f"/reporting/cycles/{cycle.pk}/").content.decode()
    assert f"/meetings/{meeting.pk}/" in page


@pytest.mark.parametrize(
    ("values", "field"), [({"body": None}, "body"), ({"publish": 2, "lock": 1}, "publish")]
)
def test_what_cannot_hang_on_a_meeting_is_said(values: dict[str, object], field: str) -> None:
    found, _body, _meeting = hung()
    with pytest.raises(Invalid) as refused:
        write_cadences(OPERATOR, [Change(values, pk=found.cadence.pk)])
    assert field in refused.value.errors[0]
