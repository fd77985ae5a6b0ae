"""What is read many times for one page is read once: settings, own fields, filters.

Nothing is kept between requests, so nobody sees an older state than the database has; a write through the journal
forgets everything at once. Outside a request (a job, a command, a test) nothing is kept at all.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("steerco_once", default=None)


@contextmanager
def one_request() -> Iterator[None]:
    """The block in which answers are kept."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once_per_request(read: Callable[P, R]) -> Callable[P, R]:
    """Decorator: within one request, `read` is called once for the same positional arguments (hashable)."""

    @wraps(read)
    def kept(*args: P.args, **kwargs: P.kwargs) -> R:
        known = _kept.get()
        if known is None or kwargs:
            return read(*args, **kwargs)
        key = (read, *args)
        if key not in known:
            known[key] = read(*args, **kwargs)
        return known[key]

    return kept


def is_one_request() -> bool:
    """Whether answers are kept now."""
    return _kept.get() is not None


def forget() -> None:
    """Read everything anew from here on: after a write."""
    known = _kept.get()
    if known is not None:
        known.clear()
