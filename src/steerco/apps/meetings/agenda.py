"""The agenda: what is pulled in, its order; what was said about an item and what came of it."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from steerco.apps.change.models import ChangeRequest
from steerco.apps.escalation.deciding import record
from steerco.apps.escalation.models import Escalation
from steerco.apps.escalation.papers import Paper
from steerco.apps.governance.models import Decision
from steerco.apps.governance.services import CASCADE
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.records import record_of, write_records
from steerco.apps.links.models import Relation
from steerco.apps.links.services import relate
from steerco.apps.meetings.models import Item, Meeting
from steerco.apps.meetings.services import note, write_meetings
from steerco.apps.people.models import Party
from steerco.apps.raid.models import Action
from steerco.kit.history import Change, Conflict, Invalid
from steerco.kit.permissions import Actor, require, visible_to

# What apps above put on the agenda of a meeting: (kind, entry) each.
Source = Callable[[Meeting], Iterable[tuple[str, int]]]
_sources: list[Source] = []
FORMALITIES = {Item.Kind.MINUTES: 5, Item.Kind.ACTION: 5}
MOST_ITEMS = 200
LONGEST_TEXT = 20_000


def declare_source(source: Source) -> None:
    """Let `source` put things on the agenda of every meeting."""
    if source not in _sources:
        _sources.append(source)


def previous_of(row: Meeting) -> Meeting | None:
    """The last meeting of the same body that was held before this one."""
    if row.body_id is None:
        return None
    held = Meeting.objects.filter(body=row.body_id, deleted=False, state__in=("held", "issued", "approved"))
    return held.exclude(pk=row.pk).filter(day__lte=row.day).order_by("-day", "-pk").first()


def waiting_for(row: Meeting) -> Iterator[tuple[str, int]]:
    """(kind, entry) of what waits for the body of a meeting, in the order in which it is dealt with."""
    last = previous_of(row)
    if last is not None and last.state == "issued":
        yield Item.Kind.MINUTES, last.entry_id
    if last is not None:
        followed = Relation.objects.filter(source=last.entry_id, kind=CASCADE).values("target")
        actions = Action.objects.filter(entry__in=followed, deleted=False).exclude(state_group="done")
        for entry in actions.order_by("due_on", "pk").values_list("entry", flat=True):
            yield Item.Kind.ACTION, entry
    for source in _sources:
        yield from source(row)
    if row.body is None:
        return
    party = row.body.party_id
    models: tuple[tuple[str, type[Paper]], ...] = (
        (Item.Kind.DECISION, Decision),
        (Item.Kind.CHANGE, ChangeRequest),
    )
    for kind, model in models:
        asked = model._default_manager.filter(decider=party, state__in=model.asked_states, deleted=False)
        for entry in asked.order_by("decide_by", "pk").values_list("entry", flat=True):
            yield kind, entry
    live = Escalation.objects.filter(receiver=party, state=Escalation.State.PROPOSED, recorded="")
    for entry in live.order_by("due", "pk").values_list("entry", flat=True):
        yield Item.Kind.ESCALATION, entry


def build(actor: Actor, row: Meeting) -> int:
    """Put on the agenda what belongs there and is not there yet: standing items, what was deferred, what waits for the
    body. Returns how many. Raises Denied, Invalid."""
    require(actor, "record.edit", row)
    _require_open(row)
    with transaction.atomic():
        rank = row.items.aggregate(most=Max("rank"))["most"] or 0
        known = set(row.items.exclude(entry=None).values_list("entry", flat=True))
        standing = set(row.items.filter(kind=Item.Kind.STANDING).values_list("title", flat=True))
        new: list[Item] = []
        for usual in row.body.standing_items.all() if row.body else ():
            if usual.title not in standing:
                new.append(
                    Item(meeting=row, kind=Item.Kind.STANDING, title=usual.title, minutes=usual.minutes)
                )
        pulled = 0
        for one in row.body.backlog.filter(meeting=None) if row.body else ():
            if one.entry_id is None or one.entry_id not in known:
                known.add(one.entry_id or 0)
                rank, one.meeting, pulled = rank + 1, row, pulled + 1
                one.rank = rank
                one.save(update_fields=["meeting", "rank"])
            else:
                one.delete()
        for kind, entry in waiting_for(row):
            if entry not in known:
                known.add(entry)
                minutes = FORMALITIES.get(Item.Kind(kind), 10)
                new.append(Item(meeting=row, kind=kind, entry_id=entry, minutes=minutes))
        for place, one in enumerate(new, 1):
            one.rank = rank + place
        Item.objects.bulk_create(new)
        if new or pulled:
            note(actor, row, "meeting.agenda", {"items": [None, len(new) + pulled]})
    return len(new) + pulled


def add_item(actor: Actor, row: Meeting, title: str, minutes: int, presenter: str) -> Item:
    """Add a topic by hand. Raises Denied, Invalid."""
    require(actor, "record.edit", row)
    _require_open(row)
    if not title.strip():
        raise Invalid({0: {"title": [_("Say what it is about.")]}})
    if not 0 <= minutes <= 480:
        raise Invalid({0: {"minutes": [_("Between 0 and 480 minutes.")]}})
    if row.items.count() >= MOST_ITEMS:
        raise Invalid({0: {"title": [_("At most %(n)s items.") % {"n": MOST_ITEMS}]}})
    rank = (row.items.aggregate(most=Max("rank"))["most"] or 0) + 1
    values: dict[str, Any] = {
        "title": title.strip()[:300],
        "minutes": minutes,
        "presenter": presenter.strip()[:120],
    }
    with transaction.atomic():
        note(actor, row, "meeting.item_added", {"title": [None, values["title"]]})
        return Item.objects.create(meeting=row, rank=rank, **values)


def change_item(actor: Actor, row: Meeting, pk: int, minutes: int, presenter: str) -> None:
    """Change the time box and the presenter of an item. Raises Denied, Invalid."""
    require(actor, "record.edit", row)
    _require_open(row)
    if not 0 <= minutes <= 480:
        raise Invalid({0: {"minutes": [_("Between 0 and 480 minutes.")]}})
    one = find_item(actor, row, pk)
    one.minutes, one.presenter = minutes, presenter.strip()[:120]
    one.save(update_fields=["minutes", "presenter"])


def move_item(actor: Actor, row: Meeting, pk: int, step: int) -> None:
    """Move an item up (-1) or down (1) past the next one that the actor sees. Raises Denied, Invalid."""
    require(actor, "record.edit", row)
    _require_open(row)
    one = find_item(actor, row, pk)
    shown = items_of(actor, row)
    place = next(n for n, item in enumerate(shown) if item.pk == one.pk)
    if not 0 <= place + step < len(shown):
        return
    other = shown[place + step]
    every = list(row.items.all())
    every.insert(every.index(other), every.pop(every.index(one)))
    for rank, item in enumerate(every, 1):
        item.rank = rank
    Item.objects.bulk_update(every, ["rank"])


def remove_item(actor: Actor, row: Meeting, pk: int) -> None:
    """Take an item off the agenda. Raises Denied, Invalid."""
    require(actor, "record.edit", row)
    _require_open(row)
    one = find_item(actor, row, pk)
    if one.text or one.outcome:
        raise Invalid({0: {"": [_("Something was said about it: it stays in the minutes.")]}})
    with transaction.atomic():
        note(actor, row, "meeting.item_removed", {"item": [one.title or one.get_kind_display(), None]})
        one.delete()


def items_of(actor: Actor, row: Meeting) -> list[Item]:
    """The items that the actor may see, in order: those about an entry only where they may read it."""
    found = list(row.items.select_related("entry"))
    about = [one.entry_id for one in found if one.entry_id]
    entry_model = Item._meta.get_field("entry").related_model
    seen = set(
        visible_to(entry_model._default_manager.filter(pk__in=about), actor).values_list("pk", flat=True)
    )
    return [one for one in found if one.entry_id is None or one.entry_id in seen]


def find_item(actor: Actor, row: Meeting, pk: int) -> Item:
    """One of them. Raises Invalid."""
    for one in items_of(actor, row):
        if one.pk == pk:
            return one
    raise Invalid({0: {"": [_("This item is not on the agenda.")]}})


def save_texts(actor: Actor, row: Meeting, texts: Mapping[int, tuple[str, str]]) -> int:
    """Keep what is being typed into the minutes: by item (text, digest of the text that was seen); returns how many
    changed. Raises Denied, Invalid, Conflict where somebody else wrote there meanwhile."""
    require(actor, "record.edit", row)
    require_writable(row)
    written = []
    with transaction.atomic():
        seen = {one.pk for one in items_of(actor, row)}
        for one in row.items.select_for_update(of=("self",)):
            if one.pk not in texts or one.pk not in seen:
                continue
            text, before = texts[one.pk]
            text = text.replace("\r\n", "\n")
            if text == one.text:
                continue
            if before != digest(one.text):
                raise Conflict(row, [])
            if len(text) > LONGEST_TEXT:
                raise Invalid({0: {"text": [_("At most %(n)s characters.") % {"n": LONGEST_TEXT}]}})
            one.text = text
            written.append(one)
        Item.objects.bulk_update(written, ["text"])
    return len(written)


def digest(text: str) -> str:
    """What tells one text from another, short enough for a form."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def require_writable(row: Meeting) -> None:
    """That the minutes are not issued yet. Raises Invalid."""
    if row.state not in ("called", "held"):
        raise Invalid(
            {0: {"": [_("Minutes are written once people are invited, and until they are sent out.")]}}
        )


def defer(actor: Actor, row: Meeting, pk: int) -> None:
    """Put an item off to the next meeting of the body: it waits until the agenda of that is built. Raises Denied,
    Invalid."""
    require(actor, "record.edit", row)
    require_writable(row)
    one = find_item(actor, row, pk)
    if row.body_id is None:
        raise Invalid({0: {"": [_("This meeting has no next one: it belongs to no body.")]}})
    if one.outcome == Item.Outcome.DEFERRED:
        return
    with transaction.atomic():
        Item.objects.create(
            body_id=row.body_id,
            kind=one.kind,
            title=one.title,
            entry_id=one.entry_id,
            minutes=one.minutes,
            presenter=one.presenter,
            carried=one.carried + 1,
        )
        _settle(actor, row, one, Item.Outcome.DEFERRED)


def note_item(actor: Actor, row: Meeting, pk: int) -> None:
    """Say that an item was taken note of; of the last minutes: that they are approved. Raises Denied, Invalid."""
    require(actor, "record.edit", row)
    require_writable(row)
    one = find_item(actor, row, pk)
    with transaction.atomic():
        _settle(actor, row, one, Item.Outcome.NOTED)
        if one.kind == Item.Kind.MINUTES and one.entry_id:
            last = Meeting.objects.filter(entry=one.entry_id, state="issued").first()
            if last is not None:
                write_meetings(actor, [Change({"state": "approved"}, pk=last.pk)], reason=source_of(row))


def decide(actor: Actor, row: Meeting, pk: int, verdict: str, why: str) -> None:
    """Record what the body decided about a paper, with the day and the meeting as its source: it counts once the chair
    has confirmed it. Raises Denied, Invalid."""
    require(actor, "record.edit", row)
    require_writable(row)
    one = find_item(actor, row, pk)
    paper = record_of(one.entry) if one.entry else None
    if not isinstance(paper, Paper):
        raise Invalid({0: {"": [_("There is nothing to decide in this item.")]}})
    if paper.state not in paper.asked_states:
        raise Invalid({0: {"": [_("It does not wait for a decision any more.")]}})
    values = {
        "decided_on": row.day,
        "source": source_of(row),
        "forum": row.body.name if row.body else row.title,
        "rationale": why.strip()[:4000],
    }
    with transaction.atomic():
        record(actor, paper, verdict, values)
        _settle(actor, row, one, Item.Outcome.RECORDED)


def add_action(
    actor: Actor, row: Meeting, pk: int, title: str, owner: Party | None, due: date | None, where: Initiative
) -> Action:
    """An action that follows from an item, in the register of actions. Raises Denied, Invalid."""
    require(actor, "record.edit", row)
    require_writable(row)
    one = find_item(actor, row, pk)
    if not title.strip():
        raise Invalid({0: {"title": [_("Say what is to be done.")]}})
    require(actor, "record.create", where)
    values = {"initiative": where, "title": title.strip()[:300], "owner": owner, "due_on": due}
    with transaction.atomic():
        action = write_records(actor, Action, [Change({**values, "source": source_of(row)})])[0]
        relate(actor, row.entry, action.entry, CASCADE)
        if not one.outcome:
            _settle(actor, row, one, Item.Outcome.NOTED)
    return action


def source_of(row: Meeting) -> str:
    """How a meeting is named as a source: "MT-3 City Board, 2026-12-03"."""
    return f"{row.reference} {row.title}, {row.day.isoformat()}"[:200]


def _settle(actor: Actor, row: Meeting, one: Item, outcome: Item.Outcome) -> None:
    note(
        actor, row, "meeting.outcome", {one.title or str(one.get_kind_display()): [one.outcome, str(outcome)]}
    )
    one.outcome = outcome
    one.save(update_fields=["outcome"])


def _require_open(row: Meeting) -> None:
    if row.state not in ("draft", "called", "held"):
        raise Invalid({0: {"": [_("The agenda of this meeting is closed.")]}})


def actions_of(actor: Actor, row: Meeting) -> list[Action]:
    """The actions that follow from a meeting, as far as the actor sees them."""
    entries = Relation.objects.filter(source=row.entry_id, kind=CASCADE).values("target")
    found = visible_to(Action._default_manager.filter(entry__in=entries, deleted=False), actor)
    return list(found.select_related("initiative", "owner").order_by("due_on", "pk"))
