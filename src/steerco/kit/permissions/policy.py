"""One policy decides what an actor sees and may do. `initiatives` provides it; everybody asks it here.

A model says with `access` how the policy reaches what it must know. A model without `access` cannot be read
through `visible_to`: a test walks all models and wants one on each.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models

from steerco.kit.permissions.actions import all_actions
from steerco.kit.permissions.actor import Actor

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Access:
    """How the policy reaches a model's scope.

    `scope`: lookup path to the id of the tree node that the row belongs to ("" when it belongs to none).
    `restricted_by`: lookup path to the id of the entry whose restriction covers the row ("" when none can).
    `entry`: lookup path to the row's own entry id, for parties named on it ("" when it has none).
    `view`: the action that reading needs. `rule`: for rows outside the tree: "staff" (every signed-in member of
    the organisation), "own" (rows whose `owner` path is the actor's user), "office" (needs `view` on the whole
    organisation), "internal" (never read for an actor: bookkeeping tables reached through their parent only).
    """

    view: str = ""
    scope: str = ""
    restricted_by: str = ""
    entry: str = ""
    rule: str = "scope"
    owner: str = ""


class Scoped(Protocol):
    """A model class that says how it is reached."""

    access: Access


class Denied(PermissionDenied):
    """The actor may not do this. Carries the action for the log; the reader only learns "not allowed"."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


class Policy(Protocol):
    """What `initiatives` implements."""

    def filter(self, queryset: models.QuerySet[M], actor: Actor, access: Access) -> models.QuerySet[M]:
        """The rows of `queryset` that `actor` may read."""

    def allows(self, actor: Actor, action: str, target: Any) -> bool:
        """Whether `actor` may do `action` on `target` (a row, a tree node, or None: the whole organisation)."""

    def allows_anywhere(self, actor: Actor, action: str) -> bool:
        """Whether there is any place where `actor` may do `action`: for showing a button, never for a write."""

    def read_ahead(self, actor: Actor, targets: Sequence[Any]) -> None:
        """Read at once what `allows` will ask of each of `targets`."""

    def reach(self, actor: Actor) -> Hashable:
        """What decides, beside the rows of the database, what `actor` may read and do: equal for equal rights."""


_policy: list[Policy] = []


def use_policy(policy: Policy) -> None:
    """Install the policy. Called once, when the apps are ready."""
    _policy[:] = [policy]


def visible_to(queryset: models.QuerySet[M], actor: Actor, *, view: str = "") -> models.QuerySet[M]:
    """The rows that `actor` may read; an unknown actor reads nothing. `view`: those where a role of theirs gives that
    action besides; being named on a row gives none."""
    access: Access = queryset.model.access  # type: ignore[attr-defined]
    if view:
        access = replace(access, view=view, entry="")
    return _policy[0].filter(queryset, actor, access)


def can(actor: Actor, action: str, target: Any = None, *, anywhere: bool = False) -> bool:
    """Whether `actor` may do `action` on `target` (None: on the whole organisation; `anywhere`: in some place).

    Raises LookupError for an action that no app declared: a misspelt right must not pass silently as "no".
    """
    if action not in all_actions():
        raise LookupError(f"no such action: {action}")
    if actor.scopes is not None and action not in actor.scopes:
        return False
    if actor.trusted:
        return True
    if not actor.is_authenticated:
        return False
    return _policy[0].allows_anywhere(actor, action) if anywhere else _policy[0].allows(actor, action, target)


def read_ahead(actor: Actor, targets: Sequence[Any]) -> None:
    """Before asking `can` of many rows: read what it needs of all of them in one query."""
    if actor.is_authenticated and not actor.trusted:
        _policy[0].read_ahead(actor, targets)


def reach(actor: Actor) -> Hashable:
    """Equal for two actors who read the same rows and may do the same on any place, so that they can share what is
    kept. Whose own something is (`actor.parties`, `actor.user_id`) is not in it where rights do not come from it.
    """
    return actor.trusted, actor.scopes, _policy[0].reach(actor)


def require(actor: Actor, action: str, target: Any = None) -> None:
    """Raise Denied unless `actor` may do `action` on `target`."""
    if not can(actor, action, target):
        raise Denied(action)


class ScopedQuerySet(models.QuerySet[M]):
    """The queryset of every model that people read."""

    def visible_to(self, actor: Actor) -> Self:
        """The rows that `actor` may read."""
        return visible_to(self, actor)  # type: ignore[return-value]
