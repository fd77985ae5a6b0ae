"""The money and the commissions of the permission world."""

from datetime import date
from typing import TYPE_CHECKING, Any

from steerco.apps.finance.models import MoneyChange
from steerco.apps.finance.services import Wanted, write_figures
from steerco.kit.permissions import Actor

if TYPE_CHECKING:
    from tests.permissions.world import World

OPERATOR = Actor.operator("test")
BY_CODE = frozenset(f"finance:{name}" for name in ("sheet", "below", "paste", "confirm", "close", "export"))


def write_money(world: "World", code: str) -> None:
    """A figure of the place, written by the console in a batch of its own."""
    wanted = [Wanted(date(2026, 4, 1), "approved", "capital", 100)]
    change = write_figures(
        OPERATOR,
        world.initiatives[code],
        wanted,
        as_of=date(2026, 5, 1),
        how=MoneyChange.How.FILE,
        batch=f"money-of-{code}",
        file_name=f"of {code}.csv",
    )
    assert change is not None
    world.extras["money", code] = change.pk


def samples(world: "World", code: str) -> dict[str, dict[str, Any]]:
    """The parameters of addresses that are tried on a change or a batch of the place."""
    return {
        "finance:undo": {"pk": world.extras["money", code]},
        "finance:undo_file": {"batch": f"money-of-{code}"},
    }
