"""In which currency and unit the money of a table is, when headers and cells do not say it themselves."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from steerco.exchange.tables.money import MoneyFormat, currency_in, has_unit, money_format, parse_amount
from steerco.exchange.tables.said import Said, gettext_noop

_IN_TEXT = re.compile(
    r"[£€$]\s?(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>m\b|million|mn\b|bn\b|billion|k\b|thousand)?",
    re.IGNORECASE,
)
_FACTORS = {
    "m": 10**6,
    "million": 10**6,
    "mn": 10**6,
    "bn": 10**9,
    "billion": 10**9,
    "k": 1000,
    "thousand": 1000,
}
TAKEN = gettext_noop("%(taken)s: %(why)s")
_LEAST_HITS = 3
# Without any other evidence a portfolio whose largest amount is below this is taken to count in millions.
_SMALL_FOR_A_PORTFOLIO = 1_000_000


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something about a column that the file does not say: a code, the column index and the reason."""

    code: str
    column: int
    reason: str


def money_formats(
    columns: Mapping[int, tuple[str, Sequence[str]]],
    texts: Sequence[Sequence[str]],
    *,
    month_first: bool,
    default_currency: str,
    default_unit: int | None,
) -> tuple[dict[int, MoneyFormat], list[Assumption]]:
    """The format of each money column, complete with currency and unit, and what had to be assumed.

    `columns` maps a column index to its header and cells, `texts` has the texts of each row beside them.
    Currency: the column itself, the other columns, the texts, dates written month first (US dollars), the
    default. Unit: header or cells, `default_unit`, the other columns, the same amounts in the texts of their
    rows, the size of the amounts.
    """
    formats = {index: money_format(cells, header) for index, (header, cells) in columns.items()}
    assumed: list[Assumption] = []
    currency, why_currency = _currency(formats, texts, month_first=month_first, default=default_currency)
    unit, why_unit = _unit(columns, formats, texts, default_unit)
    for index, (_, cells) in columns.items():
        form = formats[index]
        if form.currency is None:
            form = replace(form, currency=currency)
            assumed.append(
                Assumption("currency_assumed", index, Said(TAKEN, taken=currency, why=why_currency))
            )
        if form.unit is None:
            own, complete = _unit_of_cells(cells, form)
            form = replace(form, unit=own or unit)
            if own and not complete:
                assumed.append(
                    Assumption(
                        "unit_assumed",
                        index,
                        Said(
                            TAKEN,
                            taken=f"{own:,}",
                            why=Said(gettext_noop("most cells of the column name it")),
                        ),
                    )
                )
            elif not own:
                assumed.append(
                    Assumption("unit_assumed", index, Said(TAKEN, taken=f"{unit:,}", why=why_unit))
                )
        formats[index] = form
    return formats, assumed


def _currency(
    formats: Mapping[int, MoneyFormat], texts: Sequence[Sequence[str]], *, month_first: bool, default: str
) -> tuple[str, str]:
    named = Counter(form.currency for form in formats.values() if form.currency)
    if named:
        return named.most_common(1)[0][0], Said(gettext_noop("the other columns are in it"))
    in_texts = currency_in("\n".join(text for row in texts for text in row))
    if in_texts:
        return in_texts, Said(gettext_noop("the texts name it"))
    if month_first:
        return "USD", Said(gettext_noop("the dates are written month first"))
    return default, Said(gettext_noop("nothing in the file names a currency"))


def _unit_of_cells(cells: Sequence[str], form: MoneyFormat) -> tuple[int | None, bool]:
    """The unit that most cells of a column name themselves, and whether all do (zero aside)."""
    parsed = [parse_amount(cell, form.mark) for cell in cells]
    amounts = [amount for amount in parsed if amount is not None]
    own = Counter(unit for _, unit, _ in amounts if unit is not None)
    bare = [number for number, unit, _ in amounts if unit is None]
    if not own or sum(own.values()) < len(bare):
        return None, False
    return own.most_common(1)[0][0], not any(bare)


def _unit(
    columns: Mapping[int, tuple[str, Sequence[str]]],
    formats: Mapping[int, MoneyFormat],
    texts: Sequence[Sequence[str]],
    default_unit: int | None,
) -> tuple[int, str]:
    """The unit of the columns that name none, and the reason."""
    if default_unit is not None:
        return default_unit, Said(gettext_noop("given as the default"))
    others = Counter(form.unit for form in formats.values() if form.unit is not None)
    if others:
        return others.most_common(1)[0][0], Said(gettext_noop("the other columns count in it"))
    in_texts = _units_in_texts(columns, formats, texts)
    if in_texts:
        unit, hits = in_texts
        return unit, Said(gettext_noop("%(count)s of the amounts stand in the texts with it"), count=hits)
    amounts = [number for index in columns for number in _bare(columns[index][1], formats[index])]
    if 0 < max(amounts, default=Decimal(0)) < _SMALL_FOR_A_PORTFOLIO:
        return 10**6, Said(gettext_noop("the amounts are too small for single units of money"))
    return 1, Said(gettext_noop("nothing in the file names a unit"))


def _bare(cells: Sequence[str], form: MoneyFormat) -> list[Decimal]:
    parsed = [parse_amount(cell, form.mark) for cell in cells if not has_unit(cell)]
    return [abs(amount[0]) for amount in parsed if amount is not None]


def _units_in_texts(
    columns: Mapping[int, tuple[str, Sequence[str]]],
    formats: Mapping[int, MoneyFormat],
    texts: Sequence[Sequence[str]],
) -> tuple[int, int] | None:
    """The unit with which amounts of the cells recur in the texts of their rows, and how often; None if rarely."""
    hits: Counter[int] = Counter()
    for row, row_texts in enumerate(texts):
        numbers = {
            abs(amount[0])
            for index, (_, cells) in columns.items()
            if (amount := parse_amount(cells[row], formats[index].mark)) is not None
        }
        for match in (match for text in row_texts for match in _IN_TEXT.finditer(text)):
            said = Decimal(match["number"].replace(",", ""))
            if said > 1 and said in numbers:
                hits[_FACTORS[match["unit"].lower()] if match["unit"] else 1] += 1
    if not hits:
        return None
    unit, count = hits.most_common(1)[0]
    return (unit, count) if count >= _LEAST_HITS and count > sum(hits.values()) / 2 else None
