"""Movements of a contingency: the reserve for risks that an initiative holds."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Record
from steerco.apps.people.models import Party
from steerco.apps.raid.models.risks import Risk
from steerco.apps.raid.states import CONTINGENCY_STATES
from steerco.kit.history import versioned
from steerco.kit.states import States


@versioned
class ContingencyMovement(Record):
    """Money or time that is set aside for risks, drawn from there, or given back. It counts once it is approved.

    It stands with the initiative that holds the contingency; its title is the reason, its owner asks for it. The risk
    that it is for may stand anywhere.
    """

    class Type(models.TextChoices):
        SET_ASIDE = "set_aside", _("set aside")
        DRAWDOWN = "drawdown", _("drawdown")
        RETURNED = "returned", _("given back")

    # What was decided: changing it in an approved movement needs the right to decide.
    DECIDED = frozenset({"initiative", "type", "amount", "currency", "days", "risk"})

    register_key: ClassVar[str] = "contingency"
    number_prefix: ClassVar[str] = "RC"
    states: ClassVar[States] = CONTINGENCY_STATES

    type = models.CharField(_("what"), max_length=10, choices=Type.choices, default=Type.DRAWDOWN)
    amount = models.BigIntegerField(_("amount"), null=True, blank=True, validators=[MinValueValidator(0)])
    currency = models.CharField(
        _("currency"),
        max_length=3,
        blank=True,
    )
    days = models.PositiveIntegerField(_("working days"), null=True, blank=True)
    moved_on = models.DateField(_("on"), null=True, blank=True)
    risk = models.ForeignKey(
        Risk,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="drawdowns",
        verbose_name=_("risk"),
    )
    decided_by = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("contingency movement")
        verbose_name_plural = _("contingency movements")

    def clean(self) -> None:
        """A movement moves something."""
        super().clean()
        if not self.amount and not self.days:
            raise ValidationError({"amount": _("Say how much money or how many days.")})
        if self.amount and not self.currency:
            raise ValidationError({"currency": _("Say which currency.")})

    @property
    def due(self) -> Any:
        """A proposed movement waits from the day that it is wanted for."""
        return self.moved_on
