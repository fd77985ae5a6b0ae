"""What an upper app does when somebody reads a frozen report on its page."""

from collections.abc import Callable

from steerco.apps.cycles.models import FrozenReport
from steerco.kit.permissions import Actor

WhenRead = Callable[[Actor, FrozenReport], None]
_when: list[WhenRead] = []


def when_read(do: WhenRead) -> None:
    """Have `do` called whenever the page of a frozen report is shown."""
    if do not in _when:
        _when.append(do)


def note_read(actor: Actor, frozen: FrozenReport) -> None:
    """Somebody who may read it was shown this edition."""
    for do in _when:
        do(actor, frozen)
