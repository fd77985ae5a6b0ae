"""Months and fiscal years. A month is its first day; a year is named by the calendar year in which it starts."""

from datetime import date

MONTHS = 12


def month_of(day: date) -> date:
    """The month of a day."""
    return day.replace(day=1)


def month_after(month: date, count: int = 1) -> date:
    """The month `count` months later (negative: earlier)."""
    index = month.year * MONTHS + month.month - 1 + count
    return date(index // MONTHS, index % MONTHS + 1, 1)


def fiscal_year(day: date, starts: int) -> int:
    """The fiscal year of a day, where years start in month `starts` (1 to 12)."""
    return day.year - (day.month < starts)


def months_of(year: int, starts: int) -> list[date]:
    """The twelve months of a fiscal year."""
    first = date(year, starts, 1)
    return [month_after(first, number) for number in range(MONTHS)]


def year_label(year: int, starts: int) -> str:
    """What a fiscal year is called: "2026", or "2026/27" where it does not start in January."""
    return str(year) if starts == 1 else f"{year}/{(year + 1) % 100:02d}"
