"""Writes of milestones. What was agreed as the baseline is not simply typed over."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from steerco.apps.initiatives.records import write_records
from steerco.apps.planning.gates import gate_refusal
from steerco.apps.planning.models import Milestone
from steerco.kit.history import Change, Invalid
from steerco.kit.history.writes import plain
from steerco.kit.imports.undoing import BATCH, UNDO
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, can


def write_milestones(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = "", of_plan: bool = False
) -> list[Milestone]:
    """Create and change milestones. Raises Denied, Invalid (by position), Conflict; all or nothing.

    The first baseline is free. From then on it moves by an approved change, or by whoever may decide there, with a
    reason. A gate is passed by whoever the decision rights name; what a plan says of it (`of_plan`) stands as the
    plan has it, and an undo takes back what it did.
    """
    asked = [
        c.pk
        for c in changes
        if c.pk and not {"baseline", "actual", "state", "tier", "initiative"}.isdisjoint(c.values)
    ]
    stored = Milestone.objects.select_related("initiative").in_bulk(asked)
    refused = {}
    for index, change in enumerate(changes):
        row = stored.get(change.pk) if change.pk else None
        text = "" if of_plan or batch.startswith(UNDO) else gate_refusal(actor, row, change)
        if text:
            refused[index] = {"actual": [text]}
            continue
        if (
            "baseline" not in change.values
            or row is None
            or row.baseline is None
            or change.values["baseline"] == row.baseline
        ):
            continue
        text = baseline_refusal(actor, row, change.values["baseline"], batch)
        if text:
            refused[index] = {"baseline": [text]}
        elif not reason.strip() and not actor.trusted:
            refused[index] = {"baseline": [_("The baseline was agreed: say why it moves.")]}
    if refused:
        raise Invalid(refused)
    return write_records(actor, Milestone, changes, reason=reason, batch=batch)


def baseline_refusal(actor: Actor, row: Milestone, baseline: date | None, batch: str = "") -> str:
    """Why `actor` may not change the agreed baseline of `row`, as it is stored, to `baseline`; "" where they may.

    Whoever may decide there moves it. An undo (`batch` is its own) may empty one that its import was the first to
    fill: that takes back what was never decided.
    """
    if row.baseline is None or baseline == row.baseline or can(actor, "record.decide", row):
        return ""
    if baseline is None and batch.startswith(UNDO) and _was_filled_by(batch, row):
        return ""
    return _("The baseline was agreed: it moves by an approved change request, or by whoever may decide.")


def _was_filled_by(undo_batch: str, row: Milestone) -> bool:
    """Whether the import that is undone gave `row` its first baseline, and the one that it has."""
    batch = undo_batch.removeprefix(UNDO)
    cut_off = len(undo_batch) >= BATCH  # the import's own goes on
    named = Q(batch__startswith=batch) if cut_off else Q(batch=batch)
    events = Event.objects.filter(named, model=Milestone._meta.label_lower, object_id=row.pk)
    moves = [
        pair for changes in events.values_list("changes", flat=True) if (pair := changes.get("baseline"))
    ]
    return bool(batch and moves and row.baseline) and moves == [[None, plain(row.baseline)]]


def move_baselines(actor: Actor, moves: Mapping[int, date], *, reason: str) -> dict[int, date | None]:
    """Move the baselines of milestones by their ids, as an approved change says; the baselines before, by id.

    The approval is the right. Deleted milestones stay as they are. Part of the transaction of the approval.
    """
    with transaction.atomic():
        rows = Milestone.objects.filter(pk__in=moves, deleted=False)
        before = {row.pk: row.baseline for row in rows.order_by("pk")}
        changes = [Change({"baseline": moves[pk]}, pk=pk) for pk in before]
        write_records(replace(actor.itself(), trusted=True), Milestone, changes, reason=reason)
    return before
