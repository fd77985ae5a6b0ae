"""Who may do what: actors, actions, and the one policy that every read and write asks."""

from steerco.kit.permissions.actions import Action, all_actions, declare_actions
from steerco.kit.permissions.actor import Actor, Via
from steerco.kit.permissions.policy import (
    Access,
    Denied,
    Policy,
    Scoped,
    ScopedQuerySet,
    can,
    reach,
    read_ahead,
    require,
    use_policy,
    visible_to,
)

__all__ = [
    "Access",
    "Action",
    "Actor",
    "Denied",
    "Policy",
    "Scoped",
    "ScopedQuerySet",
    "Via",
    "all_actions",
    "can",
    "declare_actions",
    "reach",
    "read_ahead",
    "require",
    "use_policy",
    "visible_to",
]
