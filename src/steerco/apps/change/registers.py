"""The register of change requests: the requests and the change log in one."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from steerco.apps.change.models import ChangeRequest
from steerco.apps.change.services import write_changes
from steerco.apps.change.states import CHANGE_STATES
from steerco.apps.change.touching import requirements_in_words, with_requirements
from steerco.apps.escalation.deciding import delete_papers
from steerco.apps.escalation.papers import options_in_words
from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Section, View, declare_register


def _latency(row: Any) -> str:
    return "" if row.latency is None else str(row.latency)


class ChangeRegister(RecordRegister):
    """Change requests."""

    key = "change_request"
    slug = "changes"
    label = _("Change request")
    label_plural = _("Change requests")
    explanation = _("What is to differ from what was agreed: asked for, weighed, decided, done.")
    model = ChangeRequest
    states = CHANGE_STATES
    order = ("decide_by", "-priority", "sort_title")
    due, weight = "decide_by", "priority"
    search = ("title", "justification", "description", "notice_number")
    related = ("initiative", "owner", "decider", "second", "requester", "entry")
    columns = (
        REFERENCE,
        Column("title", label=_("change"), headers=("title", "change title", "summary", "change request")),
        Column(
            "initiative", headers=("project", "programme", "program", "workstream", "project code", "Projekt")
        ),
        Column("owner", help=_("Who looks after it."), headers=("change owner", "assigned to")),
        Column("state", headers=("status", "change status")),
        Column("type", headers=("change type", "category")),
        Column("extent", help=_("By the organisation's own rule."), headers=("classification", "class")),
        Column("priority", headers=("urgency",)),
        Column("requester", headers=("requested by", "raised by", "requestor", "originator", "author")),
        Column("raised_on", headers=("date raised", "date requested", "raised", "date identified")),
        Column("justification", headers=("reason", "business reason", "rationale for change")),
        Column("description", headers=("change description", "details")),
        Column("notice_number", headers=("contract notice", "notice no", "variation number")),
        Column(
            "assessing_cost",
            kind=Kind.MONEY,
            currency="currency",
            help=_("What it costs to find out what it costs."),
        ),
        Column(
            "days",
            label=_("effect on the end, working days"),
            headers=("schedule impact", "time impact", "impact on time", "delay"),
        ),
        Column(
            "money",
            label=_("effect on cost"),
            kind=Kind.MONEY,
            currency="currency",
            headers=("cost impact", "impact on cost", "cost", "budget impact"),
        ),
        Column("currency"),
        Column(
            "requirements",
            label=_("requirements it touches"),
            kind=Kind.LONG,
            text=requirements_in_words,
            help=_("Named on its page, in the panel of that name."),
        ),
        Column("impact_scope", headers=("scope impact", "impact on scope", "impact")),
        Column("impact_quality", headers=("quality impact",)),
        Column("impact_benefit", headers=("benefit impact", "benefits impact")),
        Column("impact_risk", headers=("risk impact",)),
        Column("impact_resources", headers=("resource impact",)),
        Column("impact_if_not", headers=("impact if not done", "impact if not implemented")),
        Column("options_text", label=_("options"), kind=Kind.LONG, text=options_in_words),
        Column("recommendation", headers=("recommended action", "proposal")),
        Column(
            "decider",
            help=_("The authority. Left empty, tolerances and decision rights say who."),
            headers=("change authority", "approver", "decision maker", "authority"),
        ),
        Column(
            "second",
            help=_("Who has to agree where two people decide, or where the decider wrote the request."),
        ),
        Column("decide_by", headers=("needed by", "required by", "decision needed by", "due date")),
        Column("asked_on"),
        Column("verdict", label=_("decision")),
        Column("decided_on", headers=("decision date", "date approved", "approval date", "date decided")),
        Column("conditions"),
        Column("rationale", headers=("decision reason", "decision rationale")),
        Column("forum", headers=("board", "meeting")),
        Column("source", headers=("minutes",)),
        Column(
            "latency", label=_("days to decide"), text=_latency, help=_("From the asking to the meeting.")
        ),
        Column("confirmed_on"),
        Column("emergency_reason"),
        Column("implemented_on", headers=("date implemented", "implementation date")),
        Column("verified_on", headers=("date verified",)),
        Column("changed_at", label=_("changed")),
    )
    shown = (
        *("reference", "title", "initiative", "state", "extent", "days", "money", "decider", "decide_by"),
        "decided_on",
    )
    filters = (
        *(
            "state",
            "verdict",
            "type",
            "extent",
            "priority",
            "decider",
            "owner",
            "requester",
            "initiative",
            "decide_by",
        ),
        "decided_on",
    )
    groups = ("initiative", "state", "verdict", "type", "extent", "decider")
    sections = (
        Section(
            _("What is to change"),
            ("title", "initiative", "type", "extent", "justification", "description", "notice_number"),
        ),
        Section(
            _("Who and when"), ("owner", "state", "priority", "requester", "raised_on", "assessing_cost")
        ),
        Section(
            _("What it does"),
            (
                *("days", "money", "currency", "impact_scope", "impact_quality", "impact_benefit"),
                *("impact_risk", "impact_resources", "impact_if_not"),
            ),
        ),
        Section(
            _("Who decides"),
            ("options_text", "recommendation", "decider", "second", "decide_by", "asked_on"),
        ),
        Section(
            _("What was decided"),
            (
                *("verdict", "decided_on", "latency", "conditions", "rationale", "forum", "source"),
                *("confirmed_on", "emergency_reason"),
            ),
        ),
        Section(_("What was done"), ("implemented_on", "verified_on")),
    )
    views = (
        View(_("Decisions wanted"), "state=pending"),
        View(_("Emergencies to approve"), "state=emergency"),
        View(_("Change log"), "sort=-decided_on&group=all"),
        View(_("Approved, to be done"), "state=approved"),
        View(_("Rejected"), "state=rejected&group=all"),
        View(_("Major"), "extent=major"),
        View(_("Mine"), "mine=true"),
    )

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """The requests with the requirements that they touch."""
        return super().rows(actor).prefetch_related(with_requirements(actor))

    def find(self, actor: Actor, pk: int, *, deleted: bool = False) -> Any:
        """One request with the requirements that it touches."""
        row = super().find(actor, pk, deleted=deleted)
        if row is not None:
            prefetch_related_objects([row], with_requirements(actor))
        return row

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change change requests."""
        return write_changes(actor, changes, reason=reason, batch=batch)

    def delete(
        self, actor: Actor, pks: Sequence[int], *, restore: bool = False, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Delete or restore them, with what is asked about them."""
        return delete_papers(actor, ChangeRequest, pks, restore=restore, reason=reason, batch=batch)


declare_register(ChangeRegister())
