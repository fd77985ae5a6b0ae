"""Assumptions."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Record
from steerco.apps.raid.models.risks import Risk
from steerco.apps.raid.states import ASSUMPTION_STATES
from steerco.kit.history import versioned
from steerco.kit.states import States


@versioned
class Assumption(Record):
    """Something that is taken as true and not proven: how it is validated, and what it means if it is false."""

    class Result(models.TextChoices):
        UNKNOWN = "unknown", _("not known yet")
        HOLDS = "holds", _("holds")
        FALSE = "false", _("false")

    register_key: ClassVar[str] = "assumption"
    number_prefix: ClassVar[str] = "AS"
    states: ClassVar[States] = ASSUMPTION_STATES

    description = models.TextField(_("description"), blank=True)
    category = models.CharField(_("category"), max_length=14, choices=Risk.Category.choices, blank=True)
    validation = models.TextField(_("how it is validated"), blank=True)
    validated_on = models.DateField(_("validated on"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=8, choices=Result.choices, default=Result.UNKNOWN)
    impact_if_false = models.TextField(_("impact if it is false"), blank=True)
    raised_on = models.DateField(_("raised on"), null=True, blank=True)
    review_on = models.DateField(_("review on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("assumption")
        verbose_name_plural = _("assumptions")

    @property
    def due(self) -> Any:
        """An assumption is owed its review."""
        return self.review_on
