"""The panels on the page of a record and of an initiative, and where somebody was named on the home page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Entry
from steerco.apps.links.files import FILE_LIMIT
from steerco.apps.links.models import Attachment, Relation
from steerco.apps.links.prose import as_line, mentioned
from steerco.apps.links.references import address, label
from steerco.apps.links.selectors import (
    attachments_of,
    comments_of,
    in_versions,
    mentions_of,
    relations_of,
    removed_attachments_of,
    tags_of,
    watched,
    watches,
)
from steerco.apps.links.services import may_comment
from steerco.apps.people.models import Party
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.inputs import ReferenceField
from steerco.kit.registers.references import reference

MENTIONS = 5
WATCHED = 8
BACKWARD = {
    Relation.Kind.RELATES: _("relates to"),
    Relation.Kind.CAUSES: _("caused by"),
    Relation.Kind.BLOCKS: _("blocked by"),
    Relation.Kind.MITIGATES: _("mitigated by"),
    Relation.Kind.FULFILS: _("fulfilled by"),
    Relation.Kind.CHANGES: _("changed by"),
    Relation.Kind.USED_IN: _("uses"),
}


def _entry(subject: Any) -> Entry | None:
    """The entry of a record or initiative that the page has already found for its actor."""
    entry_id = getattr(subject, "entry_id", None)
    return Entry.objects.filter(pk=entry_id).select_related("initiative").first() if entry_id else None


def _comments(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    entry = _entry(subject)
    if entry is None:
        return None
    return {
        "entry": entry,
        "comments": comments_of(actor, entry),
        "may_comment": may_comment(actor, entry),
        "may_clean": can(actor, "record.delete", entry),
        "watches": watches(actor, entry),
    }


def _files(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    entry = _entry(subject)
    if entry is None:
        return None
    attachments, may_edit = attachments_of(actor, entry), can(actor, "record.edit", entry)
    if not attachments and not may_edit:
        return None
    return {
        "entry": entry,
        "attachments": in_versions(attachments),
        "removed": removed_attachments_of(actor, entry),
        "sources": Attachment.Source.choices,
        "limit": FILE_LIMIT,
        "may_edit": may_edit,
    }


def _relations(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    entry = _entry(subject)
    if entry is None:
        return None
    relations, tags, may_edit = relations_of(actor, entry), tags_of(entry), can(actor, "record.edit", entry)
    if not relations and not tags and not may_edit:
        return None
    field = ReferenceField(reference("entry"), actor)
    return {
        "entry": entry,
        "relations": [
            (row, Relation.Kind(row.kind).label if row.is_forward else BACKWARD[Relation.Kind(row.kind)])
            for row in relations
        ],
        "kinds": Relation.Kind.choices,
        "tags": tags,
        "may_edit": may_edit,
        "suggest": field.widget.attrs,
    }


def _mentions(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    found = mentions_of(actor, MENTIONS)
    if not found:
        return None
    named: set[int] = set().union(*(mentioned(mention.comment.text) for mention in found))
    names = dict(Party.objects.visible_to(actor).filter(pk__in=named).values_list("pk", "name"))
    said = [
        {
            "who": mention.comment.author_label,
            "at": mention.comment.created_at,
            "text": as_line(mention.comment.text, names),
            "reference": label(mention.comment.entry),
            "title": mention.comment.entry.title,
            "url": f"{address(mention.comment.entry)}?part=comments",
        }
        for mention in found
    ]
    return {"said": said}


def _watched(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    rows = watched(actor, WATCHED)
    found = [{"reference": label(row), "title": row.title, "url": address(row), "at": at} for row, at in rows]
    return {"found": found} if found else None


for place, rank in (("record", 50), ("initiative", 80)):
    declare_panel(
        Panel(f"{place}.files", place, rank, "links/_files.html", _files, _("Files"), width=6),
    )
    declare_panel(
        Panel(
            f"{place}.relations",
            place,
            rank + 1,
            "links/_relations.html",
            _relations,
            _("Relations and tags"),
            width=6,
        ),
    )
    declare_panel(
        Panel(
            f"{place}.comments", place, rank + 2, "links/_comments.html", _comments, _("Comments"), width=12
        ),
    )
declare_panel(Panel("meeting.files", "meeting", 20, "links/_files.html", _files, _("Files")))
declare_panel(Panel("mentions", "home", 40, "links/_mentions.html", _mentions, _("You were named"), width=6))
declare_panel(Panel("watched", "home", 50, "links/_watched.html", _watched, _("What you watch"), width=6))
