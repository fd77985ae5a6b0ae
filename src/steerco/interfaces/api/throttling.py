"""How often somebody may call: a rate per user, and a much lower one for wrong tokens per address.

The counts stand in the cache; times come from the one clock.
"""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from steerco.kit import clock


class UserRate(SimpleRateThrottle):
    """Every call of a user, whichever token or session it comes with. The rate is a setting."""

    scope = "api"

    def timer(self) -> float:
        """Seconds of the one clock."""
        return clock.now().timestamp()

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """Counted per user."""
        user = getattr(request, "user", None)
        return f"api-rate-{user.pk}" if user is not None else None


class WrongTokens(SimpleRateThrottle):
    """Calls with a token that is none: nobody guesses their way in. Only failures count, so that good tokens
    from the same address are not locked out."""

    rate = "20/min"

    def timer(self) -> float:
        """Seconds of the one clock."""
        return clock.now().timestamp()

    def get_cache_key(self, request: Request, view: Any) -> str:
        """Counted per address."""
        return f"api-wrong-tokens-{self.get_ident(request)}"
