"""What a person is to be told, and how they want to be told."""

from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Entry
from steerco.apps.people.models import Person
from steerco.kit.permissions import Access

WORKING_DAYS = "12345"  # Monday to Friday, by ISO week day


class Preference(models.Model):
    """How one person is told of things. Without a row: one digest on each working day."""

    class Delivery(models.TextChoices):
        DIGEST = "digest", _("one mail a day")
        AT_ONCE = "at_once", _("a mail for each, outside quiet hours")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="notice_preference")
    delivery = models.CharField(
        _("tell me by"), max_length=8, choices=Delivery.choices, default=Delivery.DIGEST
    )
    digest_at = models.TimeField(_("time of the daily mail"), default=time(7, 30))
    quiet_from = models.TimeField(_("no mail from"), default=time(19, 0))
    quiet_to = models.TimeField(_("no mail until"), default=time(7, 0))
    working_days = models.CharField(_("working days"), max_length=7, default=WORKING_DAYS)
    away_from = models.DateField(_("away from"), null=True, blank=True)
    away_to = models.DateField(_("away to"), null=True, blank=True)

    access = Access(rule="internal")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(away_from=None) | Q(away_to=None) | Q(away_to__gte=F("away_from")),
                name="notices_away_from_to",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.delivery}"


class Notice(models.Model):
    """One thing that one person is told once: `key` says which, and a second telling of it changes nothing.

    `told_at` is set in the transaction that hands the mail to the outbox; the words are made when the mail is sent,
    for what the person may see then.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    entry = models.ForeignKey(Entry, null=True, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    access = Access(rule="internal")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "kind", "key"), name="notices_once"),)
        indexes = (
            models.Index(fields=("person", "created_at"), name="notices_waiting", condition=Q(told_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key} for {self.person}"
