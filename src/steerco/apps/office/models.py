"""Requests for support, the time that they take, what the office promises, whom one asks, and mails that came in."""

from datetime import time
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Initiative, Record
from steerco.apps.office.reckoning import DERIVED, reckon
from steerco.apps.office.states import REQUEST_STATES
from steerco.apps.office.working_hours import WorkingHours
from steerco.apps.organisation.selectors import days_off
from steerco.apps.people.models import Party, Person, Unit
from steerco.kit import clock
from steerco.kit.fields import sort_key
from steerco.kit.history import Versioned, versioned
from steerco.kit.permissions import Access, ScopedQuerySet
from steerco.kit.states import States


class OfficeSettings(models.Model):
    """The office's own settings, one row: where general requests stand, whom they fall to, when it works."""

    place = models.ForeignKey(
        Initiative,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("where requests to the office in general stand"),
    )
    party = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who answers where nobody else does"),
    )
    opens = models.TimeField(_("the office works from"), default=time(8))
    closes = models.TimeField(_("the office works until"), default=time(16))

    access = Access(rule="internal")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="office_opens_closes"),
        )

    def __str__(self) -> str:
        return f"{self.opens}–{self.closes}"

    @classmethod
    def hours(cls) -> WorkingHours:
        """When the office works; the defaults before anybody has said so."""
        row = cls.objects.order_by("pk").first() or cls()
        return WorkingHours(row.opens, row.closes, off=days_off())


@versioned
class RequestCategory(Versioned):
    """What is asked for, who looks after it, and how soon: hours to the first answer, working days to the end."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    sort_name = models.CharField(max_length=220, editable=False)
    party = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("looked after by"),
    )
    answer_hours = models.PositiveSmallIntegerField(
        _("working hours to the first answer"),
        null=True,
        blank=True,
        validators=(MinValueValidator(1), MaxValueValidator(400)),
    )
    done_days = models.PositiveSmallIntegerField(
        _("working days until it is done"),
        null=True,
        blank=True,
        validators=(MinValueValidator(1), MaxValueValidator(250)),
    )
    in_use = models.BooleanField(_("in use"), default=True)

    objects = ScopedQuerySet.as_manager()
    access = Access(view="person.view", rule="staff")
    bookkeeping = Versioned.bookkeeping | {"sort_name"}

    class Meta:
        ordering = ("sort_name", "pk")
        verbose_name = _("category of requests")
        verbose_name_plural = _("categories of requests")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def prepare_write(cls, instances: list[Any], creating: bool) -> None:
        """Keep the sort key with the name."""
        for row in instances:
            row.sort_name = sort_key(row.name)


@versioned
class SupportRequest(Record):
    """Something that somebody asks of the office. The clock stands still while it waits for the asker.

    `next_due` is what is owed next, the first answer or the end, by the category's target, else by the wish.
    """

    class Priority(models.IntegerChoices):
        LOW = 1, _("low")
        MEDIUM = 2, _("medium")
        HIGH = 3, _("high")

    class Kept(models.TextChoices):
        YES = "yes", _("in time")
        NO = "no", _("too late")

    register_key: ClassVar[str] = "support_request"
    number_prefix: ClassVar[str] = "Q"
    states: ClassVar[States] = REQUEST_STATES

    description = models.TextField(_("what is wanted"), blank=True)
    category = models.ForeignKey(
        RequestCategory,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requests",
        verbose_name=_("category"),
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.MEDIUM
    )
    asked_by = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    unit = models.ForeignKey(
        Unit,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("unit of the asker"),
    )
    asked_on = models.DateField(_("asked on"), null=True, blank=True)
    wanted_by = models.DateField(_("wanted by"), null=True, blank=True)
    question = models.TextField(_("what the asker is asked"), blank=True)
    outcome = models.TextField(_("outcome"), blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    asked_at = models.DateTimeField(_("asked at"), null=True, editable=False)
    answered_at = models.DateTimeField(_("first answer"), null=True, editable=False)
    waiting_since = models.DateTimeField(_("waiting since"), null=True, editable=False)
    waited = models.PositiveIntegerField(_("minutes waited for the asker"), default=0, editable=False)
    answer_due = models.DateTimeField(_("first answer due"), null=True, editable=False)
    done_due = models.DateTimeField(_("end due"), null=True, editable=False)
    next_due = models.DateTimeField(_("owed next"), null=True, editable=False)
    due_on = models.DateField(_("due on"), null=True, editable=False)
    answer_kept = models.CharField(
        _("first answer kept"), max_length=3, blank=True, editable=False, choices=Kept.choices
    )
    done_kept = models.CharField(
        _("target kept"), max_length=3, blank=True, editable=False, choices=Kept.choices
    )
    minutes = models.PositiveIntegerField(_("minutes spent"), default=0, editable=False)

    bookkeeping = Record.bookkeeping | set(DERIVED)

    class Meta(Record.Meta):
        verbose_name = _("support request")
        verbose_name_plural = _("support requests")
        indexes = (  # type: ignore[assignment]
            *Record.Meta.indexes,
            models.Index(fields=("state_group", "next_due"), name="supportrequest_queue"),
            models.Index(fields=("asked_by", "state_group"), name="supportrequest_asker"),
            models.Index(fields=("asked_on",), name="supportrequest_month"),
        )

    @property
    def due(self) -> Any:
        """What is owed next; nothing while it waits for the asker."""
        return self.due_on

    @classmethod
    def prepare_write(cls, instances: list[Any], creating: bool) -> None:
        """Let the clock of what is promised follow from the values, then keep the entry."""
        categories = RequestCategory.objects.in_bulk({row.category_id for row in instances} - {None})
        hours, now = OfficeSettings.hours(), clock.now()
        for row in instances:
            reckon(row, None if creating else row.stored, categories.get(row.category_id), hours, now)
        super().prepare_write(instances, creating)

    def clean(self) -> None:
        """It is not wanted, nor ended, before it was asked for."""
        super().clean()
        errors: dict[str, Any] = {}
        for name in ("wanted_by", "ended_on"):
            day = getattr(self, name)
            if day and self.asked_on and day < self.asked_on:
                errors[name] = _("That is before it was asked for.")
        if errors:
            raise ValidationError(errors)


@versioned
class TimeSpent(Versioned):
    """Minutes that somebody spent on a request on a day."""

    request = models.ForeignKey(SupportRequest, on_delete=models.CASCADE, related_name="bookings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    on = models.DateField(_("day"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=(MinValueValidator(1), MaxValueValidator(1440))
    )
    note = models.CharField(_("what was done"), max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()
    access = Access(
        view="record.edit",  # how long each person took is for those who do the work
        scope="request__initiative_id",
        restricted_by="request__restricted_by_id",
        entry="request__entry_id",
    )

    class Meta:
        ordering = ("-on", "-pk")
        verbose_name = _("time spent")
        verbose_name_plural = _("times spent")

    def __str__(self) -> str:
        return f"{self.person}: {self.minutes}"

    @property
    def event_entry_id(self) -> int:
        """It shows in the history of the request."""
        return self.request.entry_id


@versioned
class Contact(Versioned):
    """Whom people of an initiative, and of what is below it, ask. Without a party: whoever is named above."""

    initiative = models.OneToOneField(Initiative, on_delete=models.CASCADE, related_name="contact")
    party = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("contact")
    )

    objects = ScopedQuerySet.as_manager()
    access = Access(
        view="initiative.view",
        scope="initiative_id",
        restricted_by="initiative__restricted_by_id",
        entry="initiative__entry_id",
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return f"{self.initiative}: {self.party}"

    @property
    def event_entry_id(self) -> int:
        """It shows in the initiative's history."""
        return self.initiative.entry_id


STRANGER, NO_PLACE = (
    "of somebody unknown",
    "no place for general requests",
)  # notes, as the console prints them
WHY = {
    STRANGER: _("the sender is not in the address book"),
    NO_PLACE: _("no place is chosen for requests to the office in general"),
}


class IncomingMail(models.Model):
    """A mail to the office, known by the digest of its Message-ID, so that it is taken once.

    `content` holds a mail from somebody unknown until the office accepts or discards it; then only the note stays.
    """

    class State(models.TextChoices):
        OPENED = "opened", _("opened a request")
        HELD = "held", _("held for the office")
        ACCEPTED = "accepted", _("accepted")
        DISCARDED = "discarded", _("discarded")
        DROPPED = "dropped", _("dropped")

    digest = models.CharField(max_length=64, unique=True)
    sender = models.CharField(max_length=254)
    sender_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    files = models.JSONField(default=list)  # the names of what is attached
    content = models.BinaryField(default=bytes)
    at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices)
    note = models.CharField(max_length=120, blank=True)
    request = models.ForeignKey(SupportRequest, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ScopedQuerySet.as_manager()
    access = Access(rule="office", view="initiative.edit")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("incoming mail")
        verbose_name_plural = _("incoming mails")
        indexes = (models.Index(fields=("state", "at"), name="office_mail_state"),)

    def __str__(self) -> str:
        return self.subject

    @property
    def why(self) -> str:
        """Why it is held, in the reader's language."""
        return str(WHY.get(self.note, self.note))
