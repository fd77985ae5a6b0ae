"""The register of actions."""

from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.registers import NAMES, REFERENCE, RecordRegister
from steerco.apps.raid.models import Action
from steerco.apps.raid.registers.filewords import as_files_say
from steerco.apps.raid.states import ACTION_STATES
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Section, View


class ActionRegister(RecordRegister):
    """Actions."""

    key = "action"
    slug = "actions"
    label = _("Action")
    label_plural = _("Actions")
    explanation = _("Who does what by when.")
    detail = "description"
    model = Action
    reads = ("raid.action", *NAMES)
    states = ACTION_STATES
    order = ("due_on", "-priority")
    due, weight = "due_on", "priority"
    search = ("title", "description", "source")
    related = ("initiative", "owner", "risk__initiative", "issue__initiative")
    called, columns = as_files_say(
        "action",
        REFERENCE,
        Column("title", label=_("action")),
        Column("initiative"),
        Column("owner"),
        Column("state"),
        Column("priority"),
        Column("due_on"),
        Column("original_due"),
        Column("done_on"),
        Column("source"),
        Column("risk"),
        Column("issue"),
        Column("description"),
        Column("changed_at", label=_("changed")),
    )
    shown = (
        "reference",
        "title",
        "initiative",
        "owner",
        "state",
        "priority",
        "due_on",
        "original_due",
        "risk",
    )
    filters = ("state", "priority", "owner", "initiative", "due_on")
    groups = ("initiative", "owner", "priority", "state")
    sections = (
        Section(_("What"), ("title", "initiative", "description", "source", "risk", "issue")),
        Section(_("Who and when"), ("owner", "state", "priority", "due_on", "original_due", "done_on")),
    )
    views = (View(_("Mine"), "mine=true"), View(_("Without an owner"), "owner=none"))
