"""The steps of an import: stage, map, check, apply, discard, and keeping a mapping under a name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.kit import clock
from steerco.kit.imports.confinement import Unreadable, read_confined, table_of
from steerco.kit.imports.identity import Identity
from steerco.kit.imports.layouts import Instructions, Layout, table_key
from steerco.kit.imports.models import ImportFile, ImportRun, NamedMapping
from steerco.kit.imports.planning import Plan, Planner, Source
from steerco.kit.imports.reports import CHANGED, CREATED, Assumption, Report, RowReport
from steerco.kit.imports.suggesting import other_register, suggest_layout
from steerco.kit.imports.writing import write_plan
from steerco.kit.journal.models import Event
from steerco.kit.once import forget, one_request
from steerco.kit.permissions import Actor, Denied, can
from steerco.kit.registers.register import Register, register_by_key
from steerco.kit.registers.scopes import find_scope

MOST_FILES = 200
MOST_ROWS = 20_000


class ImportRefused(Exception):
    """This step cannot be taken; the message says why, for people."""


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name, its bytes, whether it is pasted text, the row of headers if a person said it."""

    name: str
    data: bytes
    pasted: bool = False
    header_row: int | None = None


def stage(actor: Actor, register: Register, uploads: Sequence[Upload], *, place: str = "") -> ImportRun:
    """Read files into a new run, with a suggested mapping. Nothing of the register is touched.

    Raises Denied, ImportRefused (nothing to read, too much of it).
    """
    files = read_uploads(actor, uploads, place)
    run = new_run(actor, register, place)
    run.mapping = suggest(actor, register, files).as_json()
    with transaction.atomic():
        run.save(force_insert=True)
        for file in files:
            file.run = run
        ImportFile.objects.bulk_create(files)
    return run


def read_uploads(actor: Actor, uploads: Sequence[Upload], place: str) -> list[ImportFile]:
    """The files as they were read, not stored. Raises Denied, ImportRefused (nothing to read, too much of it)."""
    if not can(actor, "import.run", anywhere=True):
        raise Denied("import.run")
    if not uploads:
        raise ImportRefused(_("Choose a file or paste cells first."))
    if len(uploads) > MOST_FILES:
        raise ImportRefused(_("More than %s files: import them in parts.") % MOST_FILES)
    if place and find_scope(actor, place) is None:
        raise ImportRefused(_("There is no place “%s”.") % place)
    files = [_read(upload) for upload in uploads]
    rows = sum(len(table["rows"]) for file in files for table in file.tables)
    if rows > MOST_ROWS:
        raise ImportRefused(
            _("%(rows)s rows are more than the %(most)s of one import: split the file.")
            % {"rows": rows, "most": MOST_ROWS}
        )
    return files


def new_run(actor: Actor, register: Register, place: str) -> ImportRun:
    """A run of the actor's, not stored."""
    return ImportRun(
        register=register.key,
        owner_id=actor.user_id,
        owner_label=actor.label[:200],
        place=place,
        batch=uuid4().hex,
        created_at=clock.now(),
    )


def _read(upload: Upload) -> ImportFile:
    file = ImportFile(
        name=upload.name[-200:],
        pasted=upload.pasted,
        sha256=sha256(upload.data).hexdigest(),
        size=len(upload.data),
        header_row=upload.header_row,
        content=upload.data,
    )
    try:
        reading = read_confined(upload.data, file.name, header_row=upload.header_row, pasted=upload.pasted)
    except Unreadable as error:
        file.problem = {"message": error.message, "row": error.row, "cell": error.cell}
    else:
        # under the name with the folder it lay in
        file.tables = [{**table, "source": file.name} for table in reading.tables]
        file.identity = reading.identity
    return file


def read_again(actor: Actor, run: ImportRun, file: ImportFile, header_row: int | None) -> None:
    """Read a staged file with the headers in another row, and suggest its mapping anew."""
    register = _open(actor, run)
    fresh = _read(Upload(file.name, bytes(file.content), file.pasted, header_row))
    file.header_row, file.tables, file.problem = header_row, fresh.tables, fresh.problem
    with transaction.atomic():
        file.save(update_fields=["header_row", "tables", "problem"])
        run.mapping = suggest(actor, register, list(run.files.all())).as_json()
        run.report = {}
        run.save(update_fields=["mapping", "report"])


def identity_of(register: Register, file: ImportFile) -> Identity | None:
    """The identity of a workbook that was exported here from this register; None for any other file."""
    identity = Identity.from_json(file.identity) if file.identity else None
    return identity if identity is not None and identity.register == register.key else None


def sources_of(register: Register, files: Iterable[ImportFile]) -> list[Source]:
    """The tables of some files, each with the identity of its workbook."""
    sources = []
    for file in files:
        identity = identity_of(register, file)
        sources += [Source(table_of(table), identity) for table in file.tables]
    return sources


def suggest(actor: Actor, register: Register, files: Iterable[ImportFile]) -> Instructions:
    """One layout per set of headers: from a mapping that was kept for it, else suggested; and what to leave out."""
    instructions = Instructions(layouts=[])
    register = register.seen_by(actor)
    kept = {tuple(m.headers): m for m in mappings_for(actor, register)}
    for source in sources_of(register, files):
        table = source.table
        other = other_register(register, table.sheet)
        if other is not None:
            instructions.skipped[table_key(table)] = _("The sheet seems to hold: %s.") % other.label_plural
        if instructions.layout_for(table) is not None:
            continue
        exported = source.identity.columns if source.identity else None
        layout = suggest_layout(register, table, exported)
        known = kept.get(layout.key)
        if known is not None:
            layout.read_as(Layout.from_json(known.layout))
        instructions.layouts.append(layout)
    return instructions


def mappings_for(actor: Actor, register: Register) -> list[NamedMapping]:
    """The mappings that `actor` may use: others' shared ones, then their own, which win."""
    mine = NamedMapping.objects.filter(register=register.key, owner=actor.user_id)
    shared = NamedMapping.objects.filter(register=register.key, shared=True)
    return sorted((mine | shared).distinct(), key=lambda m: (m.owner_id == actor.user_id, m.pk))


def keep_mapping(actor: Actor, run: ImportRun, name: str, *, shared: bool) -> int:
    """Keep every layout of a run under `name`; returns how many. A mapping of that name is replaced."""
    register = _open(actor, run)
    layouts = Instructions.from_json(run.mapping).layouts
    for number, layout in enumerate(layouts, start=1):
        NamedMapping.objects.update_or_create(
            register=register.key,
            owner_id=actor.user_id,
            name=(name if len(layouts) == 1 else f"{name} {number}")[:80],
            defaults={"headers": list(layout.key), "layout": layout.as_json(), "shared": shared},
        )
    return len(layouts)


def map_run(actor: Actor, run: ImportRun, instructions: Instructions) -> None:
    """Store what a person says of a staged run. Raises Denied, ImportRefused."""
    _open(actor, run)
    run.mapping, run.report = instructions.as_json(), {}
    run.save(update_fields=["mapping", "report"])


def check(actor: Actor, run: ImportRun) -> dict[str, Any]:
    """The dry run: store and return the report of what an import now would do. Raises Denied, ImportRefused."""
    register = _open(actor, run)
    with one_request(), transaction.atomic():
        files = list(run.files.all())
        report, _outcome = _carry_out(actor, register, run, files, _plan(actor, register, run, files))
        transaction.set_rollback(True)
    run.report = report.as_json()
    run.save(update_fields=["report"])
    return run.report


def apply(actor: Actor, run: ImportRun, fingerprint: str = "") -> bool:
    """Import a run in one transaction. False: what was agreed to (`fingerprint`) is no longer what would happen;
    the run then holds the new report and nothing was written. Raises Denied, ImportRefused.
    """
    register = _open(actor, run)
    files = list(run.files.all())
    with one_request():
        # Decided before the transaction, in which nobody else writes on SQLite; again if anything was written since.
        seen, plan = _last_event(), _plan(actor, register, run, files)
        agreed = _write(actor, register, run, files, fingerprint, seen, plan)
    if not agreed:
        run.save(update_fields=["report"])
    return agreed


def _write(
    actor: Actor,
    register: Register,
    run: ImportRun,
    files: list[ImportFile],
    fingerprint: str,
    seen: int,
    plan: Plan,
) -> bool:
    """The transaction of `apply`. `plan` is what follows from the events up to `seen`."""
    with transaction.atomic():
        # Only one of two simultaneous requests finds the run still open.
        taken = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.STAGED)
        if not taken.update(state=ImportRun.State.APPLIED):
            raise ImportRefused(_("This import is over."))
        if _last_event() != seen:
            forget()
            plan = _plan(actor, register, run, files)
        report, outcome = _carry_out(actor, register, run, files, plan)
        agreed = not fingerprint or report.fingerprint == fingerprint
        run.report = report.as_json()
        if agreed:
            run.state, run.applied_at, run.outcome = ImportRun.State.APPLIED, clock.now(), outcome
            run.save(update_fields=["report", "state", "applied_at", "outcome"])
            run.files.update(content=b"")
        else:
            transaction.set_rollback(True)
    return agreed


def _last_event() -> int:
    """The sequence of the newest event of the journal."""
    return Event.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def keep_run(
    actor: Actor,
    register: Register,
    file: Upload,
    rows: Sequence[tuple[RowReport, Any]],
    *,
    place: str,
    batch: str,
) -> ImportRun:
    """Keep an import that another reader than ours has written, so that it is listed and can be undone like any other.

    `rows` are what became of each row of the file, and the stored row that it wrote (None: nothing). Called in the
    transaction of the import itself, whose events carry `batch`.
    """
    report = Report(rows=[row for row, _stored in rows])
    report.count()
    outcome: dict[str, dict[str, int]] = {CREATED: {}, CHANGED: {}}
    for row, stored in rows:
        if stored is not None and row.kind in outcome:
            outcome[row.kind][str(stored.pk)] = stored.version
    now = clock.now()
    run = ImportRun.objects.create(
        register=register.key,
        owner_id=actor.user_id,
        owner_label=actor.label[:200],
        place=place[:60],
        state=ImportRun.State.APPLIED,
        batch=batch,
        created_at=now,
        applied_at=now,
        report=report.as_json(),
        outcome=outcome,
    )
    digest = sha256(file.data).hexdigest()
    ImportFile.objects.create(run=run, name=file.name[-200:], sha256=digest, size=len(file.data), content=b"")
    return run


def discard(actor: Actor, run: ImportRun) -> None:
    """Give up a staged run; what was read of its files goes. Raises Denied, ImportRefused."""
    _open(actor, run)
    with transaction.atomic():
        run.files.update(content=b"", tables=[], identity=None)
        run.state = ImportRun.State.REFUSED
        run.save(update_fields=["state"])


def _open(actor: Actor, run: ImportRun) -> Register:
    """The register of a run that the actor may still work on."""
    if not actor.trusted and run.owner_id != actor.user_id:
        raise Denied("import.run")
    if not can(actor, "import.run", anywhere=True):
        raise Denied("import.run")
    register = register_by_key(run.register)
    if register is None or run.state != ImportRun.State.STAGED:
        raise ImportRefused(_("This import is over."))
    return register.seen_by(actor)


def _plan(actor: Actor, register: Register, run: ImportRun, files: list[ImportFile]) -> Plan:
    """What the run would do now. Reads only."""
    scope = find_scope(actor, run.place)
    planner = Planner(register, actor, Instructions.from_json(run.mapping), scope.row if scope else None)
    return planner.plan(sources_of(register, files))


def _carry_out(
    actor: Actor, register: Register, run: ImportRun, files: list[ImportFile], plan: Plan
) -> tuple[Report, dict[str, Any]]:
    """Write a plan; the caller decides whether it stays."""
    names = ", ".join(file.name for file in files)
    written, _rows = write_plan(
        register, actor, plan, batch=run.batch, reason=_("Import of %s") % names[:500]
    )
    report = plan.report
    for file in files:
        if file.problem:
            place = " ".join(str(file.problem[k]) for k in ("row", "cell") if file.problem[k])
            report.skipped.append(Assumption(file.name, place, file.problem["message"]))
        elif file.identity and identity_of(register, file) is None:
            said = _("It was exported elsewhere or from another register: its hidden row ids are not used.")
            report.assumptions.append(Assumption(file.name, "", said))
    report.count()
    return report, written.as_json()
