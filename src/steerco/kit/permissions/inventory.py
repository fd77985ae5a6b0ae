"""The decision inventory: every address says which action it needs and on what. A test walks all addresses."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase


@dataclass(frozen=True)
class Decision:
    """What a view asks: `action` on `target` (words for people: "the record", "any initiative", "own rows")."""

    action: str
    target: str
    public: bool = False


View = Callable[..., HttpResponseBase]


def guard(action: str, target: str, *, public: bool = False) -> Callable[[View], View]:
    """Decorator: enter the view in the inventory and let only signed-in people in (unless `public`).

    The decision itself is made inside the view, on the stored object, through `visible_to` and `can`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not public and not request.actor.is_authenticated:  # type: ignore[attr-defined]
                if request.headers.get("HX-Request"):
                    response = HttpResponse(status=401)
                    response["HX-Refresh"] = "true"
                    return response
                return redirect_to_login(request.get_full_path())
            return view(request, *args, **kwargs)

        guarded.decision = Decision(action, target, public)  # type: ignore[attr-defined]
        return guarded

    return decorate
