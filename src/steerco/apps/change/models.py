"""Change requests, and what an approved one does to the baseline."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from steerco.apps.change.states import CHANGE_STATES
from steerco.apps.escalation.papers import Paper, Verdict
from steerco.apps.notices.working_time import working_days_between
from steerco.apps.people.models import Party
from steerco.apps.planning.models import Milestone
from steerco.kit.history import Versioned, versioned
from steerco.kit.permissions import Access, ScopedQuerySet
from steerco.kit.states import States

AGREED = frozenset({"approve", "conditions"})
VERDICTS = [
    Verdict("approve", _("Approve"), "approved"),
    Verdict("conditions", _("Approve with conditions"), "conditions", "must"),
    Verdict("defer", _("Defer"), "deferred", "must", final=False),
    Verdict("reject", _("Reject"), "rejected", "must"),
    Verdict("more", _("Ask for more"), "more_info", "must", final=False, back=True),
]


@versioned
class ChangeRequest(Paper):
    """A request to change what was agreed: scope, dates, money, quality."""

    class Type(models.TextChoices):
        REQUEST = "request", _("request for change")
        OFF_SPECIFICATION = "off_specification", _("off-specification (concession)")
        REGULATION = "regulation", _("law or regulation")
        CORRECTION = "correction", _("correction")

    class Extent(models.TextChoices):
        MINOR = "minor", _("minor")
        MAJOR = "major", _("major")

    class Priority(models.IntegerChoices):
        LOW = 1, _("low")
        MEDIUM = 2, _("medium")
        HIGH = 3, _("high")
        CRITICAL = 4, _("critical")

    register_key: ClassVar[str] = "change_request"
    number_prefix: ClassVar[str] = "CR"
    states: ClassVar[States] = CHANGE_STATES
    subject: ClassVar[str] = "change"
    ready_state: ClassVar[str] = "assessed"
    asked_state: ClassVar[str] = "pending"
    asked_states: ClassVar[frozenset[str]] = frozenset({"pending", "emergency"})
    decides_options: ClassVar[bool] = False
    IMPACTS: ClassVar[tuple[str, ...]] = (
        *("impact_scope", "impact_quality", "impact_benefit", "impact_risk", "impact_resources"),
        "impact_if_not",
    )
    content: ClassVar[frozenset[str]] = Paper.content | {"type", "extent", "description", *IMPACTS}

    verdict = models.CharField(
        _("decision"), max_length=30, blank=True, editable=False, choices=[(v.key, v.label) for v in VERDICTS]
    )
    type = models.CharField(_("type"), max_length=18, choices=Type.choices, default=Type.REQUEST)
    extent = models.CharField(_("minor or major"), max_length=6, choices=Extent.choices, default=Extent.MINOR)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.MEDIUM
    )
    requester = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("requested by"),
    )
    raised_on = models.DateField(_("requested on"), null=True, blank=True)
    justification = models.TextField(_("why it is wanted"), blank=True)
    description = models.TextField(_("what changes"), blank=True)
    notice_number = models.CharField(_("contract notice number"), max_length=60, blank=True)
    assessing_cost = models.BigIntegerField(_("cost of assessing"), null=True, blank=True)
    impact_scope = models.TextField(_("effect on scope"), blank=True)
    impact_quality = models.TextField(_("effect on quality"), blank=True)
    impact_benefit = models.TextField(_("effect on benefits"), blank=True)
    impact_risk = models.TextField(_("effect on risk"), blank=True)
    impact_resources = models.TextField(_("effect on people and resources"), blank=True)
    impact_if_not = models.TextField(_("if it is not done"), blank=True)
    emergency_reason = models.TextField(_("why it could not wait"), blank=True)
    implemented_on = models.DateField(_("implemented on"), null=True, blank=True)
    verified_on = models.DateField(_("verified on"), null=True, blank=True)

    class Meta(Paper.Meta):
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")

    def verdicts(self) -> list[Verdict]:
        """Approve, with conditions, defer, reject; or ask for more, which is no decision."""
        return VERDICTS

    @property
    def brief_texts(self) -> list[tuple[str | Promise, str]]:
        """What changes and why, what it does and what follows if it is not done."""
        names = ("description", "justification", *self.IMPACTS, "emergency_reason")
        texts = [(self._meta.get_field(name).verbose_name, getattr(self, name)) for name in names]  # type: ignore[union-attr]
        moves = "\n".join(line.in_words for line in self._lines())
        return [
            (label, text)
            for label, text in (*texts, (_("what an approval does to the baseline"), moves))
            if text
        ]

    @property
    def stake_days(self) -> int | None:
        """The longest of what is said and of the dates that an approval moves: no right is passed by saying less."""
        known = [super().stake_days, *(line.days for line in self._lines())]
        return max((abs(days) for days in known if days is not None), default=None)

    def _lines(self) -> list["BaselineChange"]:
        """What an approval writes; nothing of a request that is not stored yet."""
        if self.pk is None:
            return []
        lines = self.baseline_changes.select_related("milestone", "change").order_by("pk")
        return list(lines)

    @property
    def is_agreed(self) -> bool:
        """Whether it was approved."""
        return self.verdict in AGREED and self.confirmed_on is not None

    def clean(self) -> None:
        """The cost of assessing has a currency; it is verified after it is implemented."""
        super().clean()
        errors: dict[str, Any] = {}
        if self.assessing_cost is not None and not self.currency:
            errors["currency"] = _("An amount needs its currency.")
        if self.verified_on and self.implemented_on and self.verified_on < self.implemented_on:
            errors["verified_on"] = _("It is verified after it was implemented.")
        if errors:
            raise ValidationError(errors)


@versioned
class BaselineChange(Versioned):
    """What an approved change request does to one thing that was agreed: the old value and the new one."""

    class What(models.TextChoices):
        MILESTONE = "milestone", _("baseline of a milestone")
        START = "start", _("planned start")
        END = "end", _("planned end")
        SCOPE = "scope", _("description of the scope")

    change = models.ForeignKey(ChangeRequest, on_delete=models.CASCADE, related_name="baseline_changes")
    what = models.CharField(_("what changes"), max_length=10, choices=What.choices)
    milestone = models.ForeignKey(
        Milestone,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="baseline_changes",
        verbose_name=_("milestone"),
    )
    old_date = models.DateField(_("old date"), null=True, blank=True)
    new_date = models.DateField(_("new date"), null=True, blank=True)
    old_text = models.TextField(_("old text"), blank=True)
    new_text = models.TextField(_("new text"), blank=True)
    applied_on = models.DateField(_("applied on"), null=True, blank=True, editable=False)

    objects = ScopedQuerySet.as_manager()
    access = Access(
        view="record.view",
        scope="change__initiative_id",
        restricted_by="change__restricted_by_id",
        entry="change__entry_id",
    )

    class Meta:
        ordering = ("pk",)
        verbose_name = _("change of a baseline")
        verbose_name_plural = _("changes of baselines")
        constraints = (
            models.UniqueConstraint(
                fields=("change", "milestone"),
                name="change_milestone_once",
                condition=Q(milestone__isnull=False),
                violation_error_message=_("This stands here already."),
            ),
            models.UniqueConstraint(
                fields=("change", "what"),
                name="change_other_once",
                condition=Q(milestone__isnull=True),
                violation_error_message=_("This stands here already."),
            ),
            models.CheckConstraint(
                condition=Q(what="milestone", milestone__isnull=False)
                | (~Q(what="milestone") & Q(milestone__isnull=True)),
                name="change_baseline_of_milestone",
                violation_error_message=_("Name the milestone."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.change}: {self.get_what_display()}"

    @property
    def event_entry_id(self) -> int:
        """It shows in the history of the change request."""
        return self.change.entry_id

    @property
    def days(self) -> int | None:
        """By how many working days a date moves; None for a text, and for a date that is the first one."""
        if self.old_date is None or self.new_date is None:
            return None
        return working_days_between(self.old_date, self.new_date)

    @property
    def in_words(self) -> str:
        """The old and the new value. A milestone that is kept from readers of the request is not named."""
        if self.what == self.What.SCOPE:
            return f"{self.What.SCOPE.label}: {self.new_text}"
        name = self.get_what_display()
        if self.milestone is not None:
            hidden = self.milestone.restricted_by_id not in (None, self.change.restricted_by_id)
            name = gettext("a milestone that not everybody sees") if hidden else self.milestone.title
        old, new = (
            date_format(day, "SHORT_DATE_FORMAT") if day else "—" for day in (self.old_date, self.new_date)
        )
        if self.days is None:
            return f"{name}: {old} → {new}"
        days = ngettext("%(days)s working day", "%(days)s working days", abs(self.days)) % {"days": self.days}
        return f"{name}: {old} → {new} ({days})"

    def clean(self) -> None:
        """A date or a text, as what changes has."""
        if self.what == self.What.SCOPE:
            if not self.new_text.strip():
                raise ValidationError({"new_text": _("Write the new text.")})
        elif self.new_date is None:
            raise ValidationError({"new_date": _("Say the new date.")})
