"""Dependencies between any two places of the tree."""

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Initiative, Record
from steerco.apps.people.models import Party
from steerco.apps.raid.states import DEPENDENCY_STATES
from steerco.engine.performance.dependencies import Verdict, rate_dependency
from steerco.engine.performance.lateness import working_days
from steerco.kit import clock
from steerco.kit.history import versioned
from steerco.kit.states import States


@versioned
class Dependency(Record):
    """What one initiative needs from another by a day. It stands with the receiver; `giver` is the other end.

    What the giver agreed to is this need-by date: another date or another giver has to be agreed anew.
    """

    class Agreed(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")

    register_key: ClassVar[str] = "dependency"
    number_prefix: ClassVar[str] = "DP"
    states: ClassVar[States] = DEPENDENCY_STATES

    description = models.TextField(_("description"), blank=True)
    giver = models.ForeignKey(
        Initiative,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="gives",
        verbose_name=_("giver"),
    )
    giver_owner = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner at the giver"),
    )
    outside = models.CharField(_("giver outside the portfolio"), max_length=200, blank=True)
    need_by = models.DateField(_("need by"), null=True, blank=True)
    forecast = models.DateField(_("forecast"), null=True, blank=True)
    slack = models.IntegerField(_("days to spare"), null=True, editable=False)
    agreed = models.CharField(_("agreed by the giver"), max_length=3, choices=Agreed.choices, blank=True)
    raised_on = models.DateField(_("raised on"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)

    bookkeeping = Record.bookkeeping | {"slack"}

    class Meta(Record.Meta):
        verbose_name = _("dependency")
        verbose_name_plural = _("dependencies")
        constraints = (  # type: ignore[assignment]
            *Record.Meta.constraints,
            models.CheckConstraint(condition=~Q(giver=models.F("initiative")), name="dependency_two_ends"),
        )
        indexes = (  # type: ignore[assignment]
            *Record.Meta.indexes,
            models.Index(fields=("giver", "state_group"), name="dependency_giver"),
        )

    @property
    def due(self) -> Any:
        """The day that it is needed by."""
        return self.need_by

    def clean(self) -> None:
        """Two ends are two initiatives."""
        super().clean()
        if self.giver_id is not None and self.giver_id == self.initiative_id:
            raise ValidationError({"giver": _("Name another initiative: this one is the receiver.")})

    @classmethod
    def prepare_write(cls, instances: list[Any], creating: bool) -> None:
        """The days to spare are computed, never typed."""
        for row in instances:
            row.slack = _days_between(row.delivered_on or row.forecast, row.need_by)
        super().prepare_write(instances, creating)

    def verdict(self) -> Verdict:
        """How it stands today, by the written rule."""
        agreed = None if not self.agreed else self.agreed == self.Agreed.YES
        delivered = self.delivered_on if self.state in ("delivered", "received") else None
        if self.state == "cancelled":
            return Verdict("none", "")
        return rate_dependency(self.need_by, self.forecast, agreed, delivered, clock.today())


def _days_between(start: date | None, end: date | None) -> int | None:
    return working_days(start, end) if start and end else None
