"""What the operator has stopped for a while: a restored copy must neither send mail nor run schedules by itself."""

from steerco.kit import clock
from steerco.kit.jobs.models import Pause

PAUSABLE = ("mail", "schedules")


def is_paused(name: str) -> bool:
    """Whether `name` ("mail", "schedules") is stopped."""
    return Pause.objects.filter(name=name).exists()


def pause(name: str, reason: str) -> None:
    """Stop `name` until `resume`. Raises LookupError for what cannot be paused."""
    if name not in PAUSABLE:
        raise LookupError(f"cannot be paused: {name}")
    Pause.objects.update_or_create(name=name, defaults={"since": clock.now(), "reason": reason})


def resume(name: str) -> bool:
    """Let `name` go on; returns whether it was paused."""
    return bool(Pause.objects.filter(name=name).delete()[0])
