"""The journal: one row for everything that a business action left behind.

The audit trail, the activity feed and the outbox are views of it. Events are appended unchained in the business
transaction; the sealer chains them a few seconds later (`seals.py`).
"""

from django.conf import settings
from django.db import models

from steerco.kit.permissions import Access


class Event(models.Model):
    """What one business action did to one thing.

    `sequence` orders events; times only tell. `changes` maps a field to [old, new] in JSON-ready values.
    `salt` and `digest` are written by the sealer: the chain covers the digest, so that erasing a person's data
    (drop `changes`, `salt`) leaves the chain whole.
    """

    sequence = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=80)
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=True
    )
    actor_label = models.CharField(max_length=200)
    via = models.CharField(max_length=10)
    behalf_of = models.BigIntegerField(null=True)  # a party
    behalf_source = models.CharField(max_length=20, blank=True)
    entry = models.ForeignKey(
        settings.KIT_ENTRY_MODEL, null=True, on_delete=models.PROTECT, related_name="events"
    )
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    changes = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    batch = models.CharField(max_length=40, blank=True, db_index=True)

    position = models.BigIntegerField(null=True, unique=True)
    salt = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    chain = models.CharField(max_length=64, blank=True)

    access = Access(view="audit.read", rule="office")

    class Meta:
        ordering = ("sequence",)
        indexes = (
            models.Index(fields=("model", "object_id", "sequence")),
            models.Index(fields=("sequence",), name="journal_unsealed", condition=models.Q(position=None)),
            models.Index(fields=("model", "position"), name="journal_model_position"),  # journal/unchanged.py
            models.Index(  # what one person did; without the many rows that nobody signed in made
                fields=("actor_user", "kind"),
                name="journal_actor",
                condition=models.Q(actor_user__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


class Submission(models.Model):
    """A write that was answered, kept so that sending it again answers the same without doing it again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    location = models.CharField(max_length=500, blank=True)

    access = Access(rule="internal")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "route", "key"), name="journal_submission_once"),
        )

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class OutboxMessage(models.Model):
    """Something to be sent after the transaction that asked for it: never twice, never lost.

    Unique on (recipient, kind, object, period); the Message-ID derives from these, so a repeated send is
    recognised by the receiving side too.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"
        DROPPED = "dropped"  # the recipient may no longer see the object

    recipient = models.CharField(max_length=254)
    kind = models.CharField(max_length=60)
    object_key = models.CharField(max_length=120)
    period = models.CharField(max_length=40, blank=True)
    payload = models.JSONField(default=dict)
    created = models.DateTimeField()
    due = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)

    access = Access(rule="internal")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("recipient", "kind", "object_key", "period"), name="journal_outbox_once"
            ),
        )
        indexes = (models.Index(fields=("state", "due")),)

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient}"
