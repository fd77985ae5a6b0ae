"""Taking back what was written to money sheets at once: each figure that nobody touched since goes back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.finance.models import MoneyChange, MonthlyFigure
from steerco.apps.finance.services import follow_figures
from steerco.kit import clock
from steerco.kit.history import Invalid, Write, save
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, can, require


@dataclass
class Undone:
    """How many figures went back, and how many were left because somebody changed them since."""

    restored: int = 0
    kept: int = 0


def may_undo(actor: Actor, change: MoneyChange) -> bool:
    """Whether the actor may take it back: who may write there. What was decided is taken back by a decision."""
    decided = change.how == MoneyChange.How.APPROVED
    return change.undone_at is None and not decided and can(actor, "snapshot.import", change.initiative)


def undo_change(actor: Actor, change: MoneyChange) -> Undone:
    """Take one change back. Raises Denied, Invalid where it was decided or taken back already."""
    require(actor, "snapshot.import", change.initiative)
    if change.how == MoneyChange.How.APPROVED:
        text = _("This was approved as a change (%(request)s): another change request takes it back.")
        raise Invalid({0: {"undo": [text % {"request": change.reason}]}})
    result = Undone()
    with transaction.atomic():
        claimed = MoneyChange.objects.filter(pk=change.pk, undone_at=None)
        if not claimed.update(undone_at=clock.now(), undone_by=actor.label[:200]):
            raise Invalid({0: {"undo": [_("This has been taken back already.")]}})
        rows = MonthlyFigure.objects.select_for_update().in_bulk([int(pk) for pk in change.versions])
        before = _before(change, rows)
        writes = []
        for pk, row in rows.items():
            if row.version != change.versions[str(pk)]:
                result.kept += 1
                continue
            values = before.get(pk, {})
            row.amount = values.get("amount", row.amount)
            if values.get("as_of"):
                row.as_of = date.fromisoformat(values["as_of"])
            writes.append(Write(row, fields=frozenset({"amount", "as_of"})))
        result.restored = len(writes)
        batch = f"undo-{change.batch}"[:40]
        save(actor, writes, kind="money.undone", reason=_("taken back"), batch=batch)
        follow_figures(actor, change.initiative, batch)
    return result


def _before(change: MoneyChange, rows: dict[int, MonthlyFigure]) -> dict[int, dict[str, Any]]:
    """What each figure was, from the journal."""
    events = Event.objects.filter(
        batch=change.batch, model=MonthlyFigure._meta.label_lower, object_id__in=list(rows)
    )
    return {
        event.object_id: {name: pair[0] for name, pair in event.changes.items()}
        for event in events
        if event.object_id is not None
    }


def undo_batch(actor: Actor, batch: str) -> Undone:
    """Take back a file at every initiative where the actor may write. Raises Invalid where nothing is left to do."""
    total = Undone()
    changes = MoneyChange.objects.visible_to(actor).filter(batch=batch, undone_at=None)
    allowed = [change for change in changes.select_related("initiative") if may_undo(actor, change)]
    if not allowed:
        raise Invalid({0: {"undo": [_("There is nothing to undo.")]}})
    with transaction.atomic():
        for change in allowed:
            one = undo_change(actor, change)
            total.restored += one.restored
            total.kept += one.kept
    return total
