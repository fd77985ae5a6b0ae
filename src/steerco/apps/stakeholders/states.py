"""The states of stakeholders."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.states import State, States, Transition

STAKEHOLDER_STATES = States(
    (
        State("active", _("active"), "open", "blue"),
        State("former", _("no longer involved"), "done", "secondary"),
    ),
    (
        Transition("leave", _("No longer involved"), frozenset({"active"}), "former"),
        Transition("return", _("Involved again"), frozenset({"former"}), "active"),
    ),
)

LIST_STATES = States(
    (
        State("used", _("in use"), "open", "blue"),
        State("ended", _("no longer used"), "done", "secondary"),
    ),
    (
        Transition("end", _("No longer used"), frozenset({"used"}), "ended"),
        Transition("resume", _("Use again"), frozenset({"ended"}), "used"),
    ),
)
