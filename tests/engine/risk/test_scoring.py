from dataclasses import replace
from decimal import Decimal

import pytest

from steerco.engine.risk.scoring import (
    FIVE_BY_FIVE,
    Band,
    Direction,
    Exposure,
    Level,
    Position,
    RatingBand,
    Scale,
    assess,
    expected_days,
    expected_money,
    expected_total,
    matrix_rows,
    rate,
    with_money_bands,
)


def test_every_field_of_the_matrix_is_the_product_of_its_levels() -> None:
    scores = [[cell.rating.score for cell in row] for row in matrix_rows(FIVE_BY_FIVE)]
    assert scores == [[p * i for i in range(1, 6)] for p in range(5, 0, -1)]


@pytest.mark.parametrize(
    ("p", "i", "band", "above", "visible"),
    [
        (1, 1, "low", False, False),
        (1, 5, "moderate", False, True),  # impact 5 is seen one level up whatever its score
        (3, 3, "moderate", False, False),
        (2, 5, "high", True, True),
        (3, 4, "high", True, False),
        (3, 5, "severe", True, True),
        (5, 3, "severe", True, True),
        (5, 5, "severe", True, True),
    ],
)
def test_ratings(p: int, i: int, band: str, above: bool, visible: bool) -> None:
    rating = rate(FIVE_BY_FIVE, Position(p, i))
    assert (rating.score, rating.band.code, rating.above_appetite, rating.visible_above) == (
        p * i, band, above, visible,
    )  # fmt: skip


def test_appetite_limits_threats_only() -> None:
    rating = rate(FIVE_BY_FIVE, Position(5, 5), Direction.OPPORTUNITY)
    assert rating.score == 25
    assert not rating.above_appetite
    assert rating.visible_above


def test_a_level_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        rate(FIVE_BY_FIVE, Position(6, 1))


def test_values_of_levels_need_not_be_consecutive() -> None:
    impact = Scale(tuple(Level(value, str(value)) for value in (1, 2, 4, 8, 16)))
    assert rate(replace(FIVE_BY_FIVE, impact=impact), Position(4, 16)).score == 64


@pytest.mark.parametrize(
    ("inherent", "current", "target", "direction", "expected"),
    [
        ((4, 4), (3, 4), (2, 2), Direction.THREAT, ()),
        ((2, 2), (3, 3), (4, 4), Direction.THREAT,
         ("current_worse_than_inherent", "target_worse_than_current")),
        ((2, 2), (3, 3), (4, 4), Direction.OPPORTUNITY, ()),
        ((3, 3), (2, 2), (1, 1), Direction.OPPORTUNITY,
         ("current_worse_than_inherent", "target_worse_than_current")),
    ],
)  # fmt: skip
def test_contradictions(
    inherent: tuple[int, int],
    current: tuple[int, int],
    target: tuple[int, int],
    direction: Direction,
    expected: tuple[str, ...],
) -> None:
    assessment = assess(
        FIVE_BY_FIVE,
        inherent=Position(*inherent),
        current=Position(*current),
        target=Position(*target),
        direction=direction,
    )
    assert assessment.contradictions(direction) == expected


def test_an_open_position_contradicts_nothing() -> None:
    assessment = assess(FIVE_BY_FIVE, current=Position(2, 3))
    assert assessment.inherent is None
    assert assessment.contradictions() == ()


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 1), ("9.99", 1), (10, 2), (30, 3), (50, 4), (70, 5), (100, 5)]
)
def test_probability_levels(percent: int | str, value: int) -> None:
    assert FIVE_BY_FIVE.probability.level_for("percent", Decimal(percent)).value == value


def test_bands_turn_amounts_into_levels_and_back() -> None:
    matrix = with_money_bands(FIVE_BY_FIVE, "GBP", [0, 1_000_000, 5_000_000, 20_000_000, 100_000_000])
    assert matrix.impact.currency == "GBP"
    assert matrix.impact.level_for("money", 4_999_999).value == 2
    assert matrix.impact.level_for("money", 5_000_000).value == 3
    assert matrix.impact.level_for("days", 400).value == 5
    assert matrix.probability.percent_of(3) == 40
    assert matrix.probability.percent_of(5) == 85
    with pytest.raises(ValueError, match="no bands"):
        matrix.probability.level_for("money", 1)
    with pytest.raises(ValueError, match="no probability band"):
        matrix.impact.percent_of(1)
    with pytest.raises(ValueError, match="2 floors for 5"):
        with_money_bands(FIVE_BY_FIVE, "GBP", [0, 1])


def test_an_amount_beyond_a_closed_scale_is_an_error() -> None:
    scale = Scale((Level(1, "a", days=Band(Decimal(0), Decimal(5))),))
    with pytest.raises(ValueError, match="beyond"):
        scale.level_for("days", 5)


@pytest.mark.parametrize(
    "levels",
    [
        (),
        (Level(0, "a"),),
        (Level(2, "a"), Level(1, "b")),
        (Level(1, "a", days=Band(Decimal(0), Decimal(5))), Level(2, "b")),
        (Level(1, "a", days=Band(Decimal(0), Decimal(5))), Level(2, "b", days=Band(Decimal(6)))),
    ],
)
def test_scales_that_are_no_scales_are_refused(levels: tuple[Level, ...]) -> None:
    with pytest.raises(ValueError):
        Scale(levels)


def test_rating_bands_must_cover_the_lowest_score() -> None:
    with pytest.raises(ValueError, match="cover"):
        replace(FIVE_BY_FIVE, bands=(RatingBand("high", 5, "red"),))


def test_expected_values() -> None:
    threat = Exposure(1_000_001, "GBP", 15, Decimal("12.5"))
    chance = Exposure(400_000, "GBP", 5, Decimal(50), Direction.OPPORTUNITY)
    abroad = Exposure(700, "EUR", 1, Decimal(100))
    assert expected_money(threat) == 125_000
    assert expected_days(threat) == Decimal("1.9")  # 1.875
    assert expected_money(chance) == -200_000
    total = expected_total([threat, chance, abroad])
    assert total.money == {"GBP": -75_000, "EUR": 700}
    assert total.days == Decimal("0.4")  # 1.9 - 2.5 + 1.0


@pytest.mark.parametrize(("money", "days", "percent"), [(-1, 0, 1), (0, -1, 1), (0, 0, 101), (0, 0, -1)])
def test_impossible_exposures_are_refused(money: int, days: int, percent: int) -> None:
    with pytest.raises(ValueError, match="not an exposure"):
        expected_money(Exposure(money, "GBP", days, Decimal(percent)))
