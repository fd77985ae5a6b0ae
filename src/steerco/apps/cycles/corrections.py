"""Correcting what was frozen: a newer edition that says what was wrong, to everybody whom the wrong one reached."""

import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.cycles.computing import Computed
from steerco.apps.cycles.drafts import Content, Typed, missing
from steerco.apps.cycles.kinds import CONSOLIDATED
from steerco.apps.cycles.layouts import kind_then
from steerco.apps.cycles.models import Draft, FrozenReport, Report
from steerco.apps.cycles.services import conclude, freeze
from steerco.apps.followups.services import holders
from steerco.apps.notices.lines import Line, declare_notice
from steerco.apps.notices.models import Notice
from steerco.apps.notices.services import Telling, tell
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.pages.addresses import address
from steerco.kit.permissions import Actor, Denied, can

CORRECTED = "cycles.corrected"

# What an upper app does with a newer edition, in the transaction that freezes it.
AfterCorrection = Callable[[Actor, FrozenReport], None]
_after: list[AfterCorrection] = []


def after_correction(do: AfterCorrection) -> None:
    """Have `do` called with every correction."""
    if do not in _after:
        _after.append(do)


def may_correct(actor: Actor, report: Report) -> bool:
    """Whether the actor may correct this frozen report: whose it is, its reviewer, or who decides there."""
    if report.state != "frozen":
        return False
    own = {report.owner_id, report.reviewer_id} - {None}
    return bool(own & actor.parties) or can(actor, "record.decide", report)


def correct(actor: Actor, report: Report, typed: Typed, what: str) -> FrozenReport:
    """Freeze a newer edition with other ratings and texts; the facts stay those of its day. `what` was wrong.

    Whoever reports, reviews and consolidates is told. Raises Denied, Invalid.
    """
    if not may_correct(actor, report):
        raise Denied("record.decide")
    if not what.strip():
        raise Invalid({0: {"what": [_("Say what was wrong.")]}})
    with transaction.atomic():
        last = FrozenReport.objects.select_for_update().filter(report=report).order_by("number").last()
        if last is None:
            raise LookupError(f"report {report.pk} was never frozen")
        before = json.loads(last.content)
        content = corrected(before, typed)
        said = {one["dimension"]: one["computed"] for one in content["ratings"]}
        computed = Computed(said, {})
        better = [d for d, one in typed.ratings.items() if computed.is_better(d, one["value"])]
        errors = missing(kind_then(report.what, before), typed.content, better)
        if errors:
            raise Invalid({0: errors})
        if content == before:
            raise Invalid({0: {"": [_("Nothing differs from the edition that stands.")]}})
        Draft.objects.filter(report=report).update(built=content, changed_at=clock.now())
        overall = content["ratings"][0]["value"] if content["ratings"] else ""
        conclude(
            actor,
            report,
            reason=what.strip(),
            rating=overall,
            headline=content["headline"],
            unchanged=content["unchanged"],
        )
        frozen = freeze(actor, report, what.strip())
        _tell(actor, report, frozen)
        for do in _after:
            do(actor, frozen)
    return frozen


def corrected(content: Content, typed: Typed) -> Content:
    """The content with what was typed in place of what was said; everything else as it was."""
    ratings = [{**one, **typed.ratings.get(one["dimension"], {})} for one in content["ratings"]]
    parts = [{**part, "text": typed.texts.get(part["key"], part["text"])} for part in content["parts"]]
    found = {**content, "headline": typed.headline, "ratings": ratings, "path": typed.path, "parts": parts}
    if any(found[name] != content[name] for name in ("headline", "ratings", "path", "parts")):
        found["unchanged"] = False  # it says something else than the report before
    if "questions" in content:
        found["questions"] = [
            {**one, "value": typed.answers.get(one["key"], one["value"])} for one in content["questions"]
        ]
    return found


def used_in(report: Report) -> Report | None:
    """The consolidated report that was made of it."""
    if report.cycle_id is None or report.kind == CONSOLIDATED:
        return None
    rows = Report.objects.filter(cycle=report.cycle_id, kind=CONSOLIDATED, deleted=False, state="frozen")
    return rows.select_related("initiative").first()


def corrected_since(frozen: FrozenReport) -> list[FrozenReport]:
    """The corrections of reports that a frozen consolidated report was made of, since it was."""
    below = [line["report"] for line in json.loads(frozen.content).get("below", ()) if not line["age"]]
    rows = FrozenReport.objects.filter(report__in=below, frozen_at__gt=frozen.frozen_at)
    return list(rows.exclude(correction="").select_related("report__initiative").order_by("frozen_at"))


def _tell(actor: Actor, report: Report, frozen: FrozenReport) -> None:
    above = used_in(report)
    parties = {report.owner_id, report.reviewer_id, above.owner_id if above else None} - {None}
    people = {person.pk for party in parties if party for person in holders(party, clock.today())}
    people.discard(actor.person_id or 0)
    data: dict[str, Any] = {"frozen": frozen.pk}
    tell([Telling(pk, CORRECTED, str(frozen.pk), report.entry_id, data) for pk in sorted(people)])


def _say(notice: Notice, reader: Actor | None) -> Line | None:
    rows = FrozenReport.objects.select_related("report__initiative").filter(pk=notice.data["frozen"])
    frozen = rows.first()
    if frozen is None or reader is None:
        return None
    report = Report.objects.visible_to(reader).filter(pk=frozen.report_id).first()
    if report is None:
        return None
    words = {"place": frozen.report.initiative.name, "title": report.title, "what": frozen.correction}
    text = _("Corrected: %(place)s, %(title)s. %(what)s") % words
    return Line(_("Reports"), text, _("It was reported to you."), address("cycles:report", report.pk))


declare_notice(CORRECTED, _say)
