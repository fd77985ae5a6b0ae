"""Import a plan: the milestones of an initiative follow the dates that the file stores."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.initiatives.models import Initiative
from steerco.apps.planning.changes import Comparison, Kind, MilestoneRow
from steerco.apps.planning.choosing import Settings, project_key
from steerco.apps.planning.matching import NEW, SAME, SKIP
from steerco.apps.planning.models import Milestone, PlanRevision
from steerco.apps.planning.services import (
    PlanRefused,
    bring_plan,
    choices_for,
    compare,
    drop_revision,
    keep_choice,
    problem_of,
    read_revision,
    reading_of,
    set_revision,
    suggested_answers,
    take_revision,
    undo_revision,
    use_choice,
)
from steerco.interfaces.cli.import_register import undone
from steerco.interfaces.cli.parsing import Manual, add_json, day_text
from steerco.interfaces.cli.prepare import require_prepared
from steerco.interfaces.cli.refusal import Refused
from steerco.kit.history import Invalid
from steerco.kit.imports.services import ImportRefused
from steerco.kit.permissions import Actor

UNUSABLE = 2
MOST_TOLD = 60


MANUAL = Manual(
    gettext_lazy("Import a plan: the milestones of an initiative follow the dates that the file stores."),
    gettext_lazy(
        "Reads Microsoft Project (XML, and MPP with the extra `mpp`), Primavera (XER, and XML with the extra) and "
        "plans kept in Excel or CSV. The tasks that the plan marks as milestones are taken, and those that are chosen "
        "besides; how the last revision of the plan was taken is how this one is. What moved since then is listed; "
        "what is uncertain is asked and left as it is."
    ),
    (
        "steerco import schedule plan.mpp --initiative P-12 --dry-run",
        "steerco import schedule plan.xlsx --initiative P-12 --levels 1 --field Board",
        "steerco import schedule plan.xer --initiative P-12 --project EC00515 --json",
        "steerco import schedule plan.mpp --initiative P-12 --answer 17=M-3 --answer 18=new",
        "steerco import schedule --initiative P-12 --undo 4",
    ),
)
KINDS = {
    Kind.ASKED: gettext_lazy("asked"),
    Kind.LEFT_OUT: gettext_lazy("left out"),
    Kind.NEW: gettext_lazy("new"),
    Kind.GONE: gettext_lazy("gone"),
    Kind.DONE: gettext_lazy("done"),
    Kind.REOPENED: gettext_lazy("reopened"),
    Kind.MOVED: gettext_lazy("moved"),
    Kind.RENAMED: gettext_lazy("renamed"),
    Kind.AGREED: gettext_lazy("agreed"),
    Kind.UNCHANGED: gettext_lazy("unchanged"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("file", metavar=_("FILE"), type=Path, nargs="?", help=_("the plan"))
    parser.add_argument(
        "--initiative", required=True, metavar=_("CODE"), help=_("whose milestones follow it")
    )
    parser.add_argument(
        "--plan", default="", metavar=_("NAME"), help=_("the name of the plan (default: of the file)")
    )
    parser.add_argument(
        "--project", default="", metavar=_("CODE"), help=_("which of several plans in the file")
    )
    parser.add_argument(
        "--levels", default="", metavar="1,2", help=_("outline levels that become milestones too")
    )
    parser.add_argument(
        "--field", default="", metavar=_("NAME"), help=_("an own field that makes a task a milestone")
    )
    parser.add_argument(
        "--value", default="", metavar=_("TEXT"), help=_("what that field holds (default: not no)")
    )
    parser.add_argument(
        "--not-marked", action="store_true", help=_("leave out what the plan marks as milestones")
    )
    parser.add_argument("--tier", choices=Milestone.Tier.values, help=_("the tier of new milestones"))
    parser.add_argument(
        "--present-as-baseline",
        action="store_true",
        help=_("today's dates are agreed where the plan has no baseline"),
    )
    parser.add_argument(
        "--mapping", default="", metavar=_("NAME"), help=_("a choice that was kept under a name")
    )
    parser.add_argument("--keep-as", default="", metavar=_("NAME"), help=_("keep this choice under a name"))
    parser.add_argument("--encoding", default="", help=_("how the letters of an XER are written"))
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar=_("TASK=M-3|new|skip"),
        help=_("what an uncertain task is: a milestone here, a new one, or to be left out; may be repeated"),
    )
    parser.add_argument(
        "--accept-suggested",
        action="store_true",
        help=_("uncertain tasks are the milestones of the very same name"),
    )
    parser.add_argument("--dry-run", action="store_true", help=_("say what would be done, and do nothing"))
    parser.add_argument(
        "--undo", type=int, metavar=_("REVISION"), help=_("undo the revision of the plan with that number")
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Import the plan, or undo a revision. 0: it is in; 2: a file or argument is of no use, and one line says why."""
    require_prepared()
    actor = Actor.operator("steerco import schedule")
    initiative = Initiative.objects.filter(code__iexact=args.initiative).first()
    if initiative is None:
        return _unusable(_("there is no initiative %(code)s") % {"code": args.initiative})
    try:
        if args.undo is not None:
            return _undo(actor, initiative, args)
        if args.file is None:
            return _unusable(_("name the file"))
        return _import(actor, initiative, args)
    except OSError as error:
        return _unusable(
            _("%(file)s: %(why)s. Give the path of a file that can be read.")
            % {"file": args.file, "why": error.strerror}
        )
    except (PlanRefused, ImportRefused, Invalid) as error:
        return _unusable(str(error))


def _import(actor: Actor, initiative: Initiative, args: argparse.Namespace) -> int:
    """Bring, read, compare, take; a revision that is not taken goes again."""
    revision = bring_plan(actor, initiative, args.file.name, args.file.read_bytes(), plan=args.plan)
    try:
        return _take(actor, revision, args)
    finally:
        if revision.state != PlanRevision.State.TAKEN:
            drop_revision(actor, revision)


def _take(actor: Actor, revision: PlanRevision, args: argparse.Namespace) -> int:
    set_revision(actor, revision, _settings(actor, revision, args))
    read_revision(actor, revision)
    if revision.problem:
        return _unusable(f"{args.file}: {problem_of(revision)}")
    reading = reading_of(revision)
    found = compare(actor, revision, reading)
    if found is None:
        plans = ", ".join(project_key(one) for one in reading.schedules)
        return _unusable(
            _("%(file)s holds several plans: say with --project which is meant (%(plans)s)")
            % {"file": args.file, "plans": plans}
        )
    settings = Settings.from_json(revision.settings)
    answers = suggested_answers(actor, revision) if args.accept_suggested else {}
    set_revision(actor, revision, replace(settings, answers={**answers, **_answers(found, args)}))
    with transaction.atomic():
        taken = take_revision(actor, revision) or found
        if args.dry_run:
            transaction.set_rollback(True)
        elif args.keep_as:
            _keep(actor, revision, args.keep_as)
    if args.dry_run:
        revision.refresh_from_db()
    remarks = [f"{remark.where} {remark.message}".strip() for remark in reading.remarks]
    answer = {
        "plan": revision.plan,
        "revision": revision.number,
        "dry_run": args.dry_run,
        "tasks_read": max(len(one.tasks) for one in reading.schedules),
        "counts": taken.counts,
        "milestones": [_as_json(row) for row in taken.rows],
        "remarks": remarks,
    }
    print(json.dumps(answer, ensure_ascii=False, indent=1) if args.json else _told(answer, taken, args))
    return 0


def _keep(actor: Actor, revision: PlanRevision, name: str) -> None:
    """Keep the choice of a revision that is taken by now."""
    open_again = PlanRevision(
        initiative=revision.initiative, user_id=revision.user_id, settings=revision.settings
    )
    keep_choice(actor, open_again, name)


def _settings(actor: Actor, revision: PlanRevision, args: argparse.Namespace) -> Settings:
    """How the last revision was taken, with what the arguments say instead."""
    settings = Settings.from_json(revision.settings)
    if args.mapping:
        kept = next((m for m in choices_for(actor) if m.name.casefold() == args.mapping.casefold()), None)
        if kept is None:
            raise Refused(_("no choice is kept under the name %(name)s") % {"name": repr(args.mapping)})
        settings = use_choice(settings, kept)
    said: dict[str, Any] = {}
    if args.levels:
        try:
            said["levels"] = tuple(sorted({int(level) for level in args.levels.split(",")}))
        except ValueError:
            raise PlanRefused(
                _("--levels %(levels)s: give numbers, as 1,2") % {"levels": args.levels}
            ) from None
    if args.field:
        said |= {"field": args.field, "value": args.value}
    if args.not_marked:
        said["marked"] = False
    if args.tier:
        said["tier"] = args.tier
    if args.present_as_baseline:
        said["present_as_baseline"] = True
    choice = replace(settings.choice, **said)
    return replace(
        settings,
        choice=choice,
        project=args.project or settings.project,
        encoding=args.encoding or settings.encoding,
    )


def _answers(found: Comparison, args: argparse.Namespace) -> dict[str, str]:
    """The answers of the arguments, for the tasks that are asked about. Raises PlanRefused."""
    asked = {row.key: row for row in found.rows if row.kind is Kind.ASKED}
    answers = {}
    for text in args.answer:
        key, _equals, value = text.partition("=")
        if key not in asked:
            raise PlanRefused(
                _("--answer %(answer)s: nothing is asked about a task %(task)s")
                % {"answer": text, "task": key}
            )
        if value in (NEW, SKIP):
            answers[key] = value
            continue
        pks = [one.pk for one in asked[key].candidates]
        rows = {row.reference.casefold(): row.pk for row in Milestone.objects.filter(pk__in=pks)}
        if value.casefold() not in rows:
            raise PlanRefused(
                _("--answer %(answer)s: %(value)s is none of %(known)s, new, skip")
                % {"answer": text, "value": value or _("nothing"), "known": ", ".join(rows).upper()}
            )
        answers[key] = f"{SAME}:{rows[value.casefold()]}"
    return answers


def _undo(actor: Actor, initiative: Initiative, args: argparse.Namespace) -> int:
    rows = PlanRevision.objects.standing().filter(initiative=initiative, number=args.undo)
    revisions = list(rows.filter(plan=args.plan) if args.plan else rows)
    if not revisions:
        return _unusable(
            _("no revision %(number)s of a plan of %(code)s stands to be undone")
            % {"number": args.undo, "code": initiative.code}
        )
    if len(revisions) > 1:
        return _unusable(
            _("several plans have a revision %(number)s: name one with --plan") % {"number": args.undo}
        )
    result = undo_revision(actor, revisions[0])
    answer = {
        "plan": revisions[0].plan,
        "revision": revisions[0].number,
        "restored": result.restored,
        "deleted": result.deleted,
        "kept": [{"title": kept.title, "reason": kept.reason} for kept in result.kept],
    }
    if args.json:
        print(json.dumps(answer, ensure_ascii=False, indent=1))
        return 0
    print(undone(result.restored, result.deleted, len(result.kept)))
    for kept in result.kept:
        print(f"  {kept.title}: {kept.reason}")
    return 0


def _unusable(reason: str) -> int:
    print(f"steerco import schedule: {' '.join(reason.split())}", file=sys.stderr)
    return UNUSABLE


def _as_json(row: MilestoneRow) -> dict[str, Any]:
    """A row for scripts: the task's key is what --answer takes; notes as sentences."""
    data = row.as_json()
    return {**data, "notes": [str(note) for note in row.notes]}


def _told(answer: dict[str, Any], found: Comparison, args: argparse.Namespace) -> str:
    """The report for a person."""
    counts = ", ".join(
        f"{number_format(number)} {KINDS[Kind(kind)]}" for kind, number in answer["counts"].items() if number
    )
    said = {"tasks": number_format(answer["tasks_read"]), "counts": counts or _("none")}
    told = (
        _("%(tasks)s tasks read; milestones would be %(counts)s.")
        if args.dry_run
        else _("%(tasks)s tasks read; milestones %(counts)s.")
    )
    lines = [told % said]
    rows = [row for row in found.rows if row.kind is not Kind.UNCHANGED]
    for row in rows[:MOST_TOLD]:
        lines.append(f"  {KINDS[row.kind]!s:10} {row.reference:6} {row.name}{_days(row)}")
        if row.former_name:
            lines.append(" " * 13 + _("was: %(name)s") % {"name": row.former_name})
        lines += [f"             {note}" for note in row.notes]
        for one in row.candidates if row.kind is Kind.ASKED else ():
            may_be = (
                _("may be: %(title)s (the very same name); say with --answer %(task)s=…")
                if one.suggested
                else _("may be: %(title)s; say with --answer %(task)s=…")
            )
            lines.append(" " * 13 + may_be % {"title": one.title, "task": row.key})
    if len(rows) > MOST_TOLD:
        more = number_format(len(rows) - MOST_TOLD)
        lines.append("  " + _("… and %(more)s more; --json lists all of them.") % {"more": more})
    lines += [f"  {remark}" for remark in answer["remarks"][:MOST_TOLD]]
    if not args.dry_run:
        command = f"steerco import schedule --initiative {args.initiative} --undo {answer['revision']}"
        lines.append(_("Undo with: %(command)s") % {"command": command})
    return "\n".join(lines)


def _days(row: MilestoneRow) -> str:
    if row.done_on:
        return ": " + _("done %(day)s") % {"day": day_text(row.done_on)}
    if row.before == row.after:
        return f": {day_text(row.after)}"
    moved = " " + _("(%(days)s days)") % {"days": f"{row.days:+d}"} if row.days else ""
    return f": {day_text(row.before)} -> {day_text(row.after)}{moved}"
