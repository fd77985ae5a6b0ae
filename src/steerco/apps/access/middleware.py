"""The actor of a request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from steerco.apps.access.models import User
from steerco.kit.journal.middleware import current_request_id
from steerco.kit.permissions import Actor, Via

ActorSource = Callable[..., Actor]
_source: list[ActorSource] = []


def use_actor_source(source: ActorSource) -> None:
    """Install what makes an actor of a user; `initiatives` does, since posts live there."""
    _source[:] = [source]


def actor_of(user: User, via: Via, *, scopes: list[str] | None = None) -> Actor:
    """The actor that `user` is now, coming in through `via`."""
    return _source[0](user, via, request_id=current_request_id(), scopes=scopes)


def actor_of_requester(user_id: int, scopes: list[str] | None) -> Actor | None:
    """The actor that a job's requester is now; None when the account was closed meanwhile."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return None if user is None else actor_of(user, Via.JOB, scopes=scopes)


def attach_actor(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: `request.actor`, made when first asked for; nobody for a request without a session."""

    def middleware(request: HttpRequest) -> HttpResponse:
        def make() -> Actor:
            if isinstance(request.user, User):
                return actor_of(request.user, Via.SESSION)
            return Actor(user_id=None, label="", via=Via.SESSION, request_id=current_request_id())

        request.actor = SimpleLazyObject(make)  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
