"""The states of milestones."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.states import State, States, Transition

MILESTONE_STATES = States(
    (
        State("planned", _("planned"), "open", "blue"),
        State("reached", _("reached"), "done", "green"),
        State("dropped", _("dropped"), "done", "secondary"),
    ),
    (
        Transition("reach", _("Reached"), frozenset({"planned"}), "reached", asks=("actual",)),
        Transition("drop", _("Drop"), frozenset({"planned"}), "dropped"),
        Transition("reopen", _("Reopen"), frozenset({"reached", "dropped"}), "planned"),
    ),
)
