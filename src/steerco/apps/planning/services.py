"""A plan on its way in: brought, read, looked at, taken; the command and the pages take the same steps."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.links.files import TooLarge
from steerco.apps.links.kinds import Refused
from steerco.apps.links.models import Attachment
from steerco.apps.links.services import Upload, attach_files
from steerco.apps.planning.changes import MOST_MILESTONES, Comparison, Kind, MilestoneRow, compare_revision
from steerco.apps.planning.choosing import Choice, Settings, find_project, project_key
from steerco.apps.planning.matching import SAME, Tracked
from steerco.apps.planning.milestones import write_milestones
from steerco.apps.planning.models import PlanRevision
from steerco.apps.planning.registers import MilestoneRegister
from steerco.apps.planning.selectors import last_revision
from steerco.engine.schedule import Schedule
from steerco.exchange.schedule import (
    LARGEST_FILE,
    How,
    Reading,
    Remark,
    ScheduleError,
    plain,
    read_confined,
    schedule_from,
)
from steerco.exchange.tables import Said, said_from, told
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.imports import services as imports
from steerco.kit.imports.models import NamedMapping
from steerco.kit.imports.reports import CHANGED, CREATED, REJECTED, UNCHANGED, CellChange, RowReport
from steerco.kit.imports.undoing import Undone, undo
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied, require
from steerco.kit.registers.register import register_of

MAPPINGS = "plan"  # under this key choices are kept with the mappings of columns
REPORTED = {Kind.NEW: CREATED, Kind.LEFT_OUT: REJECTED, Kind.ASKED: REJECTED}


class PlanRefused(Exception):
    """This step cannot be taken; the message says why, for people."""


def bring_plan(
    actor: Actor,
    initiative: Initiative,
    name: str,
    data: bytes,
    *,
    plan: str = "",
    settings: Settings | None = None,
) -> PlanRevision:
    """Keep a file as the next revision of a plan, to be read; how the last revision was taken is how this one will be.

    `plan` is the name of the plan ("" : that of the file). Raises Denied, PlanRefused.
    """
    require(actor, "import.run", initiative)
    if not data:
        raise PlanRefused(_("Choose a file: this one is empty."))
    if len(data) > LARGEST_FILE:
        raise PlanRefused(
            _("The file is larger than %(size)s MB: split it.") % {"size": LARGEST_FILE // 1024**2}
        )
    plain_name = PurePath(name.replace("\\", "/")).name or _("file")
    called = " ".join(plan.split())[:120] or PurePath(plain_name).stem[:120]
    if settings is None:
        last = last_revision(actor, initiative, called)
        settings = Settings.from_json(last.settings if last else {})
        settings.answers = {}
    return PlanRevision.objects.create(
        initiative=initiative,
        plan=called,
        user_id=actor.user_id,
        by=actor.label[:200],
        at=clock.now(),
        file_name=plain_name[-200:],
        digest=sha256(data).hexdigest(),
        content=data,
        settings=settings.as_json(),
    )


def read_revision(actor: Actor, revision: PlanRevision) -> None:
    """Read a revision's file in a process of its own and keep what was read, or why it cannot be. Raises Denied."""
    require(actor, "import.run", revision.initiative)
    settings = Settings.from_json(revision.settings)
    try:
        reading = read_confined(
            bytes(revision.content or b""), revision.file_name, How(settings.columns, settings.encoding)
        )
        if not any(schedule.tasks for schedule in reading.schedules):
            raise ScheduleError(Said(gettext_noop("The plan holds no tasks.")))
    except ScheduleError as error:
        message = error.message.as_data() if isinstance(error.message, Said) else error.message
        values: dict[str, Any] = {
            "state": PlanRevision.State.REFUSED,
            "problem": {"message": message, "row": error.row, "headers": error.headers},
            "reading": None,
        }
    else:
        if find_project(reading.schedules, settings.project) is None:
            settings.project = ""
        else:
            settings.project = project_key(
                find_project(reading.schedules, settings.project) or reading.schedules[0]
            )
        values = {
            "state": PlanRevision.State.READY,
            "problem": None,
            "reading": packed(reading),
            "settings": settings.as_json(),
        }
    # Only while it still waits to be read: it may have been dropped or brought anew meanwhile.
    PlanRevision.objects.filter(pk=revision.pk, state=PlanRevision.State.READING).update(**values)
    revision.refresh_from_db()


def packed(reading: Reading) -> bytes:
    """A reading as it is kept with a revision."""
    data = {
        "schedules": [plain(schedule) for schedule in reading.schedules],
        "remarks": [[remark.message.as_data(), remark.where] for remark in reading.remarks],
        "headers": reading.headers,
        "columns": reading.columns,
    }
    return zlib.compress(json.dumps(data, separators=(",", ":")).encode(), 6)


def reading_of(revision: PlanRevision) -> Reading:
    """What was read of a revision that is not taken yet."""
    if revision.reading is None:
        return Reading([])
    data = json.loads(zlib.decompress(bytes(revision.reading)))
    remarks = []
    for message, where in data["remarks"]:
        said = said_from(message)
        remarks.append(Remark(said if isinstance(said, Said) else Said(said), where))
    schedules = [schedule_from(one) for one in data["schedules"]]
    return Reading(schedules, remarks, data["headers"], data["columns"])


def problem_of(revision: PlanRevision) -> str:
    """Why the file of a revision cannot be read, in the reader's language."""
    if not revision.problem:
        return ""
    message = told(said_from(revision.problem["message"]), _)
    row = revision.problem.get("row")
    return _("Line %(row)s: %(message)s") % {"row": row, "message": message} if row else message


def set_revision(actor: Actor, revision: PlanRevision, settings: Settings, plan: str = "") -> None:
    """Keep what a person says of a revision; another way of reading means that it is read anew. Raises Denied."""
    _open(actor, revision)
    before = Settings.from_json(revision.settings)
    if (before.columns, before.encoding) != (settings.columns, settings.encoding):
        revision.state, revision.reading, revision.problem = PlanRevision.State.READING, None, None
    revision.settings = settings.as_json()
    revision.plan = " ".join(plan.split())[:120] or revision.plan
    revision.save(update_fields=["settings", "plan", "state", "reading", "problem"])


def compare(actor: Actor, revision: PlanRevision, reading: Reading | None = None) -> Comparison | None:
    """What taking the revision now would do; None when it is not said which of several plans is meant."""
    settings = Settings.from_json(revision.settings)
    schedule = find_project((reading or reading_of(revision)).schedules, settings.project)
    if schedule is None:
        return None
    last = last_revision(actor, revision.initiative, revision.plan)
    tracked = [Tracked.from_json(one) for one in last.tracked] if last else []
    return compare_revision(actor, revision.initiative, schedule, settings.choice, tracked, settings.answers)


def suggested_answers(actor: Actor, revision: PlanRevision) -> dict[str, str]:
    """What is asked, answered with the one milestone of the very same name where there is one."""
    found = compare(actor, revision)
    answers = {}
    for row in found.rows if found else ():
        same = [one for one in row.candidates if one.suggested]
        if row.kind is Kind.ASKED and len(same) == 1:
            answers[row.key] = f"{SAME}:{same[0].pk}"
    return answers


def take_revision(actor: Actor, revision: PlanRevision, fingerprint: str = "") -> Comparison | None:
    """Write what the revision says into the milestones, in one transaction, with the file attached to the initiative.

    None: what was agreed to (`fingerprint`) is no longer what would happen; nothing was written. Raises Denied,
    PlanRefused, Invalid, Conflict.
    """
    _open(actor, revision)
    reading = reading_of(revision)
    batch = f"plan-{uuid4().hex}"[:40]
    with transaction.atomic():
        if connection.features.has_select_for_update:  # SQLite's writers are one at a time already
            list(Initiative.objects.select_for_update().filter(pk=revision.initiative_id).values_list("pk"))
        # Only one of two simultaneous requests finds the revision still open.
        if not PlanRevision.objects.filter(pk=revision.pk, state=PlanRevision.State.READY).update(
            state=PlanRevision.State.TAKEN
        ):
            raise PlanRefused(_("This plan is over."))
        found = compare(actor, revision, reading)
        if found is None:
            raise PlanRefused(_("Say first which of the plans in the file is meant."))
        if len(found.rows) > MOST_MILESTONES:
            text = _("%(number)s tasks would become milestones, more than %(most)s: choose fewer.")
            raise PlanRefused(text % {"number": len(found.rows), "most": MOST_MILESTONES})
        if fingerprint and fingerprint != found.fingerprint:
            transaction.set_rollback(True)
            return None
        written = _write(actor, revision, found, batch)
        _keep(actor, revision, found, written, reading, batch)
    return found


def _write(actor: Actor, revision: PlanRevision, found: Comparison, batch: str) -> dict[int, Any]:
    """Write the changes; returns the stored row of each row of the comparison, by its identity."""
    if not found.changes:
        return {}
    changes = [change for _row, change in found.changes]
    rows = write_milestones(actor, changes, reason=revision.file_name, batch=batch, of_plan=True)
    written = {}
    for (row, _change), stored in zip(found.changes, rows, strict=True):
        row.pk, row.reference = stored.pk, stored.reference
        written[id(row)] = stored
    return written


def _keep(
    actor: Actor,
    revision: PlanRevision,
    found: Comparison,
    written: Mapping[int, Any],
    reading: Reading,
    batch: str,
) -> None:
    """Keep the revision with its file, its undo, and what the next revision is compared with."""
    data = bytes(revision.content or b"")
    schedule = find_project(reading.schedules, Settings.from_json(revision.settings).project)
    reported = [(_as_report(revision, row), written.get(id(row))) for row in found.rows]
    upload = imports.Upload(revision.file_name, data)
    revision.run = imports.keep_run(
        actor,
        register_of(MilestoneRegister.key),
        upload,
        reported,
        place=revision.initiative.code,
        batch=batch,
    )
    revision.attachment = _attach(actor, revision, data)
    last = PlanRevision.objects.filter(initiative=revision.initiative, plan=revision.plan).aggregate(
        last=Max("number")
    )["last"]
    revision.number = (last or 0) + 1
    revision.state, revision.at = PlanRevision.State.TAKEN, clock.now()
    revision.status_date = (
        schedule.project.status_date.date() if schedule and schedule.project.status_date else None
    )
    revision.tracked = [
        replace(one, pk=row.pk or one.pk).as_json() for row, one in found.tracked if row.pk or one.pk
    ]
    revision.report = {"counts": found.counts, "rows": [row.as_json() for row in found.rows]}
    revision.content, revision.reading = None, None
    revision.save()
    event = Event(
        kind="plan.taken",
        entry_id=revision.initiative.entry_id,
        model="planning.planrevision",
        object_id=revision.pk,
        changes={"file": [None, revision.file_name], "revision": [None, revision.number]},
    )
    append_events(actor, [event], batch=batch)


def _attach(actor: Actor, revision: PlanRevision, data: bytes) -> Attachment:
    """The file as an attachment of the initiative. Raises Denied, PlanRefused."""
    entry = Entry.objects.get(pk=revision.initiative.entry_id)
    try:
        return attach_files(
            actor, entry, [Upload(revision.file_name, [data])], source=Attachment.Source.FILE
        )[0]
    except TooLarge as error:
        raise PlanRefused(_("The file cannot be kept: there is no more room for files.")) from error
    except Refused as error:
        raise PlanRefused(_("The file cannot be kept: it is not what its name says.")) from error


def _as_report(revision: PlanRevision, row: MilestoneRow) -> RowReport:
    """A row as every import tells it."""
    kind = REPORTED.get(row.kind) or (UNCHANGED if row.kind in (Kind.UNCHANGED, Kind.GONE) else CHANGED)
    cells = []
    for name, before, after in (
        ("title", row.former_name, row.name if row.former_name else ""),
        ("forecast", row.before, row.after),
        ("actual", None, row.done_on),
    ):
        if after and before != after and kind in (CREATED, CHANGED):
            label = str(register_of(MilestoneRegister.key).all_columns()[name].label)
            cells.append(CellChange(name, label, str(before or ""), str(after)))
    number = int(row.key) if row.key.isdigit() else 0
    return RowReport(
        revision.file_name, "", number, kind, row.name, row.pk, cells, notes=[told(n, _) for n in row.notes]
    )


def drop_revision(actor: Actor, revision: PlanRevision) -> None:
    """Give up a revision that was not taken. Raises Denied, PlanRefused."""
    _open(actor, revision)
    revision.delete()


def undo_revision(actor: Actor, revision: PlanRevision) -> Undone:
    """Undo a revision: the milestones go back, the revision before it counts again. The file stays attached.

    Raises Denied, ImportRefused (kit.imports); PlanRefused while a later revision of the plan stands on it.
    """
    if revision.run is None:
        raise PlanRefused(_("There is nothing to undo."))
    later = PlanRevision.objects.standing().filter(
        initiative=revision.initiative, plan=revision.plan, number__gt=revision.number
    )
    if later.exists():
        raise PlanRefused(_("A later revision of this plan stands on it: undo that one first."))
    return undo(actor, revision.run)


def _open(actor: Actor, revision: PlanRevision) -> None:
    """Raise Denied unless it is the actor's own to take, PlanRefused when it is over."""
    if not actor.trusted and revision.user_id != actor.user_id:
        raise Denied("import.run")
    require(actor, "import.run", revision.initiative)
    if revision.state == PlanRevision.State.TAKEN:
        raise PlanRefused(_("This plan is over."))


def choices_for(actor: Actor) -> list[NamedMapping]:
    """The choices that were kept under a name, and that `actor` may use: others' shared ones, then their own."""
    rows = NamedMapping.objects.filter(register=MAPPINGS)
    mine, shared = rows.filter(owner=actor.user_id), rows.filter(shared=True)
    return sorted((mine | shared).distinct(), key=lambda m: (m.owner_id == actor.user_id, m.pk))


def keep_choice(actor: Actor, revision: PlanRevision, name: str, *, shared: bool = True) -> None:
    """Keep how a revision is read and chosen under a name; one's own of that name is replaced.

    Raises Denied, Invalid.
    """
    _open(actor, revision)
    called = " ".join(name.split())[:80]
    if not called:
        raise Invalid({0: {"name": [_("Give it a name.")]}})
    settings = Settings.from_json(revision.settings)
    layout = {"choice": settings.choice.as_json(), "columns": settings.columns, "encoding": settings.encoding}
    NamedMapping.objects.update_or_create(
        register=MAPPINGS, owner_id=actor.user_id, name=called, defaults={"layout": layout, "shared": shared}
    )


def use_choice(settings: Settings, kept: NamedMapping) -> Settings:
    """The settings with what was kept under a name."""
    layout = kept.layout
    return replace(
        settings,
        choice=Choice.from_json(layout.get("choice", {})),
        columns=dict(layout.get("columns", {})),
        encoding=str(layout.get("encoding", "")),
    )


def schedule_of(revision: PlanRevision, reading: Reading) -> Schedule | None:
    """The plan in the file that is meant; None when that is not said yet."""
    return find_project(reading.schedules, Settings.from_json(revision.settings).project)
