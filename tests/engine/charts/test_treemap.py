import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.engine.charts.treemap import Box, Tile, squarify, treemap

sizes = st.lists(st.floats(0, 1e9, allow_nan=False), max_size=60)


@given(sizes, st.floats(10, 2000), st.floats(10, 2000))
def test_areas_are_in_proportion_and_sum_to_the_whole(
    values: list[float], width: float, height: float
) -> None:
    boxes = squarify(values, Box(5, 7, width, height))
    total = math.fsum(values)
    for value, box in zip(values, boxes, strict=True):
        assert box.width >= 0
        assert box.height >= 0
        if total > 0:
            assert box.width * box.height == pytest.approx(
                value / total * width * height, abs=1e-6 * width * height
            )
    if total > 0:
        assert math.fsum(box.width * box.height for box in boxes) == pytest.approx(width * height, rel=1e-6)


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40))
def test_boxes_stay_inside_and_do_not_overlap(values: list[float]) -> None:
    boxes = squarify(sorted(values, reverse=True), Box(0, 0, 640, 320))
    room = 1e-6
    for index, one in enumerate(boxes):
        assert one.x >= -room
        assert one.y >= -room
        assert one.x + one.width <= 640 + room
        assert one.y + one.height <= 320 + room
        for other in boxes[:index]:
            apart_x = one.x + one.width <= other.x + room or other.x + other.width <= one.x + room
            apart_y = one.y + one.height <= other.y + room or other.y + other.height <= one.y + room
            assert apart_x or apart_y


def test_the_published_example() -> None:
    """Bruls, Huizing, van Wijk (2000), section 3.1: areas 6 6 4 3 2 2 1 in a rectangle of 6 by 4."""
    boxes = squarify([6, 6, 4, 3, 2, 2, 1], Box(0, 0, 6, 4))
    assert [(round(box.width, 6), round(box.height, 6)) for box in boxes[:4]] == [
        (3, 2),
        (3, 2),
        (pytest.approx(12 / 7, abs=1e-5), pytest.approx(7 / 3, abs=1e-5)),
        (pytest.approx(9 / 7, abs=1e-5), pytest.approx(7 / 3, abs=1e-5)),
    ]


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_impossible_areas_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="not negative"):
        squarify([1.0, bad], Box(0, 0, 10, 10))


def test_unknown_values_have_no_tile_and_names_are_escaped() -> None:
    drawing = treemap(
        [Tile("<b>&", 3, href="/p/1?a=1&b=2"), Tile("gap", None), Tile("nan", math.nan)], title="Cost"
    )
    assert drawing.count("<rect") == 1
    assert "&lt;b&gt;&amp;" in drawing
    assert 'href="/p/1?a=1&amp;b=2"' in drawing
    assert "<b>" not in drawing
