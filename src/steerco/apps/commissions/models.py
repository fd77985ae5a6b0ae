"""A commission: questions put once to a filtered set of initiatives, and what each of them answered."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Initiative
from steerco.apps.people.models import Party, Person
from steerco.kit.history import Versioned, versioned
from steerco.kit.permissions import Access, ScopedQuerySet


@versioned
class Commission(Versioned):
    """Who asks what, why and by when, of which initiatives below `initiative`.

    `questions` are as `questions.Question.as_json`; `filters` hold lists of types, states, unit ids and tags, and the
    ids of initiatives that were left out by hand (`without`).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ASKED = "asked", _("asked")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    class Whom(models.TextChoices):
        LEAD = "lead", _("the manager of each initiative")
        SPONSOR = "sponsor", _("the sponsor of each initiative")

    initiative = models.ForeignKey(
        Initiative, on_delete=models.PROTECT, related_name="commissions", verbose_name=_("below")
    )
    title = models.CharField(_("title"), max_length=200)
    why = models.TextField(_("why it is asked"), validators=[MaxLengthValidator(2000)])
    asked_by = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="+", verbose_name=_("who asks")
    )
    whom = models.CharField(_("who answers"), max_length=10, choices=Whom.choices, default=Whom.LEAD)
    due = models.DateField(_("due"), null=True, blank=True)
    questions = models.JSONField(default=list, blank=True)
    filters = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ScopedQuerySet.as_manager()
    access = Access(
        view="commission.ask", scope="initiative_id", restricted_by="initiative__restricted_by_id", entry=""
    )

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("commission")
        verbose_name_plural = _("commissions")

    def __str__(self) -> str:
        return self.title

    @property
    def event_entry_id(self) -> int | None:
        """A commission is told of under the place below which it asks."""
        return self.initiative.entry_id if self.initiative_id else None

    def clean(self) -> None:
        """A title and a reason are words."""
        for name in ("title", "why"):
            if not getattr(self, name).strip():
                raise ValidationError({name: _("This field is required.")})


class Target(models.Model):
    """One initiative that is asked, who owes the answer first, and what was said.

    `answers`: question key -> {"value", "shown"}: what was answered, and what the system showed then.
    """

    commission = models.ForeignKey(Commission, on_delete=models.CASCADE, related_name="targets")
    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ScopedQuerySet.as_manager()
    access = Access(
        view="commission.ask", scope="initiative_id", restricted_by="initiative__restricted_by_id", entry=""
    )

    class Meta:
        ordering = ("initiative__sort_name", "initiative")
        verbose_name = _("initiative asked by a commission")
        verbose_name_plural = _("initiatives asked by commissions")
        constraints = (
            models.UniqueConstraint(fields=("commission", "initiative"), name="commissions_target_once"),
        )

    def __str__(self) -> str:
        return f"{self.commission}: {self.initiative}"
