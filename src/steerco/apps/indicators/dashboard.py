"""The portfolio at a date against another: counts and money by rating, movers, slip, growth, units.

Everything is counted over what this reader may see. Figures that not every report has carry how many do.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from django.db.models import Count, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.indicators.computed import disagrees
from steerco.apps.indicators.indicators import RATINGS, rating_word
from steerco.apps.indicators.models import Value
from steerco.apps.indicators.selectors import (
    Headline,
    Line,
    choose_points,
    compared_lines,
    portfolio_scope,
    reports_below,
)
from steerco.apps.initiatives.models import Ancestry, Initiative
from steerco.apps.people.models import Unit
from steerco.apps.people.selectors import successors_today
from steerco.engine.performance.movement import rank_movers
from steerco.kit.journal.unchanged import statement_of, while_unchanged
from steerco.kit.permissions import Actor

Basis = Literal["published", "restated"]
# What a dashboard is read from; a restriction, a move and a name are written to the initiative.
DEPENDS_ON = (
    "indicators.snapshot",
    "indicators.portfolioimport",
    "initiatives.initiative",
    "people.unit",
)
MOST_MOVERS = 6
MOST_TILES = 40
MOST_BARS = 24
MOST_ROWS = 12
OFF_TRACK = frozenset({"amber-red", "red"})
NOT_COMPARABLE = "not-comparable"
NO_UNIT = "none"


@dataclass(frozen=True)
class Band:
    """A range of a distribution: from `low` up to, not including, `high`."""

    key: str
    label: str | Promise
    low: float
    high: float
    tone: str

    def holds(self, value: float | None) -> bool:
        """Whether a value lies in it."""
        return value is not None and self.low <= value < self.high


SLIP_BANDS = (  # calendar days that the end date moved
    Band("earlier", _("Earlier by more than 3 months"), -math.inf, -91, "sc-rag-green"),
    Band("slightly-earlier", _("Earlier by up to 3 months"), -91, 0, "sc-rag-green"),
    Band("unmoved", _("Not moved"), 0, 1, "sc-rag-none"),
    Band("slightly-later", _("Later by up to 3 months"), 1, 92, "sc-rag-amber"),
    Band("later", _("Later by 3 to 12 months"), 92, 366, "sc-rag-amber-red"),
    Band("much-later", _("Later by more than a year"), 366, math.inf, "sc-rag-red"),
)
GROWTH_BANDS = (  # percent of the whole-life cost compared with
    Band("cheaper", _("Down more than 10 %"), -math.inf, -10, "sc-rag-green"),
    Band("slightly-cheaper", _("Down 2 to 10 %"), -10, -2, "sc-rag-green"),
    Band("unchanged", _("Within 2 %"), -2, 2.0000001, "sc-rag-none"),
    Band("slightly-dearer", _("Up 2 to 10 %"), 2.0000001, 10.0000001, "sc-rag-amber"),
    Band("dearer", _("Up 10 to 25 %"), 10.0000001, 25, "sc-rag-amber-red"),
    Band("much-dearer", _("Up 25 % and more"), 25, math.inf, "sc-rag-red"),
)


@dataclass(frozen=True)
class Total:
    """A sum in one currency, and of how many of the reports it is the sum."""

    currency: str
    amount: int
    known: int
    of: int

    @property
    def complete(self) -> bool:
        """Whether every report has the figure."""
        return self.known == self.of


@dataclass
class Share:
    """The reports that hold one rating: how many, how many before, their whole-life cost by currency."""

    rating: str
    now: int = 0
    before: int | None = None
    totals: list[Total] = field(default_factory=list)


@dataclass
class Point:
    """A date with reports: how many, and how many with each rating."""

    as_of: date
    reports: int = 0
    ratings: Counter[str] = field(default_factory=Counter)
    scales: set[str] = field(default_factory=set)
    costs: Counter[str] = field(default_factory=Counter)


@dataclass
class UnitRow:
    """One unit of the matrix: reports per rating, as published or under its successor of today."""

    key: str
    label: str | Promise
    ratings: Counter[str]

    @property
    def total(self) -> int:
        """Its reports."""
        return self.ratings.total()


@dataclass
class Mover:
    """A line that moved, with the source's reason in its own words."""

    line: Line
    reason: str = ""

    @property
    def shows_cost(self) -> bool:
        """Whether its cost moved by more than a rounding."""
        percent = self.line.movement.cost_percent
        return bool(self.line.movement.cost) and (percent is None or abs(percent) >= Decimal("0.1"))


@dataclass
class Costly:
    """The initiatives of one currency that cost most, dearest first, and the smaller ones together."""

    currency: str
    lines: list[Line]
    smaller: int = 0
    smaller_amount: int = 0


@dataclass
class Dashboard:
    """Everything that the portfolio page shows: counts and sums over all, and of the lines those that it names."""

    as_of: date
    compare: date | None
    basis: Basis
    points: list[Point]
    reports: int
    shares: list[Share]
    totals: dict[str, list[Total]]
    like_for_like: list[tuple[str, int, int, int]]  # currency, before, now, initiatives with both
    movers: list[Mover]
    moved: int
    worse: int
    better: int
    appeared: int
    left: int
    slips: list[tuple[Band, int]]
    slip_known: int
    growths: list[tuple[Band, int]]
    growth_known: int
    units: list[UnitRow]
    disagreeing: int
    exempt: int
    also: int
    without_cost: int
    without_end: int
    costly: Costly | None
    timeline: list[Line]
    reddest: list[Line]

    @property
    def scales_differ(self) -> bool:
        """Whether the two dates were rated on different scales."""
        scales = [p.scales - {""} for p in self.points if p.as_of in {self.as_of, self.compare}]
        return len(scales) == 2 and scales[0] != scales[1]


def dashboard(
    actor: Actor,
    portfolio: Initiative,
    as_of: date | None = None,
    compare: date | None = None,
    basis: Basis = "published",
) -> Dashboard | None:
    """The portfolio at the last date with reports not after `as_of`, against the last not after `compare`
    (default: the one before). None where nothing below is visible or reported.

    Computed anew when one of DEPENDS_ON was written or the actor's rights are others.
    """
    scope, also = portfolio_scope(portfolio)
    asked = (portfolio.pk, as_of, compare, basis, statement_of(reports_below(actor, scope)))
    return while_unchanged(
        DEPENDS_ON,
        ("dashboard", *asked),
        lambda: _dashboard(actor, scope, also, as_of, compare, basis),
    )


def _dashboard(
    actor: Actor,
    scope: QuerySet[Ancestry],
    also: set[int],
    as_of: date | None,
    compare: date | None,
    basis: Basis,
) -> Dashboard | None:
    dated = rated_points(actor, scope)
    now, before = choose_points([p.as_of for p in dated], as_of, compare)
    if now is None:
        return None
    lines = compared_lines(actor, scope, also, now, before).lines
    reported = [line for line in lines if line.now]
    ranked = rank_lines(lines) if before else []
    costs = totals((line.now for line in reported), "whole_life_cost")
    dated_lines = rank_lines(lines, "end") if before else lines
    return Dashboard(
        as_of=now,
        compare=before,
        basis=basis,
        points=dated,
        reports=len(reported),
        shares=_shares(lines, before is not None),
        totals={
            "year_budget": totals((line.now for line in reported), "year_budget"),
            "year_forecast": totals((line.now for line in reported), "year_forecast"),
            "whole_life_cost": costs,
        },
        like_for_like=_like_for_like(lines),
        movers=with_reasons(actor, ranked[:MOST_MOVERS]),
        moved=len(ranked),
        worse=sum(1 for line in lines if (line.movement.rating_steps or 0) > 0),
        better=sum(1 for line in lines if (line.movement.rating_steps or 0) < 0),
        appeared=sum(1 for line in lines if line.movement.presence == "appeared") if before else 0,
        left=sum(1 for line in lines if line.movement.presence == "left"),
        slips=_banded(SLIP_BANDS, (line.movement.end_days for line in lines)),
        slip_known=sum(1 for line in lines if line.movement.end_days is not None),
        growths=_banded(GROWTH_BANDS, (growth(line) for line in lines)),
        growth_known=sum(1 for line in lines if line.movement.cost_percent is not None),
        units=unit_rows(reported, unit_key_of(basis)),
        disagreeing=sum(1 for line in reported if line.now and _doubtful(line, line.now)),
        exempt=sum(1 for line in reported if line.now and line.now.rating == Value.State.EXEMPT),
        also=sum(1 for line in reported if line.also),
        without_cost=sum(1 for line in reported if line.now and line.now.whole_life_cost is None),
        without_end=sum(1 for line in reported if line.now and line.now.ends is None),
        costly=_costly(reported, costs[0].currency) if costs else None,
        timeline=[line for line in dated_lines if line.now and line.now.ends][:MOST_BARS],
        reddest=sorted(reported, key=lambda line: -(rating_word(line.latest.rating).place or 0))[:MOST_ROWS],
    )


def _costly(reported: Sequence[Line], currency: str) -> Costly:
    """The dearest of one currency; where there are more than fit, the last place is for all others together."""

    def cost(line: Line) -> int:
        return (line.now.whole_life_cost if line.now else None) or 0

    known = [line for line in reported if line.now and line.now.currency == currency and cost(line)]
    ranked = sorted(known, key=lambda line: -cost(line))
    if len(ranked) <= MOST_TILES:
        return Costly(currency, ranked)
    rest = ranked[MOST_TILES - 1 :]
    amount = sum(max(cost(line), 0) for line in rest)
    return Costly(currency, ranked[: MOST_TILES - 1], len(rest), amount)


def rated_points(actor: Actor, scope: QuerySet[Ancestry]) -> list[Point]:
    """Every date with reports below, oldest first, with the counts of each rating. One query."""
    grouped = reports_below(actor, scope).values_list("as_of", "scale", "rating", "currency")
    found: dict[date, Point] = {}
    for day, scale, rating, currency, count, cost in grouped.annotate(
        count=Count("pk"), cost=Sum("whole_life_cost")
    ):
        point = found.setdefault(day, Point(day))
        point.reports += count
        point.ratings[rating] += count
        point.scales.add(scale)
        if cost is not None:
            point.costs[currency] += cost
    return [found[day] for day in sorted(found)]


def rank_lines(
    lines: Sequence[Line], by: Literal["overall", "rating", "end", "cost"] = "overall"
) -> list[Line]:
    """The lines that moved, biggest first, in the order of engine/performance/movement."""
    by_movement = {id(line.movement): line for line in lines}
    return [by_movement[id(movement)] for movement in rank_movers((line.movement for line in lines), by)]


def growth(line: Line) -> float | None:
    """Growth of the whole-life cost in percent; None where it cannot be told."""
    percent = line.movement.cost_percent
    return None if percent is None else float(percent)


def totals(headlines: Iterable[Headline | None], name: str) -> list[Total]:
    """The sums of one headline amount by currency, largest number of reports first."""
    every = [h for h in headlines if h]
    sums: Counter[str] = Counter()
    known: Counter[str] = Counter()
    for headline in every:
        amount = getattr(headline, name)
        if amount is not None:
            sums[headline.currency] += amount
            known[headline.currency] += 1
    return [Total(currency, sums[currency], count, len(every)) for currency, count in known.most_common()]


def _shares(lines: Sequence[Line], compared: bool) -> list[Share]:
    """Ratings best first, states after them; those that nobody holds at either date are left out."""
    now = Counter(line.now.rating for line in lines if line.now)
    before = Counter(line.before.rating for line in lines if line.before)
    order = {key: place for place, key in enumerate(RATINGS)}
    shares = []
    for rating in sorted(now.keys() | before.keys(), key=lambda key: (order.get(key, len(order)), key)):
        held = [line.now for line in lines if line.now and line.now.rating == rating]
        earlier = before[rating] if compared else None
        shares.append(Share(rating, now[rating], earlier, totals(held, "whole_life_cost")))
    return shares


def _like_for_like(lines: Sequence[Line]) -> list[tuple[str, int, int, int]]:
    """Whole-life cost before and now of the initiatives that report it at both dates, by currency."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for line in lines:
        if line.now and line.before and line.movement.cost is not None:
            sums[line.now.currency][0] += line.before.whole_life_cost or 0
            sums[line.now.currency][1] += line.now.whole_life_cost or 0
            sums[line.now.currency][2] += 1
    return [(currency, *three) for currency, three in sums.items()]  # type: ignore[misc]


def _banded(bands: Sequence[Band], values: Iterable[float | None]) -> list[tuple[Band, int]]:
    known = [value for value in values if value is not None]
    return [(band, sum(1 for value in known if band.holds(value))) for band in bands]


def _doubtful(line: Line, now: Headline) -> bool:
    """Declared green while the figures say red."""
    return disagrees(now.rating, now, line.before.baseline if line.before else None)


UnitKey = Callable[[Headline], tuple[str, str | Promise]]


def unit_key_of(basis: Basis) -> UnitKey:
    """What groups reports by unit: the name as published, or the unit that stands in its place today.

    A unit that was split without shares has no one successor: not comparable. At most two queries, made once.
    """
    if basis == "published":
        # one unit is written in capitals one year and in small letters the next
        return lambda h: (h.unit_name.casefold() or NO_UNIT, h.unit_name or _("no unit"))
    successors = successors_today()
    names = dict(Unit.objects.values_list("pk", "name"))

    def restated(headline: Headline) -> tuple[str, str | Promise]:
        if headline.unit is None:
            return headline.unit_name.casefold() or NO_UNIT, headline.unit_name or _("no unit")
        today = successors.get(headline.unit, headline.unit)
        if today is None:
            return NOT_COMPARABLE, _("not comparable (split)")
        return names[today].casefold(), names[today]

    return restated


def unit_rows(lines: Sequence[Line], key_of: UnitKey) -> list[UnitRow]:
    """Reports per unit and rating, the largest unit first."""
    rows: dict[str, UnitRow] = {}
    for line in lines:
        if line.now:
            key, label = key_of(line.now)
            rows.setdefault(key, UnitRow(key, label, Counter())).ratings[line.now.rating] += 1
    return sorted(rows.values(), key=lambda row: (-row.total, str(row.label)))


REASONS = {"rating": "rating_comment", "end": "schedule_comment", "cost": "cost_comment"}


def what_moved(line: Line) -> str:
    """What of a line moved most visibly: "rating", "end", "cost" or ""."""
    if line.movement.rating_changed:
        return "rating"
    if line.movement.end_days:
        return "end"
    return "cost" if line.movement.cost else ""


def reasons(actor: Actor, lines: Iterable[Line]) -> dict[tuple[int, str], str]:
    """What the sources say of the ratings, ends and costs of `lines`, by snapshot and indicator. One query."""
    rows = Value.objects.visible_to(actor).filter(
        snapshot__in=[line.now.snapshot for line in lines if line.now],
        indicator__in=REASONS.values(),
        state="",
    )
    return {(pk, key): text for pk, key, text in rows.values_list("snapshot", "indicator", "text")}


def with_reasons(actor: Actor, lines: Sequence[Line]) -> list[Mover]:
    """The lines with what their source says of the thing that moved most. One query."""
    texts = reasons(actor, lines)
    return [
        Mover(line, texts.get((line.now.snapshot, REASONS.get(what_moved(line), "")), "") if line.now else "")
        for line in lines
    ]


def rating_label(rating: str) -> str:
    """The word for a rating or a state."""
    return str(rating_word(rating).label)
