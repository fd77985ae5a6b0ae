"""Meetings, who comes, what is on the agenda, and what was said and settled."""

import re
from datetime import datetime, time
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from steerco.apps.governance.models import Body
from steerco.apps.initiatives.models import Entry, Record
from steerco.apps.meetings.states import MEETING_STATES
from steerco.apps.people.models import Party, Person
from steerco.kit.history import versioned
from steerco.kit.permissions import Access
from steerco.kit.states import States

LONGEST = 24 * 60  # minutes
CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@versioned
class Meeting(Record):
    """People who come together at a time, most often as a body. Its owner keeps the minutes."""

    register_key: ClassVar[str] = "meeting"
    number_prefix: ClassVar[str] = "MT"
    states: ClassVar[States] = MEETING_STATES

    body = models.ForeignKey(
        Body, null=True, blank=True, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("body")
    )
    day = models.DateField(_("day"))
    begins = models.CharField(_("begins at"), max_length=5, default="10:00")
    minutes = models.PositiveSmallIntegerField(
        _("length in minutes"), default=60, validators=(MinValueValidator(5), MaxValueValidator(LONGEST))
    )
    place = models.CharField(_("room or place"), max_length=200, blank=True)
    link = models.URLField(_("link to join"), max_length=500, blank=True)
    chair = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("chair")
    )
    papers_by = models.DateField(_("papers by"), null=True, blank=True)
    series = models.CharField(_("series"), max_length=120, blank=True)
    moved = models.CharField(_("why it was moved, added or cancelled"), max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")

    @property
    def due(self) -> Any:
        """The day that it takes place on."""
        return self.day

    @property
    def starts(self) -> datetime:
        """When it begins (aware)."""
        return timezone.make_aware(datetime.combine(self.day, time.fromisoformat(self.begins)))

    @property
    def is_ahead(self) -> bool:
        """Whether it is still to be held."""
        return self.state in ("draft", "called")

    def clean(self) -> None:
        """Its time is one; papers come before it."""
        super().clean()
        errors: dict[str, Any] = {}
        if not CLOCK_TIME.fullmatch(self.begins):
            errors["begins"] = _("Write the time as 09:30.")
        if self.papers_by and self.day and self.papers_by > self.day:
            errors["papers_by"] = _("Papers are needed before the meeting.")
        if errors:
            raise ValidationError(errors)


class Attendee(models.Model):
    """Somebody who is asked to come: a person who is known here, or a name with an address."""

    class Reply(models.TextChoices):
        NONE = "", _("no answer yet")
        YES = "yes", _("comes")
        NO = "no", _("does not come")
        MAYBE = "maybe", _("perhaps")

    class Presence(models.TextChoices):
        UNKNOWN = "", _("not noted yet")
        PRESENT = "present", _("present")
        ABSENT = "absent", _("absent")
        REPRESENTED = "represented", _("represented")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendees")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    seat = models.CharField(max_length=30, blank=True)  # the role of the seat that brings them: "chair"
    required = models.BooleanField(_("needed"), default=True)
    reply = models.CharField(max_length=8, choices=Reply.choices, blank=True, default=Reply.NONE)
    presence = models.CharField(
        _("presence"), max_length=12, choices=Presence.choices, blank=True, default=Presence.UNKNOWN
    )

    access = Access(rule="internal")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("meeting", "person"), condition=Q(person__isnull=False), name="meetings_attendee_once"
            ),
        )

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """Who it is."""
        return self.person.name if self.person else self.name

    @property
    def address(self) -> str:
        """Where they are written to; "" where that is not known."""
        return self.person.email if self.person else self.email


class StandingItem(models.Model):
    """What is on the agenda of a body each time."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="standing_items")
    rank = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("title"), max_length=200)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=5, validators=(MaxValueValidator(LONGEST),)
    )

    access = Access(rule="internal")

    class Meta:
        ordering = ("rank", "pk")

    def __str__(self) -> str:
        return self.title


class Item(models.Model):
    """Something to talk about: on the agenda of a meeting, or waiting for the body's next one (`meeting` empty).

    What is about an entry takes its title from there when it is shown, and is shown to its readers only.
    """

    class Kind(models.TextChoices):
        TOPIC = "topic", _("topic")
        STANDING = "standing", _("standing item")
        MINUTES = "minutes", _("minutes of the last meeting")
        DECISION = "decision", _("decision")
        CHANGE = "change", _("change request")
        ESCALATION = "escalation", _("escalation")
        ACTION = "action", _("action of the last meeting")
        REPORT = "report", _("report")

    class Outcome(models.TextChoices):
        NONE = "", _("no outcome yet")
        NOTED = "noted", _("noted")
        RECORDED = "recorded", _("decision recorded")
        DEFERRED = "deferred", _("deferred to the next meeting")

    meeting = models.ForeignKey(Meeting, null=True, on_delete=models.CASCADE, related_name="items")
    body = models.ForeignKey(Body, null=True, on_delete=models.CASCADE, related_name="backlog")
    rank = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TOPIC)
    title = models.CharField(_("title"), max_length=300, blank=True)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.CASCADE, related_name="agenda_items")
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=10, validators=(MaxValueValidator(LONGEST),)
    )
    presenter = models.CharField(_("who presents"), max_length=120, blank=True)
    text = models.TextField(_("what was said"), blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default=Outcome.NONE)
    carried = models.PositiveSmallIntegerField(default=0)  # how often it was deferred before

    access = Access(rule="internal")

    class Meta:
        ordering = ("rank", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("meeting", "entry"), condition=Q(entry__isnull=False), name="meetings_item_once"
            ),
        )

    def __str__(self) -> str:
        return self.title


class FeedKey(models.Model):
    """The key of one person's own calendar of meetings; without a row there is none."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    access = Access(rule="internal")

    def __str__(self) -> str:
        return f"feed of {self.person_id}"
