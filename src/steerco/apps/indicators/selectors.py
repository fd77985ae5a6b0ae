"""Reads of snapshots: which dates there are, what was reported at two of them, one initiative's history."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, QuerySet

from steerco.apps.indicators.computed import Baseline, judge_report
from steerco.apps.indicators.indicators import SCALES
from steerco.apps.indicators.models import Snapshot, Value
from steerco.apps.initiatives.models import AlsoReportedTo, Ancestry, Initiative
from steerco.engine.performance.movement import FIVE_POINT, Movement, Reported, compare
from steerco.engine.performance.rag import Judgement
from steerco.kit.permissions import Actor

COLUMNS = (
    "pk", "initiative_id", "initiative__code", "as_of", "name", "sort_name", "unit_id", "unit_name",
    "category", "scale", "rating", "starts", "ends", "currency", "year", "year_budget", "year_forecast",
    "whole_life_cost",
)  # fmt: skip


class Headline(NamedTuple):
    """The headline of one snapshot; amounts in minor units. Fields in the order of COLUMNS.

    A tuple, since a page over ten thousand initiatives makes twenty thousand of them.
    """

    snapshot: int
    initiative: int
    code: str
    as_of: date
    name: str
    sort_name: str
    unit: int | None
    unit_name: str
    category: str
    scale: str
    rating: str
    starts: date | None
    ends: date | None
    currency: str
    year: str
    year_budget: int | None
    year_forecast: int | None
    whole_life_cost: int | None

    @property
    def reported(self) -> Reported:
        """What movement is measured on."""
        return Reported(
            rating=self.rating or None,
            scale=SCALES.get(self.scale, FIVE_POINT),
            end=self.ends,
            cost=self.whole_life_cost,
            currency=self.currency,
        )

    @property
    def baseline(self) -> Baseline:
        """What a later report is judged against."""
        return Baseline(self.ends, self.whole_life_cost, self.currency)


@dataclass
class Line:
    """One initiative at the date looked at and at the date compared with; one of the two may be missing."""

    initiative: int
    code: str
    now: Headline | None
    before: Headline | None
    movement: Movement
    also: bool = False  # it reports here as well, and belongs elsewhere in the tree

    @property
    def latest(self) -> Headline:
        """The report to name it by."""
        latest = self.now or self.before
        if latest is None:
            raise ValueError("a line without a report")
        return latest

    @cached_property
    def computed(self) -> Judgement | None:
        """What the figures say, by the written rules; None where it is no longer reported."""
        if self.now is None:
            return None
        return judge_report(self.now, self.before.baseline if self.before else None)


@dataclass
class Comparison:
    """Everything visible below a portfolio at two dates, in order of name."""

    as_of: date
    compare: date | None
    lines: list[Line]


def portfolio_scope(initiative: Initiative) -> tuple[QuerySet[Ancestry], set[int]]:
    """What counts below `initiative`, as (pairs to take `descendant` from, ids that only also report to it).

    Whatever anybody may see: narrow with visible_to.
    """
    own = Ancestry.objects.filter(ancestor=initiative)
    guests = AlsoReportedTo.objects.filter(to__in=own.values("descendant")).values("initiative")
    own_ids = own.values("descendant")
    also = set(
        Ancestry.objects.filter(ancestor__in=guests)
        .exclude(descendant__in=own_ids)
        .values_list("descendant", flat=True)
    )
    places = [initiative.pk, *also]
    return Ancestry.objects.filter(ancestor__in=places).exclude(descendant=initiative), also


def reports_below(actor: Actor, scope: QuerySet[Ancestry]) -> QuerySet[Snapshot]:
    """The current snapshots that `actor` may read among `scope`."""
    visible = Snapshot.objects.visible_to(actor).filter(
        current=True, initiative__in=scope.values("descendant")
    )
    return visible.order_by()


def points(actor: Actor, scope: QuerySet[Ancestry]) -> list[tuple[date, int]]:
    """The dates with reports below, oldest first, with how many initiatives reported."""
    counted = reports_below(actor, scope).values_list("as_of").annotate(count=Count("pk"))
    return sorted((day, count) for day, count in counted)


def choose_points(
    days: Sequence[date], as_of: date | None, against: date | None
) -> tuple[date | None, date | None]:
    """The dates to look at and to compare with: the last one not after the date asked for; None without any.

    Without a date asked for: the newest, and the one before it.
    """
    upto = [day for day in days if as_of is None or day <= as_of]
    if not upto:
        return None, None
    earlier = [day for day in upto[:-1] if against is None or day <= against]
    return upto[-1], earlier[-1] if earlier else None


def compared_lines(
    actor: Actor, scope: QuerySet[Ancestry], also: set[int], as_of: date, against: date | None
) -> Comparison:
    """What was reported below at the two dates, in one query, in order of name."""
    days = [day for day in (as_of, against) if day]
    rows = reports_below(actor, scope).filter(as_of__in=days).values_list(*COLUMNS)
    found: dict[int, list[Headline | None]] = defaultdict(lambda: [None, None])
    for row in rows.iterator(chunk_size=4000):
        headline = Headline._make(row)
        found[headline.initiative][headline.as_of != as_of] = headline
    lines = []
    for initiative, (now, before) in found.items():
        latest = now or before
        if latest is None:
            continue
        movement = compare(latest.code, before.reported if before else None, now.reported if now else None)
        lines.append(Line(initiative, latest.code, now, before, movement, initiative in also))
    lines.sort(key=lambda line: (line.latest.sort_name, line.initiative))
    return Comparison(as_of, against, lines)


@dataclass
class Past:
    """One report with everything in it, what moved since the one before, and what the figures say."""

    snapshot: Snapshot
    headline: Headline
    values: list[Value] = field(default_factory=list)
    movement: Movement | None = None
    computed: Judgement | None = None

    def texts(self) -> list[Value]:
        """The narratives, as the source has them."""
        return [v for v in self.values if v.text and not v.state and v.rating == ""]

    def states(self) -> list[Value]:
        """What has no value, and why."""
        return [v for v in self.values if v.state]


def history(actor: Actor, initiative: Initiative) -> list[Past]:
    """Every current report of one initiative with its values, oldest first. Two queries."""
    rows = (
        Snapshot.objects.visible_to(actor)
        .filter(current=True, initiative=initiative)
        .select_related("unit", "initiative")
        .order_by("as_of")
    )
    past = [Past(row, headline_of(row)) for row in rows]
    by_snapshot: dict[int, list[Value]] = defaultdict(list)
    values = Value.objects.visible_to(actor).filter(snapshot__in=[p.snapshot.pk for p in past])
    for value in values.order_by("pk"):
        by_snapshot[value.snapshot_id].append(value)
    before: Past | None = None
    for one in past:
        one.values = by_snapshot[one.snapshot.pk]
        one.computed = judge_report(one.headline, before.headline.baseline if before else None)
        if before:
            one.movement = compare(one.headline.code, before.headline.reported, one.headline.reported)
        before = one
    return past


def headline_of(snapshot: Snapshot) -> Headline:
    """The headline of a loaded snapshot, its initiative loaded with it."""
    names = [name for name in COLUMNS if name not in {"initiative__code"}]
    values = {name: getattr(snapshot, name) for name in names}
    values["initiative__code"] = snapshot.initiative.code
    return Headline(*(values[name] for name in COLUMNS))


def courses(actor: Actor, initiatives: Sequence[int], upto: date) -> dict[int, list[Headline]]:
    """Every report of the given initiatives up to a date, oldest first: what sparklines draw. One query."""
    rows = Snapshot.objects.visible_to(actor).filter(
        current=True, initiative__in=initiatives, as_of__lte=upto
    )
    found: dict[int, list[Headline]] = defaultdict(list)
    for row in rows.order_by("as_of").values_list(*COLUMNS):
        found[row[1]].append(Headline(*row))
    return found


def whole_life_costs(initiative_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """The whole-life cost last reported of each initiative: minor units and currency, whatever anybody may see."""
    rows = Snapshot.objects.filter(
        current=True, initiative__in=list(initiative_ids), whole_life_cost__isnull=False
    )
    ordered = rows.order_by("as_of").values_list("initiative", "whole_life_cost", "currency")
    return {pk: (cost, currency) for pk, cost, currency in ordered if cost is not None}
