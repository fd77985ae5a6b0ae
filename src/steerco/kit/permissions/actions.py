"""The catalogue of actions that roles give. Apps declare theirs in `actions.py`; nothing else names new ones."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Action:
    """Something that a role may allow: `key` such as "record.edit" and what a person reads."""

    key: str
    label: str | Promise
    decides: bool = False  # deciding or approving: never given to office posts by default


_actions: dict[str, Action] = {}


def declare_actions(*actions: Action) -> None:
    """Add an app's actions to the catalogue. Raises ValueError when a key is declared twice."""
    for action in actions:
        if _actions.get(action.key, action) != action:
            raise ValueError(f"action declared twice: {action.key}")
        _actions[action.key] = action


def all_actions() -> dict[str, Action]:
    """Every declared action by key."""
    return dict(_actions)
