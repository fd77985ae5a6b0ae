"""The registers of deliverables, quality reviews and requirements, and the lines of the checklists."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from steerco.apps.deliverables.models import Deliverable, ObligationTemplate, QualityReview, Requirement
from steerco.apps.deliverables.services import (
    delete_deliverables,
    remove_templates,
    withheld_by_round,
    write_deliverables,
    write_templates,
)
from steerco.apps.deliverables.states import DELIVERABLE_STATES, REQUIREMENT_STATES, REVIEW_STATES
from steerco.apps.deliverables.words import RULE, colour_of, pill_of
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Register, Section, View, declare_register

PLACE = Column(
    "initiative", headers=("project", "programme", "program", "workstream", "project code", "Projekt")
)
CHANGED = Column("changed_at", label=_("changed"))
AGREED, EXPECTED = _("The date that was agreed."), _("The date that is expected now.")


def _workstream(row: Any) -> str:
    """The workstream that it stands in; "" where it stands in none."""
    place = row.initiative
    return place.name if place is not None and place.type == Initiative.Type.WORKSTREAM else ""


class DeliverableRegister(RecordRegister):
    """Deliverables."""

    key = "deliverable"
    slug = "deliverables"
    label = _("Deliverable")
    label_plural = _("Deliverables")
    explanation = _(
        "What is delivered, to what quality, by when, and who signs it off; and what others owe to us."
    )
    model = Deliverable
    related = ("initiative", "owner", "author", "approver", "supplier")
    states = DELIVERABLE_STATES
    order = ("due_on", "sort_title")
    due, weight = "due_on", "weight"
    search = ("title", "description", "acceptance_criteria", "location")
    columns = (
        REFERENCE,
        Column(
            "title",
            label=_("deliverable"),
            headers=(
                *("title", "product", "product name", "deliverable name", "name", "deliverable title"),
                *("work product", "Liefergegenstand", "Produkt", "Lieferobjekt"),
            ),
        ),
        PLACE,
        Column("workstream", label=_("workstream"), text=_workstream),
        Column("owner", headers=("product owner", "deliverable owner", "responsible", "assigned to")),
        Column("state", headers=("status", "product status")),
        Column("rating", label=_("rating"), html=pill_of, text=colour_of, help=RULE),
        Column("direction", help=_("What we deliver, or what others owe to us."), headers=("in / out",)),
        Column("supplier", headers=("supplier", "vendor", "provided by", "Lieferant")),
        Column("type", headers=("product type", "category")),
        Column("phase", headers=("stage", "project phase")),
        Column("weight", help=_("How much it counts in the progress of its initiative, against the others.")),
        Column("description", headers=("product description", "details", "purpose")),
        Column("author", headers=("written by", "producer", "created by")),
        Column(
            "approver",
            help=_("Who signs it off. A sign-off may ask several."),
            headers=("approved by", "sign off by", "signatory", "accepted by", "approver(s)", "approvers"),
        ),
        Column("format", headers=("media", "file type")),
        Column("revision", headers=("version", "rev", "revision", "version number")),
        Column("location", headers=("link", "url", "file location", "repository", "where stored")),
        Column("acceptance_criteria", headers=("acceptance criterion", "criteria", "definition of done")),
        Column("quality_criteria", headers=("quality criterion", "quality requirements")),
        Column("quality_method", help=_("How it is checked.")),
        Column("quality_tolerance", help=_("What deviation is still good enough.")),
        Column(
            "delivery_baseline",
            help=AGREED,
            headers=("baseline", "planned date", "planned delivery", "original date", "baseline date"),
        ),
        Column(
            "delivery_forecast",
            help=EXPECTED,
            headers=("due", "due date", "forecast", "target date", "expected date", "forecast delivery"),
        ),
        Column(
            "delivered_on",
            headers=("actual", "actual date", "date delivered", "delivered", "actual delivery", "submitted"),
        ),
        Column("sign_off_baseline", help=AGREED, headers=("target approval", "planned approval")),
        Column("sign_off_forecast", help=EXPECTED, headers=("forecast approval", "expected approval")),
        Column("signed_off_on", headers=("actual approval", "approved on", "approval date", "date approved")),
        Column("handed_over_on", headers=("hand-over date", "handover date")),
        Column("due_on", help=_("Of the next step that it owes: the delivery, then the sign-off.")),
        Column("conditions"),
        Column(
            "value",
            kind=Kind.MONEY,
            currency="currency",
            help=_(
                "A payment, for example. From an amount that the organisation sets, a link alone does not sign."
            ),
        ),
        Column("currency"),
        Column("concerns_safety", help=_("Then silence never accepts it.")),
        Column(
            "is_controlled",
            help=_("Changes to it go through change control."),
            headers=("cm", "configuration item", "under change control"),
        ),
        CHANGED,
    )
    shown = (
        "reference",
        "title",
        "initiative",
        "owner",
        "state",
        "rating",
        "revision",
        "delivery_forecast",
        "delivered_on",
        "sign_off_forecast",
        "signed_off_on",
    )
    filters = ("state", "direction", "type", "owner", "approver", "supplier", "initiative", "phase", "due_on")
    groups = ("initiative", "owner", "state", "direction", "type", "phase")
    sections = (
        Section(
            _("What"),
            ("title", "initiative", "direction", "supplier", "type", "phase", "description"),
        ),
        Section(_("Who"), ("owner", "author", "approver", "state", "rating", "weight")),
        Section(
            _("When"),
            (
                *("delivery_baseline", "delivery_forecast", "delivered_on"),
                *("sign_off_baseline", "sign_off_forecast", "signed_off_on", "handed_over_on"),
            ),
        ),
        Section(
            _("How it is accepted"),
            (
                *("acceptance_criteria", "quality_criteria", "quality_method", "quality_tolerance"),
                *("conditions", "value", "currency", "concerns_safety"),
            ),
        ),
        Section(_("The thing itself"), ("revision", "format", "location", "is_controlled")),
    )
    views = (
        View(_("Ready for sign-off"), "state=ready"),
        View(_("Owed to us"), "direction=in"),
        View(_("Mine"), "mine=true"),
        View(_("Without an owner"), "owner=none"),
        View(_("Without an approver"), "approver=none"),
    )

    def withheld(self, row: Any) -> Mapping[str, str]:
        """While approvers are asked, nobody signs off or rejects by hand."""
        return withheld_by_round(row)

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change deliverables."""
        return write_deliverables(actor, changes, reason=reason, batch=batch)

    def delete(
        self, actor: Actor, pks: Sequence[int], *, restore: bool = False, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Delete or restore deliverables."""
        return delete_deliverables(actor, pks, restore=restore, reason=reason, batch=batch)


class QualityRegister(RecordRegister):
    """Quality reviews."""

    key = "quality"
    slug = "quality-reviews"
    label = _("Quality review")
    label_plural = _("Quality register")
    explanation = _("By what each deliverable is reviewed, by whom, when, with what result.")
    model = QualityReview
    states = REVIEW_STATES
    order = ("planned_on", "sort_title")
    due = "planned_on"
    search = ("title", "method", "findings")
    related = ("initiative", "owner", "reviewer", "deliverable__initiative")
    columns = (
        REFERENCE,
        Column(
            "title",
            label=_("criterion"),
            headers=("title", "quality criterion", "quality activity", "name", "check", "Kriterium"),
        ),
        PLACE,
        Column("deliverable", headers=("product",)),
        Column("owner", headers=("responsible",)),
        Column("state", headers=("status", "result", "outcome")),
        Column("method", help=_("How it is checked: inspection, test, review, measurement …")),
        Column("tolerance", help=_("What deviation is still good enough.")),
        Column("reviewer", headers=("reviewed by", "inspector", "tester")),
        Column("planned_on", headers=("planned date", "target date", "review date")),
        Column("done_on", headers=("actual date", "date of review", "completed")),
        Column("findings", headers=("comments", "defects", "notes", "remarks")),
        CHANGED,
    )
    shown = (
        *("reference", "title", "deliverable", "initiative", "reviewer", "state"),
        *("planned_on", "done_on"),
    )
    filters = ("state", "reviewer", "owner", "initiative", "planned_on")
    groups = ("initiative", "reviewer", "state")
    sections = (
        Section(_("What is reviewed"), ("title", "initiative", "deliverable", "method", "tolerance")),
        Section(_("Who and when"), ("owner", "reviewer", "planned_on")),
        Section(_("Result"), ("state", "done_on", "findings")),
    )
    views = (View(_("Failed"), "state=failed"), View(_("Mine"), "mine=true"))


class RequirementRegister(RecordRegister):
    """Requirements and obligations."""

    key = "requirement"
    slug = "requirements"
    label = _("Requirement")
    label_plural = _("Requirements")
    explanation = _("What must be fulfilled, by what it is fulfilled, and what shows it.")
    model = Requirement
    related = ("initiative", "owner", "verified_by")
    states = REQUIREMENT_STATES
    order = ("due_on", "sort_title")
    due = "due_on"
    search = ("title", "text", "source", "evidence")
    columns = (
        REFERENCE,
        Column(
            "title",
            label=_("requirement"),
            headers=("title", "requirement name", "obligation", "name", "Anforderung"),
        ),
        PLACE,
        Column("owner", headers=("responsible", "assigned to")),
        Column("state", headers=("status", "requirement status")),
        Column("kind", headers=("type", "requirement type", "category")),
        Column("text", headers=("description", "requirement description", "requirement text", "statement")),
        Column("source", headers=("origin", "raised by", "stakeholder", "reference")),
        Column(
            "acceptance_criterion", headers=("acceptance criteria", "fit criterion", "verification criteria")
        ),
        Column("due_on", headers=("due date", "deadline", "target date")),
        Column(
            "evidence",
            help=_("A link, or where it lies. Files may be attached too."),
            headers=("proof", "evidence link", "test reference"),
        ),
        Column("verified_by", headers=("tested by", "checked by")),
        Column("verified_on", headers=("date verified", "verification date", "tested on")),
        Column("waived_because"),
        Column("checklist"),
        CHANGED,
    )
    shown = (
        *("reference", "title", "initiative", "owner", "state", "kind"),
        *("due_on", "evidence", "verified_on"),
    )
    filters = ("state", "kind", "owner", "initiative", "due_on", "checklist")
    groups = ("initiative", "owner", "kind", "state", "checklist")
    sections = (
        Section(_("What must be fulfilled"), ("title", "initiative", "kind", "text", "source", "checklist")),
        Section(_("Who and when"), ("owner", "state", "due_on")),
        Section(
            _("What shows it"),
            ("acceptance_criterion", "evidence", "verified_by", "verified_on", "waived_because"),
        ),
    )
    views = (
        View(_("Obligations"), "kind=administrative&kind=technical"),
        View(_("Mine"), "mine=true"),
        View(_("Without an owner"), "owner=none"),
    )


class ChecklistRegister(Register):
    """The lines of the organisation's own checklists."""

    key = "checklist"
    slug = "checklists"
    label = _("Line of a checklist")
    label_plural = _("Checklists")
    explanation = _(
        "The obligations that a new initiative of a type gets with one button. While there is none, those of the "
        "product are offered."
    )
    model = ObligationTemplate
    menu = ""
    scope_path = ""
    search = ("title", "checklist", "text")
    order = ("checklist", "rank")
    actions: ClassVar[dict[str, str]] = {
        "view": "person.view",
        "create": "organisation.configure",
        "edit": "organisation.configure",
    }
    columns = (
        Column("checklist"),
        Column("rank"),
        Column("title", headers=("obligation", "requirement", "name")),
        Column("kind"),
        Column("for_type"),
        Column("for_profile"),
        Column("for_category"),
        Column("text", headers=("description",)),
        Column("source"),
        Column("acceptance_criterion", headers=("acceptance criteria", "evidence")),
        Column("due_from"),
        Column("due_days", help=_("Negative: before it.")),
    )
    shown = ("checklist", "rank", "title", "kind", "for_type", "for_profile", "due_from", "due_days")
    filters = ("checklist", "kind", "for_type", "for_profile")
    groups = ("checklist", "kind")
    sections = (
        Section(_("What must be fulfilled"), ("title", "kind", "text", "source", "acceptance_criterion")),
        Section(_("Who gets it"), ("checklist", "rank", "for_type", "for_profile", "for_category")),
        Section(_("When"), ("due_from", "due_days")),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change lines."""
        return write_templates(actor, changes, reason=reason, batch=batch)

    def remove(self, actor: Actor, rows: Sequence[Any], *, reason: str = "", batch: str = "") -> None:
        """Take lines away."""
        remove_templates(actor, rows, reason=reason, batch=batch)


for _one in (DeliverableRegister(), QualityRegister(), RequirementRegister(), ChecklistRegister()):
    declare_register(_one)
