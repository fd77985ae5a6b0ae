"""Calendars of reports, their cycles, the reports, and what was frozen of them."""

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.cycles.kinds import KINDS, OF_CYCLES, ReportKind, kind_choices
from steerco.apps.cycles.layouts import LayoutField, is_five, shaped
from steerco.apps.cycles.states import REPORT_STATES
from steerco.apps.governance.models import Body
from steerco.apps.initiatives.models import OF_INITIATIVE, Initiative, Record
from steerco.apps.meetings.models import Meeting
from steerco.apps.people.models import Party
from steerco.apps.stakeholders.models import DistributionList
from steerco.engine.calendar import Offsets, Rhythm
from steerco.kit import clock
from steerco.kit.fields.days import days_in
from steerco.kit.history import Versioned, versioned
from steerco.kit.permissions import Access, ScopedQuerySet
from steerco.kit.states import States

SCHEMA = (
    2  # of the frozen content; 2 adds `assurance` and the weeks of a rating, older ones are read as they are
)
# Working days from the last day of a period, and from the day of a meeting: opened, due, reviewed, locked, published.
AFTER_PERIOD = (-2, 1, 2, 3, 4)
BEFORE_MEETING = (-10, -8, -7, -6, -5)
FURTHEST = 60  # working days from the last day of a period

# What a rating in a report may be: a colour, or a state that is no colour.
RATINGS: tuple[tuple[str, str | Promise], ...] = (
    ("green", _("Green")),
    ("amber-green", _("Amber/green")),
    ("amber", _("Amber")),
    ("amber-red", _("Amber/red")),
    ("red", _("Red")),
    ("not_started", _("not started")),
    ("on_hold", _("on hold")),
    ("complete", _("complete")),
)


@versioned
class Cadence(Versioned):
    """A calendar of reports: what is reported below an initiative, how often, by when, to whom."""

    class Covers(models.TextChoices):
        CHILDREN = "children", _("what stands directly below")
        WORKSTREAMS = "workstreams", _("workstreams below")
        PROJECTS = "projects", _("projects below")
        EVERYTHING = "everything", _("everything below")
        ITSELF = "itself", _("itself")

    initiative = models.ForeignKey(
        Initiative, on_delete=models.CASCADE, related_name="cadences", verbose_name=_("initiative")
    )
    title = models.CharField(_("report"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=kind_choices(regular=True), default="weekly")
    covers = models.CharField(
        _("who reports"), max_length=12, choices=Covers.choices, default=Covers.CHILDREN
    )
    asks = models.BooleanField(_("asks for reports of its own"), default=True)
    rhythm = models.CharField(
        _("how often"),
        max_length=10,
        default=Rhythm.WEEK.value,
        choices=(
            (Rhythm.WEEK.value, _("weekly")),
            (Rhythm.FORTNIGHT.value, _("every two weeks")),
            (Rhythm.MONTH.value, _("monthly")),
            (Rhythm.QUARTER.value, _("quarterly")),
            (Rhythm.OWN.value, _("on own dates")),
            (Rhythm.MEETING.value, _("before each meeting of a body")),
        ),
    )
    body = models.ForeignKey(
        Body,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cadences",
        verbose_name=_("body that meets"),
    )
    anchor = models.DateField(_("a period ends on"), blank=True)  # filled where nothing hangs on it
    own_ends = models.TextField(_("own dates"), blank=True)
    opens = models.SmallIntegerField(_("opens, working days after the period"), default=-2)
    due = models.SmallIntegerField(_("due, working days after the period"), default=1)
    review = models.SmallIntegerField(_("reviewed, working days after the period"), default=2)
    lock = models.SmallIntegerField(_("locked, working days after the period"), default=3)
    publish = models.SmallIntegerField(_("published, working days after the period"), default=4)
    lock_hour = models.PositiveSmallIntegerField(
        _("locked at, hour"), default=12, validators=(MaxValueValidator(23),)
    )
    reviewer = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("reviewer")
    )
    consolidator = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who consolidates"),
    )
    contact = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("contact outside"),
    )
    receivers = models.ForeignKey(
        DistributionList,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("receivers"),
    )
    layout = LayoutField(_("form"), default=dict, blank=True, editable=False)  # see `layouts`
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("to"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    access = OF_INITIATIVE

    class Meta:
        ordering = ("title", "pk")
        verbose_name = _("reporting calendar")
        verbose_name_plural = _("reporting calendars")
        constraints = (
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=F("starts")),
                name="cycles_cadence_from_to",
                violation_error_message=_("It cannot end before it begins."),
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def event_entry_id(self) -> int:
        """A calendar shows in the initiative's history."""
        return self.initiative.entry_id

    @property
    def offsets(self) -> Offsets:
        """When a report is opened, due, reviewed, locked, published."""
        return Offsets(self.opens, self.due, self.review, self.lock, self.publish)

    @property
    def own_days(self) -> list[date]:
        """The last days of its own periods, in order."""
        return sorted(date.fromisoformat(line) for line in self.own_ends.split())

    def clean(self) -> None:
        """Its days come in order and not too far off; own dates are dates."""
        errors: dict[str, Any] = {}
        steps = {name: getattr(self, name) for name in ("opens", "due", "review", "lock", "publish")}
        if all(isinstance(step, int) for step in steps.values()):  # else the field says what is wrong with it
            for name, step in steps.items():
                if abs(step) > FURTHEST:
                    errors[name] = _("Take at most %(n)s working days.") % {"n": FURTHEST}
            try:
                _offsets = self.offsets
            except ValueError:
                errors["due"] = _("A report is opened, due, reviewed, locked and published in this order.")
        errors |= self._errors_of_days()
        if self.rhythm == Rhythm.MEETING:
            errors |= self._errors_of_meetings(steps)
        elif tuple(steps.values()) == BEFORE_MEETING:  # left over from when it hung on meetings
            self.opens, self.due, self.review, self.lock, self.publish = AFTER_PERIOD
        if self.contact_id and self.covers != self.Covers.ITSELF:
            errors["contact"] = _("Only a calendar that covers the initiative itself asks one contact.")
        if errors:
            raise ValidationError(errors)

    def _errors_of_days(self) -> dict[str, Any]:
        """Own dates are kept in one way, however the reader's language writes them; where a period of another rhythm
        ends has to be said."""
        try:
            days = days_in(self.own_ends)
        except ValidationError as error:
            return {"own_ends": error}
        self.own_ends = "\n".join(day.isoformat() for day in days)
        if self.rhythm == Rhythm.OWN and not days:
            return {"own_ends": _("Write the last day of each period, one a line.")}
        anchor: date | None = self.anchor
        if anchor is None and self.rhythm in (Rhythm.OWN, Rhythm.MEETING):
            self.anchor = anchor = days[0] if days else clock.today()
        return {"anchor": _("Say on which day a period ends.")} if anchor is None else {}

    def _errors_of_meetings(self, steps: dict[str, Any]) -> dict[str, Any]:
        """Before meetings, days are counted from the meeting; what was left as it is for periods becomes the usual."""
        if self.body_id is None:
            return {"body": _("Name the body before whose meetings is reported.")}
        if tuple(steps.values()) == AFTER_PERIOD:
            self.opens, self.due, self.review, self.lock, self.publish = BEFORE_MEETING
        elif isinstance(self.publish, int) and self.publish >= 0:
            return {"publish": _("Papers go out before the meeting: count its working days below zero.")}
        return {}


class Cycle(models.Model):
    """One round of reports about one period."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        LOCKED = "locked", _("locked")
        PUBLISHED = "published", _("published")
        SKIPPED = "skipped", _("called off")

    cadence = models.ForeignKey(Cadence, on_delete=models.PROTECT, related_name="cycles")
    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="+")
    period_start = models.DateField(_("period from"))
    period_end = models.DateField(_("period to"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(_("opened at"))
    due_on = models.DateField(_("due on"))
    review_on = models.DateField(_("reviewed by"))
    lock_at = models.DateTimeField(_("locked at"))
    publish_on = models.DateField(_("published on"))
    moved = models.CharField(_("why it was moved"), max_length=300, blank=True)
    meeting = models.ForeignKey(
        Meeting,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cycles",
        verbose_name=_("meeting"),
    )
    meeting_day = models.DateField(null=True, blank=True)  # on which its days were reckoned from

    objects = ScopedQuerySet.as_manager()
    access = Access(
        view="record.view",
        scope="initiative_id",
        restricted_by="initiative__restricted_by_id",
        entry="initiative__entry_id",
    )

    class Meta:
        ordering = ("-period_end", "-pk")
        verbose_name = _("reporting cycle")
        verbose_name_plural = _("reporting cycles")
        constraints = (
            models.UniqueConstraint(
                fields=("cadence", "period_end"), condition=Q(meeting=None), name="cycles_cycle_once"
            ),
            models.UniqueConstraint(
                fields=("cadence", "meeting"), condition=Q(meeting__isnull=False), name="cycles_meeting_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.cadence.title} {self.period_end.isoformat()}"


@versioned
class Report(Record):
    """A report about a period of an initiative: being written, in review, frozen, or missing.

    What is written stands in its draft until it is frozen; then only what was frozen counts.
    """

    register_key: ClassVar[str] = "report"
    number_prefix: ClassVar[str] = "RP"
    states: ClassVar[States] = REPORT_STATES

    cycle = models.ForeignKey(
        Cycle, null=True, blank=True, on_delete=models.PROTECT, related_name="reports", editable=False
    )
    kind = models.CharField(_("kind"), max_length=20, choices=kind_choices(), default="exception")
    period_start = models.DateField(_("period from"), null=True, blank=True)
    period_end = models.DateField(_("period to"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    reviewer = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("reviewer")
    )
    rating = models.CharField(_("rating"), max_length=20, blank=True, choices=RATINGS, editable=False)
    computed = models.CharField(_("computed"), max_length=20, blank=True, editable=False)
    headline = models.CharField(_("in a sentence"), max_length=500, blank=True, editable=False)
    unchanged = models.BooleanField(_("no change"), default=False, editable=False)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True, editable=False)
    returns = models.PositiveSmallIntegerField(_("times sent back"), default=0, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = (  # type: ignore[assignment]
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("cycle", "initiative", "kind"),
                condition=Q(cycle__isnull=False),
                name="cycles_report_once",
            ),
        )

    @property
    def due(self) -> Any:
        """The day that it is owed by."""
        return self.due_on if self.state in ("due", "returned") else None

    @property
    def what(self) -> ReportKind:
        """Its kind, as its calendar asks for it."""
        kind = KINDS[self.kind]
        cadence = self.cycle.cadence if self.cycle else None
        if cadence is None:
            return kind
        if cadence.kind == self.kind:
            return shaped(kind, cadence.layout)
        return replace(kind, five=is_five(cadence.layout))

    def clean(self) -> None:
        """Its period is one."""
        super().clean()
        if self.period_start and self.period_end and self.period_end < self.period_start:
            raise ValidationError({"period_end": _("It cannot end before it begins.")})
        if self.cycle_id is None and self.kind in OF_CYCLES:
            raise ValidationError(
                {"kind": _("Only a reporting cycle opens one of this kind. Choose another.")}
            )


class Draft(models.Model):
    """What is being written: kept as typed, without history, until it is submitted.

    `content`: {"headline", "ratings": {dimension: {"value", "why"}}, "path": {"text", "by"}, "texts": {part: text},
    "dropped": [fact], "promoted": [fact], "carried": [fact], "answers": {question: answer},
    "entered": {"source", "on", "note", "file"}}.
    `built` is the whole report as it was submitted.
    """

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="draft")
    content = models.JSONField(default=dict)
    built = models.JSONField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200, blank=True)
    seconds = models.PositiveIntegerField(default=0)  # with the page in use
    comment = models.TextField(blank=True)  # why it was sent back

    access = Access(rule="internal")

    def __str__(self) -> str:
        return f"draft of {self.report_id}"


class FrozenReport(models.Model):
    """A report as it was frozen: canonical JSON and its hash. A correction is a newer one; nothing changes this one."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="frozen")
    number = models.PositiveSmallIntegerField(_("edition"))
    content = models.TextField()
    digest = models.CharField(_("hash"), max_length=64)
    schema = models.PositiveSmallIntegerField(default=SCHEMA)
    renderer = models.CharField(max_length=20)
    frozen_at = models.DateTimeField(_("frozen at"))
    frozen_by = models.CharField(_("frozen by"), max_length=200)
    reviewed = models.BooleanField(_("reviewed"), default=False)
    correction = models.CharField(_("what was wrong"), max_length=500, blank=True)

    access = Access(rule="internal")

    class Meta:
        ordering = ("report", "number")
        constraints = (models.UniqueConstraint(fields=("report", "number"), name="cycles_frozen_once"),)

    def __str__(self) -> str:
        return f"{self.report_id}/{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written once. Raises TypeError for a change."""
        if not self._state.adding:
            raise TypeError("a frozen report is immutable: freeze a correction")
        self.digest = hashlib.sha256(self.content.encode()).hexdigest()
        super().save(*args, **kwargs)
