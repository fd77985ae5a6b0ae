"""What a register's view starts with: the register, the row that this actor may see, or "not found"."""

from typing import Any

from django.http import Http404, HttpRequest

from steerco.kit.permissions import Actor
from steerco.kit.registers.masking import mask
from steerco.kit.registers.register import Register, register_by_slug


def actor_of(request: HttpRequest) -> Actor:
    """The request's actor."""
    return request.actor.itself()  # type: ignore[attr-defined]


def find_register(slug: str, actor: Actor) -> Register:
    """The register at `slug`, as `actor` sees it. Raises Http404."""
    register = register_by_slug(slug)
    if register is None:
        raise Http404
    return register.seen_by(actor)


def find_row(request: HttpRequest, slug: str, pk: int, *, deleted: bool = False) -> tuple[Register, Any]:
    """The register and the row that the actor may see. Raises Http404: hidden is missing."""
    register = find_register(slug, actor_of(request))
    row = register.find(actor_of(request), pk, deleted=deleted)
    if row is None:
        raise Http404
    mask(register, actor_of(request), [row])
    return register, row
