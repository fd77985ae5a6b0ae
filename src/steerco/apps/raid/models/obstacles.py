"""Obstacles."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Record
from steerco.apps.people.models import Party
from steerco.apps.raid.models.issues import Issue
from steerco.apps.raid.states import OBSTACLE_STATES
from steerco.kit import clock
from steerco.kit.history import versioned
from steerco.kit.states import States


@versioned
class Obstacle(Record):
    """What stands in the way of a project manager and is for the director to remove."""

    register_key: ClassVar[str] = "obstacle"
    number_prefix: ClassVar[str] = "O"
    states: ClassVar[States] = OBSTACLE_STATES

    description = models.TextField(_("description"), blank=True)
    stops = models.TextField(_("what it stops"), blank=True)
    wanted = models.TextField(_("what would help"), blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Issue.Level.choices, default=Issue.Level.MEDIUM
    )
    raised_by = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("raised by"),
    )
    raised_on = models.DateField(_("raised on"), null=True, blank=True)
    due_on = models.DateField(_("must be gone by"), null=True, blank=True)
    removed_on = models.DateField(_("removed on"), null=True, blank=True)
    outcome = models.TextField(_("how it was removed"), blank=True)

    class Meta(Record.Meta):
        verbose_name = _("obstacle")
        verbose_name_plural = _("obstacles")

    @property
    def due(self) -> Any:
        """The day that it must be gone by."""
        return self.due_on

    @property
    def age(self) -> int | None:
        """For how many days it stood, or has stood, in the way."""
        if self.raised_on is None:
            return None
        return max(((self.removed_on or clock.today()) - self.raised_on).days, 0)
