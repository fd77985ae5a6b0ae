"""The finance line of a pack: what the monthly sheets say beside what was reported.

What was reported for a date stays as it was reported. The sheets add what reports do not carry (actual, contingency)
and fill what they leave empty; they say what is known now, so they stand only in a pack of the newest date.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from steerco.apps.finance.selectors import Money as Sums
from steerco.apps.finance.selectors import money_of, money_of_each, roll_up
from steerco.apps.initiatives.models import Initiative
from steerco.apps.organisation.selectors import organisation
from steerco.apps.raid.reserves import ledgers_of_each
from steerco.engine.finance.years import fiscal_year, year_label
from steerco.engine.risk.reserves import Ledger
from steerco.exchange.packs.content import Money, MoneyRow
from steerco.kit.permissions import Actor


@dataclass(frozen=True)
class Sheets:
    """What the sheets add up to: of each reported initiative with all below it, and of the whole, by currency."""

    each: dict[int, list[Sums]] = field(default_factory=dict)
    whole: list[Sums] = field(default_factory=list)
    ledgers: dict[int, Ledger] = field(default_factory=dict)
    ledger: Ledger | None = None
    lines: list[tuple[Initiative, Sums]] = field(default_factory=list)
    year_label: str = ""

    @property
    def data_date(self) -> date | None:
        """The oldest data date of a figure that stands in the pack."""
        return min((sums.data_date for sums in self.whole if sums.data_date), default=None)

    def without(self, reported: Iterable[int]) -> int:
        """How many of the reported initiatives have no figures by month, where others have some."""
        return sum(pk not in self.each for pk in reported) if self.each else 0

    def row(self, row: MoneyRow, initiative: int) -> MoneyRow:
        """A reported line with what its sheet adds, where it is in the same currency."""
        ledger = self.ledgers.get(initiative)
        return _added(row, self.each.get(initiative, ()), ledger)

    def totals(self, rows: Iterable[MoneyRow]) -> Iterable[MoneyRow]:
        """The totals by currency with what the sheets add; currencies that only the sheets have come after them."""
        told = set()
        for row in rows:
            told.add(row.project)
            yield _added(row, self.whole, self.ledger)
        for sums in self.whole:
            if sums.currency not in told:
                yield _added(MoneyRow(sums.currency), [sums], self.ledger)

    def parts(self) -> Iterable[MoneyRow]:
        """The lines of a pack without any report: the parts of the roll-up."""
        for place, sums in self.lines:
            yield _added(MoneyRow(place.name, place.code), [sums], None)


def _currency_of(row: MoneyRow) -> str:
    amounts = (row.budget, row.forecast, row.whole_life)
    return next((amount.currency for amount in amounts if amount is not None), "")


def _added(row: MoneyRow, found: Collection[Sums], ledger: Ledger | None) -> MoneyRow:
    currency = _currency_of(row)
    sums = next((one for one in found if one.currency == currency), None)
    if sums is None and not currency and len(found) == 1:
        sums = next(iter(found))
    if sums is None:
        return row

    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, sums.currency)

    kept = ledger.money.get(sums.currency) if ledger else None
    return replace(
        row,
        budget=row.budget or money(sums.year.approved),
        actual=row.actual or money(sums.year.spent),
        forecast=row.forecast or money(sums.year.expected),
        whole_life=row.whole_life or money(sums.life.expected),
        contingency=row.contingency or money(kept.remaining if kept else None),
    )


def sheets_below(
    actor: Actor, initiative: Initiative, reported: Collection[int], day: date, *, is_newest: bool
) -> Sheets:
    """What the sheets at and below an initiative say, as `actor` may read them; nothing in a pack of an older date."""
    if reported and not is_newest:
        return Sheets()
    starts = organisation().fiscal_year_start
    year = fiscal_year(day, starts)
    if reported:  # a sum stands beside what was reported: it is of the same initiatives
        each, whole = money_of_each(actor, reported, year)
    else:
        each, whole = {}, money_of(actor, initiative, year)
    if not whole:
        return Sheets()
    ledgers = ledgers_of_each([*reported, initiative.pk], actor)
    lines = []
    if not reported:
        parts = roll_up(actor, initiative, year).lines
        lines = [(line.initiative, sums) for line in parts for sums in line.money.values()]
    return Sheets(
        each,
        whole,
        ledgers,
        ledgers.get(initiative.pk),
        lines,
        year_label(year, starts),
    )
