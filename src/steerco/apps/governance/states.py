"""The states of a decision paper. What only a decision brings is taken by no button: see `escalation.deciding`."""

from django.utils.translation import gettext_lazy as _

from steerco.apps.escalation.deciders import CONCLUDE
from steerco.kit.states import State, States, Transition


def _only(key: str, sources: set[str], target: str) -> Transition:
    return Transition(key, "", frozenset(sources), target, CONCLUDE)


DECISION_STATES = States(
    (
        State("draft", _("draft"), "open", "secondary"),
        State("prepared", _("prepared"), "open", "blue"),
        State("asked", _("decision wanted"), "open", "orange"),
        State("recorded", _("recorded, to be confirmed"), "open", "purple"),
        State("decided", _("decided"), "done", "green"),
        State("deferred", _("deferred"), "pending", "yellow"),
        State("withdrawn", _("withdrawn"), "done", "secondary"),
        State("reversed", _("reversed"), "done", "secondary"),
    ),
    (
        Transition("prepare", _("Prepared"), frozenset({"draft"}), "prepared", asks=("recommendation",)),
        Transition(
            "ask",
            _("Ask for the decision"),
            frozenset({"prepared", "deferred"}),
            "asked",
            asks=("decide_by",),
        ),
        Transition("take_back", _("Take back"), frozenset({"asked"}), "prepared"),
        Transition(
            "withdraw", _("Withdraw"), frozenset({"draft", "prepared", "asked", "deferred"}), "withdrawn"
        ),
        Transition("reopen", _("Reopen"), frozenset({"withdrawn"}), "draft"),
        _only("decide", {"asked", "recorded"}, "decided"),
        _only("record", {"asked"}, "recorded"),
        _only("defer", {"asked", "recorded"}, "deferred"),
        _only("not_so", {"recorded"}, "asked"),
        _only("back", {"recorded"}, "prepared"),
        _only("reverse", {"decided"}, "reversed"),
    ),
)
