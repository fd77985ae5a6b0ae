"""Writes of change requests; an approved one updates the baseline that it names."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.change.models import AGREED, BaselineChange, ChangeRequest
from steerco.apps.escalation.deciders import PaperKind, declare_paper, default_decider
from steerco.apps.escalation.deciding import write_papers
from steerco.apps.escalation.papers import Verdict
from steerco.apps.initiatives.models import Ancestry, Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.planning.milestones import move_baselines
from steerco.kit import clock
from steerco.kit.history import Change, Invalid, Write, save
from steerco.kit.history.removals import remove
from steerco.kit.permissions import Actor, require

TAKE = "change.take"
W = BaselineChange.What
FIELDS = {W.START: "planned_start", W.END: "planned_end", W.SCOPE: "summary"}


def write_changes(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[ChangeRequest]:
    """Create and change change requests. Raises Denied, Invalid (by position), Conflict; all or nothing.

    A new one has the person who enters it as its requester; one whose impact is assessed gets its authority from the
    decision rights and tolerances where nobody named one.
    """
    for change in changes:
        if change.pk is None and not batch:
            change.values.setdefault("raised_on", clock.today())
    with transaction.atomic():
        rows = write_papers(actor, ChangeRequest, changes, reason=reason, batch=batch)
        for row in rows:
            if row.state == ChangeRequest.ready_state and row.decider_id is None:
                decider = default_decider(row)
                if decider is not None:
                    write_papers(actor, ChangeRequest, [Change({"decider": decider}, pk=row.pk)])
                    row.decider = decider
    return rows


# -- what it does to the baseline ---------------------------------------------------------------------------------


def set_baseline_change(
    actor: Actor, row: ChangeRequest, values: dict[str, Any], line: BaselineChange | None = None
) -> BaselineChange:
    """Say what an approval of `row` does to one thing that was agreed; what it is now is kept beside it.

    Raises Denied, Invalid.
    """
    _require_open(actor, row)
    line = line or BaselineChange(change=row)
    for name, value in values.items():
        setattr(line, name, value)
    _check_place(row, line)
    same = row.baseline_changes.filter(what=line.what, milestone=line.milestone).exclude(pk=line.pk)
    if same.exists():
        raise Invalid({0: {"what": [_("This stands here already.")]}})
    line.old_date, line.old_text = _agreed_now(row, line)
    fields = frozenset({*values, "old_date", "old_text"}) if line.pk else None
    save(actor, [Write(line, fields=fields)], kind="change_request.baseline_named")
    return line


def drop_baseline_change(actor: Actor, row: ChangeRequest, line: BaselineChange) -> None:
    """Take it out again. Raises Denied, Invalid."""
    _require_open(actor, row)
    remove(actor, [line], kind="change_request.baseline_dropped")


def _require_open(actor: Actor, row: ChangeRequest) -> None:
    require(actor, "record.edit", row)
    if not row.is_open_to_writers:
        text = _("This was put to the decision as it stands. Take the paper back to change it.")
        raise Invalid({0: {"what": [text]}})


def _check_place(row: ChangeRequest, line: BaselineChange) -> None:
    """A milestone of the initiative or below it: a request does not reach beside its own place."""
    if line.what != W.MILESTONE:
        line.milestone = None
        return
    if line.milestone is None:
        raise Invalid({0: {"milestone": [_("Name the milestone.")]}})
    inside = Ancestry.objects.filter(ancestor=row.initiative_id, descendant=line.milestone.initiative_id)
    if not inside.exists():
        raise Invalid({0: {"milestone": [_("It stands outside of the initiative that is to change.")]}})


def _agreed_now(row: ChangeRequest, line: BaselineChange) -> tuple[Any, str]:
    if line.what == W.MILESTONE:
        return (line.milestone.baseline if line.milestone else None), ""
    value = getattr(Initiative.objects.get(pk=row.initiative_id), FIELDS[W(line.what)])
    return (None, value) if line.what == W.SCOPE else (value, "")


def _apply(actor: Actor, row: ChangeRequest) -> None:
    """Write the new values where they belong and keep what stood there until now: part of the approval."""
    lines = list(row.baseline_changes.filter(applied_on=None).select_related("milestone").order_by("pk"))
    for line in lines:
        line.old_date, line.old_text = _agreed_now(row, line)
        line.applied_on = clock.today()
    moves = {line.milestone_id: line.new_date for line in lines if line.milestone_id and line.new_date}
    move_baselines(actor, moves, reason=row.reference)
    values = {
        FIELDS[W(line.what)]: line.new_text if line.what == W.SCOPE else line.new_date
        for line in lines
        if line.what != W.MILESTONE
    }
    if values:
        change = Change(values, pk=row.initiative_id)
        write_initiatives(replace(actor.itself(), trusted=True), [change], reason=row.reference)
    fields = frozenset({"old_date", "old_text", "applied_on"})
    save(actor, [Write(line, fields=fields) for line in lines], kind="change_request.baseline_moved")


def _follow(actor: Actor, row: ChangeRequest, verdict: Verdict, values: dict[str, Any]) -> dict[str, Any]:
    """An approval moves the baselines that the request names."""
    if verdict.key in AGREED:
        _apply(actor, row)
    return {}


declare_paper(
    PaperKind(
        ChangeRequest,
        TAKE,
        _follow,
        frozenset({"title", "options", "recommendation", "description", *ChangeRequest.IMPACTS}),
    )
)
