"""The place that a list is looked at from: "in this initiative and below". Kit asks; `initiatives` answers."""

from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet

from steerco.kit.once import once_per_request
from steerco.kit.permissions import Actor


@dataclass(frozen=True)
class Scope:
    """A place: its code in the address, what people read, its page, and the row it stands for."""

    code: str
    label: str
    url: str
    row: Any


class ScopeSource(Protocol):
    """What `initiatives` provides."""

    def find(self, actor: Actor, code: str) -> Scope | None:
        """The visible place with that code."""

    def narrow(self, queryset: QuerySet[Any], scope: Scope, path: str) -> QuerySet[Any]:
        """The rows of `queryset` whose place, reached by `path`, is `scope` or below it."""


_source: list[ScopeSource] = []


def use_scopes(source: ScopeSource) -> None:
    """Install the source of places."""
    _source[:] = [source]


@once_per_request
def find_scope(actor: Actor, code: str) -> Scope | None:
    """The visible place with that code; None for "" and for what cannot be seen."""
    return _source[0].find(actor, code) if code and _source else None


def narrow(queryset: QuerySet[Any], scope: Scope | None, path: str) -> QuerySet[Any]:
    """`queryset` within `scope`; unchanged without one."""
    if scope is None or not path:
        return queryset
    return _source[0].narrow(queryset, scope, path)
