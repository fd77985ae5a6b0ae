"""Who calls the API: a token in the Authorization header, or the browser's own session."""

from datetime import timedelta
from typing import Any

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from steerco.apps.access.middleware import actor_of
from steerco.apps.access.models import Token, User
from steerco.interfaces.api.throttling import WrongTokens
from steerco.kit import clock
from steerco.kit.permissions import Via

USE_NOTED_EVERY = timedelta(minutes=1)  # a read must not cost a write each time


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer stc_…`. The token is stored hashed, expires, and is useless once revoked."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """The token's user. Raises AuthenticationFailed with one answer for every kind of bad token, Throttled
        for an address that sent too many of them."""
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not secret:
            return None
        now = clock.now()
        token = (
            Token.objects.select_related("user")
            .filter(digest=Token.hash(secret), revoked_at=None, expires_at__gt=now, user__is_active=True)
            .first()
        )
        if token is None:
            wrong = WrongTokens()
            if not wrong.allow_request(request, None):  # type: ignore[arg-type]
                raise Throttled(wrong.wait())
            raise AuthenticationFailed
        if token.last_used_at is None or token.last_used_at < now - USE_NOTED_EVERY:
            Token.objects.filter(pk=token.pk).update(last_used_at=now)
        http: Any = request._request
        http.actor = actor_of(token.user, Via.TOKEN, scopes=token.scopes)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


class BrowserSession(SessionAuthentication):
    """The signed-in browser; writes need the CSRF token."""

    def authenticate(self, request: Any) -> tuple[User, None] | None:
        """The session's user, if there is one."""
        user = getattr(request._request, "user", None)
        if not isinstance(user, User) or not user.is_active:
            return None
        self.enforce_csrf(request)
        return user, None
