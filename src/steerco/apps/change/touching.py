"""The requirements that a change request touches: relations of the kind "changes", seen from both ends."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from steerco.apps.change.models import ChangeRequest
from steerco.apps.deliverables.models import Requirement
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.links.models import Relation
from steerco.apps.links.references import label
from steerco.apps.links.services import relate, unrelate
from steerco.kit.permissions import Actor, Denied


def _touches(actor: Actor) -> QuerySet[Relation]:
    """What changes which requirement, as far as `actor` may read the requirement."""
    seen = Entry.objects.visible_to(actor).filter(register=Requirement.register_key)
    present = seen.exclude(state_group=StateGroup.DELETED).order_by().values("pk")
    rows = Relation.objects.filter(kind=Relation.Kind.CHANGES, target__in=present)
    return rows.select_related("target__initiative").order_by("pk")


def with_requirements(actor: Actor) -> Prefetch[Any]:
    """What a list of change requests reads for `requirements_in_words`: one query for all of them."""
    return Prefetch("entry__relations_out", queryset=_touches(actor), to_attr="touches")


def requirements_in_words(row: Any) -> str:
    """The requirements that a change request touches; "" where they were not read (a version of the past)."""
    entry = row._state.fields_cache.get("entry") if hasattr(row, "_state") else None
    touches = getattr(entry, "touches", ())
    return "; ".join(f"{label(touch.target)} {touch.target.title}" for touch in touches)


def touched_by(actor: Actor, row: ChangeRequest) -> list[Relation]:
    """The requirements that a request touches, in the order in which they were named."""
    return list(_touches(actor).filter(source=row.entry_id))


def changes_of(actor: Actor, requirement: Requirement) -> list[ChangeRequest]:
    """The change requests that touch a requirement and that `actor` may read, the latest first."""
    sources = Relation.objects.filter(kind=Relation.Kind.CHANGES, target=requirement.entry_id).values(
        "source"
    )
    rows = ChangeRequest.objects.visible_to(actor).filter(entry__in=sources, deleted=False)
    return list(rows.order_by("-pk"))


def touch(actor: Actor, row: ChangeRequest, requirement: Requirement) -> Relation:
    """Say that a request touches a requirement, which the caller found among what `actor` sees. Raises Denied: as the
    rest of its content, not while it is asked or after it was decided."""
    _require_open(row)
    source, target = Entry.objects.get(pk=row.entry_id), Entry.objects.get(pk=requirement.entry_id)
    return relate(actor, source, target, Relation.Kind.CHANGES)


def leave(actor: Actor, row: ChangeRequest, relation: Relation) -> None:
    """Take a requirement off a request. Raises Denied."""
    _require_open(row)
    unrelate(actor, relation)


def _require_open(row: ChangeRequest) -> None:
    if not row.is_open_to_writers:
        raise Denied("record.edit")
