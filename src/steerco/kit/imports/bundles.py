"""A whole workbook at once: each sheet, or each row of a sheet that says what its rows are, goes to its register.

One run for each register, all of one bundle; each is looked at, mended, imported and undone like any other.
"""

from collections.abc import Mapping, Sequence
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.exchange.tables import Table
from steerco.kit.imports import services
from steerco.kit.imports.confinement import table_of
from steerco.kit.imports.layouts import LEFT_OUT, REGISTER, Options, table_key
from steerco.kit.imports.models import ImportFile, ImportRun
from steerco.kit.imports.services import ImportRefused, Upload
from steerco.kit.imports.suggesting import (
    importable_columns,
    names_of_registers,
    register_of_sheet,
    suggest_layout,
)
from steerco.kit.imports.words import folded
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import Register, registers

FEWEST_COLUMNS = 3  # that a sheet without a telling name must have in common with a register
MENU = "registers"


def candidates() -> list[Register]:
    """The registers that a workbook may hold."""
    return [register for register in registers() if register.is_records and register.menu == MENU]


def registers_of(table: Table) -> list[Register]:
    """The registers that a table holds entries of; none for a cover, a list of words, a chart."""
    known = candidates()
    by_row = suggest_layout(known[0], table).positions(REGISTER)
    if by_row:
        named = names_of_registers()
        found = {named[folded(text)].key for text in table.column(by_row[0]) if folded(text) in named}
        return [register for register in known if register.key in found]
    by_name = register_of_sheet(table.sheet)
    if by_name is not None:
        return [by_name] if by_name in known and _shared(by_name, table) else []
    best = max(known, key=lambda register: _shared(register, table))
    shared = _shared(best, table)
    headers = sum(1 for header in table.headers if header.strip())
    return [best] if shared >= FEWEST_COLUMNS and shared * 2 >= headers else []


def _shared(register: Register, table: Table) -> int:
    """How many columns of a table the register has, 0 without a title: what cannot be named cannot be entered."""
    layout = suggest_layout(register, table)
    if register.title_column not in layout.columns:
        return 0
    columns = importable_columns(register)
    return sum(name not in (LEFT_OUT, REGISTER) and name in columns for name in layout.columns)


def stage_bundle(actor: Actor, uploads: Sequence[Upload], *, place: str = "") -> list[ImportRun]:
    """A checked run for each register that the files hold entries of. Rows are taken without cells that cannot be read,
    which the report lists. Raises Denied, ImportRefused.
    """
    files = services.read_uploads(actor, uploads, place)
    wanted: dict[str, set[str]] = {}
    goes_to: dict[str, str] = {}
    for file in files:
        for data in file.tables:
            table = table_of(data)
            for register in registers_of(table):
                wanted.setdefault(register.key, set()).add(table_key(table))
                goes_to.setdefault(table_key(table), str(register.label_plural))
    if not wanted:
        raise ImportRefused(_("Nothing in the file belongs to a register."))
    bundle = uuid4().hex
    runs = []
    with transaction.atomic():
        for register in candidates():
            if register.key in wanted:
                runs.append(_run(actor, register, files, wanted[register.key], goes_to, bundle, place))
    for run in runs:
        services.check(actor, run)
    return runs


def _run(
    actor: Actor,
    register: Register,
    files: list[ImportFile],
    tables: set[str],
    goes_to: Mapping[str, str],
    bundle: str,
    place: str,
) -> ImportRun:
    """The run of one register, which leaves out the tables of others."""
    instructions = services.suggest(actor, register, files)
    for file in files:
        for data in file.tables:
            key = table_key(table_of(data))
            if key in tables:
                instructions.skipped.pop(key, None)
            elif key in goes_to:
                instructions.skipped[key] = _("Taken elsewhere: %s.") % goes_to[key]
            else:
                instructions.skipped.setdefault(key, _("It holds no entries of this register."))
    instructions.options = Options(partial=True)
    run = services.new_run(actor, register, place)
    run.mapping, run.bundle = instructions.as_json(), bundle
    run.save(force_insert=True)
    kept = [f.attname for f in ImportFile._meta.concrete_fields if f.name not in ("id", "run")]
    ImportFile.objects.bulk_create(
        [ImportFile(run=run, **{name: getattr(file, name) for name in kept}) for file in files]
    )
    return run
