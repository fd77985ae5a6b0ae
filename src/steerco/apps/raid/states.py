"""The states of the registers: what they mean, and the ways between them."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.states import State, States, Transition

RISK_STATES = States(
    (
        State("open", _("open"), "open", "blue"),
        State("draft", _("draft"), "pending", "secondary"),
        State("treating", _("being treated"), "open", "azure"),
        State("accepted", _("accepted"), "open", "purple"),
        State("closed", _("closed"), "done", "green"),
    ),
    (
        Transition("open", _("Open"), frozenset({"draft"}), "open"),
        Transition(
            "treat", _("Start treating"), frozenset({"open", "accepted"}), "treating", asks=("response",)
        ),
        Transition("accept", _("Accept"), frozenset({"open", "treating"}), "accepted", "record.decide"),
        Transition(
            "close", _("Close"), frozenset({"open", "treating", "accepted"}), "closed", asks=("closing",)
        ),
        Transition("reopen", _("Reopen"), frozenset({"closed"}), "open"),
    ),
)

ISSUE_STATES = States(
    (
        State("open", _("open"), "open", "blue"),
        State("working", _("being worked on"), "open", "azure"),
        State("waiting", _("waiting for a decision"), "open", "orange"),
        State("closed", _("closed"), "done", "green"),
    ),
    (
        Transition("work", _("Start work"), frozenset({"open", "waiting"}), "working"),
        Transition("wait", _("Ask for a decision"), frozenset({"open", "working"}), "waiting"),
        Transition(
            "close", _("Close"), frozenset({"open", "working", "waiting"}), "closed", asks=("resolution",)
        ),
        Transition("reopen", _("Reopen"), frozenset({"closed"}), "open"),
    ),
)

ACTION_STATES = States(
    (
        State("open", _("open"), "open", "blue"),
        State("done", _("done"), "done", "green"),
        State("cancelled", _("cancelled"), "done", "secondary"),
    ),
    (
        Transition("done", _("Done"), frozenset({"open"}), "done", asks=("done_on",)),
        Transition("cancel", _("Cancel"), frozenset({"open"}), "cancelled"),
        Transition("reopen", _("Reopen"), frozenset({"done", "cancelled"}), "open"),
    ),
)

ASSUMPTION_STATES = States(
    (State("open", _("open"), "open", "blue"), State("closed", _("closed"), "done", "green")),
    (
        Transition("close", _("Close"), frozenset({"open"}), "closed", asks=("result",)),
        Transition("reopen", _("Reopen"), frozenset({"closed"}), "open"),
    ),
)

DEPENDENCY_STATES = States(
    (
        State("open", _("open"), "open", "blue"),
        State("delivered", _("delivered"), "open", "azure"),
        State("received", _("received"), "done", "green"),
        State("cancelled", _("cancelled"), "done", "secondary"),
    ),
    (
        Transition("deliver", _("Delivered"), frozenset({"open"}), "delivered", asks=("delivered_on",)),
        Transition("receive", _("Received"), frozenset({"delivered"}), "received"),
        Transition("return", _("Not as needed"), frozenset({"delivered", "received"}), "open"),
        Transition("cancel", _("Cancel"), frozenset({"open", "delivered"}), "cancelled"),
        Transition("reopen", _("Reopen"), frozenset({"cancelled"}), "open"),
    ),
)

LESSON_STATES = States(
    (
        State("noted", _("noted"), "open", "blue"),
        State("confirmed", _("confirmed"), "open", "azure"),
        State("embedded", _("embedded"), "done", "green"),
        State("dropped", _("dropped"), "done", "secondary"),
    ),
    (
        Transition("confirm", _("Confirm"), frozenset({"noted"}), "confirmed", asks=("recommendation",)),
        Transition(
            "embed", _("Embedded"), frozenset({"noted", "confirmed"}), "embedded", asks=("embedded_in",)
        ),
        Transition("drop", _("Drop"), frozenset({"noted", "confirmed"}), "dropped"),
        Transition("reopen", _("Reopen"), frozenset({"embedded", "dropped"}), "noted"),
    ),
)

OBSTACLE_STATES = States(
    (
        State("raised", _("raised"), "open", "orange"),
        State("working", _("being removed"), "open", "azure"),
        State("removed", _("removed"), "done", "green"),
        State("withdrawn", _("withdrawn"), "done", "secondary"),
    ),
    (
        Transition("work", _("Take it on"), frozenset({"raised"}), "working"),
        Transition(
            "remove",
            _("Removed"),
            frozenset({"raised", "working"}),
            "removed",
            asks=("removed_on", "outcome"),
        ),
        Transition("withdraw", _("Withdraw"), frozenset({"raised", "working"}), "withdrawn"),
        Transition("reopen", _("Reopen"), frozenset({"removed", "withdrawn"}), "raised"),
    ),
)

CONFLICT_STATES = States(
    (
        State("open", _("open"), "open", "orange"),
        State("resolved", _("resolved"), "done", "green"),
        State("withdrawn", _("withdrawn"), "done", "secondary"),
    ),
    (
        Transition("resolve", _("Resolved"), frozenset({"open"}), "resolved", asks=("basis", "outcome")),
        Transition("withdraw", _("Withdraw"), frozenset({"open"}), "withdrawn"),
        Transition("reopen", _("Reopen"), frozenset({"resolved", "withdrawn"}), "open"),
    ),
)

CONTINGENCY_STATES = States(
    (
        State("proposed", _("proposed"), "open", "orange"),
        State("approved", _("approved"), "done", "green"),
        State("refused", _("refused"), "done", "secondary"),
    ),
    (
        Transition("approve", _("Approve"), frozenset({"proposed"}), "approved", "record.decide"),
        Transition("refuse", _("Refuse"), frozenset({"proposed"}), "refused", "record.decide"),
        Transition("reopen", _("Propose again"), frozenset({"refused"}), "proposed"),
    ),
)
