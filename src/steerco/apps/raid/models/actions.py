"""Actions."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Record
from steerco.apps.raid.models.issues import Issue
from steerco.apps.raid.models.risks import Risk
from steerco.apps.raid.states import ACTION_STATES
from steerco.kit.history import versioned
from steerco.kit.states import States


@versioned
class Action(Record):
    """Something that somebody does by a date."""

    register_key: ClassVar[str] = "action"
    number_prefix: ClassVar[str] = "A"
    states: ClassVar[States] = ACTION_STATES

    description = models.TextField(_("description"), blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Issue.Level.choices, default=Issue.Level.MEDIUM
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    original_due = models.DateField(_("original due date"), null=True, blank=True, editable=False)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    source = models.CharField(_("where it comes from"), max_length=200, blank=True)
    risk = models.ForeignKey(
        Risk,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="mitigations",
        verbose_name=_("risk"),
    )
    issue = models.ForeignKey(
        Issue,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="remedies",
        verbose_name=_("issue"),
    )

    class Meta(Record.Meta):
        verbose_name = _("action")
        verbose_name_plural = _("actions")

    @property
    def due(self) -> Any:
        """The day that it should be done by."""
        return self.due_on

    @classmethod
    def prepare_write(cls, instances: list[Any], creating: bool) -> None:
        """The first due date stays known when it moves."""
        for row in instances:
            row.original_due = row.original_due or row.due_on
        super().prepare_write(instances, creating)
