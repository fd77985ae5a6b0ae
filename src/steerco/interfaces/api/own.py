"""What a caller's own account is: who they are, what they may do, their tokens."""

from datetime import UTC, datetime
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated, ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from steerco.apps.access.models import Token, User
from steerco.apps.access.tokens import issue_token, require_own_tokens, revoke_token
from steerco.interfaces.api.operations import (
    MOMENT,
    NUMBER,
    TEXT,
    Operation,
    Schema,
    array_of,
    in_path,
    object_of,
)
from steerco.interfaces.api.views import ApiView
from steerco.kit.history import Invalid
from steerco.kit.permissions import all_actions, can
from steerco.kit.permissions.inventory import Decision

TAG = "Own account"
_scopes = {**array_of(TEXT), "nullable": True, "description": "Action keys; null: all that the user may do."}
_moment = {**MOMENT, "nullable": True}
TOKEN = Schema(
    "Token",
    object_of(
        {
            "id": NUMBER,
            "name": TEXT,
            "prefix": TEXT,
            "scopes": _scopes,
            "created_at": MOMENT,
            "expires_at": MOMENT,
            "revoked_at": _moment,
            "last_used_at": _moment,
        }
    ),
)


class Me(ApiView):
    """The caller."""

    decision = Decision("person.view", "the caller")

    def operations(self) -> dict[str, Operation]:
        """Read."""
        answer = object_of(
            {
                "user": NUMBER,
                "person": {**NUMBER, "nullable": True},
                "name": TEXT,
                "email": TEXT,
                "language": TEXT,
                "scopes": _scopes,
                "actions": {**array_of(TEXT), "description": "What you may do somewhere."},
            }
        )
        return {"GET": Operation("me", "Who you are and what you may do", TAG, {200: answer})}

    def get(self, request: Request) -> Response:
        """Who calls, and what they may do somewhere."""
        actor, user = self.actor, request.user
        if not isinstance(user, User):
            raise NotAuthenticated
        return Response(
            {
                "user": user.pk,
                "person": actor.person_id,
                "name": actor.label,
                "email": user.email,
                "language": user.language,
                "scopes": None if actor.scopes is None else sorted(actor.scopes),
                "actions": sorted(key for key in all_actions() if can(actor, key, anywhere=True)),
            }
        )


class Tokens(ApiView):
    """The caller's tokens."""

    decision = Decision("person.view", "own tokens")
    decisions = {"POST": Decision("person.view", "own tokens, by a session or a token without limits")}

    def operations(self) -> dict[str, Operation]:
        """List, create."""
        body = object_of(
            {"name": {**TEXT, "minLength": 1, "maxLength": 100}, "scopes": _scopes, "expires_at": _moment},
            closed=True,
            needs=["name"],
        )
        shown = object_of({**TOKEN.schema["properties"], "secret": TEXT})
        once = (
            "The secret is in this answer and nowhere else. It ends after 90 days unless you say otherwise."
        )
        return {
            "GET": Operation("tokens", "Your tokens", TAG, {200: object_of({"results": array_of(TOKEN)})}),
            "POST": Operation(
                "token_create", "Make a token", TAG, {201: Schema("NewlyMadeToken", shown)}, once, body
            ),
        }

    def get(self, request: Request) -> Response:
        """Own tokens, the newest first; revoked and ended ones too."""
        require_own_tokens(self.actor)
        rows = Token.objects.visible_to(self.actor).order_by("-pk")
        return Response({"results": [_token(row) for row in rows]})

    def post(self, request: Request) -> Response:
        """A new token, its secret shown once."""
        name, scopes, expires_at = _read(request.data)
        ends = request.auth.expires_at if isinstance(request.auth, Token) else None
        token, secret = issue_token(self.actor, name, scopes, expires_at, no_later_than=ends)
        response = Response({**_token(token), "secret": secret}, status=201)
        response["Location"] = reverse("api:token", args=[token.pk])
        return response


class OneToken(ApiView):
    """One of the caller's tokens."""

    decision = Decision("person.view", "own tokens")
    decisions = {"DELETE": Decision("person.view", "own tokens, by a session or a token without limits")}

    def operations(self) -> dict[str, Operation]:
        """Read, revoke."""
        pk = [in_path("id")]
        return {
            "GET": Operation("token", "One of your tokens", TAG, {200: TOKEN}, parameters=pk),
            "DELETE": Operation(
                "token_revoke", "Revoke a token", TAG, {204: None}, "At once.", parameters=pk
            ),
        }

    def get(self, request: Request, pk: int) -> Response:
        """The token, without its secret."""
        return Response(_token(self._own(pk)))

    def delete(self, request: Request, pk: int) -> Response:
        """Revoke it."""
        revoke_token(self.actor, self._own(pk))
        return Response(status=204)

    def _own(self, pk: int) -> Token:
        require_own_tokens(self.actor)
        token = Token.objects.visible_to(self.actor).filter(pk=pk).first()
        if token is None:
            raise Http404
        return token


def _token(row: Token) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "name", "prefix", "scopes")} | {
        name: getattr(row, name) for name in ("created_at", "expires_at", "revoked_at", "last_used_at")
    }


def _read(body: Any) -> tuple[str, list[str] | None, datetime | None]:
    """Name, scopes and end of a new token. Raises ParseError, Invalid."""
    if not isinstance(body, dict):
        raise ParseError(_("An object is expected."))
    errors = {
        key: [_("There is no such field to write.")] for key in body.keys() - {"name", "scopes", "expires_at"}
    }
    name, scopes, ends = body.get("name"), body.get("scopes"), body.get("expires_at")
    if not isinstance(name, str):
        errors["name"] = [_("A text is expected.")]
    if scopes is not None and not (isinstance(scopes, list) and all(isinstance(s, str) for s in scopes)):
        errors["scopes"] = [_("A list of action keys is expected.")]
    moment = None
    if ends is not None:
        try:
            moment = datetime.fromisoformat(ends)
        except (TypeError, ValueError):
            errors["expires_at"] = [_("An instant such as 2026-10-01T00:00:00Z is expected.")]
    if errors:
        raise Invalid({0: errors})
    return str(name), scopes, moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None
