"""One request id across the response header, the log, jobs and the journal."""

import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

from steerco.kit.once import one_request

_current: ContextVar[str] = ContextVar("steerco_request_id", default="")
_given = re.compile(r"[A-Za-z0-9-]{8,40}")


def current_request_id() -> str:
    """The id of the request or job being served, or ""."""
    return _current.get()


def set_request_id(value: str) -> None:
    """Continue an id, in a job that a request started."""
    _current.set(value)


def request_id(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: take the proxy's X-Request-ID if it is well-formed, else make one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        value = given if _given.fullmatch(given) else secrets.token_hex(8)
        token = _current.set(value)
        try:
            with one_request():
                response = get_response(request)
        finally:
            _current.reset(token)
        response["X-Request-ID"] = value
        return response

    return middleware
