"""The balance of a contingency: what was set aside, drawn, and is left. Currencies are never added."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class MovementKind(StrEnum):
    """What a movement does to the contingency."""

    SET_ASIDE = "set_aside"
    DRAWDOWN = "drawdown"
    RETURNED = "returned"  # drawn and not needed after all


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement, money in minor units of `currency` and working days; neither is negative."""

    kind: MovementKind
    money: int
    currency: str
    days: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """What was set aside, what of it was drawn and not returned."""

    held: int = 0
    drawn: int = 0

    @property
    def remaining(self) -> int:
        """What may still be drawn; negative: more was drawn than was set aside."""
        return self.held - self.drawn

    def after(self, kind: MovementKind, amount: int) -> "Balance":
        """The balance after a movement of `amount`."""
        match kind:
            case MovementKind.SET_ASIDE:
                return Balance(self.held + amount, self.drawn)
            case MovementKind.DRAWDOWN:
                return Balance(self.held, self.drawn + amount)
        return Balance(self.held, self.drawn - amount)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The balances of a contingency: of money by currency, and of working days."""

    money: Mapping[str, Balance]
    days: Balance

    @property
    def is_overdrawn(self) -> bool:
        """Whether more was drawn than set aside, or more returned than drawn, in any currency or in days."""
        return any(b.remaining < 0 or b.drawn < 0 for b in (*self.money.values(), self.days))


def balance(movements: Iterable[Movement]) -> Ledger:
    """Return the balances after all `movements`.

    Raises:
        ValueError: an amount is negative, or money has no currency.
    """
    money: dict[str, Balance] = {}
    days = Balance()
    for movement in movements:
        if movement.money < 0 or movement.days < 0 or (movement.money and not movement.currency):
            raise ValueError(f"not a movement: {movement}")
        if movement.money:
            before = money.get(movement.currency, Balance())
            money[movement.currency] = before.after(movement.kind, movement.money)
        days = days.after(movement.kind, movement.days)
    return Ledger(money, days)
