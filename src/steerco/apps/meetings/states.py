"""The states of a meeting, from its planning to its approved minutes."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.states import State, States, Transition

AHEAD = frozenset({"draft", "called"})

MEETING_STATES = States(
    (
        State("draft", _("planned"), "open", "secondary"),
        State("called", _("called"), "open", "blue"),
        State("held", _("held, minutes to be written"), "open", "orange"),
        State("issued", _("minutes sent out"), "open", "purple"),
        State("approved", _("minutes approved"), "done", "green"),
        State("cancelled", _("called off"), "done", "secondary"),
    ),
    (
        Transition("call", _("Send the invitations"), frozenset({"draft"}), "called"),
        Transition("hold", _("It was held"), AHEAD, "held"),
        Transition("issue", _("Send out the minutes"), frozenset({"held"}), "issued"),
        Transition("approve", _("Approve the minutes"), frozenset({"issued"}), "approved"),
        Transition("rewrite", _("Take the minutes back"), frozenset({"issued"}), "held"),
        Transition("cancel", _("Cancel the meeting"), AHEAD, "cancelled", asks=("moved",)),
    ),
)
