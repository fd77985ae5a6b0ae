"""Change requests, and what an approved one does to the baseline."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from steerco.apps.change.states import CHANGE_STATES
from steerco.apps.escalation.papers import Paper, Verdict
from steerco.apps.finance.models import NATURE_CHOICES
from steerco.apps.notices.working_time import working_days_between
from steerco.apps.people.models import Party
from steerco.apps.planning.models import Milestone
from steerco.kit.history import Versioned, versioned
from steerco.kit.permissions import Access, ScopedQuerySet
from steerco.kit.registers.columns import money_text
from steerco.kit.states import States

NOTHING = "—"
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
        moved = "\n".join(line.in_words for line in self.open_lines)
        return [(label, text) for label, text in (*texts, (_("what an approval changes"), moved)) if text]

    @property
    def open_lines(self) -> list["BaselineChange"]:
        """What it does to the baseline, without milestones that fewer may read than the request."""
        readers = {
            "milestone__restricted_by": self.restricted_by_id,
            "milestone__initiative__restricted_by": self.initiative.restricted_by_id,
        }
        lines = self.baseline_changes.filter(Q(milestone=None) | Q(**readers))
        return list(lines.select_related("milestone", "change"))

    @property
    def stake_money(self) -> int | None:
        """The larger of the cost that it says and of the money that an approval moves: nobody's authority is passed by
        naming more than was said."""
        moved = [line.amount for line in self.baseline_changes.all() if line.amount is not None]
        return max([super().stake_money, sum(moved) if moved else None], key=lambda one: abs(one or 0))

    @property
    def stake_days(self) -> int | None:
        """The longer of the delay that it says and of those of the dates that an approval moves."""
        said, moved = super().stake_days, self._longest(self.baseline_changes.all())
        return moved if moved > (said or 0) else said

    def _longest(self, lines: Iterable["BaselineChange"]) -> int:
        return max((line.working_days for line in lines), default=0)

    @property
    def notes(self) -> list[str]:
        """Where an approval moves dates further than the request says."""
        moved = self._longest(self.open_lines) if self.confirmed_on is None else 0
        if moved <= (self.days or 0):
            return []
        return [
            ngettext(
                "It moves a date by %(n)s working day, more than it says. Who decides follows from what it moves.",
                "It moves a date by %(n)s working days, more than it says. Who decides follows from what it moves.",
                moved,
            )
            % {"n": moved}
        ]

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
        MONEY = "money", _("approved money of a month")

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
    month = models.DateField(_("month"), null=True, blank=True)
    nature = models.CharField(_("capital or revenue"), max_length=10, choices=NATURE_CHOICES, blank=True)
    old_amount = models.BigIntegerField(_("approved until now"), null=True, blank=True)
    amount = models.BigIntegerField(
        _("money to add"), null=True, blank=True
    )  # minor units; less than 0: to take
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
                condition=Q(milestone__isnull=True, month__isnull=True),
                violation_error_message=_("This stands here already."),
            ),
            models.UniqueConstraint(
                fields=("change", "month", "nature"),
                name="change_money_once",
                condition=Q(month__isnull=False),
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
        """By how many calendar days a date moves."""
        if self.old_date is None or self.new_date is None:
            return None
        return (self.new_date - self.old_date).days

    @property
    def working_days(self) -> int:
        """By how many working days a date moves out; 0 where it comes in, or was not agreed before."""
        if self.old_date is None or self.new_date is None:
            return 0
        return max(working_days_between(self.old_date, self.new_date), 0)

    @property
    def new_amount(self) -> int | None:
        """The approved money of its month with what is added, in minor units."""
        return None if self.amount is None else (self.old_amount or 0) + self.amount

    @property
    def title(self) -> str:
        """What changes: a milestone, the money of a month, or something of the initiative."""
        if self.milestone is not None:
            return f"{self.milestone.reference} {self.milestone.title}"
        if self.month is not None:
            about = {"month": date_format(self.month, "M Y"), "nature": self.get_nature_display()}
            return gettext("Approved money, %(month)s, %(nature)s") % about
        return capfirst(str(self.get_what_display()))

    @property
    def values(self) -> tuple[str, str]:
        """What was agreed until now and what is new, in words."""
        if self.what == self.What.SCOPE:
            return self.old_text or NOTHING, self.new_text
        if self.what == self.What.MONEY:
            pair = self.old_amount, self.new_amount
            old, new = (NOTHING if one is None else money_text(one, self.change.currency) for one in pair)
            return old, new
        old, new = (
            date_format(day, "SHORT_DATE_FORMAT") if day else NOTHING
            for day in (self.old_date, self.new_date)
        )
        return old, new

    @property
    def in_words(self) -> str:
        """ "M-6 Opening: 23/10/2026 → 05/02/2027"."""
        old, new = self.values
        return f"{self.title}: {new}" if self.what == self.What.SCOPE else f"{self.title}: {old} → {new}"

    def clean(self) -> None:
        """A date, a text or an amount, as what changes has."""
        if self.what == self.What.MONEY:
            if self.month is None:
                raise ValidationError({"month": _("Say the month.")})
            if not self.nature:
                raise ValidationError({"nature": _("Say whether it is capital or revenue.")})
            if not self.amount:
                raise ValidationError(
                    {"amount": _("Say how much is added; less than nothing is taken away.")}
                )
        elif self.what == self.What.SCOPE:
            if not self.new_text.strip():
                raise ValidationError({"new_text": _("Write the new text.")})
        elif self.new_date is None:
            raise ValidationError({"new_date": _("Say the new date.")})
