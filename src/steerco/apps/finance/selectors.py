"""Reads of monthly money: one sheet for its page, and what lies below an initiative, summed where it may be read.

Currencies are never added together: every sum is of one currency.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from steerco.apps.finance.models import MoneyChange, MoneySheet, MonthlyFigure
from steerco.apps.finance.services import figures_of
from steerco.apps.initiatives.models import Ancestry, Initiative
from steerco.apps.organisation.selectors import organisation
from steerco.engine.finance.sheet import SPENT, Figure, Kind, Nature, Outlook, cut_of, outlook
from steerco.engine.finance.years import fiscal_year, months_of, year_label
from steerco.kit import clock
from steerco.kit.history.versions import as_at
from steerco.kit.permissions import Actor

CHANGES = 8


@dataclass(frozen=True)
class Sheet:
    """The figures of one initiative as they stand. `figures` hold no figure without an amount."""

    initiative: Initiative
    currency: str
    figures: list[Figure]
    closed_to: date | None = None
    cut: date | None = None
    data_date: date | None = None

    def of_year(self, year: int, starts: int) -> list[Figure]:
        """The figures of a fiscal year."""
        months = set(months_of(year, starts))
        return [figure for figure in self.figures if figure.month in months]

    def outlook(self, figures: Iterable[Figure] | None = None) -> Outlook:
        """What its figures, or some of them, add up to."""
        return outlook(self.figures if figures is None else figures, self.cut)

    @property
    def years(self) -> list[int]:
        """The fiscal years that it has figures in, and the present one."""
        starts = organisation().fiscal_year_start
        present = fiscal_year(clock.today(), starts)
        return sorted({present, *(fiscal_year(figure.month, starts) for figure in self.figures)})


def sheet_of(actor: Actor, initiative: Initiative) -> Sheet:
    """The sheet of an initiative as `actor` may read it; empty where they may read none. Two statements."""
    row = MoneySheet.objects.visible_to(actor).filter(initiative=initiative).first()
    if row is None:
        return Sheet(initiative, organisation().currency, [])
    rows = MonthlyFigure.objects.filter(initiative=initiative, amount__isnull=False)
    figures = figures_of(rows)
    return Sheet(initiative, row.currency, figures, row.closed_to, cut_of(figures), row.data_date)


def months_to_plan(sheet: MoneySheet) -> list[date]:
    """The months whose approved money may change: of the fiscal years with figures, the present one and the next."""
    starts = organisation().fiscal_year_start
    rows = MonthlyFigure.objects.filter(initiative=sheet.initiative_id, amount__isnull=False)
    present = fiscal_year(clock.today(), starts)
    years = {fiscal_year(month, starts) for month in rows.values_list("month", flat=True).distinct()}
    years |= {present, max(years | {present}) + 1}
    return [month for year in sorted(years) for month in months_of(year, starts)]


def changes_of(actor: Actor, initiative: Initiative) -> list[MoneyChange]:
    """What was written to a sheet lately, newest first."""
    rows = MoneyChange.objects.visible_to(actor).filter(initiative=initiative).select_related("initiative")
    return list(rows[:CHANGES])


@dataclass
class Money:
    """Money of one currency of one place and all that is visible below it. `places` have a sheet in it."""

    currency: str
    year: Outlook = field(default_factory=Outlook)
    life: Outlook = field(default_factory=Outlook)
    places: int = 0
    spent_to: date | None = None
    data_date: date | None = None

    def add(self, other: "Money") -> None:
        """Count in what stands at another place in the same currency; the oldest dates are kept."""
        self.year, self.life = self.year + other.year, self.life + other.life
        self.places += other.places
        self.spent_to = _oldest(self.spent_to, other.spent_to)
        self.data_date = _oldest(self.data_date, other.data_date)


def _oldest(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


@dataclass
class Line:
    """A place with what it and all visible below it add up to, by currency, and what is missing there."""

    initiative: Initiative
    money: dict[str, Money] = field(default_factory=dict)
    missing: list[Initiative] = field(default_factory=list)
    has_below: bool = False

    def add(self, money: Money) -> None:
        """Count in what stands at one place."""
        self.money.setdefault(money.currency, Money(money.currency)).add(money)


@dataclass
class RollUp:
    """Money at and below a place: totals by currency, the parts, who has no figures, who has old ones."""

    year: int
    totals: list[Money]
    lines: list[Line]
    missing: list[Initiative]
    stale: list[tuple[Initiative, date]]

    @property
    def year_label(self) -> str:
        """What the fiscal year is called."""
        return year_label(self.year, organisation().fiscal_year_start)

    @property
    def data_date(self) -> date | None:
        """The oldest data date of any figure in the totals."""
        return min((one.data_date for one in self.totals if one.data_date), default=None)


STALE_DAYS = 45  # figures that were right for a day further back missed a monthly round
NEEDS_MONEY = (Initiative.Type.PROJECT,)


def places_below(actor: Actor, initiative: Initiative | None) -> QuerySet[Initiative]:
    """What `actor` sees at and below a place; everything for None. Archived ones are left out."""
    rows = Initiative.objects.visible_to(actor).filter(archived=False)
    if initiative is None:
        return rows
    return rows.filter(pk__in=Ancestry.objects.filter(ancestor=initiative).values("descendant"))


def money_by_place(actor: Actor, places: QuerySet[Initiative], year: int) -> dict[int, Money]:
    """The own money of each place that has a sheet which `actor` may read, by initiative id. Two statements."""
    ids = places.order_by().values("pk")
    sheets = {
        row.initiative_id: row for row in MoneySheet.objects.visible_to(actor).filter(initiative__in=ids)
    }
    months = months_of(year, organisation().fiscal_year_start)
    of_year = Q(month__gte=months[0], month__lte=months[-1])
    ahead = Q(kind=Kind.FORECAST) & (
        Q(initiative__money_sheet__spent_to=None) | Q(month__gt=F("initiative__money_sheet__spent_to"))
    )
    parts = {kind: Q(kind=kind) for kind in (Kind.APPROVED, *sorted(SPENT))} | {Kind.FORECAST: ahead}
    sums: dict[str, Any] = {}
    for kind, condition in parts.items():
        sums[kind.value] = Sum("amount", filter=condition)
        sums[f"year_{kind.value}"] = Sum("amount", filter=condition & of_year)
    rows = MonthlyFigure.objects.visible_to(actor).filter(initiative__in=ids, amount__isnull=False)
    found = {}
    for row in rows.order_by().values("initiative").annotate(**sums):
        sheet = sheets.get(row["initiative"])
        if sheet is not None:
            found[row["initiative"]] = Money(
                sheet.currency, _outlook(row, "year_"), _outlook(row, ""), 1, sheet.spent_to, sheet.data_date
            )
    return found


def _outlook(row: Any, prefix: str) -> Outlook:
    return Outlook(
        *(row[f"{prefix}{kind.value}"] for kind in (Kind.APPROVED, Kind.ACTUAL, Kind.ACCRUAL, Kind.FORECAST))
    )


def present_year() -> int:
    """The fiscal year that today is in."""
    return fiscal_year(clock.today(), organisation().fiscal_year_start)


def roll_up(actor: Actor, initiative: Initiative | None, year: int) -> RollUp:
    """Money at and below a place (None: everything that `actor` sees), its parts and what is missing."""
    visible = places_below(actor, initiative)
    places = {row.pk: row for row in visible}
    money = money_by_place(actor, visible, year)
    tops = _parts(places, initiative)
    if initiative is None and len(tops) == 1:  # one portfolio holds everything: its parts say more
        initiative = places[tops[0]]
        tops = _parts(places, initiative)
    part_of = _part_of(places, tops)
    parents = {row.parent_id for row in places.values()} - {initiative.pk if initiative else None}
    lines = {pk: Line(places[pk], has_below=pk in parents) for pk in tops}
    totals: dict[str, Money] = {}
    missing, stale = [], []
    limit = clock.today().toordinal() - STALE_DAYS
    for pk, place in places.items():
        line = lines.get(part_of.get(pk, 0))
        own = money.get(pk)
        if own is not None:
            totals.setdefault(own.currency, Money(own.currency)).add(own)
            if line is not None:
                line.add(own)
            is_open = place.status not in Initiative.FINISHED
            if own.data_date and is_open and own.data_date.toordinal() < limit:
                stale.append((place, own.data_date))
        elif _is_missing(place):
            missing.append(place)
            if line is not None:
                line.missing.append(place)
    return RollUp(
        year,
        [totals[currency] for currency in sorted(totals)],
        sorted((line for line in lines.values() if line.money or line.missing), key=_order(initiative)),
        sorted(missing, key=lambda row: row.sort_name),
        sorted(stale, key=lambda pair: (pair[1], pair[0].sort_name)),
    )


def _order(initiative: Initiative | None) -> Any:
    own = initiative.pk if initiative else 0
    return lambda line: (line.initiative.pk != own, line.initiative.sort_name, line.initiative.pk)


def _is_missing(place: Initiative) -> bool:
    return place.type in NEEDS_MONEY and place.status not in {
        *Initiative.FINISHED,
        Initiative.Status.PROPOSED,
    }


def _parts(places: dict[int, Initiative], initiative: Initiative | None) -> list[int]:
    """The parts of a sum: the place itself and its children; of everything, what nothing visible stands above."""
    if initiative is None:
        return [pk for pk, row in places.items() if row.parent_id not in places]
    direct = {initiative.pk, *(pk for pk, row in places.items() if row.parent_id == initiative.pk)}
    return [pk for pk, row in places.items() if pk in direct or row.parent_id not in places]


def _part_of(places: dict[int, Initiative], tops: Sequence[int]) -> dict[int, int]:
    """The part that each place belongs to."""
    own = set(tops)
    found: dict[int, int] = {}
    for pk in places:
        at: int | None = pk
        while at is not None and at not in own:
            at = places[at].parent_id if at in places else None
        if at is not None:
            found[pk] = at
    return found


def money_of_each(
    actor: Actor, ids: Collection[int], year: int
) -> tuple[dict[int, list[Money]], list[Money]]:
    """(the money at and below each of some initiatives, what all of them add up to with every sheet counted once), by
    currency and as `actor` may read it. Three statements."""
    pairs = Ancestry.objects.filter(ancestor__in=ids).values_list("ancestor", "descendant")
    below = Initiative.objects.visible_to(actor).filter(
        archived=False, pk__in=Ancestry.objects.filter(ancestor__in=ids).values("descendant")
    )
    own = money_by_place(actor, below, year)
    found: dict[int, dict[str, Money]] = {}
    for ancestor, descendant in pairs if own else ():
        if money := own.get(descendant):
            _count(found.setdefault(ancestor, {}), money)
    whole: dict[str, Money] = {}
    for money in own.values():
        _count(whole, money)
    return {pk: _in_order(totals) for pk, totals in found.items()}, _in_order(whole)


def _count(totals: dict[str, Money], money: Money) -> None:
    totals.setdefault(money.currency, Money(money.currency)).add(money)


def _in_order(totals: dict[str, Money]) -> list[Money]:
    return [totals[currency] for currency in sorted(totals)]


def money_at(actor: Actor, ids: Collection[int], moment: datetime) -> dict[str, Outlook]:
    """What the sheets of some initiatives added up to over their whole life at an instant (aware), by currency, as
    `actor` may read those initiatives today."""
    readable = MoneySheet.objects.visible_to(actor).filter(initiative__in=ids).values("initiative")
    rows = as_at(MonthlyFigure, moment).filter(initiative_id__in=readable, amount__isnull=False)
    figures: dict[tuple[int, str], list[Figure]] = {}
    for pk, currency, month, kind, nature, amount, as_of in rows.values_list(
        "initiative_id", "currency", "month", "kind", "nature", "amount", "as_of"
    ):
        own = figures.setdefault((pk, currency), [])
        own.append(Figure(month, Kind(kind), Nature(nature), amount, as_of))
    found: dict[str, Outlook] = {}
    for (_pk, currency), own in figures.items():
        found[currency] = found.get(currency, Outlook()) + outlook(own, cut_of(own))
    return found


def money_of(actor: Actor, initiative: Initiative, year: int | None = None) -> list[Money]:
    """The money at and below an initiative as `actor` may read it, by currency: for reports and packs."""
    chosen = present_year() if year is None else year
    totals: dict[str, Money] = {}
    for own in money_by_place(actor, places_below(actor, initiative), chosen).values():
        _count(totals, own)
    return _in_order(totals)
