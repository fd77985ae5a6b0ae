"""The office's queue, what one asked oneself, and the figures of how much the office is asked for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.followups.selectors import SMALLEST_GROUP
from steerco.apps.initiatives.models import Ancestry, Initiative
from steerco.apps.initiatives.policy import standing_of
from steerco.apps.office.models import IncomingMail, SupportRequest
from steerco.apps.office.registers import REQUESTS
from steerco.apps.office.settings import working_hours
from steerco.apps.office.states import GOING, WAITING
from steerco.kit import clock
from steerco.kit.imports.models import ImportRun
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.states import State

OFFICE = "initiative.edit"  # the right that makes somebody's place one of the office
NEAR = 1  # working days before its date that a request is near
PARTS = {
    "unassigned": _("unassigned"),
    "late": _("overdue"),
    "near": _("due within a working day"),
    "waiting": _("waiting for the asker"),
    "mine": _("mine"),
}


def at_place(rows: QuerySet[Any], place: Initiative | None) -> QuerySet[Any]:
    """The rows at `place` and below; all for None."""
    if place is None:
        return rows
    return rows.filter(initiative__in=Ancestry.objects.filter(ancestor=place).values("descendant"))


def queue(actor: Actor, place: Initiative | None = None) -> QuerySet[SupportRequest]:
    """The open requests where the actor works as the office: those of nobody first, then by what is owed next."""
    rows = visible_to(
        SupportRequest.objects.filter(state__in=sorted(GOING), deleted=False), actor, view=OFFICE
    )
    rows = at_place(rows, place).annotate(given=Case(When(owner=None, then=Value(0)), default=Value(1)))
    return rows.order_by("given", F("next_due").asc(nulls_last=True), "-priority", "pk")


def near_until(now: datetime) -> datetime:
    """What is owed until then is near."""
    hours = working_hours()
    return hours.after(now, NEAR * hours.day)


def narrowed(rows: QuerySet[SupportRequest], part: str, actor: Actor) -> QuerySet[SupportRequest]:
    """A part of the queue, one of PARTS; "" is all."""
    now = clock.now()
    found = {
        "unassigned": Q(owner=None),
        "late": Q(next_due__lt=now),
        "near": Q(next_due__gte=now, next_due__lte=near_until(now)),
        "waiting": Q(state=WAITING),
        "mine": Q(owner__in=actor.parties),
    }
    return rows.filter(found[part]) if part in found else rows


def queue_counts(actor: Actor, place: Initiative | None = None) -> dict[str, int]:
    """How many stand in the queue ("all") and in each of its parts. One query."""
    now = clock.now()
    counts = {
        "all": Count("pk"),
        "unassigned": Count("pk", filter=Q(owner=None)),
        "late": Count("pk", filter=Q(next_due__lt=now)),
        "near": Count("pk", filter=Q(next_due__gte=now, next_due__lte=near_until(now))),
        "waiting": Count("pk", filter=Q(state=WAITING)),
        "mine": Count("pk", filter=Q(owner__in=actor.parties)),
    }
    return queue(actor, place).order_by().aggregate(**counts)


@dataclass(frozen=True)
class Line:
    """A request of the queue: how it stands against the clock, how old it is in working days."""

    row: SupportRequest
    url: str
    is_late: bool
    is_near: bool
    age: int

    @property
    def state(self) -> State:
        """Its state, with its word and tone."""
        return self.row.states.by_key[self.row.state]


def lines(rows: Iterable[SupportRequest]) -> list[Line]:
    """Requests ready to be shown."""
    now, hours = clock.now(), working_hours()
    near = hours.after(now, NEAR * hours.day)
    return [
        Line(
            row,
            REQUESTS.url(row),
            row.next_due is not None and row.next_due < now,
            row.next_due is not None and now <= row.next_due <= near,
            hours.minutes_between(row.asked_at, now) // hours.day if row.asked_at else 0,
        )
        for row in rows
    ]


def held_mails(actor: Actor) -> QuerySet[IncomingMail]:
    """The mails from unknown senders that wait for the office; only for who works for the whole organisation."""
    return visible_to(IncomingMail.objects.filter(state=IncomingMail.State.HELD), actor)


def open_conflicts(actor: Actor) -> QuerySet[ImportRun]:
    """The actor's imports that wait because something was changed both here and in the file."""
    rows = ImportRun.objects.filter(state=ImportRun.State.STAGED, report__counts__conflicts__gt=0)
    return visible_to(rows, actor)


def own_requests(actor: Actor) -> QuerySet[SupportRequest]:
    """What the actor asked for. Where a restriction keeps them out of a place, what they asked there is hidden too."""
    standing = standing_of(actor)
    open_to = Q(restricted_by=None) | Q(restricted_by__in=standing.restrictions) | Q(entry__in=standing.named)
    rows = SupportRequest.objects.filter(open_to, asked_by__in=actor.parties, deleted=False)
    return rows.select_related("initiative", "category", "owner", "entry").order_by("-pk")


# -- figures ------------------------------------------------------------------------------------------------------


@dataclass
class Cell:
    """A number of requests and the minutes spent on them, with the list that shows exactly these."""

    url: str
    count: int = 0
    minutes: int = 0


@dataclass
class Load:
    """A category: its figures by month and in all, and how many ended in time and too late."""

    label: str | Promise
    months: list[Cell]
    total: Cell
    kept: Cell
    late: Cell
    answer_kept: Cell
    answer_late: Cell

    @property
    def percent(self) -> int | None:
        """The share that ended in time; None where nothing was promised."""
        ended = self.kept.count + self.late.count
        return 100 * self.kept.count // ended if ended else None

    @property
    def answer_percent(self) -> int | None:
        """The share whose first answer came in time."""
        answered = self.answer_kept.count + self.answer_late.count
        return 100 * self.answer_kept.count // answered if answered else None


@dataclass
class Figures:
    """How much the office was asked for: by category and month, and by unit of the askers."""

    months: list[date]
    loads: list[Load] = field(default_factory=list)
    total: Load | None = None
    units: list[tuple[str, Cell]] = field(default_factory=list)
    hidden_units: int = 0


def list_url(place: Initiative | None = None, **query: Any) -> str:
    """The list of requests that a figure means."""
    given = {"group": "all", "in": place.code if place else "", **query}
    return f"{REQUESTS.list_url()}?{urlencode({n: v for n, v in given.items() if v not in ('', None)})}"


def months_until(day: date, count: int) -> list[date]:
    """The first days of `count` months, the last that of `day`."""
    number = day.year * 12 + day.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - count + 1, number + 1)]


def _end(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def figures(actor: Actor, place: Initiative | None = None, *, count: int = 12) -> Figures:
    """The figures of the last `count` months as far as the actor reads the requests. Three queries.

    A request counts in the month in which it was asked, with all the minutes that were ever spent on it.
    """
    months = months_until(clock.today(), count)
    since = {"asked_on_from": months[0].isoformat(), "asked_on_to": _end(months[-1]).isoformat()}
    rows = at_place(visible_to(SupportRequest.objects.filter(deleted=False), actor), place)
    rows = rows.filter(asked_on__gte=months[0], asked_on__lte=_end(months[-1])).order_by()
    grouped = rows.annotate(month=TruncMonth("asked_on")).values_list(
        "category", "category__name", "month", "answer_kept", "done_kept"
    )
    loads: dict[int | None, Load] = {}
    total = _load(_("All"), months, place, since, {})
    for category, name, month, answer, done, n, minutes in grouped.annotate(n=Count("pk"), m=Sum("minutes")):
        if category not in loads:
            query = {"category": category or "none"}
            loads[category] = _load(name or _("without a category"), months, place, since, query)
        for load in (loads[category], total):
            _add(load, months.index(month), answer, done, n, minutes)
    found = Figures(months, sorted(loads.values(), key=lambda one: (-one.total.count, str(one.label))), total)
    _by_unit(found, rows, place, since)
    return found


def _load(
    label: str | Promise, months: list[date], place: Initiative | None, since: dict[str, str], query: Any
) -> Load:
    def cell(**more: str) -> Cell:
        return Cell(list_url(place, **{**since, **query, **more}))

    by_month = [
        cell(asked_on_from=month.isoformat(), asked_on_to=_end(month).isoformat()) for month in months
    ]
    return Load(
        label,
        by_month,
        cell(),
        cell(done_kept="yes"),
        cell(done_kept="no"),
        cell(answer_kept="yes"),
        cell(answer_kept="no"),
    )


def _add(load: Load, month: int, answer: str, done: str, count: int, minutes: int) -> None:
    cells = [load.months[month], load.total]
    cells += [{"yes": load.kept, "no": load.late}[done]] if done else []
    cells += [{"yes": load.answer_kept, "no": load.answer_late}[answer]] if answer else []
    for cell in cells:
        cell.count += count
        cell.minutes += minutes


def _by_unit(
    found: Figures, rows: QuerySet[SupportRequest], place: Initiative | None, since: dict[str, str]
) -> None:
    """The units that ask the most; of fewer than five askers nothing is told, or it would be told of persons."""
    grouped = rows.filter(unit__isnull=False).values_list("unit", "unit__name")
    counted = grouped.annotate(people=Count("asked_by", distinct=True), n=Count("pk"), m=Sum("minutes"))
    shown: dict[str, Cell] = defaultdict(lambda: Cell(""))
    for pk, name, people, n, minutes in counted:
        if people < SMALLEST_GROUP:
            found.hidden_units += 1
            continue
        shown[name] = Cell(list_url(place, **since, unit=pk), n, minutes)
    found.units = sorted(shown.items(), key=lambda pair: (-pair[1].count, pair[0]))
