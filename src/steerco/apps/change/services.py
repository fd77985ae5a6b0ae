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
from steerco.apps.finance.models import MoneyChange, MoneySheet, MonthlyFigure
from steerco.apps.finance.services import Wanted, write_figures
from steerco.apps.initiatives.models import Ancestry, Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.planning.milestones import move_baselines
from steerco.engine.finance.sheet import Kind
from steerco.kit import clock
from steerco.kit.history import Change, Invalid, Write, save
from steerco.kit.history.removals import remove
from steerco.kit.permissions import Actor, require

TAKE = "change.take"
W = BaselineChange.What
AGREED_UNTIL_NOW = ("old_date", "old_text", "old_amount")
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
    same = row.baseline_changes.filter(
        what=line.what, milestone=line.milestone, month=line.month, nature=line.nature
    )
    if same.exclude(pk=line.pk).exists():
        raise Invalid({0: {"what": [_("This stands here already.")]}})
    _note_agreed(row, line)
    fields = frozenset({*values, *AGREED_UNTIL_NOW}) if line.pk else None
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
    """A milestone of the initiative or below it, its own money: a request does not reach beside its own place."""
    if line.what == W.MONEY:
        _check_currency(row)
    else:
        line.month, line.nature, line.amount = None, "", None
    if line.what != W.MILESTONE:
        line.milestone = None
        return
    if line.milestone is None:
        raise Invalid({0: {"milestone": [_("Name the milestone.")]}})
    inside = Ancestry.objects.filter(ancestor=row.initiative_id, descendant=line.milestone.initiative_id)
    if not inside.exists():
        raise Invalid({0: {"milestone": [_("It stands outside of the initiative that is to change.")]}})


def _check_currency(row: ChangeRequest) -> None:
    """An amount is added to a sheet that there is, in the currency in which the request says what it costs."""
    sheet = MoneySheet.objects.filter(initiative=row.initiative_id).first()
    if sheet is None:
        text = _("No money is approved here yet: there is no money sheet that could change.")
        raise Invalid({0: {"what": [text]}})
    if row.currency != sheet.currency:
        text = _("Its money sheet is in %(sheet)s: say first in the request what it costs in %(sheet)s.")
        raise Invalid({0: {"what": [text % {"sheet": sheet.currency}]}})


def _note_agreed(row: ChangeRequest, line: BaselineChange) -> None:
    """Keep beside the new value what is agreed now."""
    line.old_date, line.old_text, line.old_amount = None, "", None
    match W(line.what):
        case W.MILESTONE:
            line.old_date = line.milestone.baseline if line.milestone else None
        case W.MONEY if line.month:
            approved = MonthlyFigure.objects.filter(
                initiative=row.initiative_id, kind=Kind.APPROVED, month=line.month, nature=line.nature
            )
            line.old_amount = approved.values_list("amount", flat=True).first()
        case W.SCOPE:
            line.old_text = Initiative.objects.get(pk=row.initiative_id).summary
        case W.START | W.END:
            line.old_date = getattr(Initiative.objects.get(pk=row.initiative_id), FIELDS[W(line.what)])


def _apply(actor: Actor, row: ChangeRequest) -> None:
    """Write the new values where they belong and keep what stood there until now: part of the approval."""
    lines = list(row.baseline_changes.filter(applied_on=None).select_related("milestone").order_by("pk"))
    for line in lines:
        _note_agreed(row, line)
        line.applied_on = clock.today()
    moves = {line.milestone_id: line.new_date for line in lines if line.milestone_id and line.new_date}
    move_baselines(actor, moves, reason=row.reference)
    decided = replace(actor.itself(), trusted=True)
    values = {
        FIELDS[W(line.what)]: line.new_text if line.what == W.SCOPE else line.new_date
        for line in lines
        if line.what in FIELDS
    }
    if values:
        write_initiatives(decided, [Change(values, pk=row.initiative_id)], reason=row.reference)
    money = [
        Wanted(line.month, Kind.APPROVED, line.nature, line.new_amount)
        for line in lines
        if line.what == W.MONEY and line.month
    ]
    write_figures(
        decided,
        row.initiative,
        money,
        as_of=clock.today(),
        how=MoneyChange.How.APPROVED,
        reason=row.reference,
        currency=row.currency,
    )
    fields = frozenset({*AGREED_UNTIL_NOW, "applied_on"})
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
