"""What a paste or a file would do to money sheets: every figure before and after, and what is refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from django.utils.translation import gettext as _

from steerco.apps.finance.models import MoneyChange, MoneySheet
from steerco.apps.finance.services import Planned, Wanted, new_batch, plan, sheet_currency, write_figures
from steerco.apps.finance.wording import decimal_mark_here, line_label, month_words, with_currency
from steerco.apps.initiatives.models import Initiative
from steerco.apps.organisation.selectors import organisation
from steerco.engine.finance.sheet import Nature
from steerco.exchange.finance.block import Block, Place, Problem, read_block
from steerco.exchange.finance.long import LongRow, LongTable, read_long
from steerco.exchange.tables.said import told
from steerco.kit.history import Invalid
from steerco.kit.permissions import Actor, can


@dataclass(frozen=True)
class Shown:
    """A figure of a preview in words."""

    where: str
    line: str
    month: str
    before: str
    after: str
    is_closed: bool
    difference: str


@dataclass(frozen=True)
class Told:
    """What was refused or left out: where it stood, what stood there, and why."""

    where: str
    text: str
    why: str


@dataclass
class Preview:
    """What writing would do. `by_place` are the figures of each initiative that would be written."""

    by_place: dict[int, list[Wanted]] = field(default_factory=dict)
    places: dict[int, Initiative] = field(default_factory=dict)
    changes: list[Shown] = field(default_factory=list)
    same: int = 0
    refused: list[Told] = field(default_factory=list)
    left_out: list[Told] = field(default_factory=list)
    fingerprint: str = ""
    closed: int = 0
    mark: str = "."
    unit: int = 1

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not any(self.by_place.values())

    @property
    def figures(self) -> int:
        """How many figures would be written, those that stay with their new data date included."""
        return sum(len(wanted) for wanted in self.by_place.values())


@dataclass(frozen=True)
class PasteForm:
    """How pasted cells are to be read."""

    text: str
    nature: Nature | None = None
    unit: int = 0
    mark: str = ""
    start: Place | None = None


def preview_paste(initiative: Initiative, form: PasteForm) -> Preview:
    """What pasted cells would do to the sheet of an initiative. Raises TableError."""
    currency = sheet_currency(initiative)
    block = read_block(
        form.text,
        currency,
        nature=form.nature,
        mark=form.mark or decimal_mark_here(),
        unit=form.unit,
        start=form.start,
    )
    preview = Preview(mark=block.mark, unit=block.unit)
    preview.refused += [_told(one) for one in block.refused]
    preview.left_out += [_told(one) for one in block.left_out]
    wanted = [Wanted(c.month, c.kind.value, c.nature.value, c.minor) for c in block.cells]
    _add(preview, initiative, currency, wanted, _cells_of(block))
    _seal(preview)
    return preview


def _cells_of(block: Block) -> list[str]:
    return [_cell(cell.row, cell.column) for cell in block.cells]


def _cell(row: int, column: int) -> str:
    """Where a cell stands: "C4", as a spreadsheet says it; "row 4" for a whole one."""
    if not column:
        return _("row %(n)s") % {"n": row}
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def _told(problem: Problem) -> Told:
    return Told(_cell(problem.row, problem.column), problem.text, told(problem.said, _))


def _add(
    preview: Preview, initiative: Initiative, currency: str, wanted: Sequence[Wanted], where: Sequence[str]
) -> None:
    """Count in what writing `wanted` would do at one initiative."""
    allowed = []
    for one, place in zip(plan(initiative, wanted), where, strict=True):
        if one.problem:
            text = with_currency(one.wanted.amount, currency)
            preview.refused.append(Told(place, text, one.problem))
            continue
        allowed.append(one.wanted)
        if not one.is_change:
            preview.same += 1
            continue
        preview.closed += one.is_closed
        preview.changes.append(_shown(initiative, one, currency))
    preview.by_place.setdefault(initiative.pk, []).extend(allowed)
    preview.places[initiative.pk] = initiative


def _shown(initiative: Initiative, one: Planned, currency: str) -> Shown:
    after = one.wanted.amount
    moved = None if one.before is None or after is None else after - one.before
    return Shown(
        initiative.code,
        line_label(one.wanted.kind, one.wanted.nature),
        month_words(one.wanted.month),
        with_currency(one.before, currency),
        with_currency(after, currency),
        one.is_closed,
        "" if moved is None else ("+" if moved > 0 else "") + with_currency(moved, currency),
    )


def _seal(preview: Preview) -> None:
    """The mark by which writing knows that it does what was looked at."""
    changes = [(s.where, s.line, s.month, s.before, s.after) for s in preview.changes]
    said = repr((changes, preview.same, len(preview.refused)))
    preview.fingerprint = sha256(said.encode()).hexdigest()[:32]


def preview_long(
    actor: Actor,
    headers: Sequence[str],
    rows: Sequence[tuple[int, Sequence[str]]],
    columns: Mapping[str, int],
    nature: Nature | None,
) -> Preview:
    """What a long table would do to the sheets of its initiatives."""
    ours = organisation().currency
    table = read_long(headers, rows, columns, ours, nature=nature, mark=decimal_mark_here())
    preview = Preview()
    preview.refused += [_told(one) for one in table.refused]
    for initiative, currency, own in _by_initiative(actor, table, preview, ours):
        wanted = [Wanted(r.month, r.kind.value, r.nature.value, r.minor) for r in own]
        _add(preview, initiative, currency, wanted, [_cell(r.row, 0) for r in own])
    _seal(preview)
    return preview


def _by_initiative(
    actor: Actor, table: LongTable, preview: Preview, ours: str
) -> Iterable[tuple[Initiative, str, list[LongRow]]]:
    """The rows of each initiative that may be written there; the others are told."""
    codes = {row.initiative.casefold() for row in table.rows}
    visible = Initiative.objects.visible_to(actor)
    known = {row.code.casefold(): row for row in visible if row.code.casefold() in codes}
    sheets = MoneySheet.objects.filter(initiative__in=known.values())
    currencies = dict(sheets.values_list("initiative", "currency"))
    found: dict[int, list[LongRow]] = {}
    for row in table.rows:
        initiative = known.get(row.initiative.casefold())
        problem = ""
        if initiative is None:
            problem = _("No initiative with this code is here, or you may not see it.")
        elif not can(actor, "snapshot.import", initiative):
            problem = _("You may not write figures there.")
        else:
            currency = currencies.setdefault(initiative.pk, row.currency or ours)
            if (row.currency or ours) != currency:
                values = {"theirs": row.currency or ours, "ours": currency}
                problem = (
                    _("The row is in %(theirs)s, the sheet in %(ours)s. Currencies are never mixed.") % values
                )
        if problem or initiative is None:
            preview.refused.append(Told(_cell(row.row, 0), row.initiative[:40], problem))
        else:
            found.setdefault(initiative.pk, []).append(row)
    by_pk = {row.pk: row for row in known.values()}
    for pk, own in found.items():
        yield by_pk[pk], currencies[pk], own


def take(
    actor: Actor,
    preview: Preview,
    fingerprint: str,
    *,
    as_of: date,
    reason: str,
    how: str,
    file_name: str = "",
    leave_refused: bool = False,
) -> list[MoneyChange]:
    """Write what was looked at, at all of its initiatives or at none. The caller holds the transaction.

    Raises Denied; Invalid where something is refused and not left out on purpose, where it is no longer what was
    looked at, or where a closed month has no reason.
    """
    if preview.refused and not leave_refused:
        raise Invalid({0: {"refused": [_("Some cells are refused: correct them, or leave them out.")]}})
    if fingerprint != preview.fingerprint:
        raise Invalid({0: {"preview": [_("Something changed since you looked. Look again, then write.")]}})
    batch, done = new_batch(), []
    for pk, wanted in preview.by_place.items():
        change = write_figures(
            actor,
            preview.places[pk],
            wanted,
            as_of=as_of,
            how=how,
            reason=reason,
            batch=batch,
            file_name=file_name,
        )
        if change is not None:
            done.append(change)
    return done
