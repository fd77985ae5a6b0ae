"""The money and the commissions of the permission world."""

from datetime import date
from typing import TYPE_CHECKING, Any

from steerco.apps.commissions.models import Target
from steerco.apps.commissions.services import write_commission
from steerco.apps.finance.models import MoneyChange
from steerco.apps.finance.services import Wanted, write_figures
from steerco.apps.followups.services import Ask, ask
from steerco.kit import clock
from steerco.kit.history import Change, Write, save
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
        file_name=f"file-{code}.csv",
    )
    assert change is not None
    world.extras["money", code] = change.pk


def write_commissions(world: "World", code: str) -> None:
    """A draft below the place, and one that was asked of the project manager or of somebody who has left."""
    place, name = world.initiatives[code], f"sheet {code}" if code in {"A11", "B1"} else "Zzyzx canary"
    party = world.people["project_manager" if code == "A11" else "leaver"].party
    question = {"key": "q1", "label": "How many?", "kind": "number"}
    start = {
        "initiative": place,
        "title": f"Commission {name}",
        "why": f"Because {name}",
        "asked_by": world.people["pmo_manager"].party,
        "due": date(2099, 1, 1),
        "questions": [question],
    }
    for kind in ("draft", "asked"):
        row = write_commission(OPERATOR, Change(start))
        world.extras[f"commission {kind}", code] = row.pk
    row.state, row.asked_at = "asked", clock.now()
    save(OPERATOR, [Write(row, fields=frozenset({"state", "asked_at"}))], kind="commission.asked")
    Target.objects.create(commission=row, initiative=place, party=party)
    data = {"commission": row.pk, "party": party.pk, "title": row.title, "count": 1}
    asked = Ask(f"commission:{row.pk}:{party.pk}", "commission", place.entry_id, party.pk, data=data)
    world.extras["commission owed", code] = ask(OPERATOR, [asked])[0].pk


def samples(world: "World", code: str) -> dict[str, dict[str, Any]]:
    """The parameters of addresses that are tried on a change or a batch of the place."""
    return {
        **{f"commissions:{name}": {"pk": world.extras["commission draft", code]} for name in ("edit", "ask")},
        **{
            f"commissions:{name}": {"pk": world.extras["commission asked", code]}
            for name in ("page", "end", "copy", "export")
        },
        "commissions:answer": {"pk": world.extras["commission owed", code]},
        "commissions:by_link": {"token": f"1-{'0' * 40}"},
        "finance:undo": {"pk": world.extras["money", code]},
        "finance:undo_file": {"batch": f"money-of-{code}"},
    }
