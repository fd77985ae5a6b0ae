"""The states of a report. Only the steps of its cycle bring them: the action `report.conclude` is given by no role."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.states import State, States, Transition

CONCLUDE = "report.conclude"
WRITABLE = frozenset({"due", "returned"})
GIVEN = frozenset({"submitted", "approved"})  # what is frozen when the cycle is locked

REPORT_STATES = States(
    (
        State("due", _("to be written"), "open", "blue"),
        State("submitted", _("in review"), "pending", "purple"),
        State("returned", _("sent back"), "open", "orange"),
        State("approved", _("approved"), "pending", "green"),
        State("frozen", _("frozen"), "done", "green"),
        State("missing", _("not reported"), "done", "red"),
        State("spared", _("no longer needed"), "done", "gray"),
    ),
    (
        Transition("submit", _("Submit"), WRITABLE, "submitted", CONCLUDE),
        Transition("return", _("Send back"), GIVEN, "returned", CONCLUDE),
        Transition("approve", _("Approve"), frozenset({"submitted"}), "approved", CONCLUDE),
        Transition("freeze", _("Freeze"), GIVEN, "frozen", CONCLUDE),
        Transition("miss", _("Close without a report"), WRITABLE, "missing", CONCLUDE),
        Transition("spare", _("Close as no longer needed"), WRITABLE, "spared", CONCLUDE),
    ),
)
