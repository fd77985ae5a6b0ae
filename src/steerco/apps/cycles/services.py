"""What happens to reports: opened, submitted, sent back, approved, frozen, corrected; and their calendars."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import steerco
from steerco.apps.cycles.covering import ASIDE
from steerco.apps.cycles.drafts import (
    Content,
    Typed,
    build,
    canonical,
    check,
    may_stay,
    open_page,
    save_draft,
)
from steerco.apps.cycles.entering import entered_by
from steerco.apps.cycles.freezing import record_figures
from steerco.apps.cycles.kinds import BRIDGE, CONSOLIDATED
from steerco.apps.cycles.models import Cadence, Cycle, Draft, FrozenReport, Report
from steerco.apps.cycles.states import GIVEN, WRITABLE
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import CLOCK, Ask, ask, withdraw
from steerco.apps.initiatives.records import write_records
from steerco.kit import clock
from steerco.kit.history import Change, Invalid, Write, save
from steerco.kit.history.removals import remove
from steerco.kit.permissions import Actor, Denied, can, require

WRITE, REVIEW = "report.write", "report.review"  # the kinds of follow-up
SET = "cadence.set"


def write_cadences(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[Cadence]:
    """Set and change reporting calendars. Raises Denied, Invalid (by position), Conflict; all or nothing."""
    with transaction.atomic():
        stored = Cadence.objects.select_related("initiative").in_bulk([c.pk for c in changes if c.pk])
        writes = []
        for index, change in enumerate(changes):
            row = stored[change.pk] if change.pk else Cadence()
            if change.pk:
                require(actor, SET, row.initiative)
            for name, value in change.values.items():
                setattr(row, name, value)
            if row.initiative_id is None:
                raise Invalid({index: {"initiative": [_("Say where it belongs.")]}})
            require(actor, SET, row.initiative)
            fields = frozenset(change.values) if change.pk else None
            writes.append(
                Write(
                    row,
                    fields=fields,
                    version=change.version,
                    kind=f"cadence.{'changed' if change.pk else 'set'}",
                )
            )
        save(actor, writes, kind="cadence.changed", reason=reason, batch=batch)
    return [w.instance for w in writes]


def remove_cadences(actor: Actor, rows: Sequence[Cadence], *, reason: str = "", batch: str = "") -> None:
    """Take away calendars that an import made. Raises Denied, ProtectedError once they have cycles."""
    for row in rows:
        require(actor, SET, row.initiative)
    if rows:
        remove(actor, rows, kind="cadence.removed", reason=reason, batch=batch)


def writes(actor: Actor, report: Report) -> bool:
    """Whether the actor writes this report while it is open: whose it is, or who may edit records there."""
    own = report.owner_id is not None and report.owner_id in actor.parties
    return own or can(actor, "record.edit", report)


def may_write(actor: Actor, report: Report) -> bool:
    """Whether the actor may write this report now."""
    return report.state in WRITABLE and writes(actor, report)


def may_review(actor: Actor, report: Report) -> bool:
    """Whether the actor may approve this report or send it back: its reviewer, else who decides at that place; nobody
    approves what they reported themselves."""
    if report.state not in GIVEN or (report.owner_id in actor.parties and not actor.trusted):
        return False
    named = report.reviewer_id is not None and report.reviewer_id in actor.parties
    return named or can(actor, "record.decide", report)


def submit(actor: Actor, report: Report, typed: Typed | None = None, *, unchanged: bool = False) -> Report:
    """Give a report to its reviewer. Raises Denied; Invalid with what is missing, by field."""
    if not may_write(actor, report):
        raise Denied("record.edit")
    if typed is not None:
        save_draft(actor, report, typed)  # kept although it is refused: the page shows it again
    with transaction.atomic():
        page = open_page(actor, report)
        if unchanged and not may_stay(page):
            raise Invalid(
                {0: {"": [_("Something has changed since the last report: look at it and submit it.")]}}
            )
        errors = check(page)
        if typed is not None and typed.entered is not None and not typed.entered["source"]:
            errors["source"] = [_("Say where it comes from.")]
        if errors:
            raise Invalid({0: errors})
        content = build(page, unchanged=unchanged)
        entered = entered_by(actor, report, page.content.get("entered"))
        if entered is not None:
            content["entered"] = entered
        page.draft.built = content
        page.draft.changed_at = clock.now()
        page.draft.comment = ""
        page.draft.save()
        overall = content["ratings"][0] if content["ratings"] else {"value": "", "computed": ""}
        conclude(
            actor,
            report,
            state="submitted",
            rating=overall["value"],
            computed=overall["computed"],
            headline=content["headline"],
            unchanged=unchanged,
            submitted_at=clock.now(),
        )
        _settle(report, WRITE)
        _ask(actor, report, REVIEW, report.reviewer_id, report.cycle.review_on if report.cycle else None)
    return report


def give_back(actor: Actor, report: Report, comment: str) -> Report:
    """Send a report back to whoever wrote it. Raises Denied, Invalid without a comment."""
    if not may_review(actor, report):
        raise Denied("record.decide")
    if not comment.strip():
        raise Invalid({0: {"comment": [_("Say what is to be done.")]}})
    with transaction.atomic():
        Draft.objects.filter(report=report).update(comment=comment.strip()[:2000])
        conclude(actor, report, reason=comment.strip(), state="returned", returns=report.returns + 1)
        _settle(report, REVIEW)
        _ask(actor, report, WRITE, report.owner_id, report.due_on)
    return report


def approve(actor: Actor, report: Report) -> Report:
    """Find a report good. One outside a cycle is frozen with it, and so is the consolidated one. Where its calendar
    names no receivers, its page is all of its publication; else the cycle waits for it (`mark_published`).

    Raises Denied.
    """
    if not may_review(actor, report) or report.state != "submitted":
        raise Denied("record.decide")
    with transaction.atomic():
        conclude(actor, report, state="approved")
        _settle(report, REVIEW)
        if report.cycle is None or report.kind == CONSOLIDATED:
            freeze(actor, report)
        if report.cycle is not None and report.cycle.cadence.receivers_id is None:
            mark_published(report)
    return report


def mark_published(report: Report) -> None:
    """The cycle of a frozen consolidated report is published with it; other reports leave their cycle as it is."""
    if report.cycle_id is not None and report.kind == CONSOLIDATED and report.state == "frozen":
        Cycle.objects.filter(pk=report.cycle_id).update(state=Cycle.State.PUBLISHED)


def freeze(actor: Actor, report: Report, correction: str = "") -> FrozenReport:
    """Freeze what was submitted: nothing changes it from now on. Dashboards take it as the report of its date."""
    with transaction.atomic():
        draft = Draft.objects.select_for_update().get(report=report)
        if draft.built is None:
            raise LookupError(f"report {report.pk} was never submitted")
        number = FrozenReport.objects.filter(report=report).count() + 1
        frozen = FrozenReport(
            report=report,
            number=number,
            content=canonical(draft.built),
            renderer=steerco.__version__,
            frozen_at=clock.now(),
            frozen_by=actor.label[:200],
            reviewed=report.state == "approved",
            correction=correction[:500],
        )
        frozen.save()
        if report.state != "frozen":
            conclude(actor, report, state="frozen")
        for kind in (WRITE, REVIEW):
            _settle(report, kind)
        record_figures(report, draft.built, frozen)
        if report.kind not in ASIDE and report.period_end is not None:
            _spare_bridges(report.initiative_id, report.period_end)
    return frozen


def _spare_bridges(initiative: int, told: date) -> None:
    """Ask no longer for what happened since the last report where there is a newer one."""
    rows = Report.objects.filter(initiative=initiative, kind=BRIDGE, state__in=WRITABLE, deleted=False)
    for bridge in rows.filter(period_end__gte=told):
        if bridge.period_end and bridge.period_start and told >= bridge.period_start:
            spare(CLOCK, bridge)


def miss(actor: Actor, report: Report) -> None:
    """Close a report that nobody gave: it says “not reported”, never the last colour."""
    with transaction.atomic():
        conclude(actor, report, state="missing", rating="", computed="", headline="")
        for kind in (WRITE, REVIEW):
            _settle(report, kind)


def spare(actor: Actor, report: Report) -> None:
    """Close a report that nobody needs any more."""
    with transaction.atomic():
        conclude(actor, report, state="spared")
        _settle(report, WRITE)


def content_of(report: Report) -> Content | None:
    """What was frozen last of a report, else what was submitted; None while it is written."""
    frozen = report.frozen.order_by("number").last() if report.pk else None
    if frozen is not None:
        found: Content = json.loads(frozen.content)
        return found
    draft = Draft.objects.filter(report=report).first()
    return draft.built if draft and report.state in GIVEN else None


def ask_for(report: Report) -> None:
    """Ask whoever reports."""
    _ask(CLOCK, report, WRITE, report.owner_id, report.due_on)


def conclude(actor: Actor, report: Report, *, reason: str = "", **values: Any) -> None:
    """Bring a report on: only these steps do, whoever takes them."""
    taking = replace(actor.itself() if actor.user_id else actor, trusted=True)
    rows = write_records(taking, Report, [Change(values, pk=report.pk)], reason=reason)
    for name in values:
        setattr(report, name, getattr(rows[0], name))
    report.version = rows[0].version


def _ask(actor: Actor, report: Report, kind: str, debtor: int | None, due: Any) -> None:
    if debtor is None:
        return
    asked = FollowUp.objects.filter(entry=report.entry_id, kind=kind).count()
    creditor = report.reviewer_id if kind == WRITE else report.owner_id
    key = f"{kind}:{report.pk}:{asked + 1}"
    data = {"returned": True} if report.state == "returned" else {}
    ask(actor, [Ask(key, kind, report.entry_id, debtor, due, creditor if creditor != debtor else None, data)])


def _settle(report: Report, kind: str) -> None:
    withdraw(CLOCK, FollowUp.objects.filter(entry=report.entry_id, kind=kind), FollowUp.State.SETTLED)
