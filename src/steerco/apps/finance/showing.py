"""What the page of a sheet shows: months as columns, lines as rows, totals, contingency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from steerco.apps.finance.selectors import Sheet
from steerco.apps.finance.wording import KINDS, LINES, NATURES, amount_text, month_words, percent_of, tone_of
from steerco.apps.initiatives.models import Initiative
from steerco.apps.organisation.selectors import organisation
from steerco.apps.raid.reserves import approved_movements
from steerco.engine.finance.sheet import SPENT, Figure, Kind, counts
from steerco.engine.finance.years import month_of, months_of, year_label
from steerco.kit import clock
from steerco.kit.permissions import Actor, can


@dataclass(frozen=True)
class MonthHead:
    """A column."""

    month: date
    label: str
    is_closed: bool
    is_spent: bool  # up to here what was spent counts, after it the forecast


@dataclass(frozen=True)
class CellView:
    """A cell: `name` of its field, what stands in it; `counts` in the expected cost."""

    name: str
    label: str
    minor: int | None
    text: str
    is_open: bool
    is_closed: bool
    counts: bool
    error: str = ""
    title: str = ""


@dataclass(frozen=True)
class RowView:
    """A row: a line of the sheet, or a sum over lines. Sums have plain texts instead of cells."""

    label: str | Promise
    cells: list[CellView] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    year: str = ""
    life: str = ""
    help: str = ""
    kind: str = ""
    tone: str = ""
    first: bool = False


def cell_name(month: date, kind: str, nature: str) -> str:
    """The name of a cell's field: "c-2026-04-actual-capital"."""
    return f"c-{month:%Y-%m}-{kind}-{nature}"


def place_of(name: str) -> tuple[date, str, str] | None:
    """The place that a field's name means; None for any other name."""
    parts = name.split("-")
    if (
        len(parts) != 5
        or parts[0] != "c"
        or (parts[3], parts[4]) not in {(k.value, n.value) for k, n in LINES}
    ):
        return None
    try:
        return date(int(parts[1]), int(parts[2]), 1), parts[3], parts[4]
    except ValueError:
        return None


def sheet_context(
    actor: Actor,
    sheet: Sheet,
    year: int,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Everything on the page of a sheet for one fiscal year. `typed` and `errors` by the names of cells."""
    starts = organisation().fiscal_year_start
    months = months_of(year, starts)
    by_place = {(f.month, f.kind, f.nature): f for f in sheet.figures}
    may_write = can(actor, "snapshot.import", sheet.initiative)
    this_month = month_of(clock.today())
    heads = [
        MonthHead(
            month,
            month_words(month),
            sheet.closed_to is not None and month <= sheet.closed_to,
            sheet.cut is not None and month <= sheet.cut,
        )
        for month in months
    ]
    rows = []
    for kind, nature in LINES:
        cells = []
        for head in heads:
            name = cell_name(head.month, kind, nature)
            figure = by_place.get((head.month, kind, nature))
            minor = figure.minor if figure else None
            is_open = may_write and (kind not in SPENT or head.month <= this_month)
            cells.append(
                CellView(
                    name,
                    f"{KINDS[kind]}, {NATURES[nature]}, {head.label}",
                    minor,
                    (typed or {}).get(name, amount_text(minor, sheet.currency)),
                    is_open,
                    head.is_closed and kind is not Kind.APPROVED,
                    figure is None or kind is Kind.APPROVED or counts(figure, sheet.cut),
                    (errors or {}).get(name, ""),
                    _("as of %(day)s") % {"day": figure.as_of.isoformat()} if figure else "",
                )
            )
        rows.append(_line(sheet, kind, nature, cells, year, starts))
    return {
        "sheet": sheet,
        "initiative": sheet.initiative,
        "year": year,
        "year_label": year_label(year, starts),
        "years": [(one, year_label(one, starts)) for one in sorted({*sheet.years, year - 1, year, year + 1})],
        "heads": heads,
        "rows": [*rows, *_sums(sheet, year, months)],
        "reserve": _reserve(actor, sheet.initiative, sheet.currency, months),
        "may_write": may_write,
        "may_close": can(actor, "money.close", sheet.initiative),
        "today": clock.today(),
        "columns": len(months) + 3,
        **_headline(sheet, year, starts),
    }


def _line(sheet: Sheet, kind: Kind, nature: str, cells: list[CellView], year: int, starts: int) -> RowView:
    def total(figures: list[Figure]) -> str:
        own = [f.minor for f in figures if (f.kind, f.nature) == (kind, nature)]
        return amount_text(sum(own), sheet.currency) if own else ""

    label = f"{KINDS[kind]}, {NATURES[nature]}"
    return RowView(
        label,
        cells,
        year=total(sheet.of_year(year, starts)),
        life=total(sheet.figures),
        kind=kind.value,
        first=nature == LINES[0][1],
    )


def _sums(sheet: Sheet, year: int, months: list[date]) -> list[RowView]:
    """Expected and variance by month, year and whole life."""
    starts = organisation().fiscal_year_start
    of_months = [sheet.outlook(f for f in sheet.figures if f.month == month) for month in months]
    of_year, life = sheet.outlook(sheet.of_year(year, starts)), sheet.outlook()

    def row(label: str, name: str, help_text: str, *, toned: bool = False) -> RowView:
        def text(one: Any) -> str:
            return amount_text(getattr(one, name), sheet.currency)

        return RowView(
            label,
            texts=[text(one) for one in of_months],
            year=text(of_year),
            life=text(life),
            help=help_text,
            kind=name,
            tone=tone_of(life) if toned else "",
        )

    return [
        row(_("Approved"), "approved", _("Capital and revenue together.")),
        row(_("Spent"), "spent", _("Actual and accrual, up to the last month that has either.")),
        row(
            _("Expected"),
            "expected",
            _("Spent to date, and the forecast of the months after it."),
        ),
        row(_("Expected less approved"), "variance", _("Above zero is more than was approved."), toned=True),
    ]


def _headline(sheet: Sheet, year: int, starts: int) -> dict[str, Any]:
    of_year, life = sheet.outlook(sheet.of_year(year, starts)), sheet.outlook()
    return {
        "tiles": [
            {
                "label": label,
                "approved": amount_text(one.approved, sheet.currency),
                "expected": amount_text(one.expected, sheet.currency),
                "spent": amount_text(one.spent, sheet.currency),
                "variance": amount_text(one.variance, sheet.currency),
                "percent": percent_of(one.variance, one.approved),
                "tone": tone_of(one),
                "known": one.variance is not None,
            }
            for label, one in ((year_label(year, starts), of_year), (_("Whole life"), life))
        ]
    }


def _reserve(actor: Actor, initiative: Initiative, currency: str, months: list[date]) -> list[RowView]:
    """The contingency of the initiative by month, out of its register: approved movements in the sheet's currency."""
    moves = [move for move in approved_movements(actor, initiative) if move.currency == currency]
    if not moves:
        return []
    held, drawn = [], []
    for move in moves:
        if move.kind == "set_aside":
            held.append((move.month, move.amount))
        else:
            drawn.append((move.month, move.amount if move.kind == "drawdown" else -move.amount))

    def row(label: str, pairs: list[tuple[date | None, int]], help_text: str) -> RowView:
        def total(known: list[int]) -> str:
            return amount_text(sum(known), currency) if known else ""

        return RowView(
            label,
            texts=[total([amount for month, amount in pairs if month == one]) for one in months],
            year=total([amount for month, amount in pairs if month in months]),
            life=total([amount for _month, amount in pairs]),
            help=help_text,
        )

    left = sum(amount for _month, amount in held) - sum(amount for _month, amount in drawn)
    remaining = [
        sum(a for m, a in held if m is None or m <= one) - sum(a for m, a in drawn if m is None or m <= one)
        for one in months
    ]
    return [
        row(_("Contingency set aside"), held, _("Approved movements of the contingency register.")),
        row(_("Contingency drawn"), drawn, _("Drawn for risks, less what was given back.")),
        RowView(
            _("Contingency left"),
            texts=[amount_text(one, currency) for one in remaining],
            year=amount_text(remaining[-1], currency),
            life=amount_text(left, currency),
            help=_("Set aside less drawn, at the end of the month."),
            tone="red" if left < 0 else "",
        ),
    ]
