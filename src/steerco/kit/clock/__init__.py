"""The one clock. Everything that asks "what time is it" asks here, so that tests and replays can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

__all__ = ["advance", "at", "now", "today"]

_set: ContextVar[datetime | None] = ContextVar("steerco_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _set.get() or datetime.now(UTC)


def today() -> date:
    """The present date in the installation's time zone."""
    return timezone.localdate(now())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Make `moment` (aware) the present inside the block."""
    if moment.tzinfo is None:
        raise ValueError("the clock takes aware times only")
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)


def advance(delta: timedelta) -> None:
    """Move a set clock on by `delta`; only inside `at`."""
    moment = _set.get()
    if moment is None:
        raise RuntimeError("advance() needs a clock set by at()")
    _set.set(moment + delta)
