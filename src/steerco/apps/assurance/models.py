"""Reviews, the questions that they ask, what is being written and what was issued; findings and what became of them."""

import hashlib
from datetime import date
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.assurance.states import FINDING_STATES, REVIEW_STATES
from steerco.apps.initiatives.models import Record
from steerco.apps.people.models import Party
from steerco.kit.history import Versioned, versioned
from steerco.kit.permissions import Access
from steerco.kit.states import States

SCHEMA = 1  # of the issued content
HEAVIEST = 5
# Whether it will be delivered, as the reviewers see it; the wording is ours.
CONFIDENCE: tuple[tuple[str, str | Promise], ...] = (
    ("green", _("Green: very likely to succeed; nothing threatens it")),
    ("amber-green", _("Amber/green: likely to succeed if it is watched all the time")),
    ("amber", _("Amber: can succeed; serious matters need to be solved, and can be")),
    ("amber-red", _("Amber/red: in doubt; much has to change soon")),
    ("red", _("Red: does not look achievable as it is")),
)


class Area(models.TextChoices):
    """What a review looks into: the five cases of a business case, and how the work is led."""

    CASE = "case", _("Need and choice of solution")
    MONEY = "money", _("Money and contracts")
    GOVERNANCE = "governance", _("Leading and deciding")
    PLANNING = "planning", _("Plan and people")
    RISK = "risk", _("Risks and issues")
    DELIVERY = "delivery", _("Results and their quality")
    STAKEHOLDERS = "stakeholders", _("People concerned")
    BENEFITS = "benefits", _("Benefits and use")


# What the system can tell beside a question; apps declare how (`evidence.py`).
EVIDENCE: tuple[tuple[str, str | Promise], ...] = (
    ("reports", _("Reports are on time")),
    ("plan", _("Plan is kept")),
    ("risks", _("Risks are looked at")),
    ("gates", _("Gates are passed")),
    ("decisions", _("Decisions have papers")),
    ("sign_offs", _("Results are signed off")),
    ("hygiene", _("Registers are in order")),
    ("findings", _("Findings are dealt with")),
)


class ReviewKind(models.TextChoices):
    """What sort of review it is."""

    HEALTH = "health", _("health check")
    GATE = "gate", _("gate review")
    DEEP = "deep", _("deep dive")
    AUDIT = "audit", _("formal audit")
    SELF = "self", _("self-assessment")


@versioned
class Question(Versioned):
    """A question of the organisation's own checklists."""

    kind = models.CharField(_("for"), max_length=10, choices=ReviewKind.choices, blank=True)
    area = models.CharField(_("area"), max_length=12, choices=Area.choices)
    rank = models.PositiveSmallIntegerField(_("place in the list"), default=1)
    title = models.CharField(_("question"), max_length=300)
    good = models.TextField(_("what good looks like"), blank=True)
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, validators=(MinValueValidator(1), MaxValueValidator(HEAVIEST))
    )
    evidence = models.CharField(_("evidence from the system"), max_length=20, choices=EVIDENCE, blank=True)
    retired = models.BooleanField(_("no longer asked"), default=False)

    access = Access(view="person.view", rule="staff")

    class Meta:
        ordering = ("rank", "pk")
        verbose_name = _("question of a review")
        verbose_name_plural = _("questions of reviews")

    def __str__(self) -> str:
        return self.title


@versioned
class Review(Record):
    """A look at an initiative by people who do not lead it. The owner leads the review."""

    register_key: ClassVar[str] = "review"
    number_prefix: ClassVar[str] = "AR"
    states: ClassVar[States] = REVIEW_STATES

    kind = models.CharField(_("kind"), max_length=10, choices=ReviewKind.choices, default=ReviewKind.HEALTH)
    scope = models.TextField(_("scope"), blank=True)
    why = models.CharField(_("why now"), max_length=400, blank=True)
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    held_on = models.DateField(_("held on"), null=True, blank=True)
    appeals_to = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("decides about what is contested"),
    )
    confidence = models.CharField(
        _("delivery confidence"), max_length=12, choices=CONFIDENCE, blank=True, editable=False
    )
    score = models.PositiveSmallIntegerField(_("score, %"), null=True, blank=True, editable=False)
    next_review = models.DateField(_("next review"), null=True, blank=True, editable=False)
    issued_on = models.DateField(_("issued on"), null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("review")
        verbose_name_plural = _("reviews")

    @property
    def due(self) -> Any:
        """The day that it is planned for, until it is issued."""
        return self.planned_on if self.state in ("planned", "running", "checking") else None


class Member(models.Model):
    """Somebody who reviews beside whoever leads the review."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="team")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")

    access = Access(
        view="record.view",
        scope="review__initiative_id",
        restricted_by="review__restricted_by_id",
        entry="review__entry_id",
    )

    class Meta:
        ordering = ("party__sort_name", "pk")
        constraints = (models.UniqueConstraint(fields=("review", "party"), name="assurance_member_once"),)

    def __str__(self) -> str:
        return str(self.party)


class Working(models.Model):
    """What is being written: the questions as they were when the review began, and what the reviewers say.

    `content`: {"answers": {question: {"value", "note", "refs", "auto"}}, "findings": [{"severity", "title",
    "description", "area", "topic", "owner", "due"}], "confidence", "reasons", "summary", "next_review"}.
    `facts`: what the initiative said about the draft: {"answer", "comment", "by", "on"}. Kept without history until
    it is issued; read by the reviewers, and by whoever is asked to check the facts.
    """

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="working")
    questions = models.JSONField(default=list)
    content = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200, blank=True)

    access = Access(rule="internal")

    def __str__(self) -> str:
        return f"draft of {self.review_id}"


class IssuedReview(models.Model):
    """A review as it was issued: canonical JSON and its hash. Nothing changes it."""

    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="issued")
    content = models.TextField()
    digest = models.CharField(_("hash"), max_length=64)
    schema = models.PositiveSmallIntegerField(default=SCHEMA)
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.CharField(_("issued by"), max_length=200)

    access = Access(rule="internal")

    def __str__(self) -> str:
        return f"{self.review_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written once. Raises TypeError for a change."""
        if not self._state.adding:
            raise TypeError("an issued review is immutable")
        self.digest = hashlib.sha256(self.content.encode()).hexdigest()
        super().save(*args, **kwargs)


@versioned
class Finding(Record):
    """What a review recommends, and what becomes of it. One from outside stands without a review."""

    class Severity(models.TextChoices):
        CRITICAL = "critical", _("critical")
        ESSENTIAL = "essential", _("essential")
        RECOMMENDED = "recommended", _("recommended")

    register_key: ClassVar[str] = "review_finding"
    number_prefix: ClassVar[str] = "AF"
    states: ClassVar[States] = FINDING_STATES

    review = models.ForeignKey(
        Review,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="findings",
        verbose_name=_("review"),
        editable=False,
    )
    severity = models.CharField(
        _("severity"), max_length=12, choices=Severity.choices, default=Severity.RECOMMENDED
    )
    area = models.CharField(_("area"), max_length=12, choices=Area.choices, blank=True)
    topic = models.CharField(max_length=300, blank=True, editable=False)  # the question that it answers
    description = models.TextField(_("what was found"), blank=True)
    source = models.CharField(_("found by, if from outside"), max_length=200, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    objection = models.TextField(_("why it is contested"), blank=True)
    decider = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("decides about what is contested"),
    )
    verdict = models.TextField(_("what was decided about it"), blank=True, editable=False)
    closure_evidence = models.TextField(_("what shows that it is done"), blank=True)
    checked_by = models.CharField(_("checked by"), max_length=200, blank=True, editable=False)
    checked_on = models.DateField(_("checked on"), null=True, blank=True, editable=False)
    reopened = models.PositiveSmallIntegerField(_("times reopened"), default=0, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("review finding")
        verbose_name_plural = _("review findings")

    @property
    def due(self) -> Any:
        """The day that it is owed by."""
        return self.due_on if self.state in ("open", "agreed") else None

    def is_late(self, day: date) -> bool:
        """Whether it is still owed after its day."""
        return self.due is not None and self.due < day
