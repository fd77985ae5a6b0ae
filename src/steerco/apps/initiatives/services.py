"""Writes of the tree: create, change, move, rename, archive, merge, split."""

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from steerco.apps.initiatives.models import (
    Alias,
    AlsoReportedTo,
    Ancestry,
    Entry,
    FormerName,
    Initiative,
    Record,
)
from steerco.apps.initiatives.states import StateGroup
from steerco.kit import clock
from steerco.kit.fields import sort_key
from steerco.kit.history import Change, Invalid, Write, save
from steerco.kit.history.columns import write_columns
from steerco.kit.history.removals import remove
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, require
from steerco.kit.search.indexing import index

T = Initiative.Type
# What may stand under what. None: at the top of the tree. Workstreams may hang anywhere below.
ALLOWED_PARENTS: dict[str, frozenset[str | None]] = {
    T.PORTFOLIO: frozenset({None, T.PORTFOLIO}),
    T.PROGRAMME: frozenset({None, T.PORTFOLIO, T.PROGRAMME}),
    T.PROJECT: frozenset({None, T.PORTFOLIO, T.PROGRAMME, T.PROJECT}),
    T.WORKSTREAM: frozenset({T.PORTFOLIO, T.PROGRAMME, T.PROJECT, T.WORKSTREAM}),
}


def write_initiatives(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[Initiative]:
    """Create and change initiatives; a changed name or code leaves the former one as an alias; a changed parent
    moves all below. Raises Denied, Invalid (by position), Conflict; all or nothing.
    """
    with transaction.atomic():
        stored = Initiative.objects.select_related("parent").in_bulk([c.pk for c in changes if c.pk])
        before = {pk: (row.name, row.code, row.parent_id) for pk, row in stored.items()}
        writes = []
        for index, change in enumerate(changes):
            row = stored[change.pk] if change.pk else Initiative()
            _authorise(actor, row, change)
            for name, value in change.values.items():
                setattr(row, name, value)
            if change.pk is None or not change.values.keys().isdisjoint({"parent", "type"}):
                _check_place(row, index)
            fields = frozenset(change.values) if change.pk else None
            writes.append(Write(row, fields=fields, version=change.version))
        created = [w.instance for w in writes if w.fields is None]
        _inherit_restriction(created)
        for write in writes:
            write.kind = "initiative.created" if write.fields is None else "initiative.changed"
        save(actor, writes, kind="initiative.changed", reason=reason, batch=batch)
        for row in created:
            row.entry.initiative, row.entry.restricted_by_id = row, row.restricted_by_id
        write_columns(Entry, [row.entry for row in created], ("initiative", "restricted_by"))
        _root_in_tree(created)
        for write in writes:
            if write.instance.pk in before:
                _keep_traces(write.instance, *before[write.instance.pk])
    return [w.instance for w in writes]


def _authorise(actor: Actor, row: Initiative, change: Change) -> None:
    """The right on the stored row, then on the new parent."""
    target = change.values.get("parent")
    if row.pk is None:
        require(actor, "initiative.create", target)
        return
    require(actor, "initiative.edit", row)
    if "parent" in change.values and (target.pk if target else None) != row.parent_id:
        require(actor, "initiative.move", row)
        require(actor, "initiative.create", target)
    if change.values.get("archived", row.archived) != row.archived:
        require(actor, "initiative.archive", row)


def _check_place(row: Initiative, index: int) -> None:
    """The rules between an initiative and its parent."""
    parent_type = row.parent.type if row.parent else None
    if parent_type not in ALLOWED_PARENTS[row.type]:
        message = _("A %(child)s cannot stand there.") % {"child": row.get_type_display()}
        raise Invalid({index: {"parent": [message]}})
    if row.pk and row.parent_id:
        below = Ancestry.objects.filter(ancestor=row.pk, descendant=row.parent_id)
        if below.exists():
            raise Invalid({index: {"parent": [_("It cannot be moved below itself.")]}})


def _inherit_restriction(rows: Sequence[Initiative]) -> None:
    for row in rows:
        row.restricted_by_id = row.parent.restricted_by_id if row.parent else None


def _root_in_tree(rows: Sequence[Initiative]) -> None:
    """Ancestry of new leaves: itself, and everything above its parent."""
    above: dict[int, list[tuple[int, int]]] = {}
    parents = {row.parent_id for row in rows if row.parent_id}
    for ancestor, descendant, depth in Ancestry.objects.filter(descendant__in=parents).values_list(
        "ancestor", "descendant", "depth"
    ):
        above.setdefault(descendant, []).append((ancestor, depth))
    pairs = []
    for row in rows:
        # a parent made in the same call stands earlier in the list, so its chain is known
        above[row.pk] = chain = [(row.pk, 0), *((a, d + 1) for a, d in above.get(row.parent_id or 0, []))]
        pairs += [Ancestry(ancestor_id=a, descendant_id=row.pk, depth=d) for a, d in chain]
    Ancestry.objects.bulk_create(pairs, batch_size=500)


def _keep_traces(row: Initiative, old_name: str, old_code: str, old_parent: int | None) -> None:
    if row.name != old_name:
        add_former_names(row, [old_name])
    if row.code != old_code:
        Alias.objects.get_or_create(code=old_code, entry_id=row.entry_id)
    if row.parent_id != old_parent:
        _move_in_tree(row)
        refresh_restrictions(row)


def add_former_names(row: Initiative, names: Sequence[str]) -> None:
    """Remember names that `row` had or goes by elsewhere; its present name and doubles are left out."""
    added = False
    for name in names:
        key = sort_key(name)
        if key and key != row.sort_name:
            _name, new = FormerName.objects.get_or_create(
                initiative=row, sort_name=key, defaults={"name": name, "until": clock.today()}
            )
            added = added or new
    if added:
        index(list(Initiative.objects.filter(pk=row.pk)))  # as it stands, whatever the caller holds


def remove_initiatives(
    actor: Actor, rows: Sequence[Initiative], *, reason: str = "", batch: str = ""
) -> None:
    """Take away initiatives that nothing hangs on; their entries stay, marked as deleted, for the journal.

    For undoing an import, which has asked for the right.
    """
    with transaction.atomic():
        entries = [row.entry_id for row in rows]
        for start in range(0, len(entries), 500):
            mine = Entry.objects.filter(pk__in=entries[start : start + 500])
            mine.update(initiative=None, state_group=StateGroup.DELETED)
        remove(actor, rows, kind="initiative.removed", reason=reason, batch=batch)


def keep_former_names(initiatives: set[int], names: set[tuple[int, str]]) -> None:
    """Of the former names of `initiatives` keep those in `names` (initiative id, sort key): for undoing an import."""
    found = FormerName.objects.filter(initiative__in=initiatives).values_list("pk", "initiative", "sort_name")
    added = {pk: initiative for pk, initiative, key in found if (initiative, key) not in names}
    FormerName.objects.filter(pk__in=added).delete()
    index(list(Initiative.objects.filter(pk__in=set(added.values()))))


def _move_in_tree(row: Initiative) -> None:
    """Rewrite the ancestry of `row` and all below it after a change of parent."""
    below = list(Ancestry.objects.filter(ancestor=row.pk).values_list("descendant", "depth"))
    ids = [d for d, _ in below]
    Ancestry.objects.filter(descendant__in=ids).exclude(ancestor__in=ids).delete()
    above = list(Ancestry.objects.filter(descendant=row.parent_id).values_list("ancestor", "depth"))
    Ancestry.objects.bulk_create(
        [
            Ancestry(ancestor_id=a, descendant_id=d, depth=up + down + 1)
            for a, up in above
            for d, down in below
        ],
        batch_size=500,
    )


def refresh_restrictions(top: Initiative) -> None:
    """Recompute which restriction covers `top`, everything below it and their records: the nearest one decides."""
    own = set(Entry.objects.filter(readers__isnull=False, register="initiative").values_list("pk", flat=True))
    rows = list(
        Initiative.objects.filter(above__ancestor=top.pk).annotate(depth=F("above__depth")).order_by("depth")
    )
    above = Initiative.objects.filter(children=top).values_list("restricted_by", flat=True)
    top_parent = above.first()
    covering: dict[int | None, int | None] = {top.parent_id: top_parent}
    for row in rows:
        covering[row.pk] = row.entry_id if row.entry_id in own else covering[row.parent_id]
    for row in rows:
        _cover(row.pk, row.entry_id, covering[row.pk])


def _cover(initiative_id: int, entry_id: int, cover: int | None) -> None:
    """Write the covering restriction of one initiative, its entry, and its records without one of their own."""
    Initiative.objects.filter(pk=initiative_id).update(restricted_by=cover)
    Entry.objects.filter(pk=entry_id).update(restricted_by=cover)
    entries = Entry.objects.filter(initiative=initiative_id).exclude(pk=entry_id)
    entries.filter(readers__isnull=True).update(restricted_by=cover)
    for model in record_models():
        rows = model._default_manager.filter(initiative=initiative_id)
        rows.filter(entry__readers__isnull=True).update(restricted_by=cover)


def record_models() -> list[Any]:
    """Every model that stands on Record."""
    return [m for m in apps.get_models() if issubclass(m, Record)]


def restrict(actor: Actor, subject: Any, readers: Sequence[int]) -> None:
    """Restrict an initiative (with all below it) or a record to the parties `readers`; empty lifts it.

    Raises Denied. The journal says who was named; a reader learns of it only by what they can read.
    """
    is_initiative = isinstance(subject, Initiative)
    require(actor, "initiative.restrict" if is_initiative else "record.restrict", subject)
    with transaction.atomic():
        entry = Entry.objects.get(pk=subject.entry_id)
        before = sorted(entry.readers.values_list("party", flat=True))
        entry.readers.exclude(party__in=readers).delete()
        for party in set(readers) - set(before):
            entry.readers.create(party_id=party)
        if is_initiative:
            refresh_restrictions(subject)
        else:
            _cover_record(subject, entry, readers)
            for record in _belonging.get(type(subject), _nothing)(subject):
                restrict_with(record, readers)
        append_events(
            actor,
            [
                Event(
                    kind="entry.restricted",
                    entry_id=entry.pk,
                    model=subject._meta.label_lower,
                    object_id=subject.pk,
                    changes={"readers": [before, sorted(readers)]},
                )
            ],
        )


def _nothing(row: Any) -> Iterable[Any]:
    return ()


_belonging: dict[type[Any], Callable[[Any], Iterable[Any]]] = {}


def declare_belonging(model: type[Any], records: Callable[[Any], Iterable[Any]]) -> None:
    """Say which records belong to one of `model`: they are read by whoever reads it, and by nobody else."""
    _belonging[model] = records


def restrict_with(record: Any, readers: Sequence[int]) -> None:
    """Restrict a record as another one is that it belongs to: the right was asked for that one."""
    entry = Entry.objects.get(pk=record.entry_id)
    entry.readers.exclude(party__in=readers).delete()
    known = set(entry.readers.values_list("party", flat=True))
    for party in set(readers) - known:
        entry.readers.create(party_id=party)
    _cover_record(record, entry, readers)


def _cover_record(record: Any, entry: Entry, readers: Sequence[int]) -> None:
    cover = entry.pk if readers else record.initiative.restricted_by_id
    Entry.objects.filter(pk=entry.pk).update(restricted_by=cover)
    type(record)._default_manager.filter(pk=record.pk).update(restricted_by=cover)


def report_also_to(actor: Actor, row: Initiative, others: Sequence[Initiative]) -> None:
    """Set the further places that `row` reports to. They get no rights by it. Raises Denied."""
    require(actor, "initiative.move", row)
    with transaction.atomic():
        before = sorted(row.also_reported_to.values_list("to", flat=True))
        after = sorted({o.pk for o in others} - {row.pk})
        if before == after:
            return
        row.also_reported_to.exclude(to__in=after).delete()
        AlsoReportedTo.objects.bulk_create(
            [AlsoReportedTo(initiative=row, to_id=pk) for pk in after if pk not in before]
        )
        append_events(
            actor,
            [
                Event(
                    kind="initiative.also_reported_to",
                    entry_id=row.entry_id,
                    model="initiatives.initiative",
                    object_id=row.pk,
                    changes={"to": [before, after]},
                )
            ],
        )


def merge_initiatives(actor: Actor, sources: Sequence[Initiative], into: Initiative, *, reason: str) -> None:
    """Close `sources` as transferred, remember their names and codes on `into`, move their children below it.

    Their snapshots, records and history stay theirs: what was reported stays reported. Raises Denied, Invalid.
    """
    require(actor, "initiative.move", into)
    with transaction.atomic():
        changes = [Change(pk=s.pk, values={"status": Initiative.Status.TRANSFERRED}) for s in sources]
        children = Initiative.objects.filter(parent__in=sources)
        changes += [Change(pk=c.pk, values={"parent": into}) for c in children]
        write_initiatives(actor, changes, reason=reason)
        for source in sources:
            require(actor, "initiative.move", source)
            add_former_names(into, [source.name])
            Alias.objects.get_or_create(code=source.code, entry_id=into.entry_id)


def codes_like(start: str) -> set[str]:
    """The codes in use or formerly in use that begin with `start`, in whatever case."""
    found: set[str] = set()
    for model in (Initiative, Alias):
        found |= set(model.objects.filter(code__istartswith=start).values_list("code", flat=True))
    return found


def split_initiative(
    actor: Actor, source: Initiative, parts: Sequence[Change], *, reason: str
) -> list[Initiative]:
    """Close `source` as transferred and create `parts` beside it; a part without a code gets its own with a number.

    Raises Denied, Invalid.
    """
    require(actor, "initiative.move", source)
    with transaction.atomic():
        taken = {code.casefold() for code in codes_like(source.code)}
        free = (f"{source.code}-{number}" for number in count(1))
        codes = (code for code in free if code.casefold() not in taken)
        for part in parts:
            if not part.values.get("code"):
                part.values["code"] = next(codes)
            part.values.setdefault("parent", source.parent)
            part.values.setdefault("type", source.type)
        made = write_initiatives(actor, parts, reason=reason)
        closed = Change(pk=source.pk, values={"status": Initiative.Status.TRANSFERRED})
        write_initiatives(actor, [closed], reason=reason)
    return made
