from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.exchange.tables import (
    CellIssue,
    PercentFormat,
    Point,
    Rating,
    Scale,
    SpecialState,
    StateCode,
    parse_percent,
    parse_rating,
    percent_format,
    scale_of,
    special_state,
)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("Amber/Green ", Point.AMBER_GREEN),
        ("Amber/ Red", Point.AMBER_RED),
        ("Amber/red", Point.AMBER_RED),
        ("Amber-Red", Point.AMBER_RED),
        ("AMBER RED", Point.AMBER_RED),
        ("A/G", Point.AMBER_GREEN),
        ("AR", Point.AMBER_RED),
        ("Green", Point.GREEN),
        ("r", Point.RED),
        ("Amber ", Point.AMBER),
        ("Gelb", Point.AMBER),
    ],
)
def test_points(text: str, point: Point) -> None:
    assert parse_rating(text, Scale.FIVE) == Rating(Scale.FIVE, point)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Reset", StateCode.RESET),
        ("No DCA", StateCode.NOT_ASSESSED),
        ("Exempt under sections 24 & 27 of the Freedom of Information Act (2000)", StateCode.EXEMPT),
        ("Data exempt under Section 43 and Section 22 of the FOI Act (2000)", StateCode.EXEMPT),
        ("Exemption under Section 24 (National Security)", StateCode.EXEMPT),
        ("Not provided", StateCode.NOT_PROVIDED),
    ],
)
def test_states(text: str, code: StateCode) -> None:
    assert parse_rating(text, Scale.FIVE) == Rating(Scale.FIVE, None, SpecialState(code, text))


def test_what_is_no_rating_is_an_issue() -> None:
    assert parse_rating("Amber in most respects", Scale.FIVE) == CellIssue(
        "not_a_rating", "Amber in most respects"
    )
    assert parse_rating("Green/Red", Scale.FIVE) == CellIssue("not_a_rating", "Green/Red")
    assert parse_rating("Amber/Red", Scale.THREE) == CellIssue("not_on_scale", "Amber/Red")
    assert parse_rating(" ", Scale.FIVE) is None


def test_the_column_decides_the_scale() -> None:
    assert scale_of(["Green", "Amber/ Red", ""]) is Scale.FIVE
    assert scale_of(["Green", "Amber", "Exempt"]) is Scale.THREE
    assert scale_of(["Green"], "DCA (using a five-point scale)") is Scale.FIVE
    assert scale_of(["Exempt", ""]) is None


def test_ordinary_sentences_are_no_states() -> None:
    for text in ("The programme was reset in 2014.", "An exempt body", "12 not provided", "Amber"):
        assert special_state(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("-49.50%", "-49.50"), ("0%", "0"), ("-0.2379", "-23.79"), ("(12%)", "-12"), ("1,234.5 %", "1234.5")],
)
def test_percentages(text: str, value: str) -> None:
    assert parse_percent(text, PercentFormat(bare_is_fraction=True)) == Decimal(value)


def test_percentages_that_are_not_exact_keep_their_text() -> None:
    form = PercentFormat()
    assert parse_percent(">1000%", form) == CellIssue("percentage_not_exact", ">1000%")
    assert parse_percent("zero", form) == CellIssue("not_a_percentage", "zero")
    text = "Budget variance less than 5%."
    assert parse_percent(text, form) == SpecialState(StateCode.BELOW_THRESHOLD, text)


def test_the_column_decides_what_a_bare_number_is() -> None:
    assert percent_format(["-0.2379", "12.00%"]).bare_is_fraction
    assert percent_format(["-0.2379", "0.05"]).bare_is_fraction
    assert not percent_format(["-23.79", "5"]).bare_is_fraction
    assert not percent_format(["1", "2", "0"]).bare_is_fraction


@given(st.decimals(-10000, 10000, places=2))
def test_every_percentage_is_read_as_written(value: Decimal) -> None:
    assert parse_percent(f"{value}%", PercentFormat()) == value


@given(st.text(max_size=30))
def test_no_text_breaks_the_parsers(text: str) -> None:
    rating = parse_rating(text, Scale.FIVE)
    assert rating is None or isinstance(rating, Rating | CellIssue)
    percent = parse_percent(text, PercentFormat())
    assert percent is None or isinstance(percent, Decimal | SpecialState | CellIssue)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Withheld", StateCode.EXEMPT),
        ("This information is exempt", StateCode.EXEMPT),
        ("The data is exempt", StateCode.EXEMPT),
        ("Redacted", StateCode.EXEMPT),
        ("Ongoing", StateCode.NO_END_DATE),
        ("Open-ended", StateCode.NO_END_DATE),
        ("DCA not set", StateCode.NOT_ASSESSED),
        ("Unrated", StateCode.NOT_ASSESSED),
        ("Information not available", StateCode.NOT_PROVIDED),
        ("unknown", StateCode.NOT_PROVIDED),
        ("-", StateCode.NOT_PROVIDED),
        ("#N/A", StateCode.NOT_PROVIDED),
        ("n.k.", StateCode.NOT_PROVIDED),
        ("Project being reset", StateCode.RESET),
        ("Rebaselining", StateCode.RESET),
        ("T.B.C.", StateCode.TO_BE_DECIDED),
        ("To be confirmed", StateCode.TO_BE_DECIDED),
        ("Under review", StateCode.TO_BE_DECIDED),
        ("n/a", StateCode.NOT_APPLICABLE),
        ("NA", StateCode.NOT_APPLICABLE),
        ("None", StateCode.NOT_APPLICABLE),
        ("Variance less than 5%", StateCode.BELOW_THRESHOLD),
        ("Less than 5% variance ", StateCode.BELOW_THRESHOLD),
    ],
)
def test_every_wording_of_a_state(text: str, code: StateCode) -> None:
    state = special_state(text)
    assert state == SpecialState(code, text)
