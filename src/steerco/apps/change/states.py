"""The states of a change request. What only a decision brings is taken by no button: see `escalation.deciding`."""

from django.utils.translation import gettext_lazy as _

from steerco.apps.escalation.deciders import CONCLUDE
from steerco.kit.states import State, States, Transition


def _only(key: str, sources: set[str], target: str) -> Transition:
    return Transition(key, "", frozenset(sources), target, CONCLUDE)


BEFORE = frozenset({"draft", "submitted", "more_info", "assessed", "deferred"})
WAITING = {"pending", "emergency", "recorded"}
AGREED = frozenset({"approved", "conditions"})

CHANGE_STATES = States(
    (
        State("draft", _("draft"), "open", "secondary"),
        State("submitted", _("submitted"), "open", "blue"),
        State("more_info", _("more information wanted"), "open", "yellow"),
        State("assessed", _("impact assessed"), "open", "azure"),
        State("pending", _("decision wanted"), "open", "orange"),
        State("emergency", _("emergency: done, approval pending"), "open", "red"),
        State("recorded", _("recorded, to be confirmed"), "open", "purple"),
        State("approved", _("approved"), "open", "green"),
        State("conditions", _("approved with conditions"), "open", "lime"),
        State("deferred", _("deferred"), "pending", "yellow"),
        State("rejected", _("rejected"), "done", "red"),
        State("implementing", _("being implemented"), "open", "azure"),
        State("verified", _("verified"), "open", "teal"),
        State("closed", _("closed"), "done", "green"),
        State("withdrawn", _("withdrawn"), "done", "secondary"),
    ),
    (
        Transition(
            "submit", _("Submit"), frozenset({"draft", "more_info"}), "submitted", asks=("justification",)
        ),
        Transition("ask_more", _("Ask for more"), frozenset({"submitted", "assessed"}), "more_info"),
        Transition(
            "assess", _("Impact assessed"), frozenset({"submitted"}), "assessed", asks=("impact_scope",)
        ),
        Transition(
            "ask",
            _("Ask for the decision"),
            frozenset({"assessed", "deferred"}),
            "pending",
            asks=("decide_by",),
        ),
        Transition(
            "emergency",
            _("Done in an emergency"),
            frozenset({"draft", "submitted", "assessed"}),
            "emergency",
            asks=("emergency_reason", "decide_by"),
        ),
        Transition("take_back", _("Take back"), frozenset({"pending"}), "assessed"),
        Transition("withdraw", _("Withdraw"), BEFORE | {"pending"}, "withdrawn"),
        Transition("implement", _("Start implementing"), AGREED, "implementing"),
        Transition(
            "verify",
            _("Verified"),
            AGREED | {"implementing"},
            "verified",
            asks=("implemented_on", "verified_on"),
        ),
        Transition("close", _("Close"), frozenset({"verified"}), "closed"),
        Transition("reopen", _("Reopen"), frozenset({"withdrawn"}), "draft"),
        _only("approve", WAITING, "approved"),
        _only("approve_conditions", WAITING, "conditions"),
        _only("reject", WAITING, "rejected"),
        _only("defer", WAITING, "deferred"),
        _only("record", {"pending", "emergency"}, "recorded"),
        _only("not_so", {"recorded"}, "pending"),
        _only("back", {"pending", "emergency"}, "more_info"),
        _only("back_assessed", {"emergency", "recorded"}, "assessed"),
    ),
)
