"""The date that the figures of a table are for, and the fiscal years that its headers name."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from steerco.exchange.tables.dates import MONTHS
from steerco.exchange.tables.said import Said, gettext_noop

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_SAID_DAY = re.compile(
    rf"\b(?:as (?:at|of|on)|at|position at|correct at|status at)\s(?:the\s)?(?:end\s(?:of\s)?)?"
    rf"(?:q[1-4][^(]{{0,12}}\()?\s?"
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{_MONTH})\.?,?\s(?P<year>20\d\d)\b",
    re.IGNORECASE,
)
_FISCAL = re.compile(r"(?<!\d)(?P<first>(?:19|20)\d\d)\s?[/–-]\s?(?P<second>(?:19|20)?\d\d)(?!\d)")
_FISCAL_SHORT = re.compile(r"\bFY\s?(?P<second>(?:20)?\d\d)(?!\s?[/–-]|\d)", re.IGNORECASE)
# What the texts say decides when this share of those that name a date agree, in at least this many rows.
_AGREEING = 0.6
_LEAST_ROWS = 3
_LEAST_SHARE = 0.05


class ReportDateError(ValueError):
    """Nothing in the table says for which date its figures are; it has to be given."""


@dataclass(frozen=True, slots=True)
class ReportDate:
    """The date of the figures and how it is known: "texts", "fiscal_year" (an assumption) or "report_year"."""

    day: date
    source: str
    evidence: str


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """A fiscal year by the calendar year in which it starts."""

    first: int

    @property
    def label(self) -> str:
        """ "2013/14"."""
        return f"{self.first}/{(self.first + 1) % 100:02d}"

    def middle(self, starts_in_month: int) -> date:
        """The last day of its sixth month."""
        months = self.first * 12 + starts_in_month - 1 + 6
        return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


@lru_cache(maxsize=1_000)
def fiscal_year_in(header: str) -> FiscalYear | None:
    """The fiscal year that a header names ("2013/2014 Budget", "FY21 forecast"), None without any."""
    for match in _FISCAL.finditer(header):
        first, second = int(match["first"]), match["second"]
        if int(second) % 100 == (first + 1) % 100:
            return FiscalYear(first)
    short = _FISCAL_SHORT.search(header)
    return FiscalYear(2000 + int(short["second"]) % 100 - 1) if short else None


def fiscal_year_of(day: date, starts_in_month: int) -> FiscalYear:
    """The fiscal year that a day lies in."""
    return FiscalYear(day.year if day.month >= starts_in_month else day.year - 1)


def said_in_texts(rows: Sequence[Sequence[str]]) -> ReportDate | None:
    """The date that the texts of most rows name ("as at 30 September 2013"); None when they do not agree."""
    days: Counter[date] = Counter()
    speaking = 0
    for texts in rows:
        said = {day for text in texts for day in _days_in(text)}
        speaking += bool(said)
        days.update(said)
    if not days:
        return None
    day, count = days.most_common(1)[0]
    if count < max(_LEAST_ROWS, _LEAST_SHARE * len(rows)) or count < _AGREEING * speaking:
        return None
    return ReportDate(
        day,
        "texts",
        Said(gettext_noop("%(count)s of %(rows)s rows say so in their texts"), count=count, rows=len(rows)),
    )


def _days_in(text: str) -> Iterable[date]:
    if "20" not in text:
        return
    for match in _SAID_DAY.finditer(text):
        try:
            yield date(int(match["year"]), MONTHS[match["month"].lower()], int(match["day"]))
        except ValueError:
            continue


def from_fiscal_years(headers: Iterable[str], starts_in_month: int) -> ReportDate | None:
    """The middle of the fiscal year that most headers of money name: it has a budget and still a forecast."""
    years = Counter(year for header in headers if (year := fiscal_year_in(header)) is not None)
    if not years:
        return None
    year = years.most_common(1)[0][0]
    return ReportDate(
        year.middle(starts_in_month),
        "fiscal_year",
        Said(gettext_noop("the columns are for the fiscal year %(year)s"), year=year.label),
    )


def from_report_years(cells: Iterable[str], starts_in_month: int) -> ReportDate | None:
    """The middle of the fiscal year that ends in the year which all cells of a year column name."""
    years = {int(cell) for cell in cells if cell.strip()}
    if len(years) != 1:
        return None
    [named] = years
    year = FiscalYear(named if starts_in_month == 1 else named - 1)
    return ReportDate(
        year.middle(starts_in_month),
        "report_year",
        Said(gettext_noop("the column of the year says %(year)s"), year=named),
    )
