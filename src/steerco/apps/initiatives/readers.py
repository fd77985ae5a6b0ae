"""What everybody with access to an initiative reads: for what is made once and shown to all of them."""

from dataclasses import replace

from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.policy import Standing
from steerco.kit.permissions import Actor


def as_readers(actor: Actor, initiative: Initiative) -> Actor:
    """The actor with no more than what everybody with access to `initiative` reads.

    A restriction that covers the initiative itself covers all its readers; deeper ones keep things out.
    """
    covering = frozenset({initiative.restricted_by_id} - {None})
    standing = Standing(roles=[("viewer", initiative.pk)], restrictions=covering)  # type: ignore[arg-type]
    return replace(
        actor, trusted=False, parties=frozenset(), user_id=actor.user_id or 0, cache={"standing": standing}
    )
