"""How the cells of each column of a table are written, decided once per column."""

from dataclasses import dataclass

from steerco.exchange.portfolio.amounts import TAKEN, Assumption, money_formats
from steerco.exchange.portfolio.fields import Kind
from steerco.exchange.portfolio.mapping import Mapping
from steerco.exchange.tables import (
    DateOrder,
    MoneyFormat,
    Note,
    PercentFormat,
    Scale,
    Table,
    date_order,
    percent_format,
    scale_of,
)
from steerco.exchange.tables.said import Said, gettext_noop

_ASSUMED = {
    "currency_assumed": gettext_noop("The column names no currency; taken as %(taken)s."),
    "unit_assumed": gettext_noop("The header names no unit; one stands for %(taken)s."),
    "date_order_assumed": gettext_noop("The dates can be read two ways; taken as %(taken)s."),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Order of dates, format of money and percentages, scale of ratings by column index, and assumptions."""

    dates: dict[int, DateOrder]
    money: dict[int, MoneyFormat]
    percents: dict[int, PercentFormat]
    scales: dict[int, Scale | None]
    assumed: list[Assumption]

    @classmethod
    def of(cls, table: Table, mapping: Mapping, default_currency: str, default_unit: int | None) -> "Columns":
        """What the headers and all cells of the mapped columns of `table` say."""
        cells = {match.column: table.column(match.column) for match in mapping.matches}
        dates = {match.column: date_order(cells[match.column]) for match in mapping.of_kind(Kind.DATE)}
        # A column whose days never exceed 12 is read like the others of its table.
        proofs = sum(order.proofs if order.day_first else -order.proofs for order in dates.values())
        assumed = []
        for index, order in dates.items():
            if order.numeric and not order.proofs:
                dates[index] = DateOrder(day_first=proofs >= 0, proofs=0)
                written = (
                    Said(gettext_noop("day first")) if proofs >= 0 else Said(gettext_noop("month first"))
                )
                reason = (
                    Said(gettext_noop("as in the other columns"))
                    if proofs
                    else Said(gettext_noop("nothing in the file proves it"))
                )
                assumed.append(
                    Assumption("date_order_assumed", index, Said(TAKEN, taken=written, why=reason))
                )
        beside = [match.column for kind in (Kind.TEXT, Kind.LABEL) for match in mapping.of_kind(kind)]
        money, further = money_formats(
            {m.column: (table.headers[m.column], cells[m.column]) for m in mapping.of_kind(Kind.MONEY)},
            [[row.cells[index] for index in beside] for row in table.rows],
            month_first=proofs < 0,
            default_currency=default_currency,
            default_unit=default_unit,
        )
        return cls(
            dates,
            money,
            {m.column: percent_format(cells[m.column]) for m in mapping.of_kind(Kind.PERCENT)},
            {
                m.column: scale_of(cells[m.column], table.headers[m.column])
                for m in mapping.of_kind(Kind.RATING)
            },
            [*assumed, *further],
        )

    def notes(self, table: Table) -> list[Note]:
        """One note for each assumption, at the header of its column."""
        return [
            Note(
                item.code,
                Said(_ASSUMED[item.code], taken=item.reason),
                table.source,
                table.sheet,
                cell=table.cell_address(table.header_row, item.column),
                value=table.headers[item.column],
            )
            for item in self.assumed
        ]
