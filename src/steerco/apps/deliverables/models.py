"""Deliverables, the rounds in which they are signed off, quality reviews, requirements and the lists that give them."""

from datetime import date
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steerco.apps.deliverables.states import DELIVERABLE_STATES, REQUIREMENT_STATES, REVIEW_STATES
from steerco.apps.followups.models import FollowUp
from steerco.apps.initiatives.models import Entry, Record
from steerco.apps.initiatives.states import GovernanceProfile, InitiativeType
from steerco.apps.links.models import of_entry
from steerco.apps.people.models import Party, Person
from steerco.engine.performance.delivery import Step
from steerco.kit.history import Versioned, versioned
from steerco.kit.permissions import Access, ScopedQuerySet
from steerco.kit.states import States


def _party(label: Any) -> Any:
    return models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=label
    )


def _day(label: Any) -> Any:
    return models.DateField(label, null=True, blank=True)


@versioned
class Deliverable(Record):
    """A product that the initiative delivers, or that others owe it (incoming)."""

    class Direction(models.TextChoices):
        OUT = "out", _("we deliver it")
        IN = "in", _("it is owed to us")

    class Type(models.TextChoices):
        DOCUMENT = "document", _("document")
        SOFTWARE = "software", _("software")
        EQUIPMENT = "equipment", _("equipment")
        BUILDING = "building", _("building or works")
        DATA = "data", _("data")
        SERVICE = "service", _("service")
        TRAINING = "training", _("training")
        OTHER = "other", _("other")

    register_key: ClassVar[str] = "deliverable"
    number_prefix: ClassVar[str] = "D"
    states: ClassVar[States] = DELIVERABLE_STATES

    direction = models.CharField(
        _("direction"), max_length=3, choices=Direction.choices, default=Direction.OUT
    )
    supplier = _party(_("owed by"))
    type = models.CharField(_("type"), max_length=10, choices=Type.choices, blank=True)
    phase = models.CharField(_("phase"), max_length=80, blank=True)
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, validators=(MinValueValidator(0), MaxValueValidator(1000))
    )
    description = models.TextField(_("description"), blank=True)
    author = _party(_("author"))
    approver = _party(_("approver"))
    format = models.CharField(_("format"), max_length=80, blank=True)
    revision = models.CharField(_("version"), max_length=40, blank=True)
    location = models.CharField(_("where it is"), max_length=400, blank=True)
    acceptance_criteria = models.TextField(_("acceptance criteria"), blank=True)
    quality_criteria = models.TextField(_("quality criteria"), blank=True)
    quality_method = models.CharField(_("quality method"), max_length=200, blank=True)
    quality_tolerance = models.CharField(_("quality tolerance"), max_length=200, blank=True)
    delivery_baseline = _day(_("delivery, baseline"))
    delivery_forecast = _day(_("delivery, forecast"))
    delivered_on = _day(_("delivered on"))
    sign_off_baseline = _day(_("sign-off, baseline"))
    sign_off_forecast = _day(_("sign-off, forecast"))
    signed_off_on = _day(_("signed off on"))
    handed_over_on = _day(_("handed over on"))
    due_on = models.DateField(_("next due"), null=True, editable=False)
    conditions = models.TextField(_("conditions of the sign-off"), blank=True)
    value = models.BigIntegerField(_("what depends on its acceptance"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    concerns_safety = models.BooleanField(_("concerns safety"), default=False)
    is_controlled = models.BooleanField(_("under configuration control"), default=False)

    bookkeeping = Record.bookkeeping | {"due_on"}

    class Meta(Record.Meta):
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        indexes = (  # type: ignore[assignment]
            *Record.Meta.indexes,
            models.Index(fields=("state_group", "due_on", "sort_title", "id"), name="deliverable_due"),
        )

    @property
    def due(self) -> Any:
        """When the next of its steps is expected."""
        return self.due_on

    @property
    def steps(self) -> list[Step]:
        """What it owes, with its dates."""
        if self.state_group == "done":
            return []
        delivered = self.delivered_on or (self.signed_off_on if self.state == "conditional" else None)
        return [
            Step("delivery", self.delivery_baseline, self.delivery_forecast, delivered),
            Step("sign_off", self.sign_off_baseline, self.sign_off_forecast, self.signed_off_on),
        ]

    @property
    def expected(self) -> date | None:
        """When it was delivered, or is expected to be."""
        return self.delivered_on or self.delivery_forecast or self.delivery_baseline

    @classmethod
    def prepare_write(cls, instances: list[Any], creating: bool) -> None:
        """The next date is computed, never typed: of the delivery, then of the sign-off, then none."""
        for row in instances:
            row.state_group = row.group_of_state()
            owed = [step for step in row.steps if step.actual is None]
            row.due_on = (owed[0].forecast or owed[0].baseline) if owed else None
        super().prepare_write(instances, creating)


class Result(models.TextChoices):
    """What a round, or one approver in it, came to."""

    WAITING = "waiting", _("not asked yet")
    ASKED = "asked", _("asked")
    APPROVED = "approved", _("approved")
    CONDITIONAL = "conditional", _("approved with conditions")
    RETURNED = "returned", _("returned")
    WITHDRAWN = "withdrawn", _("withdrawn")


@versioned
class SignOffRound(Versioned):
    """A version of something that is put before its approvers: what exactly, to whom, by when, what came of it.

    What was put before them is kept as it then was: `subject` ({"register", "reference", "initiative", "title",
    "texts": {field name: text}}), `files` ([{"name", "digest", "size", "media_type"}]) and a fingerprint of both.
    """

    class Order(models.TextChoices):
        PARALLEL = "parallel", _("all at once")
        SEQUENCE = "sequence", _("one after the other")

    class Because(models.TextChoices):
        TAKEN_BACK = "taken_back", _("it was taken back")
        NEW_VERSION = "new_version", _("there is a new version")
        GONE = "gone", _("it is no longer there")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("round"))
    revision = models.CharField(_("version"), max_length=40, blank=True)
    order = models.CharField(_("in what order"), max_length=10, choices=Order.choices, default=Order.PARALLEL)
    days = models.PositiveSmallIntegerField(
        _("working days for an answer"), default=5, validators=(MinValueValidator(1), MaxValueValidator(250))
    )
    value = models.BigIntegerField(_("what depends on its acceptance"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    note = models.TextField(_("note to the approvers"), blank=True, max_length=4000)
    silence_days = models.PositiveSmallIntegerField(_("accepted by silence after"), null=True, blank=True)
    silence_clause = models.CharField(_("the clause that says so"), max_length=500, blank=True)
    subject = models.JSONField(default=dict, editable=False)
    files = models.JSONField(default=list, blank=True, editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("result"), max_length=12, choices=Result.choices, default=Result.ASKED)
    opened_on = models.DateField(_("opened on"))
    opened_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    opened_by_label = models.CharField(max_length=200)
    closed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=12, choices=Because.choices, blank=True)
    reason = models.TextField(_("why"), blank=True)

    objects = ScopedQuerySet.as_manager()
    access = of_entry("entry")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("sign-off round")
        verbose_name_plural = _("sign-off rounds")
        constraints = (
            models.UniqueConstraint(fields=("entry", "number"), name="deliverables_round_number"),
            models.UniqueConstraint(
                fields=("entry",), condition=Q(state="asked"), name="deliverables_round_open_once"
            ),
            models.CheckConstraint(
                condition=Q(silence_days=None) | ~Q(silence_clause=""),
                name="deliverables_silence_quotes_its_clause",
            ),
        )

    def __str__(self) -> str:
        return f"{self.entry} {self.number}"

    @property
    def event_entry_id(self) -> int:
        """Events about a round point at what is signed."""
        return self.entry_id

    @property
    def is_open(self) -> bool:
        """Whether answers are awaited."""
        return self.state == Result.ASKED


@versioned
class Approval(Versioned):
    """One approver of a round: who was asked, what they said, who answered for them and how they showed who they are.

    `person_label` is the name at that moment; `answered_for` the party that had been handed the debt, if another.
    """

    round = models.ForeignKey(SignOffRound, on_delete=models.CASCADE, related_name="approvals")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    party_label = models.CharField(max_length=200)
    rank = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=Result.choices, default=Result.WAITING)
    follow_up = models.ForeignKey(
        FollowUp, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    comment = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    person_label = models.CharField(max_length=200, blank=True)
    answered_for = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_for_label = models.CharField(max_length=200, blank=True)
    identity = models.CharField(max_length=10, choices=FollowUp.Identity.choices, blank=True)
    by_author = models.BooleanField(default=False)

    objects = ScopedQuerySet.as_manager()
    access = Access(
        view="record.view",
        scope="round__entry__initiative_id",
        restricted_by="round__entry__restricted_by_id",
        entry="round__entry_id",
    )

    class Meta:
        ordering = ("rank", "pk")
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = (models.UniqueConstraint(fields=("round", "party"), name="deliverables_approval_once"),)

    def __str__(self) -> str:
        return f"{self.party_label}: {self.state}"

    @property
    def event_entry_id(self) -> int:
        """Events about an approval point at what is signed."""
        return self.round.entry_id


@versioned
class QualityReview(Record):
    """A criterion that a deliverable is reviewed by: how, within what tolerance, by whom, when, with what result."""

    register_key: ClassVar[str] = "quality"
    number_prefix: ClassVar[str] = "Q"
    states: ClassVar[States] = REVIEW_STATES

    deliverable = models.ForeignKey(
        Deliverable,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reviews",
        verbose_name=_("deliverable"),
    )
    method = models.CharField(_("method"), max_length=200, blank=True)
    tolerance = models.CharField(_("tolerance"), max_length=200, blank=True)
    reviewer = _party(_("reviewer"))
    planned_on = _day(_("planned on"))
    done_on = _day(_("reviewed on"))
    findings = models.TextField(_("findings"), blank=True)

    class Meta(Record.Meta):
        verbose_name = _("quality review")
        verbose_name_plural = _("quality reviews")

    @property
    def due(self) -> Any:
        """The day of the review; none once it was held."""
        return None if self.done_on else self.planned_on


class ObligationKind(models.TextChoices):
    """What sort of thing must be fulfilled."""

    REQUIREMENT = "requirement", _("requirement")
    ADMINISTRATIVE = "administrative", _("administrative obligation")
    TECHNICAL = "technical", _("technical obligation")


@versioned
class Requirement(Record):
    """Something that must be fulfilled and shown to be: a requirement, or an administrative or technical obligation."""

    register_key: ClassVar[str] = "requirement"
    number_prefix: ClassVar[str] = "RQ"
    states: ClassVar[States] = REQUIREMENT_STATES

    kind = models.CharField(
        _("kind"), max_length=14, choices=ObligationKind.choices, default=ObligationKind.REQUIREMENT
    )
    text = models.TextField(_("what must be fulfilled"), blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    acceptance_criterion = models.TextField(_("acceptance criterion"), blank=True)
    due_on = _day(_("due"))
    evidence = models.CharField(_("evidence"), max_length=400, blank=True)
    verified_by = _party(_("verified by"))
    verified_on = _day(_("verified on"))
    waived_because = models.TextField(_("waived because"), blank=True)
    checklist = models.CharField(_("checklist"), max_length=120, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")

    @property
    def due(self) -> Any:
        """The day that it must be fulfilled by."""
        return self.due_on


@versioned
class ObligationTemplate(Versioned):
    """A line of a checklist: an obligation that new initiatives of a type, profile and category get. Empty: any."""

    class DueFrom(models.TextChoices):
        START = "start", _("the planned start")
        END = "end", _("the planned end")

    checklist = models.CharField(_("checklist"), max_length=120)
    for_type = models.CharField(
        _("for initiatives of type"), max_length=12, choices=InitiativeType.choices, blank=True
    )
    for_profile = models.CharField(
        _("with the profile"), max_length=10, choices=GovernanceProfile.choices, blank=True
    )
    for_category = models.CharField(_("in the category"), max_length=120, blank=True)
    kind = models.CharField(
        _("kind"), max_length=14, choices=ObligationKind.choices, default=ObligationKind.ADMINISTRATIVE
    )
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("what must be fulfilled"), blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    acceptance_criterion = models.TextField(_("acceptance criterion"), blank=True)
    due_from = models.CharField(_("due counts from"), max_length=5, choices=DueFrom.choices, blank=True)
    due_days = models.SmallIntegerField(_("calendar days after it"), null=True, blank=True)
    rank = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = ScopedQuerySet.as_manager()
    access = Access(view="person.view", rule="staff")

    class Meta:
        ordering = ("checklist", "rank", "pk")
        verbose_name = _("line of a checklist")
        verbose_name_plural = _("lines of checklists")

    def __str__(self) -> str:
        return self.title
