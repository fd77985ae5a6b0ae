"""Reads of what hangs on an entry, within what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q
from django.utils.safestring import SafeString

from steerco.apps.initiatives.models import Entry, Restriction
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.links.files import folder, path_of
from steerco.apps.links.models import Attachment, Comment, Mention, Relation, StoredFile, Tag, Tagging, Watch
from steerco.apps.links.prose import as_html, as_typed, mentioned
from steerco.apps.links.references import address, label
from steerco.apps.people.models import Party
from steerco.kit.permissions import Actor, Via, can

SUGGESTED = 8
LOOKED_AT = 16  # people, of whom each is asked whether they may see it


@dataclass(frozen=True)
class CommentView:
    """A comment as one reader sees it. `typed` is what its author edits."""

    pk: int
    who: str
    at: datetime
    html: SafeString
    typed: str
    is_own: bool
    is_changed: bool


@dataclass(frozen=True)
class RelationView:
    """A relation as seen from one end: `words` say what the other entry is to it."""

    pk: int
    kind: str
    is_forward: bool
    reference: str
    title: str
    url: str
    is_done: bool


def find_entry(actor: Actor, pk: int) -> Entry | None:
    """The entry that `actor` may see; a deleted one only for those who may restore it."""
    entry = Entry.objects.visible_to(actor).select_related("initiative").filter(pk=pk).first()
    if (
        entry is not None
        and entry.state_group == StateGroup.DELETED
        and not can(actor, "record.delete", entry)
    ):
        return None
    return entry


def comments_of(actor: Actor, entry: Entry) -> list[CommentView]:
    """What was said about `entry`, oldest first."""
    rows = list(Comment.objects.visible_to(actor).filter(entry=entry, deleted=False))
    named: set[int] = set().union(*(mentioned(row.text) for row in rows))
    names = (
        dict(Party.objects.visible_to(actor).filter(pk__in=named).values_list("pk", "name")) if named else {}
    )
    return [
        CommentView(
            pk=row.pk,
            who=row.author_label,
            at=row.created_at,
            html=as_html(row.text, names),
            typed=as_typed(row.text, names),
            is_own=row.author_id is not None and row.author_id == actor.user_id,
            is_changed=row.version > 1,
        )
        for row in rows
    ]


def attachments_of(actor: Actor, entry: Entry) -> list[Attachment]:
    """The files on `entry`."""
    rows = Attachment.objects.visible_to(actor).filter(entry=entry, deleted=False)
    return list(rows.select_related("file"))


def in_versions(attachments: list[Attachment]) -> list[tuple[Attachment, int, list[Attachment]]]:
    """Files of the same name are versions of one: the latest, its number, and the earlier ones, the last first."""
    named: dict[str, list[Attachment]] = {}
    for attachment in attachments:
        named.setdefault(attachment.name.casefold(), []).append(attachment)
    return [(rows[-1], len(rows), rows[-2::-1]) for rows in named.values()]


def removed_attachments_of(actor: Actor, entry: Entry) -> list[Attachment]:
    """The files that were taken off `entry`, the last one first, for those who may put them back."""
    if not can(actor, "record.edit", entry):
        return []
    rows = Attachment.objects.visible_to(actor).filter(entry=entry, deleted=True)
    return list(rows.select_related("file").order_by("-changed_at", "-pk"))


def relations_of(actor: Actor, entry: Entry) -> list[RelationView]:
    """The relations of `entry` whose other end the actor may see; the others leave no trace."""
    rows = list(Relation.objects.filter(source=entry)) + list(Relation.objects.filter(target=entry))
    others = {row.target_id if row.source_id == entry.pk else row.source_id for row in rows}
    seen = (
        Entry.objects.visible_to(actor)
        .filter(pk__in=others)
        .exclude(state_group=StateGroup.DELETED)
        .select_related("initiative")
    )
    by_pk = {other.pk: other for other in seen} if others else {}
    views = []
    for row in rows:
        forward = row.source_id == entry.pk
        other = by_pk.get(row.target_id if forward else row.source_id)
        if other is not None:
            done = other.state_group == StateGroup.DONE
            views.append(
                RelationView(row.pk, row.kind, forward, label(other), other.title, address(other), done)
            )
    return views


def tags_of(entry: Entry) -> list[str]:
    """The tags of an entry that the caller has found for its actor."""
    return list(entry.taggings.values_list("tag__name", flat=True))


def suggest_tags(actor: Actor, typed: str) -> list[str]:
    """Tags in use on entries that the actor may see, the best match first."""
    seen = Entry.objects.visible_to(actor)
    rows = Tag.objects.filter(name__icontains=typed, taggings__entry__in=seen).distinct()
    return list(rows.values_list("name", flat=True)[:SUGGESTED])


def suggest_people(actor: Actor, typed: str, entry: Entry | None = None) -> list[str]:
    """People whom the actor may see and name in a comment: of those, who may see `entry` themselves."""
    rows = Party.objects.visible_to(actor).filter(kind=Party.Kind.PERSON, active=True, name__icontains=typed)
    if entry is None:
        return list(rows.values_list("name", flat=True)[:SUGGESTED])
    if entry.restricted_by_id:  # few may see it: those named first, so that no page of others hides them
        readers = Restriction.objects.filter(entry=entry.restricted_by_id).values("party")
        named = Q(pk__in=readers) | Q(pk=entry.owner_id)
        rows = rows.filter(named | Q(person__holdings__post__party__in=readers)).distinct()
    found = []
    for party in rows.filter(person__user__is_active=True).select_related("person__user")[:LOOKED_AT]:
        user = party.person.user
        if user and Entry.objects.visible_to(actor_for(user, Via.JOB)).filter(pk=entry.pk).exists():
            found.append(party.name)
            if len(found) == SUGGESTED:
                break
    return found


def watches(actor: Actor, entry: Entry) -> bool:
    """Whether the actor watches the entry."""
    return Watch.objects.visible_to(actor).filter(entry=entry).exists()


def tagged(actor: Actor, name: str) -> list[Entry]:
    """The entries with that tag that the actor may see."""
    rows = Entry.objects.visible_to(actor).filter(taggings__tag__name__iexact=name)
    return list(
        rows.exclude(state_group=StateGroup.DELETED).select_related("initiative").order_by("pk")[:500]
    )


def mentions_of(actor: Actor, limit: int) -> list[Mention]:
    """Where the actor was named last, in entries that they may see."""
    rows = Mention.objects.visible_to(actor).filter(party__in=actor.parties, comment__deleted=False)
    return list(rows.select_related("comment__entry__initiative").order_by("-pk")[:limit])


def watched(actor: Actor, limit: int) -> list[tuple[Entry, datetime]]:
    """What the actor watches and may still see, with when something last happened to it, the latest first."""
    own = Watch.objects.visible_to(actor).values("entry")
    rows = Entry.objects.visible_to(actor).filter(pk__in=own).exclude(state_group=StateGroup.DELETED)
    dated = rows.annotate(last=Max("events__at")).exclude(last=None).select_related("initiative")
    return [(row, row.last) for row in dated.order_by("-last", "pk")[:limit]]


def file_paths() -> list[str]:
    """The paths below the media folder that attachments name: for the comparison of files with rows."""
    digests = StoredFile.objects.values_list("digest", flat=True)
    return [path_of(digest).relative_to(folder().parent).as_posix() for digest in digests]


def tags_among(actor: Actor, entry_ids: Sequence[int]) -> dict[str, list[int]]:
    """The tags of entries that the caller has found for `actor`, with the entries that have them."""
    found: dict[str, list[int]] = {}
    rows = Tagging.objects.visible_to(actor).filter(entry__in=entry_ids).order_by("tag__sort_name", "entry")
    for name, entry in rows.values_list("tag__name", "entry"):
        found.setdefault(name, []).append(entry)
    return found


def causes_among(actor: Actor, entry_ids: Sequence[int]) -> dict[int, set[int]]:
    """What causes several of the entries, as far as `actor` may read it: the entries that each one causes."""
    found: dict[int, set[int]] = {}
    rows = Relation.objects.visible_to(actor).filter(kind=Relation.Kind.CAUSES, target__in=entry_ids)
    live = rows.filter(source__state_group__in=(StateGroup.OPEN, StateGroup.PENDING))
    for source, target in live.order_by("source", "target").values_list("source", "target"):
        found.setdefault(source, set()).add(target)
    return {source: targets for source, targets in found.items() if len(targets) > 1}
