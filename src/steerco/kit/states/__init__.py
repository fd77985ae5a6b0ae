"""States and transitions: one definition that pages, services, imports and the API share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise

from steerco.kit.pages.words import lazy_word

__all__ = ["State", "States", "Transition"]


@dataclass(frozen=True)
class State:
    """A state: its key, what people read, what it means ("pending", "open", "done"), and a tone for the pill."""

    key: str
    label: str | Promise
    group: str
    tone: str = "secondary"


@dataclass(frozen=True)
class Transition:
    """A named way from some states to another. `asks` are fields that must be filled on the way."""

    key: str
    label: str | Promise
    sources: frozenset[str]
    target: str
    action: str = "record.transition"
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class States:
    """The states of a register and the ways between them; the first state is where a new record starts."""

    states: Sequence[State]
    transitions: Sequence[Transition]
    by_key: dict[str, State] = field(init=False)

    def __post_init__(self) -> None:
        keys = {s.key: s for s in self.states}
        for transition in self.transitions:
            unknown = (transition.sources | {transition.target}) - keys.keys()
            if unknown:
                raise ValueError(f"transition {transition.key} names unknown states {sorted(unknown)}")
        object.__setattr__(self, "by_key", keys)

    def name_by(self, prefix: str) -> None:
        """Let the organisation's own words for the states ("risk.state.open") stand in place of ours."""
        for state in self.states:
            object.__setattr__(state, "label", lazy_word(f"{prefix}.{state.key}", state.label))

    @property
    def first(self) -> State:
        """Where a new record starts."""
        return self.states[0]

    @property
    def choices(self) -> list[tuple[str, str | Promise]]:
        """For a model field."""
        return [(s.key, s.label) for s in self.states]

    def group(self, key: str) -> str:
        """What the state means. Raises KeyError for a state that is not one of these."""
        return self.by_key[key].group

    def leaving(self, key: str) -> list[Transition]:
        """The ways out of a state, in order."""
        return [t for t in self.transitions if key in t.sources]

    def transition(self, key: str) -> Transition:
        """The transition with that key. Raises LookupError."""
        for transition in self.transitions:
            if transition.key == key:
                return transition
        raise LookupError(key)

    def allows(self, before: str, after: str) -> bool:
        """Whether some transition leads from `before` to `after`."""
        return any(t.target == after for t in self.leaving(before))


def keys(states: Iterable[State]) -> frozenset[str]:
    """The keys of some states."""
    return frozenset(s.key for s in states)
