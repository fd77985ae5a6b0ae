"""Tokens: a user makes keys for their own programs, and revokes them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.access.models import Token, User
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied, all_actions

USUAL_LIFE = timedelta(days=90)
LONGEST_LIFE = timedelta(days=366)


def require_own_tokens(actor: Actor) -> None:
    """Raise Denied for whoever has no account, and for a token that is limited: it gives no rights further."""
    if actor.user_id is None or actor.scopes is not None:
        raise Denied("person.view")


def issue_token(
    actor: Actor,
    name: str,
    scopes: Sequence[str] | None = None,
    expires_at: datetime | None = None,
    *,
    no_later_than: datetime | None = None,
) -> tuple[Token, str]:
    """A new token of the actor's own and its secret, which is shown once. `scopes` are action keys; None: all that
    the user may do. It expires after 90 days unless said otherwise, after 366 at the latest, and not after
    `no_later_than` (the end of the token that asked). Raises Denied, Invalid.
    """
    require_own_tokens(actor)
    now = clock.now()
    latest = min(now + LONGEST_LIFE, no_later_than or now + LONGEST_LIFE)
    expires_at = expires_at or min(now + USUAL_LIFE, latest)
    errors: dict[str, list[str]] = {}
    if not name.strip() or len(name) > 100:
        errors["name"] = [_("Say in at most 100 characters what it is for.")]
    unknown = sorted(set(scopes or ()) - all_actions().keys())
    if unknown:
        errors["scopes"] = [_("There is no action “%s”.") % key for key in unknown]
    if not now < expires_at <= latest:
        errors["expires_at"] = [_("It ends between now and %s.") % latest.isoformat(timespec="seconds")]
    if errors:
        raise Invalid({0: errors})
    user = User.objects.get(pk=actor.user_id or 0)
    with transaction.atomic():
        kept = None if scopes is None else sorted(set(scopes))
        token, secret = Token.issue(user, name.strip(), now, expires_at, kept)
        changes: dict[str, list[object]] = {
            "name": [None, token.name],
            "scopes": [None, kept],
            "expires_at": [None, expires_at.isoformat()],
        }
        append_events(actor, [_event("token.issued", token, changes)])
    return token, secret


def revoke_token(actor: Actor, token: Token) -> None:
    """Make one of the actor's own tokens useless at once. Raises Denied."""
    require_own_tokens(actor)
    if token.user_id != actor.user_id:
        raise Denied("person.view")
    with transaction.atomic():
        now = clock.now()
        if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
            append_events(actor, [_event("token.revoked", token, {"revoked_at": [None, now.isoformat()]})])


def _event(kind: str, token: Token, changes: dict[str, list[object]]) -> Event:
    return Event(kind=kind, model="access.token", object_id=token.pk, changes=changes)
