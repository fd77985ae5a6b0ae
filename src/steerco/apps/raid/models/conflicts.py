"""Conflicts between initiatives."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Initiative, Record
from steerco.apps.raid.states import CONFLICT_STATES
from steerco.kit.history import versioned
from steerco.kit.states import States


@versioned
class Conflict(Record):
    """Two initiatives that want what only one can have. It stands with one party; `other` is the other; its owner
    resolves it."""

    class Type(models.TextChoices):
        PEOPLE = "people", _("people")
        DATES = "dates", _("dates")
        PRIORITY = "priority", _("priority")
        INTERFACE = "interface", _("interface")

    class Basis(models.TextChoices):
        AGREEMENT = "agreement", _("the parties agreed")
        RANK = "rank", _("by priority rank")
        DECISION = "decision", _("by decision")

    register_key: ClassVar[str] = "conflict"
    number_prefix: ClassVar[str] = "CF"
    states: ClassVar[States] = CONFLICT_STATES

    type = models.CharField(_("about"), max_length=10, choices=Type.choices, default=Type.PEOPLE)
    other = models.ForeignKey(
        Initiative,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="other_conflicts",
        verbose_name=_("other party"),
    )
    parties = models.CharField(_("further parties"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True)
    options = models.TextField(_("options"), blank=True)
    raised_on = models.DateField(_("raised on"), null=True, blank=True)
    due_on = models.DateField(_("resolve by"), null=True, blank=True)
    basis = models.CharField(_("resolved"), max_length=10, choices=Basis.choices, blank=True)
    outcome = models.TextField(_("outcome"), blank=True)
    resolved_on = models.DateField(_("resolved on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("conflict")
        verbose_name_plural = _("conflicts")
        constraints = (  # type: ignore[assignment]
            *Record.Meta.constraints,
            models.CheckConstraint(condition=~Q(other=models.F("initiative")), name="conflict_two_parties"),
        )
        indexes = (  # type: ignore[assignment]
            *Record.Meta.indexes,
            models.Index(fields=("other", "state_group"), name="conflict_other"),
        )

    @property
    def due(self) -> Any:
        """The day that it should be resolved by."""
        return self.due_on

    def clean(self) -> None:
        """Two parties are two initiatives."""
        super().clean()
        if self.other_id is not None and self.other_id == self.initiative_id:
            raise ValidationError({"other": _("Name another initiative: this one is a party already.")})

    def first_by_rank(self) -> Initiative | None:
        """The party with the better priority rank; None where the ranks do not say."""
        if self.other is None or self.initiative.priority is None or self.other.priority is None:
            return None
        if self.initiative.priority == self.other.priority:
            return None
        return min(self.initiative, self.other, key=lambda party: party.priority or 0)
