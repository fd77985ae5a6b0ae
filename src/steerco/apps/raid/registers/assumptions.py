"""The register of assumptions."""

from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.apps.raid.models import Assumption
from steerco.apps.raid.registers.filewords import as_files_say
from steerco.apps.raid.states import ASSUMPTION_STATES
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Section, View


class AssumptionRegister(RecordRegister):
    """Assumptions."""

    key = "assumption"
    slug = "assumptions"
    label = _("Assumption")
    label_plural = _("Assumptions")
    explanation = _("What is taken as true until it is proven, and what it means if it is false.")
    detail = "description"
    model = Assumption
    states = ASSUMPTION_STATES
    order = ("review_on", "sort_title")
    due = "review_on"
    search = ("title", "description", "validation", "impact_if_false")
    called, columns = as_files_say(
        "assumption",
        REFERENCE,
        Column("title", label=_("assumption")),
        Column("initiative"),
        Column("owner"),
        Column("state"),
        Column("category"),
        Column("validation", help=_("How it will be found out whether it is true.")),
        Column("validated_on"),
        Column("result", help=_("Whether it holds. A false one opens a risk.")),
        Column("impact_if_false"),
        Column("raised_on"),
        Column("review_on"),
        Column("description"),
        Column("changed_at", label=_("changed")),
    )
    shown = ("reference", "title", "initiative", "owner", "state", "result", "validated_on", "review_on")
    filters = ("state", "result", "category", "owner", "initiative", "review_on")
    groups = ("initiative", "owner", "result", "category", "state")
    sections = (
        Section(_("What is assumed"), ("title", "initiative", "category", "description", "impact_if_false")),
        Section(_("Who and when"), ("owner", "state", "raised_on", "review_on")),
        Section(_("Whether it is true"), ("validation", "validated_on", "result")),
    )
    views = (
        View(_("Not known yet"), "result=unknown"),
        View(_("False"), "result=false&group=all"),
        View(_("Mine"), "mine=true"),
    )
