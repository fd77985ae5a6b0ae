"""Money by initiative and month: own figures in one currency, months that are closed, and what was written at once."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Initiative
from steerco.engine.finance.sheet import Kind, Nature
from steerco.kit.history import Versioned, versioned
from steerco.kit.permissions import Access, ScopedQuerySet

OF_MONEY = Access(
    view="snapshot.view", scope="initiative_id", restricted_by="initiative__restricted_by_id", entry=""
)
KIND_CHOICES = (
    (Kind.APPROVED.value, _("approved")),
    (Kind.ACTUAL.value, _("actual")),
    (Kind.ACCRUAL.value, _("accrual")),
    (Kind.FORECAST.value, _("forecast")),
)
NATURE_CHOICES = ((Nature.CAPITAL.value, _("capital")), (Nature.REVENUE.value, _("revenue")))


class OfInitiative(Versioned):
    """Base of what belongs to an initiative and is told in its history."""

    initiative: Any

    class Meta:
        abstract = True

    @property
    def event_entry_id(self) -> int | None:
        """Money is told in the history of its initiative."""
        return self.initiative.entry_id if self.initiative_id else None  # type: ignore[attr-defined]


@versioned
class MoneySheet(OfInitiative):
    """What holds for all figures of an initiative: their currency, and the last month that is closed.

    `spent_to` and `data_date` follow from the figures: the last month with an actual or an accrual, and the oldest day
    that a figure which can still move was right for.
    """

    initiative = models.OneToOneField(Initiative, on_delete=models.PROTECT, related_name="money_sheet")
    currency = models.CharField(_("currency"), max_length=3)
    closed_to = models.DateField(_("closed up to"), null=True, blank=True)
    spent_to = models.DateField(_("actual to"), null=True, blank=True, editable=False)
    data_date = models.DateField(_("data date"), null=True, blank=True, editable=False)

    objects = ScopedQuerySet.as_manager()
    access = OF_MONEY

    class Meta:
        verbose_name = _("money sheet")
        verbose_name_plural = _("money sheets")

    def __str__(self) -> str:
        return f"{self.initiative}: {self.currency}"

    def clean(self) -> None:
        """A currency is three capital letters; what is closed is a whole month."""
        if len(self.currency) != 3 or not (self.currency.isalpha() and self.currency.isupper()):
            raise ValidationError(
                {"currency": _("Write the currency as three capital letters, such as EUR.")}
            )
        if self.closed_to is not None and self.closed_to.day != 1:
            raise ValidationError({"closed_to": _("A month is written as its first day.")})


@versioned
class MonthlyFigure(OfInitiative):
    """One figure of one month in minor units, or none where it was taken away. `as_of`: the day it was right for."""

    initiative = models.ForeignKey(
        Initiative, on_delete=models.PROTECT, related_name="monthly_figures", verbose_name=_("initiative")
    )
    month = models.DateField(_("month"))
    kind = models.CharField(_("figure"), max_length=10, choices=KIND_CHOICES)
    nature = models.CharField(_("capital or revenue"), max_length=10, choices=NATURE_CHOICES)
    amount = models.BigIntegerField(_("amount"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    as_of = models.DateField(_("data date"))

    objects = ScopedQuerySet.as_manager()
    access = OF_MONEY

    class Meta:
        ordering = ("month", "kind", "nature", "pk")
        verbose_name = _("monthly figure")
        verbose_name_plural = _("monthly figures")
        constraints = (
            models.UniqueConstraint(
                fields=("initiative", "month", "kind", "nature"), name="finance_figure_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[key for key, _label in KIND_CHOICES])
                & Q(nature__in=[key for key, _label in NATURE_CHOICES]),
                name="finance_figure_of_a_line",
            ),
        )

    def __str__(self) -> str:
        return f"{self.initiative}: {self.kind} {self.month:%Y-%m}"

    def clean(self) -> None:
        """A month is its first day."""
        if self.month.day != 1:
            raise ValidationError({"month": _("A month is written as its first day.")})


class MoneyChange(models.Model):
    """What was written to one initiative's sheet at once, for telling it and taking it back.

    `batch` marks its events in the journal; one file is one batch for all of its initiatives.
    """

    class How(models.TextChoices):
        TYPED = "typed", _("typed")
        PASTED = "pasted", _("pasted")
        FILE = "file", _("from a file")
        CONFIRMED = "confirmed", _("confirmed")
        APPROVED = "approved", _("by an approved change")

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="money_changes")
    batch = models.CharField(max_length=40, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    by = models.CharField(_("by"), max_length=200)
    at = models.DateTimeField(_("at"))
    how = models.CharField(max_length=10, choices=How.choices)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    figures = models.PositiveIntegerField(_("figures"))
    versions = models.JSONField(default=dict)  # figure id -> the version that it left
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()
    access = OF_MONEY

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name = _("change of a money sheet")
        verbose_name_plural = _("changes of money sheets")

    def __str__(self) -> str:
        return f"{self.initiative} {self.at:%Y-%m-%d}"
