"""Early warnings as the last look found them, what was decided about them, the limits, how they fared."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import OF_ENTRY, Entry
from steerco.apps.people.models import Person
from steerco.kit.permissions import Access, ScopedQuerySet


class EarlyWarning(models.Model):
    """That an entry is on its way past a limit. Computed by each look; settled when it is no longer true.

    `part` tells several warnings of one signal about one entry apart. `weight`: bigger is worse. `data` holds what was
    measured, of which the signal makes its sentence.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="early_warnings")
    signal = models.CharField(_("signal"), max_length=30)
    part = models.CharField(max_length=40, blank=True)
    since = models.DateField(_("since"))
    breach_on = models.DateField(_("time to act until"), null=True)
    weight = models.IntegerField(default=0)
    data: Any = models.JSONField(default=dict)
    settled_on = models.DateField(null=True)

    objects = ScopedQuerySet.as_manager()
    access = OF_ENTRY

    class Meta:
        verbose_name = _("early warning")
        verbose_name_plural = _("early warnings")
        constraints = (
            models.UniqueConstraint(fields=("entry", "signal", "part"), name="foresight_warning_once"),
        )
        indexes = (
            models.Index(
                fields=("breach_on", "id"), name="foresight_soonest", condition=models.Q(settled_on=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.signal} {self.entry_id}"


class Stance(models.Model):
    """What somebody decided about a warning: it stands until its day, and until the warning gets worse."""

    class Kind(models.TextChoices):
        ACTION = "action", _("an action was made of it")
        WATCH = "watch", _("watched until a date")
        FINE = "fine", _("not a worry")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="stances")
    signal = models.CharField(max_length=30)
    part = models.CharField(max_length=40, blank=True)
    kind = models.CharField(_("what was decided"), max_length=8, choices=Kind.choices)
    until = models.DateField(_("until"), null=True)
    reason = models.CharField(_("reason"), max_length=300)
    weight = models.IntegerField()
    on = models.DateField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    action = models.ForeignKey(Entry, null=True, on_delete=models.CASCADE, related_name="+")

    objects = ScopedQuerySet.as_manager()
    access = OF_ENTRY

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(kind="watch") | models.Q(until__isnull=False),
                name="foresight_watch_has_a_day",
            ),
        )
        indexes = (models.Index(fields=("entry", "signal", "part", "-id"), name="foresight_last_stance"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.signal} {self.entry_id}"


class Limit(models.Model):
    """The organisation's own limit of a signal. Off: the signal is not looked at."""

    signal = models.CharField(max_length=30, unique=True)
    limit = models.PositiveSmallIntegerField()
    off = models.BooleanField(default=False)

    access = Access(rule="internal")

    def __str__(self) -> str:
        return f"{self.signal} {self.limit}"


class Look(models.Model):
    """The last look, one row: how far into the journal it saw, on which day, with which limits."""

    position = models.BigIntegerField(default=0)
    day = models.DateField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(null=True)
    turns = models.PositiveIntegerField(default=0)  # how many looks changed something

    access = Access(rule="internal")

    def __str__(self) -> str:
        return f"{self.day} {self.position}"


class Fared(models.Model):
    """How the warnings of a signal fared over the history, one row a signal: rewritten by each replay."""

    signal = models.CharField(max_length=30, unique=True)
    first = models.DateField()
    last = models.DateField()
    right = models.PositiveIntegerField()
    wrong = models.PositiveIntegerField()
    undecided = models.PositiveIntegerField()
    breaches = models.PositiveIntegerField()
    foreseen = models.PositiveIntegerField()
    lead_days: Any = models.JSONField(default=list)

    access = Access(rule="internal")

    def __str__(self) -> str:
        return f"{self.signal} {self.right}/{self.wrong}"
