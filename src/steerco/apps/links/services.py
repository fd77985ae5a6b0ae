"""Writes of what hangs on an entry. Each asks for the right on the stored entry first."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from steerco.apps.initiatives.models import Entry
from steerco.apps.links.files import ENTRY_LIMIT, USER_LIMIT, TooLarge, keep
from steerco.apps.links.kinds import media_type
from steerco.apps.links.mails import tell_mentioned
from steerco.apps.links.models import Attachment, Comment, Mention, Relation, StoredFile, Tag, Tagging, Watch
from steerco.apps.links.prose import mentioned
from steerco.apps.people.models import Party
from steerco.kit import clock
from steerco.kit.fields import sort_key
from steerco.kit.history import Invalid, Write, save
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied, can, require

NAMED = re.compile(r"(?<![\w@])@(?=\w)")
NAME_LIMIT = 80  # characters that a name may have after the @


def may_comment(actor: Actor, entry: Entry) -> bool:
    """Whether `actor`, who sees the entry, may say something: those who read by right, and the entry's owner."""
    if actor.scopes is not None and "record.view" not in actor.scopes:
        return False
    return can(actor, "record.view", entry) or entry.owner_id in actor.parties


def write_comment(
    actor: Actor, entry: Entry, text: str, *, comment: Comment | None = None, by_debt: bool = False
) -> Comment:
    """Say something about `entry`, or (`comment`) say it anew: only its author does. Raises Denied, Invalid.

    "@Beatrice Okafor" names a person that the author may see. `by_debt`: the caller knows that the actor is asked
    about the entry, which is right enough to say something.
    """
    if not by_debt and not may_comment(actor, entry):
        raise Denied("record.view")
    if comment is not None and (comment.author_id is None or comment.author_id != actor.user_id):
        raise Denied("record.edit")
    written = name_people(actor, text.strip())
    with transaction.atomic():
        if comment is None:
            comment = Comment(
                entry=entry, author_id=actor.user_id, author_label=actor.label[:200], text=written
            )
            save(actor, [Write(comment)], kind="comment.added")
        else:
            comment.text = written
            save(actor, [Write(comment, fields=frozenset({"text"}))], kind="comment.changed")
        seen = Party.objects.visible_to(actor).filter(pk__in=mentioned(written))
        named = set(seen.values_list("pk", flat=True))
        before = set(comment.mentions.values_list("party", flat=True))
        comment.mentions.exclude(party__in=named).delete()
        Mention.objects.bulk_create([Mention(comment=comment, party_id=pk) for pk in sorted(named - before)])
        tell_mentioned(comment, named - before)
    return comment


def name_people(actor: Actor, text: str) -> str:
    """`text` with every "@Name" of a visible person as "@{id}"; the longest name wins, what names nobody stays."""
    starts = [found.end() for found in NAMED.finditer(text)]
    if not starts:
        return text
    either = Q()
    for first in {sort_key(text[start : start + NAME_LIMIT]).partition(" ")[0] for start in starts}:
        either |= Q(sort_name__startswith=first)
    found = Party.objects.visible_to(actor).filter(either, kind=Party.Kind.PERSON, active=True)
    people = sorted(found, key=lambda party: -len(party.name))
    for start in reversed(starts):
        rest = text[start:].casefold()
        for party in people:
            name = party.name.casefold()
            if rest.startswith(name) and not rest[len(name) : len(name) + 1].isalnum():
                text = f"{text[:start]}{{{party.pk}}}{text[start + len(party.name) :]}"
                break
    return text


def remove_comment(actor: Actor, comment: Comment) -> None:
    """Take a comment away: its author, or who may delete the entry. Raises Denied."""
    own = comment.author_id is not None and comment.author_id == actor.user_id
    if not own:
        require(actor, "record.delete", comment.entry)
    comment.deleted = True
    save(actor, [Write(comment, fields=frozenset({"deleted"}))], kind="comment.removed")


@dataclass(frozen=True)
class Upload:
    """A file on its way in: the name that its sender gave it, and its bytes."""

    name: str
    chunks: Iterable[bytes]


def attach_files(
    actor: Actor, entry: Entry, uploads: Sequence[Upload], *, source: str = ""
) -> list[Attachment]:
    """Attach files to `entry`. Raises Denied, TooLarge, kinds.Refused.

    The bytes are on disk before the rows: a file without a row is swept, a row without a file cannot be.
    """
    require(actor, "record.edit", entry)
    kept = [(upload, keep(upload.chunks)) for upload in uploads]
    types = [media_type(upload.name, content.head) for upload, content in kept]
    now = clock.now()
    with transaction.atomic():
        _refuse_beyond_limits(sum(content.size for _upload, content in kept), entry, actor.user_id)
        writes = []
        for (upload, content), kind in zip(kept, types, strict=True):
            stored, _made = StoredFile.objects.get_or_create(
                digest=content.digest, defaults={"size": content.size, "media_type": kind, "created_at": now}
            )
            attachment = Attachment(
                entry=entry,
                file=stored,
                name=plain_name(upload.name),
                source=source,
                added_by_id=actor.user_id,
                added_by_label=actor.label[:200],
            )
            writes.append(Write(attachment))
        save(actor, writes, kind="attachment.added")
    return [write.instance for write in writes]


def _refuse_beyond_limits(new: int, entry: Entry, user_id: int | None) -> None:
    """Raise TooLarge when `new` bytes more are too many for the entry or for whoever brought them."""
    if new + _attached(entry=entry) > ENTRY_LIMIT:
        raise TooLarge(ENTRY_LIMIT)
    if user_id and new + _attached(added_by=user_id) > USER_LIMIT:
        raise TooLarge(USER_LIMIT)


def _attached(**where: object) -> int:
    total = Attachment.objects.filter(deleted=False, **where).aggregate(total=Sum("file__size"))["total"]
    return total or 0


def plain_name(name: str) -> str:
    """A file's name without folders and control characters, at most 200 long, its ending kept."""
    bare = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable()).strip(" .")
    stem, dot, ending = bare.rpartition(".")
    if len(bare) <= 200:
        return bare or _("file")
    return f"{stem[: 199 - len(ending)]}.{ending}" if dot and len(ending) < 20 else bare[:200]


def remove_attachment(actor: Actor, attachment: Attachment) -> None:
    """Take a file off its entry; the content stays for the history until it is purged. Raises Denied."""
    require(actor, "record.edit", attachment.entry)
    attachment.deleted = True
    save(actor, [Write(attachment, fields=frozenset({"deleted"}))], kind="attachment.removed")


def restore_attachment(actor: Actor, attachment: Attachment) -> None:
    """Put a removed file back on its entry; one that is there stays. Raises Denied, TooLarge."""
    require(actor, "record.edit", attachment.entry)
    with transaction.atomic():
        if attachment.deleted:
            _refuse_beyond_limits(attachment.file.size, attachment.entry, attachment.added_by_id)
        attachment.deleted = False
        save(actor, [Write(attachment, fields=frozenset({"deleted"}))], kind="attachment.restored")


def relate(actor: Actor, source: Entry, target: Entry, kind: str) -> Relation:
    """Say what `source` is to `target`; the caller found `target` among what the actor sees. Raises Denied, Invalid."""
    require(actor, "record.edit", source)
    return _relate(actor, source, target, kind)


def relate_to(actor: Actor, source: Entry, target: Entry, kind: str) -> Relation:
    """`relate` by whoever may change the target, for what others wrote and is used there ("is used in"); the caller
    found `source` among what the actor sees. Raises Denied, Invalid."""
    require(actor, "record.edit", target)
    return _relate(actor, source, target, kind)


def _relate(actor: Actor, source: Entry, target: Entry, kind: str) -> Relation:
    if source.pk == target.pk:
        raise Invalid({0: {"target": [_("Name another entry: this is the same one.")]}})
    with transaction.atomic():
        relation, made = Relation.objects.get_or_create(source=source, target=target, kind=kind)
        if made:
            append_events(actor, _both_ends("relation.added", relation))
    return relation


def unrelate(actor: Actor, relation: Relation) -> None:
    """Take a relation back, from either end. Raises Denied."""
    if not can(actor, "record.edit", relation.source):
        require(actor, "record.edit", relation.target)
    with transaction.atomic():
        append_events(actor, _both_ends("relation.removed", relation))
        relation.delete()


def _both_ends(kind: str, relation: Relation) -> list[Event]:
    pair = [relation.source_id, relation.target_id]
    changes = {"relation": [None, [relation.kind, *pair]]}
    return [
        Event(kind=kind, entry_id=end, model="links.relation", object_id=relation.pk, changes=changes)
        for end in pair
    ]


def set_tags(actor: Actor, entry: Entry, names: Iterable[str]) -> list[str]:
    """Make `names` the entry's tags; the same word in other case is the same tag. Raises Denied. Returns the names."""
    require(actor, "record.edit", entry)
    wanted: dict[str, str] = {}
    for name in names:
        bare = " ".join(name.split())[:40]
        if sort_key(bare):
            wanted.setdefault(sort_key(bare), bare)
    with transaction.atomic():
        before = sorted(entry.taggings.values_list("tag__name", flat=True))
        tags = [
            Tag.objects.get_or_create(sort_name=key, defaults={"name": name})[0]
            for key, name in wanted.items()
        ]
        entry.taggings.exclude(tag__in=tags).delete()
        Tagging.objects.bulk_create([Tagging(entry=entry, tag=tag) for tag in tags], ignore_conflicts=True)
        after = sorted(tag.name for tag in tags)
        if before != after:
            changed = Event(
                kind="entry.tagged",
                entry_id=entry.pk,
                model="links.tagging",
                object_id=entry.pk,
                changes={"tags": [before, after]},
            )
            append_events(actor, [changed])
    return after


def watch(actor: Actor, entry: Entry, wanted: bool) -> None:
    """Start or stop watching an entry that the actor sees."""
    if actor.user_id is None:
        raise Denied("record.view")
    if wanted:
        Watch.objects.get_or_create(entry=entry, user_id=actor.user_id)
    else:
        Watch.objects.filter(entry=entry, user=actor.user_id).delete()
