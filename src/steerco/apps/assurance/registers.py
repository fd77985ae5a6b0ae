"""Reviews, findings and the questions of reviews as registers."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from steerco.apps.assurance.models import Finding, Question, Review
from steerco.apps.assurance.services import (
    decider_of,
    delete_findings,
    delete_reviews,
    write_findings,
    write_questions,
    write_reviews,
)
from steerco.apps.assurance.states import FINDING_STATES, PLAN, REVIEW_STATES
from steerco.apps.indicators.templatetags.figures import rag
from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.kit.history import Change
from steerco.kit.history.removals import remove
from steerco.kit.pages.addresses import address
from steerco.kit.permissions import Actor, require
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Register, Section, View, declare_register


def _confidence(row: Any) -> SafeString | str:
    return rag(row.confidence) if row.confidence else ""


class ReviewRegister(RecordRegister):
    """Reviews."""

    key = "review"
    slug = "reviews"
    label = _("Review")
    label_plural = _("Reviews")
    explanation = _(
        "Who looks at which initiative and when: health checks, gate reviews, deep dives, audits. Nobody reviews what "
        "they lead or sponsor."
    )
    model = Review
    states = REVIEW_STATES
    order = ("planned_on", "sort_title")
    due = "planned_on"
    search = ("title", "scope", "why")
    related: ClassVar[Sequence[str]] = ("initiative", "owner", "appeals_to")
    actions: ClassVar[dict[str, str]] = {
        "view": "record.view",
        "create": PLAN,
        "edit": PLAN,
        "delete": PLAN,
        "transition": PLAN,
    }
    columns = (
        REFERENCE,
        Column("title", label=_("review")),
        Column("initiative"),
        Column("kind"),
        Column("owner", label=_("leads the review"), help=_("Nobody reviews what they lead or sponsor.")),
        Column("state"),
        Column("planned_on"),
        Column("held_on"),
        Column("why"),
        Column("scope"),
        Column("appeals_to", help=_("A body or post. Empty: the head of the office.")),
        Column("confidence", html=_confidence),
        Column("score"),
        Column("next_review"),
        Column("issued_on"),
        Column("changed_at", label=_("changed")),
    )
    shown = (
        *("reference", "title", "initiative", "kind", "owner", "state"),
        *("planned_on", "confidence", "score"),
    )
    filters = ("state", "kind", "confidence", "owner", "initiative", "planned_on", "issued_on")
    groups = ("initiative", "kind", "state", "owner")
    sections = (
        Section(_("What is reviewed"), ("title", "initiative", "kind", "scope", "why")),
        Section(_("Who and when"), ("owner", "planned_on", "held_on", "appeals_to", "state")),
    )
    views = (View(_("Issued"), "state=issued&group=all"), View(_("Mine"), "mine=true"))

    def url(self, row: Any) -> str:
        """A review has a page of its own."""
        return address("assurance:review", row.pk)

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Plan and change reviews."""
        return write_reviews(actor, changes, reason=reason, batch=batch)

    def delete(
        self, actor: Actor, pks: Sequence[int], *, restore: bool = False, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Delete or restore reviews."""
        return delete_reviews(actor, pks, restore=restore, reason=reason, batch=batch)


class FindingRegister(RecordRegister):
    """Findings."""

    key = "review_finding"
    slug = "review-findings"
    label = _("Finding")
    label_plural = _("Findings")
    explanation = _("What reviews recommend, who deals with it by when, and what shows that it is done.")
    model = Finding
    states = FINDING_STATES
    order = ("due_on", "sort_title")
    due = "due_on"
    search = ("title", "description", "closure_evidence")
    related: ClassVar[Sequence[str]] = ("initiative", "owner", "review__initiative", "decider")
    columns = (
        REFERENCE,
        Column("title", label=_("recommendation"), headers=("title", "recommendation", "finding")),
        Column("initiative"),
        Column("severity", headers=("priority", "rating")),
        Column("area"),
        Column("owner"),
        Column("state", headers=("status",)),
        Column("due_on", headers=("due date", "deadline")),
        Column("description", headers=("observation", "finding text")),
        Column("review"),
        Column("source", help=_("For example: external audit 2026.")),
        Column("objection", help=_("Needed where it is contested.")),
        Column("decider"),
        Column("verdict"),
        Column("closure_evidence", headers=("evidence",)),
        Column("checked_by"),
        Column("checked_on"),
        Column("reopened"),
        Column("changed_at", label=_("changed")),
    )
    shown = ("reference", "title", "initiative", "severity", "owner", "state", "due_on")
    filters = ("state", "severity", "area", "owner", "initiative", "due_on")
    groups = ("severity", "initiative", "owner", "state", "area")
    sections = (
        Section(
            _("What is recommended"),
            ("title", "initiative", "severity", "area", "description", "source"),
        ),
        Section(_("Who and when"), ("owner", "due_on", "state")),
        Section(_("If it is contested"), ("objection", "decider")),
        Section(_("What shows that it is done"), ("closure_evidence",)),
    )
    views = (
        View(_("Critical"), "severity=critical"),
        View(_("To be checked"), "state=done"),
        View(_("Contested"), "state=contested"),
        View(_("Mine"), "mine=true"),
    )

    def withheld(self, row: Any) -> Mapping[str, str]:
        """Contesting waits until somebody is there to decide."""
        if row.state == "open" and decider_of(row) is None:
            return {"contest": str(_("Name who decides about it first."))}
        return {}

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create, answer and change findings."""
        return write_findings(actor, changes, reason=reason, batch=batch)

    def delete(
        self, actor: Actor, pks: Sequence[int], *, restore: bool = False, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Delete or restore findings."""
        return delete_findings(actor, pks, restore=restore, reason=reason, batch=batch)


class QuestionRegister(Register):
    """The organisation's own questions."""

    key = "review_question"
    slug = "review-questions"
    label = _("Question of a review")
    label_plural = _("Questions of reviews")
    explanation = _(
        "What reviews ask, by area. While there is none, the questions of the product are asked. A review keeps its "
        "questions as they were when it began."
    )
    model = Question
    menu = ""
    scope_path = ""
    search = ("title", "good")
    order = ("rank", "id")
    actions: ClassVar[dict[str, str]] = {
        "view": "person.view",
        "create": "organisation.configure",
        "edit": "organisation.configure",
    }
    columns = (
        Column("rank"),
        Column("area"),
        Column("title", headers=("question",)),
        Column("good", headers=("guidance", "what good looks like")),
        Column("weight", help=_("1 to 5.")),
        Column("kind", help=_("Empty: asked by every review.")),
        Column("evidence", help=_("What the system knows stands beside the question.")),
        Column("retired"),
    )
    shown = ("rank", "area", "title", "weight", "kind", "evidence", "retired")
    filters = ("area", "kind", "retired")
    groups = ("area", "kind")
    sections = (
        Section(_("What is asked"), ("title", "area", "good")),
        Section(_("How it is asked"), ("kind", "rank", "weight", "evidence", "retired")),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change questions."""
        return write_questions(actor, changes, reason=reason, batch=batch)

    def remove(self, actor: Actor, rows: Sequence[Any], *, reason: str = "", batch: str = "") -> None:
        """Take away what an import made: reviews keep what they asked."""
        require(actor, "organisation.configure")
        remove(actor, rows, kind="review_question.removed", reason=reason, batch=batch)


for _one in (ReviewRegister(), FindingRegister(), QuestionRegister()):
    declare_register(_one)
