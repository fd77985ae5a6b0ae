"""Follow-ups: something that one party owes another by a date about one entry, with the answers that are allowed."""

import secrets
from collections.abc import Callable

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Entry
from steerco.apps.people.models import Party, Person
from steerco.kit.permissions import Access, ScopedQuerySet

OF_FOLLOW_UP = Access(
    view="record.view",
    scope="entry__initiative_id",
    restricted_by="entry__restricted_by_id",
    entry="entry_id",
)


# How the follow-ups of each kind ask, in the language of whoever reads: filled by `kinds.declare_kind`.
ASKING: dict[str, Callable[["FollowUp"], str]] = {}


class FollowUp(models.Model):
    """What `debtor` owes `creditor` about `entry`. `key` makes it one, however often it is asked for.

    Posts and bodies are asked as such; who answered is kept with the answer.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        LAPSED = "lapsed", _("answered by silence")
        SETTLED = "settled", _("settled otherwise")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Identity(models.TextChoices):
        """How it was shown who answered."""

        SIGNED_IN = "session", _("signed in")
        TOKEN = "token", _("signed in by a token")
        LINK = "link", _("by the link of a mail")
        CODE = "code", _("by the link of a mail and a code sent to the address")
        SILENCE = "silence", _("by agreed silence")
        CONSOLE = "command", _("at the console")

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=60)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="follow_ups")
    debtor = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="owes")
    creditor = models.ForeignKey(Party, null=True, on_delete=models.SET_NULL, related_name="awaits")
    data = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    due = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=30, blank=True)
    comment = models.TextField(blank=True)
    given = models.JSONField(
        default=dict
    )  # what an answer asked for: {"until": "2026-12-01"}, {"percent": 40}
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    identity = models.CharField(max_length=10, choices=Identity.choices, blank=True)
    delegated_from = models.ForeignKey(Party, null=True, on_delete=models.SET_NULL, related_name="+")
    nudged_on = models.DateField(null=True)  # the last day on which whoever waits reminded of it
    silence_on = models.DateField(null=True)
    silence_answer = models.CharField(max_length=30, blank=True)
    silence_clause = models.CharField(max_length=500, blank=True)

    objects = ScopedQuerySet.as_manager()
    access = OF_FOLLOW_UP

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        indexes = (
            models.Index(fields=("debtor", "due"), name="followups_owed", condition=Q(state="open")),
            models.Index(fields=("kind", "state"), name="followups_kind"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(silence_on=None) | ~Q(silence_clause=""),
                name="followups_silence_quotes_its_clause",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.entry}"

    @property
    def question(self) -> str:
        """What is asked, in the reader's language."""
        return ASKING[self.kind](self) if self.kind in ASKING else self.entry.title


class Reminder(models.Model):
    """A step of the ladder that was taken for a follow-up, once for each due date: never the same one twice."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="reminders")
    step = models.SmallIntegerField()
    due = models.DateField()
    action = models.CharField(max_length=12)
    taken_at = models.DateTimeField()

    access = Access(rule="internal")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("follow_up", "due", "step", "action"), name="followups_reminded_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} for {self.follow_up_id}"


class LadderStep(models.Model):
    """A rule of the organisation: `action` so many working days after the due date (negative: before).

    The steps of a kind replace those that it ships with; the steps without a kind replace the general ones.
    """

    class Action(models.TextChoices):
        REMIND = "remind", _("remind whoever owes it")
        DEPUTY = "deputy", _("tell the deputy")
        LEAD = "lead", _("tell the manager of the initiative")
        SPONSOR = "sponsor", _("tell the sponsor")
        CREDITOR = "creditor", _("tell whoever waits for it")

    kind = models.CharField(max_length=60, blank=True)
    days = models.SmallIntegerField(_("working days after the due date"))
    action = models.CharField(_("what happens"), max_length=12, choices=Action.choices)

    objects = ScopedQuerySet.as_manager()
    access = Access(rule="staff", view="person.view")

    class Meta:
        ordering = ("kind", "days", "pk")
        constraints = (
            models.UniqueConstraint(fields=("kind", "days", "action"), name="followups_step_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.days} {self.action}"


def new_nonce() -> str:
    """What makes a link's address impossible to guess, together with the installation's secret."""
    return secrets.token_urlsafe(16)


class AnswerLink(models.Model):
    """A door from a mail to one follow-up for one person. Its address stands in no table; it is derived."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="links")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=40, default=new_nonce, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    code_sent_at = models.DateTimeField(null=True)
    codes_sent = models.PositiveSmallIntegerField(default=0)
    code_tries = models.PositiveSmallIntegerField(default=0)

    access = Access(rule="internal")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("follow_up", "person"), name="followups_link_once"),)

    def __str__(self) -> str:
        return f"{self.follow_up_id} for {self.person}"
