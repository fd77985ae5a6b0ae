"""The states of a review and of a finding. What only their own steps bring is given by no role (`review.conclude`)."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.states import State, States, Transition

PLAN, CONCLUDE = "assurance.plan", "review.conclude"
SAID = frozenset({"issued", "closed"})  # the states in which a review has been issued

REVIEW_STATES = States(
    (
        State("planned", _("planned"), "open", "blue"),
        State("running", _("in progress"), "open", "purple"),
        State("checking", _("facts being checked"), "pending", "orange"),
        State("issued", _("issued"), "pending", "green"),
        State("closed", _("closed"), "done", "green"),
        State("cancelled", _("cancelled"), "done", "secondary"),
    ),
    (
        Transition("start", _("Start"), frozenset({"planned"}), "running", CONCLUDE),
        Transition("send", _("Send for the check of facts"), frozenset({"running"}), "checking", CONCLUDE),
        Transition("take_back", _("Take back"), frozenset({"checking"}), "running", CONCLUDE),
        Transition("issue", _("Issue"), frozenset({"checking"}), "issued", CONCLUDE),
        Transition("close", _("Close"), frozenset({"issued"}), "closed", CONCLUDE),
        Transition("reopen", _("Reopen"), frozenset({"closed"}), "issued", CONCLUDE),
        Transition("cancel", _("Cancel"), frozenset({"planned", "running"}), "cancelled", PLAN),
        Transition("plan_again", _("Plan again"), frozenset({"cancelled"}), "planned", PLAN),
    ),
)

FINDING_STATES = States(
    (
        State("open", _("to be answered"), "open", "orange"),
        State("agreed", _("agreed"), "open", "blue"),
        State("contested", _("contested"), "pending", "purple"),
        State("done", _("done, to be checked"), "pending", "yellow"),
        State("closed", _("closed"), "done", "green"),
        State("withdrawn", _("withdrawn"), "done", "secondary"),
    ),
    (
        Transition("agree", _("Agree"), frozenset({"open"}), "agreed"),
        Transition("contest", _("Contest"), frozenset({"open"}), "contested", asks=("objection",)),
        Transition("uphold", _("It stands"), frozenset({"contested"}), "agreed", CONCLUDE),
        Transition("withdraw", _("Withdraw"), frozenset({"contested"}), "withdrawn", CONCLUDE),
        Transition("claim", _("Done"), frozenset({"agreed"}), "done", asks=("closure_evidence",)),
        Transition("close", _("Checked: close"), frozenset({"done"}), "closed", PLAN),
        Transition("not_yet", _("Not done yet"), frozenset({"done"}), "agreed", PLAN),
        Transition("reopen", _("Reopen"), frozenset({"closed"}), "agreed", PLAN),
    ),
)
