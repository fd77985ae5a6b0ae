"""Writes of tolerances and decision rights: the level above sets them, nobody gives a right to themselves."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from steerco.apps.escalation.authority import may_grant
from steerco.apps.escalation.models import TENTH, DecisionRight, FromTo, Tolerance
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.policy import know_parent
from steerco.kit.history import Change, Invalid, Write, save
from steerco.kit.history.removals import remove
from steerco.kit.permissions import Actor, can, require

T = TypeVar("T", bound=FromTo)
SET = "authority.set"


def may_set(actor: Actor, initiative: Initiative | None) -> bool:
    """Whether the actor sets tolerances and rights of `initiative`: with the right at the level above it, for the
    top of the tree and the organisation (None) with the right everywhere."""
    if initiative is not None:
        if not can(actor, "initiative.view", initiative):
            return False
        know_parent(actor, initiative)
    return can(actor, SET, initiative.parent if initiative else None)


def write_tolerances(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[Tolerance]:
    """Set and change tolerances. Raises Denied, Invalid (by position), Conflict; all or nothing."""
    for change in changes:
        if change.values.get("percent") is not None:
            change.values["percent"] = change.values["percent"].quantize(TENTH)
    return write_settings(actor, Tolerance, changes, "tolerance", reason=reason, batch=batch)


def write_rights(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[DecisionRight]:
    """Give, change and end decision rights. Nobody gives one to themselves, or a higher one than they hold.

    Raises Denied, Invalid (by position), Conflict; all or nothing.
    """
    return write_settings(actor, DecisionRight, changes, "right", reason=reason, batch=batch)


def write_settings(
    actor: Actor,
    model: type[T],
    changes: Sequence[Change],
    word: str,
    *,
    reason: str = "",
    batch: str = "",
) -> list[T]:
    """Create and change rows that hold from–to at an initiative, as whoever may set them at the level above it. `word`
    begins the kinds of their events. Raises Denied, Invalid (by position), Conflict; all or nothing."""
    with transaction.atomic():
        rows: QuerySet[Any] = model._default_manager.all()
        stored = rows.select_related("initiative__parent").in_bulk([c.pk for c in changes if c.pk])
        writes = []
        for index, change in enumerate(changes):
            row: Any = stored[change.pk] if change.pk else model()
            if change.pk:
                _require_setter(actor, row)
            for name, value in change.values.items():
                setattr(row, name, value)
            if "currency" in change.values:
                row.currency = change.values["currency"] = (row.currency or "").upper()
            if model is Tolerance and row.initiative_id is None:
                raise Invalid({index: {"initiative": [_("Say where it belongs.")]}})
            _require_setter(actor, row)
            if isinstance(row, DecisionRight):
                _check_giver(actor, row, index)
            kind = f"{word}.{'changed' if change.pk else 'set'}"
            fields = frozenset(change.values) if change.pk else None
            writes.append(Write(row, fields=fields, version=change.version, kind=kind))
        save(actor, writes, kind=f"{word}.changed", reason=reason, batch=batch)
    return [w.instance for w in writes]


def _require_setter(actor: Actor, row: Any) -> None:
    if row.initiative is not None:
        require(actor, "initiative.view", row.initiative)
    require(actor, SET, row.initiative.parent if row.initiative else None)


def _check_giver(actor: Actor, row: DecisionRight, index: int) -> None:
    if row.party_id in actor.parties and not actor.trusted:
        raise Invalid(
            {index: {"party": [_("Nobody gives a right to themselves: let somebody else enter it.")]}}
        )
    if not may_grant(actor, row):
        raise Invalid({index: {"money": [_("This is more than you may decide yourself.")]}})


def remove_settings(actor: Actor, rows: Sequence[Any], *, reason: str = "", batch: str = "") -> None:
    """Take away tolerances or rights: for undoing the import that made them. Raises Denied."""
    for row in rows:
        _require_setter(actor, row)
    if rows:
        remove(actor, rows, kind=f"{rows[0]._meta.model_name}.removed", reason=reason, batch=batch)
