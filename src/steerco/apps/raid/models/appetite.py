"""The risk appetite by category."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.escalation.models import FromTo
from steerco.apps.initiatives.models import Initiative
from steerco.apps.raid.models.risks import Risk
from steerco.kit.history import versioned


@versioned
class Appetite(FromTo):
    """How big one threat of a category may be and still be carried, on an initiative and everything below it that has
    none of its own. Without an initiative it holds in the whole organisation.
    """

    initiative = models.ForeignKey(
        Initiative,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="appetites",
        verbose_name=_("initiative"),
    )
    category = models.CharField(_("category"), max_length=14, choices=Risk.Category.choices)
    title = models.CharField(_("what is carried"), max_length=300)
    score = models.PositiveSmallIntegerField(
        _("highest score"), null=True, blank=True, validators=(MinValueValidator(1), MaxValueValidator(25))
    )
    money = models.BigIntegerField(
        _("highest exposure"), null=True, blank=True, validators=(MinValueValidator(0),)
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)

    class Meta(FromTo.Meta):
        ordering = ("category", "pk")
        verbose_name = _("risk appetite")
        verbose_name_plural = _("risk appetites")
        indexes = (models.Index(fields=("category", "initiative"), name="raid_appetite_category"),)

    def __str__(self) -> str:
        return self.title

    @property
    def event_entry_id(self) -> int | None:
        """An appetite shows in the initiative's history."""
        return self.initiative.entry_id if self.initiative_id and self.initiative else None

    def clean(self) -> None:
        """It says how much, and an amount has a currency."""
        errors: dict[str, Any] = {}
        if self.score is None and self.money is None:
            errors["score"] = _("Say the highest score, the highest exposure, or both.")
        if self.money is not None and not self.currency:
            errors["currency"] = _("An amount needs its currency.")
        if errors:
            raise ValidationError(errors)
