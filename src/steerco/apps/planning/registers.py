"""The register of milestones."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.registers import NAMES, REFERENCE, RecordRegister
from steerco.apps.planning.gates import withheld_at_gate
from steerco.apps.planning.milestones import baseline_refusal, write_milestones
from steerco.apps.planning.models import Milestone
from steerco.apps.planning.states import MILESTONE_STATES
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Section, View, declare_register


def _late(row: Any) -> str:
    """Calendar days between the baseline and what is expected: "+12"."""
    if not row.baseline or not row.expected:
        return ""
    return f"{(row.expected - row.baseline).days:+d}"


class MilestoneRegister(RecordRegister):
    """Milestones."""

    key = "milestone"
    slug = "milestones"
    label = _("Milestone")
    label_plural = _("Milestones")
    explanation = _("The points that a plan must reach: agreed, expected now, reached.")
    model = Milestone
    reads = ("planning.milestone", *NAMES)
    menu = "planning"
    states = MILESTONE_STATES
    order = ("forecast", "baseline")
    due = "forecast"
    search = ("title", "description")
    columns = (
        REFERENCE,
        Column(
            "title",
            label=_("milestone"),
            headers=("title", "name", "milestone name", "description", "deliverable", "Meilenstein"),
        ),
        Column(
            "initiative", headers=("project", "programme", "program", "workstream", "project code", "Projekt")
        ),
        Column("owner"),
        Column("state", headers=("status",)),
        Column(
            "tier",
            help=_("Who looks at it: the board, a gate, a contract, a payment, the team."),
            headers=("type", "level", "category"),
        ),
        Column(
            "baseline",
            help=_(
                "The date that was agreed. From then on it moves by an approved change, or by whoever may decide."
            ),
            headers=(
                "baseline date",
                "planned date",
                "plan",
                "planned",
                "original date",
                "target date",
                "Plantermin",
            ),
        ),
        Column(
            "forecast",
            help=_("The date that is expected now."),
            headers=("forecast date", "current date", "expected", "expected date", "due date", "Prognose"),
        ),
        Column(
            "actual",
            help=_("The date on which it was reached."),
            headers=("actual date", "completed", "date completed", "achieved", "Ist"),
        ),
        Column(
            "late", label=_("Days late"), text=_late, help=_("Expected against the baseline, calendar days.")
        ),
        Column("description"),
        Column("changed_at", label=_("changed")),
    )
    shown = (
        "reference",
        "title",
        "initiative",
        "owner",
        "state",
        "tier",
        "baseline",
        "forecast",
        "actual",
        "late",
    )
    filters = ("state", "tier", "owner", "initiative", "forecast", "baseline")
    groups = ("initiative", "owner", "tier", "state")
    sections = (
        Section(_("What"), ("title", "initiative", "tier", "description")),
        Section(_("Who and when"), ("owner", "state", "baseline", "forecast", "actual", "late")),
    )
    views = (View(_("Gates"), "tier=gate"), View(_("Board"), "tier=board"), View(_("Mine"), "mine=true"))

    def withheld(self, row: Any) -> Mapping[str, str]:
        """Where the decision rights name who decides about gates, nobody else passes one or takes that back."""
        return withheld_at_gate(row)

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change milestones."""
        return write_milestones(actor, changes, reason=reason, batch=batch)

    def undo_refusal(self, actor: Actor, row: Any, values: dict[str, Any], batch: str) -> str:
        """An agreed baseline is not moved by an undo either, unless its own import was the first to fill it."""
        return baseline_refusal(actor, row, values["baseline"], batch) if "baseline" in values else ""


declare_register(MilestoneRegister())
