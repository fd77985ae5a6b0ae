from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.exchange.tables import CellIssue, DateOrder, SpecialState, StateCode, date_order, parse_date

DAY_FIRST = DateOrder(day_first=True, proofs=1)
MONTH_FIRST = DateOrder(day_first=False, proofs=1)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("31/05/2010", DAY_FIRST, date(2010, 5, 31)),
        ("30.06.08", DAY_FIRST, date(2008, 6, 30)),
        ("17.03.97", DAY_FIRST, date(1997, 3, 17)),
        ("31.12.40", DAY_FIRST, date(2040, 12, 31)),
        ("2016-05-25 17:00:00", DAY_FIRST, date(2016, 5, 25)),
        ("2021-03-31T00:00:00Z", MONTH_FIRST, date(2021, 3, 31)),
        ("05/01/2014 12:00:00 AM", MONTH_FIRST, date(2014, 5, 1)),
        ("5/02/2016 5:00:00 PM", DAY_FIRST, date(2016, 2, 5)),
        ("1/012/2014", DAY_FIRST, date(2014, 12, 1)),
        ("31/10/2018\n", DAY_FIRST, date(2018, 10, 31)),
        ("30th September 2019", DAY_FIRST, date(2019, 9, 30)),
        ("September 30, 2019", DAY_FIRST, date(2019, 9, 30)),
        ("1. März 2021", DAY_FIRST, date(2021, 3, 1)),
        ("01-Apr-15", DAY_FIRST, date(2015, 4, 1)),
        ("43831", DAY_FIRST, date(2020, 1, 1)),
    ],
)
def test_days(text: str, order: DateOrder, day: date) -> None:
    assert parse_date(text, order) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("No end date", StateCode.NO_END_DATE),
        ("TBD", StateCode.TO_BE_DECIDED),
        ("Reset", StateCode.RESET),
        ("Not Applicable", StateCode.NOT_APPLICABLE),
        ("Data Not Provided", StateCode.NOT_PROVIDED),
        ("Date exempt under section 43 and section 22 of the FOI Act", StateCode.EXEMPT),
        (
            "Exempt under Section 43 of the Freedom of Information Act 2000 (Commercial Interests)",
            StateCode.EXEMPT,
        ),
    ],
)
def test_states(text: str, code: StateCode) -> None:
    assert parse_date(text, DAY_FIRST) == SpecialState(code, text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("March 2021", "date_not_exact"),
        ("Q4 2021/22", "date_not_exact"),
        ("2040", "date_not_exact"),
        ("31/02/2020", "date_impossible"),
        ("soon", "not_a_date"),
        ("05/13/2014", "date_impossible"),
    ],
)
def test_issues(text: str, code: str) -> None:
    assert parse_date(text, DAY_FIRST) == CellIssue(code, text)


def test_the_column_decides_the_order() -> None:
    assert date_order(["01/02/2014", "09/23/2013", "TBD"]) == DateOrder(day_first=False, proofs=1)
    assert date_order(["01/02/2014", "23/09/2013"]) == DateOrder(day_first=True, proofs=1)
    assert date_order(["01/02/2014"]).proofs == 0


@given(
    st.lists(st.dates(date(1980, 1, 1), date(2079, 12, 31)), min_size=1),
    st.sampled_from("/.-"),
    st.booleans(),
)
def test_every_column_with_a_proof_is_read_as_written(days: list[date], mark: str, day_first: bool) -> None:
    form = f"%d{mark}%m{mark}%Y" if day_first else f"%m{mark}%d{mark}%Y"
    cells = [day.strftime(form) for day in [*days, date(2001, 2, 28)]]
    order = date_order(cells)
    assert order.day_first is day_first
    assert [parse_date(cell, order) for cell in cells[:-1]] == days


@given(st.text(max_size=30))
def test_no_text_breaks_the_parser(text: str) -> None:
    result = parse_date(text, DAY_FIRST)
    assert result is None or isinstance(result, date | SpecialState | CellIssue)
