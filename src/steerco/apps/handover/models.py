"""What somebody hands over when they leave, initiative by initiative, each part to a successor who accepts it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Initiative
from steerco.apps.people.models import Person
from steerco.kit.permissions import Access, ScopedQuerySet


class Part(models.Model):
    """All that `person` has in one initiative, offered to `successor`. It passes when they accept, with the rights
    that `offered_by` has then."""

    class State(models.TextChoices):
        OFFERED = "offered", _("offered")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        REPLACED = "replaced", _("offered to somebody else")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="handed_over")
    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="+")
    successor = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    offered_at = models.DateTimeField()
    note = models.TextField(_("note"), blank=True, max_length=2000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    passed = models.JSONField(default=dict)  # how many of what passed: {"records": 4, "posts": 1, ...}

    objects = ScopedQuerySet.as_manager()
    access = Access(rule="office", view="person.edit")

    class Meta:
        verbose_name = _("part of a hand-over")
        verbose_name_plural = _("parts of hand-overs")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "initiative"),
                name="handover_one_offer",
                condition=models.Q(state="offered"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.initiative}"
