"""What monthly figures add up to."""

from datetime import date

from steerco.engine.finance.sheet import Figure, Kind, Nature, Outlook, cut_of, data_date, outlook
from steerco.engine.finance.years import fiscal_year, month_after, months_of, year_label


def figure(kind: Kind, month: int, minor: int, as_of: date = date(2026, 11, 1)) -> Figure:
    return Figure(date(2026, month, 1), kind, Nature.CAPITAL, minor, as_of)


FIGURES = [
    figure(Kind.APPROVED, 4, 1000),
    figure(Kind.APPROVED, 8, 500),
    figure(Kind.ACTUAL, 4, 400, date(2026, 5, 5)),
    figure(Kind.ACCRUAL, 5, 100),
    figure(Kind.FORECAST, 4, 9999),
    figure(Kind.FORECAST, 5, 9999),
    figure(Kind.FORECAST, 8, 1200, date(2026, 10, 1)),
]


def test_spent_counts_up_to_the_cut_and_the_forecast_after_it() -> None:
    cut = cut_of(FIGURES)
    assert cut == date(2026, 5, 1)
    found = outlook(FIGURES, cut)
    assert found == Outlook(1500, 400, 100, 1200)
    assert (found.spent, found.expected, found.variance) == (500, 1700, 200)


def test_what_is_missing_is_not_nought() -> None:
    assert outlook([], None) == Outlook()
    assert outlook(FIGURES[:2], None).expected is None
    assert outlook(FIGURES[:2], None).variance is None
    assert (Outlook(None, 5) + Outlook(3, None)) == Outlook(3, 5)


def test_the_data_date_is_the_oldest_of_what_can_still_move() -> None:
    assert data_date(FIGURES, None) == date(2026, 5, 5)
    assert data_date(FIGURES, date(2026, 4, 1)) == date(2026, 10, 1)  # April is final
    assert data_date(FIGURES[:2], None) is None
    assert data_date(FIGURES[2:4], date(2026, 12, 1)) == date(2026, 11, 1)  # all is final: the newest


def test_fiscal_years() -> None:
    assert [fiscal_year(date(2026, month, 1), 4) for month in (3, 4)] == [2025, 2026]
    assert months_of(2026, 4)[-1] == date(2027, 3, 1)
    assert (year_label(2026, 4), year_label(2026, 1), year_label(2099, 4)) == ("2026/27", "2026", "2099/00")
    assert month_after(date(2026, 1, 1), -1) == date(2025, 12, 1)
