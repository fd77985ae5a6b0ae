"""The registers of decisions and of bodies."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from steerco.apps.escalation.deciding import delete_papers
from steerco.apps.escalation.papers import options_in_words
from steerco.apps.governance.models import Body, Decision
from steerco.apps.governance.services import write_bodies, write_decisions
from steerco.apps.governance.states import DECISION_STATES
from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Register, Section, View, declare_register


def _latency(row: Any) -> str:
    return "" if row.latency is None else str(row.latency)


class DecisionRegister(RecordRegister):
    """Decisions: the papers and the log in one."""

    key = "decision"
    slug = "decisions"
    label = _("Decision")
    label_plural = _("Decisions")
    explanation = _("What has to be decided, by whom and by when; and what was decided, with its reason.")
    model = Decision
    states = DECISION_STATES
    order = ("decide_by", "sort_title")
    due = "decide_by"
    search = ("title", "background", "decision", "rationale")
    related = ("initiative", "owner", "decider", "second", "reverses__initiative", "gate__initiative")
    columns = (
        REFERENCE,
        Column(
            "title",
            label=_("question"),
            headers=("title", "decision required", "topic", "Frage"),
        ),
        Column(
            "initiative", headers=("project", "programme", "program", "workstream", "project code", "Projekt")
        ),
        Column("owner", help=_("Who prepares it."), headers=("prepared by", "raised by", "author")),
        Column("state", headers=("status", "decision status")),
        Column("background", headers=("context", "description", "details")),
        Column("options_text", label=_("options"), kind=Kind.LONG, text=options_in_words),
        Column("recommendation", headers=("recommended option", "proposal")),
        Column("money", label=_("amount at stake"), kind=Kind.MONEY, currency="currency"),
        Column("currency"),
        Column("days", label=_("working days at stake"), help=_("By how much it moves the end.")),
        Column(
            "decider",
            help=_("A person, a post or a body. Left empty, the decision rights say who."),
            headers=("decision maker", "decided by", "approver", "authority"),
        ),
        Column(
            "second",
            help=_("Who has to agree where two people decide, or where the decider wrote the paper."),
        ),
        Column("decide_by", headers=("deadline", "due date", "required by", "decision needed by")),
        Column("gate", help=_("The milestone that may be passed, where the question is that.")),
        Column("safety"),
        Column(
            "silence_verdict", help=_("Only where a clause allows it; never for bodies, money or safety.")
        ),
        Column("silence_clause"),
        Column("asked_on"),
        Column("decision", headers=("outcome", "decision made", "resolution", "Entscheidung")),
        Column("decided_on", headers=("decision date", "date decided", "date of decision")),
        Column("conditions"),
        Column("rationale", headers=("reason", "justification", "Begründung")),
        Column("forum", headers=("meeting", "board", "body", "Gremium")),
        Column("source", headers=("minutes", "reference")),
        Column(
            "latency",
            label=_("days to decide"),
            text=_latency,
            help=_("From the asking to the meeting."),
        ),
        Column("confirmed_on"),
        Column("reverses"),
        Column("changed_at", label=_("changed")),
    )
    shown = (
        "reference",
        "title",
        "initiative",
        "decider",
        "state",
        "decide_by",
        "decision",
        "decided_on",
        "latency",
    )
    filters = ("state", "decider", "owner", "initiative", "decide_by", "decided_on")
    groups = ("initiative", "decider", "state", "owner")
    sections = (
        Section(
            _("What is to be decided"),
            ("title", "initiative", "gate", "background", "options_text", "recommendation"),
        ),
        Section(_("At stake"), ("money", "currency", "days", "safety")),
        Section(_("Who and when"), ("owner", "state", "decider", "second", "decide_by", "asked_on")),
        Section(
            _("What was decided"),
            (
                *("decision", "decided_on", "latency", "conditions", "rationale", "forum", "source"),
                *("confirmed_on", "reverses"),
            ),
        ),
        Section(_("If nobody answers"), ("silence_verdict", "silence_clause")),
    )
    views = (
        View(_("Decisions wanted"), "state=asked"),
        View(_("To be confirmed"), "state=recorded"),
        View(_("Decision log"), "state=decided&sort=-decided_on&group=all"),
        View(_("Deferred"), "state=deferred"),
        View(_("Reversed"), "state=reversed&group=all"),
        View(_("Mine"), "mine=true"),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change decision papers."""
        return write_decisions(actor, changes, reason=reason, batch=batch)

    def delete(
        self, actor: Actor, pks: Sequence[int], *, restore: bool = False, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Delete or restore them, with what is asked about them."""
        return delete_papers(actor, Decision, pks, restore=restore, reason=reason, batch=batch)


class BodyRegister(Register):
    """Boards and committees."""

    key = "body"
    slug = "bodies"
    label = _("Body")
    label_plural = _("Bodies")
    explanation = _("Boards and committees that decide in a room. Who sits in them stands with the posts.")
    model = Body
    menu = "people"
    title_column = "name"
    search = ("name", "purpose")
    order = ("sort_name",)
    related = ("initiative", "party")
    parts = ("party",)
    actions: ClassVar[dict[str, str]] = {
        "view": "initiative.view",
        "create": "initiative.appoint",
        "edit": "initiative.appoint",
    }
    columns = (
        Column("name", sort="sort_name"),
        Column("initiative", help=_("Empty: for the whole organisation.")),
        Column("purpose"),
        Column("rhythm", help=_("For example: every second Tuesday.")),
        Column("quorum", help=_("How many members have to be there.")),
        Column("dissolved_on"),
    )
    shown = ("name", "initiative", "rhythm", "quorum", "dissolved_on")
    filters = ("initiative", "dissolved_on")
    sections = (
        Section(_("Body"), ("name", "initiative", "purpose")),
        Section(_("How it meets"), ("rhythm", "quorum", "dissolved_on")),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Set up and change bodies."""
        return write_bodies(actor, changes, reason=reason, batch=batch)


declare_register(DecisionRegister())
declare_register(BodyRegister())
