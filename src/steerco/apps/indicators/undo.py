"""Taking an import back: exactly what its batch wrote, and only while nothing else stands on it."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from steerco.apps.indicators.following import follow_newest, newest_of
from steerco.apps.indicators.models import PortfolioImport, Snapshot, Value
from steerco.apps.initiatives.models import Entry, FormerName, Initiative
from steerco.apps.initiatives.services import keep_former_names, remove_initiatives
from steerco.kit.history import Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, read_ahead, require


def undo_import(actor: Actor, batch: str) -> int:
    """Take back what an import wrote; returns how many snapshots went.

    Its snapshots go and the ones that they replaced are current again; initiatives that it created go where
    nothing else was done to them, else they stay; names follow the newest report that is left. The journal keeps
    all of it. Raises Denied; Invalid when it is already taken back or a later import corrected what it wrote.
    """
    record = PortfolioImport.objects.visible_to(actor).filter(batch=batch).select_related("portfolio").first()
    if record is None or record.state != PortfolioImport.State.IMPORTED:
        raise Invalid({0: {"batch": [_("There is no import to take back under that number.")]}})
    require(actor, "import.undo", record.portfolio)
    with transaction.atomic():
        written = Snapshot.objects.filter(batch=batch)
        _refuse_corrected(written)
        initiatives = set(written.order_by().values_list("initiative", flat=True))
        _require_each(actor, initiatives)
        before = newest_of(initiatives)
        count = written.count()
        names = set(
            FormerName.objects.filter(initiative__in=initiatives).values_list("initiative", "sort_name")
        )
        names -= {(pk, key) for pk, key in record.report.get("former_names", [])}
        _restore_replaced(written)
        removed = _remove_untouched(actor, batch, record.portfolio_id)
        follow_newest(actor, initiatives - removed, before, batch=batch, reason=_("import taken back"))
        keep_former_names(initiatives - removed, names)
        _mark(actor, record, count, len(removed))
    return count


def _require_each(actor: Actor, initiatives: set[int]) -> None:
    """The right on every initiative that reports are taken from: some may stand elsewhere by now. Raises Denied."""
    rows = list(Initiative.objects.filter(pk__in=initiatives))
    read_ahead(actor, rows)
    for row in rows:
        require(actor, "import.undo", row)


def _refuse_corrected(written: QuerySet[Snapshot]) -> None:
    """A correction stands on what it corrected: it has to go first."""
    later = list(written.filter(current=False).order_by("as_of", "sort_name")[:5])
    if later:
        names = ", ".join(f"{row.name} ({row.as_of.isoformat()})" for row in later)
        message = _("Later imports corrected what this one wrote; take those back first: %(names)s")
        raise Invalid({0: {"batch": [message % {"names": names}]}})


def _restore_replaced(written: QuerySet[Snapshot]) -> None:
    """Remove the batch's snapshots and make current again what each of them replaced."""
    places = list(written.order_by().values_list("initiative", "as_of"))
    written.delete()
    days, initiatives = {day for _pk, day in places}, {pk for pk, _day in places}
    older = Snapshot.objects.filter(as_of__in=days, initiative__in=initiatives, current=False).order_by("pk")
    newest = {(pk, day): snapshot for pk, day, snapshot in older.values_list("initiative", "as_of", "pk")}
    restored = [newest[place] for place in places if place in newest]
    Snapshot.objects.filter(pk__in=restored).update(current=True)
    Value.objects.filter(snapshot__in=restored).update(current=True)


def _remove_untouched(actor: Actor, batch: str, portfolio: int) -> set[int]:
    """Remove the initiatives that the batch created and that nothing else was done to; returns their ids.

    Untouched: no report, nothing below, no record, no post, and no event but the batch's own. Their entries stay,
    marked as deleted, so that the journal keeps what it says about them.
    """
    made = Event.objects.filter(batch=batch, kind="initiative.created").exclude(object_id=portfolio)
    rows = Initiative.objects.filter(
        pk__in=made.values("object_id"), snapshots=None, children=None, posts=None
    )
    entries = dict(rows.values_list("pk", "entry"))
    touched = set(
        Event.objects.filter(entry__in=entries.values()).exclude(batch=batch).values_list("entry", flat=True)
    )
    touched |= set(
        Entry.objects.filter(initiative__in=entries)
        .exclude(pk__in=entries.values())
        .values_list("initiative__entry", flat=True)
    )
    removed = [pk for pk, entry in entries.items() if entry not in touched]
    untouched = list(Initiative.objects.filter(pk__in=removed))
    remove_initiatives(actor, untouched, reason=_("import taken back"), batch=batch)
    return set(removed)


def _mark(actor: Actor, record: PortfolioImport, count: int, removed: int) -> None:
    record.state = PortfolioImport.State.UNDONE
    record.save(update_fields=["state"])
    event = Event(
        kind="portfolio.import_undone",
        entry_id=record.portfolio.entry_id,
        model="indicators.portfolioimport",
        object_id=record.pk,
        changes={"snapshots": [count, 0], "initiatives": [removed, 0]},
    )
    append_events(actor, [event], batch=record.batch)
