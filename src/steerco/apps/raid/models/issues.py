"""Issues."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Record
from steerco.apps.raid.states import ISSUE_STATES
from steerco.kit.history import versioned
from steerco.kit.states import States


@versioned
class Issue(Record):
    """Something that has happened and needs a response."""

    class Type(models.TextChoices):
        PROBLEM = "problem", _("problem or concern")
        EVENT = "event", _("external event")
        OPPORTUNITY = "opportunity", _("business opportunity")
        CHANGE = "change", _("request for change")
        OFF_SPECIFICATION = "off_specification", _("off-specification")

    class Level(models.IntegerChoices):
        LOW = 1, _("low")
        MEDIUM = 2, _("medium")
        HIGH = 3, _("high")
        CRITICAL = 4, _("critical")

    register_key: ClassVar[str] = "issue"
    number_prefix: ClassVar[str] = "I"
    states: ClassVar[States] = ISSUE_STATES

    type = models.CharField(_("type"), max_length=18, choices=Type.choices, default=Type.PROBLEM)
    description = models.TextField(_("description"), blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Level.choices, default=Level.MEDIUM)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Level.choices, default=Level.MEDIUM)
    impact = models.TextField(_("impact"), blank=True)
    options = models.TextField(_("options"), blank=True)
    recommendation = models.TextField(_("recommended action"), blank=True)
    raised_on = models.DateField(_("raised on"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    resolution = models.TextField(_("resolution"), blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("issue")
        verbose_name_plural = _("issues")

    @property
    def due(self) -> Any:
        """The day that it should be resolved by."""
        return self.due_on
