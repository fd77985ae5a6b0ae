"""The states of a support request."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.states import State, States, Transition

NEW, WAITING = "new", "waiting"
GOING = frozenset({"new", "accepted", "working", "waiting"})
ENDED = frozenset({"done", "declined", "withdrawn"})
KEPT = frozenset({"done", "declined"})  # the ends that the office brought about: measured against the target

REQUEST_STATES = States(
    (
        State("new", _("new"), "open", "blue"),
        State("accepted", _("accepted"), "open", "azure"),
        State("working", _("in work"), "open", "cyan"),
        State("waiting", _("waiting for the asker"), "open", "yellow"),
        State("done", _("done"), "done", "green"),
        State("declined", _("declined"), "done", "red"),
        State("withdrawn", _("withdrawn"), "done", "secondary"),
    ),
    (
        Transition("accept", _("Accept"), frozenset({"new"}), "accepted"),
        Transition("work", _("Start work"), frozenset({"new", "accepted", "waiting"}), "working"),
        Transition(
            "ask_back",
            _("Ask the asker"),
            frozenset({"new", "accepted", "working"}),
            "waiting",
            asks=("question",),
        ),
        Transition("finish", _("Done"), GOING, "done", asks=("outcome",)),
        Transition("decline", _("Decline"), GOING, "declined", asks=("outcome",)),
        Transition("withdraw", _("Withdraw"), GOING, "withdrawn"),
        Transition("reopen", _("Reopen"), ENDED, "accepted"),
    ),
)
