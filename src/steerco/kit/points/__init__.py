"""Named points in time to compare with: "last report", "baseline 1". Apps declare kinds of points."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from steerco.kit.permissions import Actor

__all__ = ["Point", "declare_points", "named_points", "resolve_point"]


@dataclass(frozen=True)
class Point:
    """A named instant: `key` stands in the address."""

    key: str
    label: str | Promise
    moment: datetime


PointSource = Callable[[Actor, Any], Sequence[Point]]
_sources: list[PointSource] = []


def declare_points(source: PointSource) -> None:
    """Add a source of points for a place (None: the whole organisation)."""
    if source not in _sources:
        _sources.append(source)


def named_points(actor: Actor, place: Any) -> list[Point]:
    """Every named point at `place`, newest first."""
    found = [p for source in _sources for p in source(actor, place)]
    return sorted(found, key=lambda p: p.moment, reverse=True)


def resolve_point(actor: Actor, place: Any, key: str) -> Point | None:
    """The named point with that key, or None."""
    return next((p for p in named_points(actor, place) if p.key == key), None)
