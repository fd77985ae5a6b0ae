"""How far an initiative may deviate before it asks, who decides what up to which limit, and what was escalated."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import OF_ENTRY, OF_INITIATIVE, Entry, Initiative
from steerco.apps.people.models import Party, Person
from steerco.kit.history import Versioned, versioned
from steerco.kit.permissions import Access, ScopedQuerySet

TENTH = Decimal("0.1")


class FromTo(Versioned):
    """What holds from a day to a day, on an initiative and everything below it."""

    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("to"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    access = OF_INITIATIVE

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=F("starts")),
                name="%(app_label)s_%(class)s_from_to",
                violation_error_message=_("It cannot end before it begins."),
            ),
        )

    @classmethod
    def in_force(cls, day: date) -> Q:
        """The rows that count on `day`."""
        return (Q(starts=None) | Q(starts__lte=day)) & (Q(ends=None) | Q(ends__gte=day))


@versioned
class Tolerance(FromTo):
    """How far an initiative may go off its plan before the level that set this is asked."""

    class Area(models.TextChoices):
        TIME = "time", _("time")
        COST = "cost", _("cost")
        SCOPE = "scope", _("scope")
        QUALITY = "quality", _("quality")
        BENEFIT = "benefit", _("benefit")
        RISK = "risk", _("risk")

    # What says how much, for each area; one of them is needed. Scope and quality are said in words.
    MEASURES: ClassVar[dict[str, tuple[str, ...]]] = {
        Area.TIME: ("days",),
        Area.COST: ("percent", "money"),
        Area.BENEFIT: ("percent",),
        Area.RISK: ("score",),
        Area.SCOPE: (),
        Area.QUALITY: (),
    }

    initiative = models.ForeignKey(
        Initiative, on_delete=models.CASCADE, related_name="tolerances", verbose_name=_("initiative")
    )
    area = models.CharField(_("area"), max_length=8, choices=Area.choices)
    title = models.CharField(_("what may deviate"), max_length=300)
    days = models.PositiveIntegerField(_("working days late"), null=True, blank=True)
    percent = models.DecimalField(
        _("per cent"),
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        validators=(MinValueValidator(Decimal(0)),),
    )
    money = models.BigIntegerField(
        _("amount over"), null=True, blank=True, validators=(MinValueValidator(0),)
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    score = models.PositiveSmallIntegerField(
        _("highest risk score"), null=True, blank=True, validators=(MaxValueValidator(25),)
    )
    set_by = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("set by")
    )

    class Meta(FromTo.Meta):
        ordering = ("area", "pk")
        verbose_name = _("tolerance")
        verbose_name_plural = _("tolerances")
        indexes = (models.Index(fields=("area", "initiative"), name="escalation_tolerance_area"),)

    def __str__(self) -> str:
        return self.title

    @property
    def event_entry_id(self) -> int:
        """A tolerance shows in the initiative's history."""
        return self.initiative.entry_id

    def clean(self) -> None:
        """It says how much, in the measure of its area and in no other."""
        allowed = self.MEASURES.get(self.area, ())
        errors: dict[str, Any] = {}
        for name in ("days", "percent", "money", "score"):
            if getattr(self, name) is not None and name not in allowed:
                errors[name] = _("This is no measure of that area.")
        if allowed and all(getattr(self, name) is None for name in allowed):
            errors[allowed[0]] = _("Say how much.")
        if self.money is not None and not self.currency:
            errors["currency"] = _("An amount needs its currency.")
        if errors:
            raise ValidationError(errors)


@versioned
class DecisionRight(FromTo):
    """Who may decide about what, up to which limit, alone or with a second pair of eyes.

    Without an initiative it holds in the whole organisation. Without a limit it has none.
    """

    class Subject(models.TextChoices):
        CHANGE = "change", _("change")
        SPEND = "spend", _("spending")
        DECISION = "decision", _("decision")
        EXCEPTION = "exception", _("exception")
        SIGN_OFF = "sign_off", _("sign-off")
        GATE = "gate", _("gate")
        CUSTOM = "custom", _("something else")

    initiative = models.ForeignKey(
        Initiative,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="decision_rights",
        verbose_name=_("initiative"),
    )
    subject = models.CharField(_("about"), max_length=10, choices=Subject.choices)
    title = models.CharField(_("what is decided"), max_length=300)
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="decision_rights", verbose_name=_("who decides")
    )
    money = models.BigIntegerField(
        _("up to the amount"), null=True, blank=True, validators=(MinValueValidator(0),)
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    days = models.PositiveIntegerField(_("up to working days"), null=True, blank=True)
    four_eyes = models.BooleanField(_("four eyes"), default=False)
    advice = models.BooleanField(_("advice only"), default=False)
    source = models.CharField(_("where it is written"), max_length=200, blank=True)

    class Meta(FromTo.Meta):
        ordering = ("subject", "pk")
        verbose_name = _("decision right")
        verbose_name_plural = _("decision rights")
        indexes = (models.Index(fields=("subject", "initiative"), name="escalation_right_subject"),)

    def __str__(self) -> str:
        return self.title

    @property
    def event_entry_id(self) -> int | None:
        """A right shows in the initiative's history."""
        return self.initiative.entry_id if self.initiative_id and self.initiative else None

    def clean(self) -> None:
        """An amount has a currency."""
        if self.money is not None and not self.currency:
            raise ValidationError({"currency": _("An amount needs its currency.")})


@versioned
class EscalationRule(Versioned):
    """When a record is proposed to a level above by itself: what is measured, from which value on, and who is asked.

    A row whose key is that of a shipped rule stands in its place.
    """

    class To(models.TextChoices):
        NEXT = "next", _("the next level up")
        SETTER = "setter", _("the level that set the tolerance")
        SPONSOR = "sponsor", _("the sponsor")
        BOARD = "board", _("the board")

    key = models.CharField(max_length=60, unique=True, editable=False)
    measure = models.CharField(_("what is measured"), max_length=60)
    threshold = models.PositiveIntegerField(_("from which value on"), default=0)
    to = models.CharField(_("who is asked"), max_length=8, choices=To.choices, default=To.NEXT)
    answer_days = models.PositiveSmallIntegerField(
        _("working days to answer"), default=5, validators=(MinValueValidator(1), MaxValueValidator(60))
    )
    again_days = models.PositiveSmallIntegerField(
        _("working days until it may come again after a return"),
        default=10,
        validators=(MinValueValidator(1), MaxValueValidator(250)),
    )
    active = models.BooleanField(_("in use"), default=True)

    objects = ScopedQuerySet.as_manager()
    access = Access(rule="staff", view="person.view")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("escalation rule")
        verbose_name_plural = _("escalation rules")

    def __str__(self) -> str:
        return self.key


class Escalation(models.Model):
    """A proposal that a level above takes care of a record. The record stays one and where it is.

    By rule: `rule`, `measure`, `threshold`, `value` and `limit` say why, in numbers, so that it reads in any language;
    by hand: `reason`. `level` is the one whose figures say so: the record's own, or one that accepted it before.
    `level_probability` and `level_impact` are the record's score on the receiver's scale. While `recorded` is set, it
    waits for the chair of the body that was asked.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned")
        DECIDED = "decided", _("decided")
        WITHDRAWN = "withdrawn", _("withdrawn")
        PASSED = "passed", _("passed on to the next level")
        ENDED = "ended", _("taken back down")
        SETTLED = "settled", _("settled with the record")

    LIVE = (State.PROPOSED, State.ACCEPTED)

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="escalations")
    origin = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="escalated_from")
    level = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="+", db_index=False)
    to = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="escalated_to")
    receiver = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="escalated_to")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    due = models.DateField()
    reason = models.TextField(blank=True)
    rule = models.CharField(max_length=60, blank=True)
    measure = models.CharField(max_length=60, blank=True)
    threshold = models.PositiveIntegerField(default=0)
    value = models.IntegerField(null=True)
    limit = models.IntegerField(null=True)
    facts = models.JSONField(
        default=dict
    )  # what every rule measured then, by its key: none of it comes again
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    comment = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    # What a body decided: recorded with its day and source, counting once the chair has confirmed it.
    recorded = models.CharField(max_length=10, blank=True)  # the answer that waits to be confirmed
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_on = models.DateField(null=True)
    source = models.CharField(max_length=300, blank=True)
    level_probability = models.PositiveSmallIntegerField(null=True)
    level_impact = models.PositiveSmallIntegerField(null=True)

    objects = ScopedQuerySet.as_manager()
    access = OF_ENTRY

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        indexes = (
            models.Index(fields=("to", "state"), name="escalation_received"),
            models.Index(fields=("origin", "state"), name="escalation_sent"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("entry",), name="escalation_one_proposal", condition=Q(state="proposed")
            ),
            models.UniqueConstraint(
                fields=("entry",), name="escalation_one_accepted", condition=Q(state="accepted")
            ),
        )

    def __str__(self) -> str:
        return f"{self.entry_id} to {self.to_id}"

    @property
    def level_score(self) -> int | None:
        """The score on the receiver's scale."""
        if self.level_probability and self.level_impact:
            return self.level_probability * self.level_impact
        return None


class Acknowledgement(models.Model):
    """That somebody has seen a record and takes care of it."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="acknowledgement")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    access = OF_ENTRY

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")

    def __str__(self) -> str:
        return f"{self.entry_id} by {self.by}"
