"""The register of issues."""

from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.registers import NAMES, REFERENCE, RecordRegister
from steerco.apps.raid.models import Issue
from steerco.apps.raid.registers.filewords import as_files_say
from steerco.apps.raid.states import ISSUE_STATES
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Section, View


class IssueRegister(RecordRegister):
    """Issues."""

    key = "issue"
    slug = "issues"
    label = _("Issue")
    label_plural = _("Issues")
    explanation = _("What has happened and needs a response.")
    detail = "description"
    model = Issue
    reads = ("raid.issue", *NAMES)
    states = ISSUE_STATES
    order = ("-priority", "due_on")
    due, weight = "due_on", "priority"
    high, remedies, outcome = 4, "remedies", "resolution"
    search = ("title", "description", "impact", "resolution")
    called, columns = as_files_say(
        "issue",
        REFERENCE,
        Column("title", label=_("issue")),
        Column("initiative"),
        Column("owner"),
        Column("state"),
        Column("type"),
        Column("priority"),
        Column("severity"),
        Column("description"),
        Column("impact"),
        Column("options"),
        Column("recommendation"),
        Column("raised_on"),
        Column("due_on"),
        Column("resolution"),
        Column("closed_on"),
        Column("changed_at", label=_("changed")),
    )
    shown = ("reference", "title", "initiative", "owner", "state", "type", "priority", "severity", "due_on")
    filters = ("state", "type", "priority", "severity", "owner", "initiative", "due_on")
    groups = ("initiative", "owner", "type", "priority", "state")
    sections = (
        Section(_("What happened"), ("title", "initiative", "type", "description", "impact")),
        Section(_("Who and when"), ("owner", "state", "priority", "severity", "raised_on", "due_on")),
        Section(_("Way out"), ("options", "recommendation", "resolution", "closed_on")),
    )
    views = (
        View(_("Critical"), "priority=4"),
        View(_("Mine"), "mine=true"),
        View(_("Without an owner"), "owner=none"),
    )
