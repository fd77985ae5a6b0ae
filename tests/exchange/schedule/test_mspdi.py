"""Microsoft's project XML: what Project and the other programs write, and the way back."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from tests.exchange.schedule.plans import mspdi, schedules, task

from steerco.engine.schedule import Constraint, LinkType, Schedule
from steerco.exchange.schedule import plain, schedule_from
from steerco.exchange.schedule.mspdi import read_mspdi
from steerco.exchange.schedule.mspdi_writing import write_mspdi


def read(tasks: str, head: str = "", more: str = "") -> Schedule:
    return read_mspdi(mspdi(tasks, head, more)).schedules[0]


@settings(max_examples=25, deadline=None)
@given(schedules())
def test_what_is_written_is_read_again(schedule: Schedule) -> None:
    assert read_mspdi(write_mspdi(schedule)).schedules == [schedule]
    assert schedule_from(plain(schedule)) == schedule


def test_a_milestone_has_its_stored_dates() -> None:
    more = "<Baseline><Number>0</Number><Finish>2026-03-01T17:00:00</Finish></Baseline>"
    [one] = read(
        task(
            7,
            "Go live",
            Start="2026-03-31T17:00:00",
            Finish="2026-03-31T17:00:00",
            Milestone=1,
            Duration="PT0H0M0S",
            DurationFormat=7,
            GUID="{0a1b}",
            Deadline="2026-04-30T00:00:00",
        ).replace("</Task>", f"{more}</Task>")
    ).tasks
    assert (one.uid, one.guid, one.milestone, one.at) == (7, "0A1B", True, date(2026, 3, 31))
    assert (one.baseline_at, one.done_on, one.deadline) == (date(2026, 3, 1), None, datetime(2026, 4, 30))


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("PT8H0M0S", 480), ("PT0H30M24S", 30), ("P1DT2H", 1560), ("-PT1H", -60), ("PT1.5H", 90), ("PT0S", 0)],
)
def test_durations_are_minutes(text: str, minutes: int) -> None:
    assert read(task(1, "A", Duration=text)).tasks[0].duration_min == minutes


@pytest.mark.parametrize("text", ["NA", "", "0001-01-01T00:00:00", "2999-12-31T00:00:00"])
def test_dates_that_mean_none_are_none(text: str) -> None:
    assert read(task(1, "A", ActualFinish=text)).tasks[0].actual_finish is None


def test_what_is_no_date_is_noted_with_its_task() -> None:
    reading = read_mspdi(mspdi(task(1, "Go live", Finish="soon")))
    [remark] = reading.remarks
    assert (remark.where, reading.schedules[0].tasks[0].finish) == ("Go live", None)
    assert "soon" in remark.message


@pytest.mark.parametrize(
    ("lag", "form", "expected"),
    [
        (4800, 7, (480, False, None, "DAYS")),  # tenths of minutes
        (-600, 5, (-60, False, None, "HOURS")),
        (14400, 8, (1440, True, None, "DAYS")),
        (50, 19, (0, False, 50.0, "PERCENT")),
    ],
)
def test_lags_are_read_by_their_format(lag: int, form: int, expected: tuple) -> None:
    link = (
        "<PredecessorLink><PredecessorUID>1</PredecessorUID><Type>3</Type>"
        f"<LinkLag>{lag}</LinkLag><LagFormat>{form}</LagFormat></PredecessorLink>"
    )
    [found] = read(task(1, "A") + task(2, "B").replace("</Task>", f"{link}</Task>")).links
    assert (found.predecessor, found.successor, found.type) == (1, 2, LinkType.SS)
    assert (found.lag_min, found.lag_elapsed, found.lag_percent, found.lag_unit) == expected


def test_the_outline_gives_parents_and_summaries() -> None:
    plan = read(task(1, "Phase", 1) + task(2, "Step", 2) + task(3, "Detail", 3) + task(4, "Next", 1))
    assert [(t.uid, t.parent, t.summary) for t in plan.tasks] == [
        (1, None, True), (2, 1, True), (3, 2, False), (4, None, False)
    ]  # fmt: skip


def test_rows_without_a_task_and_second_tasks_are_left_out() -> None:
    empty = "<Task><UID>9</UID><ID>9</ID><IsNull>1</IsNull></Task>"
    reading = read_mspdi(mspdi(task(1, "A") + empty + task(1, "Again") + "<Task><Name>No id</Name></Task>"))
    assert [t.name for t in reading.schedules[0].tasks] == ["A"]
    assert [r.where for r in reading.remarks] == ["Again", "No id"]


def test_flags_constraints_and_own_fields() -> None:
    head = (
        "<ExtendedAttributes><ExtendedAttribute><FieldID>188743752</FieldID><FieldName>Flag1</FieldName>"
        "<Alias>Board</Alias></ExtendedAttribute></ExtendedAttributes>"
    )
    own = "<ExtendedAttribute><FieldID>188743752</FieldID><Value>1</Value></ExtendedAttribute>"
    plan = read(
        task(1, "A", Active=0, Manual=1, ConstraintType=4, ConstraintDate="2026-01-05T08:00:00").replace(
            "</Task>", f"{own}</Task>"
        ),
        head,
    )
    [one] = plan.tasks
    assert (one.active, one.manual, one.constraint) == (False, True, Constraint.START_NO_EARLIER_THAN)
    assert {plan.fields[0].label: one.fields[plan.fields[0].key]} == {"Board": "1"}


@pytest.mark.parametrize("namespace", ["http://schemas.microsoft.com/project/2007", ""])
def test_other_namespaces_are_the_same_format(namespace: str) -> None:
    assert read_mspdi(mspdi(task(1, "A"), namespace=namespace)).schedules[0].tasks[0].name == "A"


def test_a_file_in_utf_16_is_read() -> None:
    text = mspdi(task(1, "Übergabe")).decode().replace("UTF-8", "UTF-16")
    assert read_mspdi(text.encode("utf-16")).schedules[0].tasks[0].name == "Übergabe"


def test_old_exceptions_stand_among_the_days() -> None:
    calendar = (
        "<Calendars><Calendar><UID>1</UID><Name>Standard</Name><WeekDays><WeekDay><DayType>2</DayType>"
        "<DayWorking>1</DayWorking><WorkingTimes><WorkingTime><FromTime>22:00:00</FromTime><ToTime>00:00:00</ToTime>"
        "</WorkingTime></WorkingTimes></WeekDay><WeekDay><DayType>1</DayType><DayWorking>0</DayWorking></WeekDay>"
        "<WeekDay><DayType>0</DayType><DayWorking>0</DayWorking><TimePeriod><FromDate>2026-12-24T00:00:00</FromDate>"
        "<ToDate>2026-12-26T23:59:00</ToDate></TimePeriod></WeekDay></WeekDays></Calendar></Calendars>"
    )
    [found] = read(task(1, "A"), calendar).calendars
    assert found.week == [[(1320, 1440)], None, None, None, None, None, []]
    assert [(e.first, e.last, e.shifts) for e in found.exceptions] == [
        (date(2026, 12, 24), date(2026, 12, 26), [])
    ]
