"""The states of deliverables, quality reviews and requirements."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steerco.kit.states import State, States, Transition

SIGNED = frozenset({"signed_off", "conditional", "handed_over", "superseded"})
NOT_YET = frozenset({"planned", "draft", "review", "rejected"})
BY_SIGNING = frozenset({"signed_off", "conditional", "rejected"})  # what a sign-off leads to

DELIVERABLE_STATES = States(
    (
        State("planned", _("planned"), "open", "secondary"),
        State("draft", _("draft"), "open", "blue"),
        State("review", _("internal review"), "open", "azure"),
        State("ready", _("ready for sign-off"), "open", "orange"),
        State("signed_off", _("signed off"), "done", "green"),
        State("conditional", _("signed off with conditions"), "open", "lime"),
        State("rejected", _("rejected"), "open", "red"),
        State("handed_over", _("handed over"), "done", "green"),
        State("superseded", _("superseded"), "done", "secondary"),
        State("descoped", _("descoped"), "done", "secondary"),
    ),
    (
        Transition("start", _("Start the draft"), frozenset({"planned"}), "draft"),
        Transition("review", _("To internal review"), frozenset({"draft", "rejected"}), "review"),
        Transition("rework", _("Back to draft"), frozenset({"review", "ready", "rejected"}), "draft"),
        Transition("deliver", _("Delivered"), NOT_YET, "ready", asks=("delivered_on",)),
        Transition(
            "sign_off", _("Sign off"), frozenset({"ready"}), "signed_off", "record.decide", ("signed_off_on",)
        ),
        Transition(
            "sign_off_with_conditions",
            _("Sign off with conditions"),
            frozenset({"ready"}),
            "conditional",
            "record.decide",
            ("signed_off_on", "conditions"),
        ),
        Transition("reject", _("Reject"), frozenset({"ready"}), "rejected", "record.decide"),
        Transition(
            "conditions_met",
            _("Conditions are met"),
            frozenset({"conditional"}),
            "signed_off",
            "record.decide",
        ),
        Transition(
            "hand_over", _("Hand over"), frozenset({"signed_off"}), "handed_over", asks=("handed_over_on",)
        ),
        Transition("supersede", _("Superseded"), frozenset({"signed_off", "handed_over"}), "superseded"),
        Transition(
            "revise",
            _("New version"),
            frozenset({"signed_off", "conditional", "handed_over"}),
            "draft",
            asks=("revision",),
        ),
        Transition("descope", _("Descope"), NOT_YET | {"ready"}, "descoped", "record.decide"),
        Transition("rescope", _("Take back into scope"), frozenset({"descoped"}), "planned", "record.decide"),
    ),
)

REVIEW_STATES = States(
    (
        State("planned", _("planned"), "open", "blue"),
        State("passed", _("passed"), "done", "green"),
        State("conditional", _("passed with conditions"), "open", "orange"),
        State("failed", pgettext_lazy("review", "failed"), "open", "red"),
        State("dropped", _("dropped"), "done", "secondary"),
    ),
    (
        Transition("pass", _("Passed"), frozenset({"planned", "conditional"}), "passed", asks=("done_on",)),
        Transition(
            "pass_with_conditions",
            _("Passed with conditions"),
            frozenset({"planned"}),
            "conditional",
            asks=("done_on", "findings"),
        ),
        Transition("fail", _("Failed"), frozenset({"planned"}), "failed", asks=("done_on", "findings")),
        Transition(
            "repeat", _("Review again"), frozenset({"failed", "conditional", "passed", "dropped"}), "planned"
        ),
        Transition("drop", _("Drop"), frozenset({"planned", "failed"}), "dropped"),
    ),
)

REQUIREMENT_STATES = States(
    (
        State("open", _("open"), "open", "blue"),
        State("met", _("met, to be verified"), "open", "azure"),
        State("verified", _("verified"), "done", "green"),
        State("waived", _("waived"), "done", "secondary"),
        State("dropped", _("dropped"), "done", "secondary"),
    ),
    (
        Transition("meet", _("Met"), frozenset({"open"}), "met"),
        Transition(
            "verify",
            _("Verified"),
            frozenset({"open", "met"}),
            "verified",
            asks=("verified_by", "verified_on"),
        ),
        Transition(
            "waive",
            _("Waive"),
            frozenset({"open", "met"}),
            "waived",
            "record.decide",
            asks=("waived_because",),
        ),
        Transition("drop", _("Drop"), frozenset({"open", "met"}), "dropped"),
        Transition("reopen", _("Reopen"), frozenset({"met", "verified", "waived", "dropped"}), "open"),
    ),
)
