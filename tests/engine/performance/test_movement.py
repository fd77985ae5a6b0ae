from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from steerco.engine.performance.movement import (
    FIVE_POINT,
    THREE_POINT,
    Movement,
    RatingScale,
    Reported,
    compare,
    compare_all,
    rank_movers,
)


def test_rating_end_and_cost_move() -> None:
    before = Reported("amber-green", FIVE_POINT, date(2020, 3, 31), 100_000, "GBP")
    after = Reported("red", FIVE_POINT, date(2021, 3, 31), 125_000, "GBP")
    moved = compare("p", before, after)
    assert (moved.rating_steps, moved.end_days, moved.cost, moved.cost_percent) == (3, 365, 25_000, 25)
    back = compare("p", after, before)
    assert (back.rating_steps, back.end_days, back.cost, back.cost_percent) == (-3, -365, -25_000, -20)


def test_scales_meet_in_the_common_order() -> None:
    moved = compare("p", Reported("amber-red", FIVE_POINT), Reported("amber", THREE_POINT))
    assert (moved.rating_steps, moved.scales_differ) == (-1, True)
    same = compare("p", Reported("green", FIVE_POINT), Reported("green", THREE_POINT))
    assert (same.rating_steps, same.moved) == (0, False)


def test_a_rating_without_a_place_is_never_counted_in_steps() -> None:
    moved = compare("p", Reported("red"), Reported("reset"))
    assert moved.rating_steps is None
    assert moved.rating_changed
    assert moved.moved


def test_unknown_values_and_other_currencies_are_not_compared() -> None:
    moved = compare("p", Reported(None, cost=1, currency="GBP"), Reported("red", cost=2, currency="EUR"))
    assert (moved.rating_steps, moved.end_days, moved.cost, moved.cost_percent) == (None,) * 4
    from_nothing = compare("p", Reported(cost=0, currency="GBP"), Reported(cost=5, currency="GBP"))
    assert (from_nothing.cost, from_nothing.cost_percent) == (5, None)


def test_initiatives_appear_and_leave() -> None:
    found = compare_all({"a": Reported(), "b": Reported()}, {"b": Reported(), "c": Reported()})
    assert [(one.key, one.presence) for one in found] == [("a", "left"), ("b", "both"), ("c", "appeared")]
    with pytest.raises(ValueError, match="nothing"):
        compare("x", None, None)


def moved(
    key: str, steps: int | None = None, days: int | None = None, percent: str | None = None
) -> Movement:
    size = None if percent is None else Decimal(percent)
    return Movement(
        key,
        "both",
        Reported(),
        Reported(),
        steps,
        bool(steps),
        False,
        days,
        None if size is None else int(size),
        size,
    )


def test_the_order_of_movers_is_the_written_one() -> None:
    ordered = [
        moved("worse by two", 2),
        moved("better by two", -2, 900),
        moved("worse by one, late", 1, 10),
        moved("worse by one, early", 1, -10),
        moved("better by one", -1, 500, "80"),
        moved("late", None, 700),
        moved("late, dearer", 0, 90, "5"),
        moved("late, same", 0, 90, "1"),
        moved("dearer", 0, 0, "30"),
        moved("cheaper", 0, 0, "-30"),
        Movement("reset", "both", Reported("red"), Reported("reset"), rating_changed=True),
        Movement("new", "appeared", None, Reported()),
        Movement("gone", "left", Reported(), None),
    ]
    still = moved("still", 0, 0, "0")
    for start in permutations([0, 5, 9]):
        mixed = [still, *(ordered[(index * 5 + start[0]) % 13] for index in range(13))]
        assert [one.key for one in rank_movers(mixed)] == [one.key for one in ordered]


def test_one_respect_at_a_time() -> None:
    found = [
        moved("a", 1, 5, "90"),
        moved("b", -2, None, "-95"),
        moved("c", 0, -40, "0"),
        moved("d", None, 40),
    ]
    assert [one.key for one in rank_movers(found, "rating")] == ["b", "a"]
    assert [one.key for one in rank_movers(found, "end")] == ["d", "c", "a"]
    assert [one.key for one in rank_movers(found, "cost")] == ["b", "a"]


def test_a_scale_of_ones_own() -> None:
    scale = RatingScale("traffic", {"on track": 1, "at risk": 4})
    assert compare("p", Reported("on track", scale), Reported("at risk", scale)).rating_steps == 3
