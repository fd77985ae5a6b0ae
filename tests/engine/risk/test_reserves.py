"""The balance of a contingency, by currency and in days."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.engine.risk.reserves import Balance, Movement, MovementKind, balance

IN, OUT, BACK = MovementKind.SET_ASIDE, MovementKind.DRAWDOWN, MovementKind.RETURNED


def test_each_currency_and_the_days_have_a_balance_of_their_own() -> None:
    found = balance(
        [
            Movement(IN, 500_000_00, "GBP", 30),
            Movement(OUT, 120_000_00, "GBP", 5),
            Movement(BACK, 20_000_00, "GBP"),
            Movement(IN, 9_000_00, "EUR"),
            Movement(OUT, 0, "", 2),
        ]
    )
    assert found.money == {"GBP": Balance(500_000_00, 100_000_00), "EUR": Balance(9_000_00, 0)}
    assert found.money["GBP"].remaining == 400_000_00
    assert (found.days.held, found.days.drawn, found.days.remaining) == (30, 7, 23)
    assert not found.is_overdrawn


@pytest.mark.parametrize(
    "movements",
    [
        [Movement(IN, 100, "GBP"), Movement(OUT, 101, "GBP")],
        [Movement(IN, 100, "EUR"), Movement(OUT, 1, "GBP")],
        [Movement(IN, 100, "GBP"), Movement(BACK, 1, "GBP")],
        [Movement(OUT, 0, "", 1)],
    ],
)
def test_more_out_than_in_is_overdrawn_in_that_currency_or_in_days(movements: list[Movement]) -> None:
    assert balance(movements).is_overdrawn


@pytest.mark.parametrize("movement", [Movement(IN, -1, "GBP"), Movement(IN, 1, ""), Movement(IN, 0, "", -1)])
def test_what_is_no_movement_is_refused(movement: Movement) -> None:
    with pytest.raises(ValueError, match="not a movement"):
        balance([movement])


MOVES = st.builds(
    Movement,
    st.sampled_from(list(MovementKind)),
    st.integers(0, 10**12),
    st.sampled_from(["GBP", "EUR"]),
    st.integers(0, 99),
)


@given(st.lists(MOVES), st.randoms())
def test_the_order_of_movements_does_not_matter(moves: list[Movement], random: object) -> None:
    shuffled = list(moves)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert balance(moves) == balance(shuffled)
