"""Duties: what the worker process does again and again beside jobs (seal the journal, send mail, look at schedules)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread

from django.db import close_old_connections, connection

from steerco.kit.jobs import leases
from steerco.kit.jobs.worker import worker_name

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Duty:
    """`do` every `seconds`, in one process at a time."""

    name: str
    do: Callable[[], object]
    seconds: float


_declared: dict[str, Duty] = {}


def declare_duty(name: str, do: Callable[[], object], seconds: float) -> None:
    """Have the worker process do `do` every `seconds`. Raises ValueError when the name is taken."""
    if name in _declared:
        raise ValueError(f"duty declared twice: {name}")
    _declared[name] = Duty(name, do, seconds)


def start(stop: Event) -> list[Thread]:
    """A running thread for each duty; they end when `stop` is set."""
    threads = [Thread(target=_repeat, args=(duty, stop), name=duty.name) for duty in _declared.values()]
    for thread in threads:
        thread.start()
    return threads


def _repeat(duty: Duty, stop: Event) -> None:
    holder = worker_name()
    lease = max(30.0, duty.seconds * 5)
    try:
        while not stop.is_set():
            try:
                close_old_connections()
                if leases.take(duty.name, holder, lease):
                    duty.do()
            except Exception:  # the duty must go on; the log and the doctor tell
                log.exception("duty %s failed", duty.name)
            stop.wait(duty.seconds)
        leases.give_back(duty.name, holder)
    finally:
        connection.close()
