import itertools

import pytest

from steerco.exchange.packs.labels import PackLabels
from steerco.exchange.packs.ratings import (
    RANKS,
    SHAPES,
    Palette,
    Rating,
    RatingScale,
    RatingValue,
    Trend,
    compared,
    ink,
)


@pytest.mark.parametrize(
    ("value", "previous", "trend", "steps"),
    [
        (RatingValue.RED, RatingValue.AMBER, Trend.WORSE, 2),
        (RatingValue.GREEN, RatingValue.AMBER_GREEN, Trend.BETTER, -1),
        (RatingValue.AMBER, RatingValue.AMBER, Trend.SAME, 0),
        (RatingValue.AMBER, None, Trend.NEW, 0),
        (RatingValue.AMBER, RatingValue.RESET, Trend.NOT_COMPARABLE, 0),
        (RatingValue.NOT_REPORTED, RatingValue.RED, Trend.NOT_COMPARABLE, 0),
    ],
)
def test_trend(value: RatingValue, previous: RatingValue | None, trend: Trend, steps: int) -> None:
    found = compared(value, previous)
    assert found == Rating(value, previous, trend)
    assert found.steps == steps


def test_ratings_of_two_scales_are_not_compared() -> None:
    found = compared(RatingValue.RED, RatingValue.AMBER, RatingScale.THREE_POINT, RatingScale.FIVE_POINT)
    assert found.trend is Trend.NOT_COMPARABLE
    assert found.steps == 0


def test_points_differ_in_shape_and_letters_not_only_in_colour() -> None:
    labels = PackLabels()
    assert len({SHAPES[value] for value in RANKS}) == len(RANKS)
    assert len({labels.letter(value) for value in RatingValue}) == len(RatingValue)


def _luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("value", "palette"), list(itertools.product(RatingValue, Palette)))
def test_text_on_a_rating_has_contrast_of_4_5(value: RatingValue, palette: Palette) -> None:
    colours = ink(value, palette)
    light, dark = sorted((_luminance(colours.fill), _luminance(colours.text)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
