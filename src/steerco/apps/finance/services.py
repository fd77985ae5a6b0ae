"""Writing monthly money: all of it or nothing, closed months with a reason alone, each figure with its data date."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.finance.models import MoneyChange, MoneySheet, MonthlyFigure
from steerco.apps.finance.wording import line_label, month_words
from steerco.apps.initiatives.models import Initiative
from steerco.apps.organisation.selectors import organisation
from steerco.engine.finance.sheet import SPENT, Figure, Kind, Nature, cut_of, data_date
from steerco.engine.finance.years import month_of
from steerco.kit import clock
from steerco.kit.history import Conflict, Invalid, Write, save
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, require

Place = tuple[date, str, str]  # month, kind, nature
LARGEST = 10**15
EARLIEST, LATEST = date(1990, 1, 1), date(2099, 12, 1)


@dataclass(frozen=True)
class Wanted:
    """An amount (minor units; None takes the figure away) for one month of one line."""

    month: date
    kind: str
    nature: str
    amount: int | None

    @property
    def place(self) -> Place:
        """Where it goes."""
        return self.month, self.kind, self.nature


@dataclass(frozen=True)
class Planned:
    """What writing one figure would do; `problem` says why it may not be written."""

    wanted: Wanted
    before: int | None
    is_closed: bool = False
    problem: str = ""

    @property
    def is_change(self) -> bool:
        """Whether the amount differs."""
        return self.before != self.wanted.amount


def sheet_currency(initiative: Initiative) -> str:
    """The currency that the figures of an initiative are in, or will be."""
    found = MoneySheet.objects.filter(initiative=initiative).values_list("currency", flat=True).first()
    return found or organisation().currency


def plan(initiative: Initiative, wanted: Sequence[Wanted]) -> list[Planned]:
    """What writing `wanted` would do, figure by figure. Nothing is written."""
    sheet = MoneySheet.objects.filter(initiative=initiative).first()
    closed = sheet.closed_to if sheet else None
    rows = MonthlyFigure.objects.filter(initiative=initiative, month__in={one.month for one in wanted})
    stored = {(row.month, row.kind, row.nature): row.amount for row in rows}
    this_month = month_of(clock.today())
    planned = []
    for one in wanted:
        before = stored.get(one.place)
        is_closed = closed is not None and one.month <= closed and one.kind != Kind.APPROVED
        planned.append(Planned(one, before, is_closed, _problem(one, this_month)))
    return planned


def _problem(one: Wanted, this_month: date) -> str:
    if not EARLIEST <= one.month <= LATEST:
        return _("%(month)s is not within 1990 and 2099.") % {"month": month_words(one.month)}
    if one.amount is not None and abs(one.amount) >= LARGEST:
        return _("The amount is larger than any amount here.")
    if one.kind in SPENT and one.month > this_month and one.amount is not None:
        return _("%(month)s has not begun: nothing can be spent in it yet.") % {
            "month": month_words(one.month)
        }
    return ""


def new_batch() -> str:
    """A mark for the events of one action."""
    return f"money-{secrets.token_hex(8)}"


def write_figures(
    actor: Actor,
    initiative: Initiative,
    wanted: Sequence[Wanted],
    *,
    as_of: date,
    how: str,
    reason: str = "",
    shown: Mapping[Place, int | None] | None = None,
    batch: str = "",
    file_name: str = "",
    currency: str = "",
) -> MoneyChange | None:
    """Write figures of one initiative, all or none; returns what was done, None where nothing differs.

    `shown`: what the writer saw at each place. A figure that stays keeps its amount and gets the new data date. Raises
    Denied; Invalid, with the messages by position in `wanted`; Conflict when a figure is no longer what was shown.
    """
    require(actor, "snapshot.import", initiative)
    if as_of > clock.today():
        raise Invalid({0: {"as_of": [_("The data date is in the future.")]}})
    if not wanted:
        return None
    with transaction.atomic():
        sheet = _sheet_for(actor, initiative, currency)
        planned = plan(initiative, wanted)
        _refuse(planned, reason)
        stored = {
            (row.month, row.kind, row.nature): row
            for row in MonthlyFigure.objects.select_for_update().filter(initiative=initiative)
        }
        for place, seen in (shown or {}).items():
            row = stored.get(place)
            if (row.amount if row else None) != seen and row is not None:
                raise Conflict(row, [])
        writes = _writes(initiative, sheet.currency, wanted, stored, as_of)
        mark = batch or new_batch()
        events = save(actor, writes, kind="money.changed", reason=reason, batch=mark)
        if not events:
            return None
        _follow(actor, sheet, mark)
        return _keep(actor, initiative, events, mark, how, reason, file_name)


def _sheet_for(actor: Actor, initiative: Initiative, currency: str) -> MoneySheet:
    sheet = MoneySheet.objects.select_for_update().filter(initiative=initiative).first()
    if sheet is None:
        sheet = MoneySheet(initiative=initiative, currency=currency or organisation().currency)
        save(actor, [Write(sheet)], kind="money.begun")
    elif currency and sheet.currency != currency:
        values = {"theirs": currency, "ours": sheet.currency}
        text = _("The figures are in %(theirs)s, the sheet is in %(ours)s. Currencies are never mixed.")
        raise Invalid({0: {"currency": [text % values]}})
    return sheet


def _refuse(planned: Sequence[Planned], reason: str) -> None:
    """Raise Invalid for what may not be written."""
    errors: dict[int, dict[str, list[str]]] = {}
    for index, one in enumerate(planned):
        if one.problem:
            errors[index] = {"amount": [one.problem]}
        elif one.is_closed and one.is_change and not reason.strip():
            values = {
                "month": month_words(one.wanted.month),
                "line": line_label(one.wanted.kind, one.wanted.nature),
            }
            errors[index] = {"reason": [_("%(month)s is closed (%(line)s): say why it changes.") % values]}
    if errors:
        raise Invalid(errors)


def _writes(
    initiative: Initiative,
    currency: str,
    wanted: Sequence[Wanted],
    stored: Mapping[Place, MonthlyFigure],
    as_of: date,
) -> list[Write]:
    writes = []
    for one in {one.place: one for one in wanted}.values():
        row = stored.get(one.place)
        if row is not None:
            row.amount, row.as_of = one.amount, as_of
            writes.append(Write(row, fields=frozenset({"amount", "as_of"})))
        elif one.amount is not None:
            new = MonthlyFigure(
                initiative=initiative,
                month=one.month,
                kind=one.kind,
                nature=one.nature,
                amount=one.amount,
                currency=currency,
                as_of=as_of,
            )
            writes.append(Write(new))
    return writes


def follow_figures(actor: Actor, initiative: Initiative, batch: str) -> None:
    """Bring the sheet of an initiative to what its figures say now. The caller has the right to."""
    sheet = MoneySheet.objects.filter(initiative=initiative).first()
    if sheet is not None:
        _follow(actor, sheet, batch)


def _follow(actor: Actor, sheet: MoneySheet, batch: str) -> None:
    figures = figures_of(MonthlyFigure.objects.filter(initiative=sheet.initiative, amount__isnull=False))
    sheet.spent_to, sheet.data_date = cut_of(figures), data_date(figures, sheet.closed_to)
    save(
        actor, [Write(sheet, fields=frozenset({"spent_to", "data_date"}))], kind="money.followed", batch=batch
    )


def figures_of(rows: Iterable[MonthlyFigure]) -> list[Figure]:
    """Rows with an amount as the engine takes them."""
    return [
        Figure(row.month, Kind(row.kind), Nature(row.nature), row.amount, row.as_of)
        for row in rows
        if row.amount is not None
    ]


def _keep(
    actor: Actor,
    initiative: Initiative,
    events: Sequence[Event],
    batch: str,
    how: str,
    reason: str,
    file_name: str,
) -> MoneyChange:
    ids = [event.object_id for event in events if event.object_id is not None]
    versions = dict(MonthlyFigure.objects.filter(pk__in=ids).values_list("pk", "version"))
    return MoneyChange.objects.create(
        initiative=initiative,
        batch=batch,
        user_id=actor.user_id,
        by=actor.label[:200],
        at=clock.now(),
        how=how,
        file_name=file_name[:200],
        reason=reason[:500],
        figures=len(events),
        versions={str(pk): version for pk, version in versions.items()},
    )


def confirm_figures(actor: Actor, initiative: Initiative, as_of: date) -> MoneyChange | None:
    """Say that all figures which can still move are right as of a day. Raises Denied, Invalid."""
    sheet = MoneySheet.objects.filter(initiative=initiative).first()
    rows = MonthlyFigure.objects.filter(initiative=initiative, amount__isnull=False).exclude(
        kind=Kind.APPROVED
    )
    if sheet is not None and sheet.closed_to is not None:
        rows = rows.exclude(month__lte=sheet.closed_to)
    wanted = [Wanted(row.month, row.kind, row.nature, row.amount) for row in rows if row.as_of < as_of]
    if not wanted:
        require(actor, "snapshot.import", initiative)
        return None
    return write_figures(actor, initiative, wanted, as_of=as_of, how=MoneyChange.How.CONFIRMED)


def close_months(actor: Actor, initiatives: Sequence[Initiative], to: date | None, reason: str = "") -> int:
    """Close the months up to and with `to` (None: reopen all); returns how many sheets changed.

    Reopening needs a reason. Raises Denied, Invalid.
    """
    for initiative in initiatives:
        require(actor, "money.close", initiative)
    if to is not None and month_of(to) > month_of(clock.today()):
        raise Invalid({0: {"to": [_("A month that has not begun cannot be closed.")]}})
    changed = 0
    with transaction.atomic():
        for sheet in MoneySheet.objects.select_for_update().filter(initiative__in=initiatives).order_by("pk"):
            before = sheet.closed_to
            after = month_of(to) if to else None
            if before == after:
                continue
            if before is not None and (after is None or after < before) and not reason.strip():
                raise Invalid({0: {"reason": [_("Say why closed months are opened again.")]}})
            sheet.closed_to = after
            figures = figures_of(MonthlyFigure.objects.filter(initiative=sheet.initiative_id))
            sheet.data_date = data_date(figures, after)
            write = Write(sheet, fields=frozenset({"closed_to", "data_date"}))
            save(actor, [write], kind="money.closed", reason=reason)
            changed += 1
    return changed
