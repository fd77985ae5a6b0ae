"""Plans for the tests: small files written here, and a strategy for whole schedules."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from steerco.engine.schedule import (
    Assignment,
    Baseline,
    Calendar,
    CalendarException,
    Dialect,
    FieldDefinition,
    Link,
    LinkType,
    Project,
    Resource,
    ResourceType,
    Schedule,
    Task,
    WorkWeek,
)
from steerco.exchange.schedule.mspdi_values import CONSTRAINTS, CONTOURS, TASK_TYPES

NAMESPACE = "http://schemas.microsoft.com/project"


def mspdi(tasks: str, head: str = "", more: str = "", namespace: str = NAMESPACE) -> bytes:
    """A project XML with the given elements."""
    start = f'<?xml version="1.0" encoding="UTF-8"?><Project xmlns="{namespace}">'
    return f"{start}{head}<Tasks>{tasks}</Tasks>{more}</Project>".encode()


def task(uid: int, name: str, level: int = 1, **values: Any) -> str:
    """A task element."""
    inner = "".join(f"<{key}>{value}</{key}>" for key, value in values.items())
    return f"<Task><UID>{uid}</UID><ID>{uid}</ID><Name>{name}</Name><OutlineLevel>{level}</OutlineLevel>{inner}</Task>"


def xer(
    tables: dict[str, list[dict[str, str]]],
    header: str = "ERMHDR\t20.12\t2026-03-02\tProject\tA\tB\tC\tD\tEUR",
) -> str:
    """An XER text with the given tables."""
    lines = [header]
    for name, rows in tables.items():
        columns = list(dict.fromkeys(key for row in rows for key in row))
        lines += [f"%T\t{name}", "%F\t" + "\t".join(columns)]
        lines += ["%R\t" + "\t".join(row.get(column, "") for column in columns) for row in rows]
    return "\r\n".join([*lines, "%E", ""])


_texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
_moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda d: d.replace(microsecond=0))
_maybe = st.none() | _moments
_minutes = st.none() | st.integers(0, 500_000)
_percents = st.none() | st.integers(0, 100).map(float)
_units = st.none() | st.integers(1, 400).map(float)
_baselines = st.builds(Baseline, _moments, _maybe, _minutes, _minutes)


@st.composite
def _shifts(draw: st.DrawFn) -> list[tuple[int, int]]:
    edges = sorted(draw(st.sets(st.integers(0, 24), min_size=0, max_size=4)))
    edges = edges[: len(edges) // 2 * 2]
    return [(a * 60, b * 60) for a, b in zip(edges[::2], edges[1::2], strict=True)]


_week = st.lists(st.none() | _shifts(), min_size=7, max_size=7)


@st.composite
def _span(draw: st.DrawFn) -> tuple[date, date]:
    first = draw(st.dates(date(2000, 1, 1), date(2050, 1, 1)))
    return first, first + timedelta(days=draw(st.integers(0, 30)))


@st.composite
def _calendar(draw: st.DrawFn, uid: int) -> Calendar:
    exceptions = [
        CalendarException(*draw(_span()), draw(_shifts()), draw(st.just("") | _texts))
        for _ in range(draw(st.integers(0, 2)))
    ]
    weeks = [WorkWeek(*draw(_span()), draw(_week), draw(_texts)) for _ in range(draw(st.integers(0, 1)))]
    return Calendar(uid, draw(_texts), None if uid == 1 else 1, draw(_week), exceptions, weeks)


@st.composite
def _task(draw: st.DrawFn, uid: int, fields: list[FieldDefinition]) -> Task:
    return Task(
        uid,
        id=uid,
        guid=draw(st.just("") | st.just(f"0000-{uid}")),
        name=draw(_texts),
        wbs=draw(st.just("") | _texts),
        outline_level=draw(st.integers(1, 4)),
        outline_number=draw(st.just("") | st.just("1.2")),
        milestone=draw(st.booleans()),
        active=draw(st.booleans()),
        manual=draw(st.booleans()),
        recurring=draw(st.booleans()),
        external=draw(st.booleans()),
        type=draw(st.sampled_from(["", *TASK_TYPES])),
        effort_driven=draw(st.booleans()),
        estimated=draw(st.booleans()),
        start=draw(_maybe),
        finish=draw(_maybe),
        duration_min=draw(_minutes),
        duration_unit=draw(st.sampled_from(["MINUTES", "HOURS", "DAYS", "WEEKS", "MONTHS"])),
        duration_elapsed=draw(st.booleans()),
        actual_start=draw(_maybe),
        actual_finish=draw(_maybe),
        actual_duration_min=draw(_minutes),
        remaining_duration_min=draw(_minutes),
        percent_complete=draw(_percents),
        physical_percent=draw(_percents),
        constraint=draw(st.none() | st.sampled_from(CONSTRAINTS)),
        constraint_date=draw(_maybe),
        deadline=draw(_maybe),
        calendar=draw(st.none() | st.just(1)),
        ignore_resource_calendar=draw(st.booleans()),
        priority=draw(st.none() | st.integers(0, 1000)),
        leveling_delay_min=draw(_minutes),
        late_finish=draw(_maybe),
        total_slack_min=draw(st.none() | st.integers(-5000, 5000)),
        critical=draw(st.none() | st.booleans()),
        notes=draw(st.just("") | _texts),
        baselines=draw(st.dictionaries(st.integers(0, 10), _baselines, max_size=2)),
        fields={one.key: draw(_texts) for one in fields if draw(st.booleans())},
    )


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Schedules as Microsoft's format can hold them, with parents and summaries as their levels say."""
    fields = [
        FieldDefinition(f"1887437{n}", f"Text{n}", draw(st.just("") | _texts))
        for n in range(draw(st.integers(0, 2)))
    ]
    tasks = [draw(_task(uid, fields)) for uid in range(1, draw(st.integers(1, 6)) + 1)]
    above: list[Task] = []
    for one in tasks:
        while above and above[-1].outline_level >= one.outline_level:
            above.pop()
        if above:
            one.parent, above[-1].summary = above[-1].uid, True
        above.append(one)
    uids = [one.uid for one in tasks]
    pairs = draw(st.sets(st.tuples(st.sampled_from(uids), st.sampled_from(uids)), max_size=4))
    links = [
        Link(
            a,
            b,
            draw(st.sampled_from(LinkType)),
            lag_min=draw(st.integers(-9000, 9000)),
            lag_unit="DAYS",
            lag_elapsed=draw(st.booleans()),
        )
        for a, b in pairs
    ]
    links.sort(key=lambda link: link.successor)
    resources = [
        Resource(n, n, "", "", draw(_texts), draw(st.sampled_from(ResourceType)), None, draw(_units))
        for n in range(1, draw(st.integers(1, 3)))
    ]
    assignments = [
        Assignment(
            draw(st.sampled_from(uids)),
            draw(st.none() | st.sampled_from([r.uid for r in resources])) if resources else None,
            uid=n,
            units_pct=draw(_units),
            work_min=draw(_minutes),
            start=draw(_maybe),
            contour=draw(st.sampled_from(["", *CONTOURS])),
        )
        for n in range(draw(st.integers(0, 3)))
    ]
    project = Project(
        name=draw(_texts),
        title=draw(st.just("") | _texts),
        start=draw(_maybe),
        finish=draw(_maybe),
        schedule_from_finish=draw(st.booleans()),
        status_date=draw(_maybe),
        calendar=1,
        minutes_per_day=480,
        default_start=480,
        currency="EUR",
        options={"SaveVersion": "14", "HonorConstraints": draw(st.sampled_from("01"))},
    )
    calendars = [draw(_calendar(n)) for n in range(1, draw(st.integers(1, 3)))]
    return Schedule(
        Dialect.MSP,
        "MSPDI",
        project,
        ("guid", "uid"),
        calendars,
        tasks,
        links,
        resources,
        assignments,
        fields,
    )
