"""Words of plans that pages and the command share."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.planning.changes import Kind
from steerco.exchange.schedule import PlanColumn

KINDS: dict[str, str | Promise] = {
    Kind.ASKED: _("to be said"),
    Kind.LEFT_OUT: _("left out"),
    Kind.NEW: _("new"),
    Kind.GONE: _("gone from the plan"),
    Kind.DONE: _("done"),
    Kind.REOPENED: _("no longer done"),
    Kind.MOVED: _("moved"),
    Kind.RENAMED: _("renamed"),
    Kind.AGREED: _("baseline added"),
    Kind.UNCHANGED: _("unchanged"),
}
COLUMNS: dict[str, str | Promise] = {
    PlanColumn.NAME: _("Name of the task"),
    PlanColumn.FINISH: _("Finish"),
    PlanColumn.START: _("Start"),
    PlanColumn.BASELINE_FINISH: _("Baseline finish"),
    PlanColumn.ACTUAL_FINISH: _("Actual finish"),
    PlanColumn.PERCENT: _("Percent complete"),
    PlanColumn.MILESTONE: _("Milestone (yes or no)"),
    PlanColumn.CODE: _("Own number or code"),
    PlanColumn.UID: _("Unique ID"),
    PlanColumn.WBS: _("WBS"),
    PlanColumn.LEVEL: _("Outline level"),
    PlanColumn.DURATION: _("Duration"),
    PlanColumn.BASELINE_START: _("Baseline start"),
    PlanColumn.ACTUAL_START: _("Actual start"),
    PlanColumn.DEADLINE: _("Deadline"),
    PlanColumn.NOTES: _("Notes"),
}
