"""What becomes of lessons: used at a record, not for there, taken back; where each was used, how many by quarter."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.links.models import Relation
from steerco.apps.links.services import relate_to, unrelate
from steerco.apps.raid.models import Lesson, LessonUse
from steerco.kit import clock
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, require, visible_to

USEFUL, NOT_HERE, UNDO = "useful", "not-here", "undo"
QUARTERS = 8


def uses_seen(actor: Actor) -> QuerySet[LessonUse]:
    """Where lessons are used, as far as `actor` may read the records."""
    rows = visible_to(LessonUse.objects.filter(relation__isnull=False), actor)
    return rows.exclude(entry__state_group=StateGroup.DELETED)


def with_reuse(queryset: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
    """The lessons with `reused`: at how many records that `actor` may read each is used."""
    own = uses_seen(actor).filter(lesson=OuterRef("pk")).order_by().values("lesson")
    counted = own.annotate(n=Count("pk")).values("n")
    return queryset.annotate(reused=Coalesce(Subquery(counted), 0))


def uses_of(actor: Actor, lesson: Lesson) -> list[LessonUse]:
    """Where a lesson is used, the latest first, with who said so and when."""
    rows = uses_seen(actor).filter(lesson=lesson).select_related("entry__initiative", "by")
    return list(rows.order_by("-at", "-pk"))


def answer_lesson(actor: Actor, lesson: Lesson, entry: Entry, answer: str) -> LessonUse:
    """Say that a lesson is useful at an entry, or not for there, or take either back. Raises Denied.

    The caller found both among what `actor` may read; whoever may change the entry answers. The same answer twice is
    one; the first one's name and day stay.
    """
    require(actor, "record.edit", entry)
    with transaction.atomic():
        row, _made = LessonUse.objects.select_for_update().get_or_create(
            lesson=lesson, entry=entry, defaults={"suggested_on": clock.today()}
        )
        before = _said(row)
        if before == answer or (answer == UNDO and not before):
            return row
        if row.relation is not None and answer != USEFUL:
            unrelate(actor, row.relation)
            row.relation = None
        if answer == USEFUL:
            source = Entry.objects.get(pk=lesson.entry_id)
            row.relation = relate_to(actor, source, entry, Relation.Kind.USED_IN)
        row.dismissed = answer == NOT_HERE
        row.at, row.by_id = (None, None) if answer == UNDO else (clock.now(), actor.person_id)
        row.save()
        changes = {"lesson": [None, lesson.pk], "answer": [before, _said(row)]}
        event = Event(
            kind="lesson.answered",
            entry_id=entry.pk,
            model="raid.lessonuse",
            object_id=row.pk,
            changes=changes,
        )
        append_events(actor, [event])
    return row


def _said(row: LessonUse) -> str:
    return USEFUL if row.relation_id else NOT_HERE if row.dismissed else ""


@dataclass(frozen=True)
class Quarter:
    """What happened to lessons in one quarter of the calendar."""

    year: int
    number: int
    suggested: int
    used: int
    dismissed: int

    @property
    def percent(self) -> int | None:
        """How many of a hundred that were suggested are used; None without any."""
        return round(100 * self.used / self.suggested) if self.suggested else None


def quarters(actor: Actor, lessons: QuerySet[Any]) -> list[Quarter]:
    """The last quarters, the latest first: suggestions by the quarter in which they were made, with what became of
    them. Only of lessons and records that `actor` may read. One query."""
    first = _quarter_before(clock.today(), QUARTERS - 1)
    rows = visible_to(LessonUse.objects.filter(suggested_on__gte=first), actor)
    rows = rows.exclude(entry__state_group=StateGroup.DELETED).filter(lesson__in=lessons.values("pk"))
    counted = (
        rows.order_by()
        .values_list("suggested_on")
        .annotate(n=Count("pk"), refused=Count("pk", filter=Q(dismissed=True)), used=Count("relation"))
    )
    tally: Counter[tuple[int, int, str]] = Counter()
    for day, suggested, refused, used in counted:
        where = (day.year, (day.month + 2) // 3)
        tally[*where, "suggested"] += suggested
        tally[*where, "dismissed"] += refused
        tally[*where, "used"] += used
    places = sorted({(year, number) for year, number, _what in tally}, reverse=True)
    return [Quarter(*at, *(tally[*at, what] for what in ("suggested", "used", "dismissed"))) for at in places]


def _quarter_before(day: date, count: int) -> date:
    """The first day of the quarter `count` quarters before that of `day`."""
    quarter = day.year * 4 + (day.month - 1) // 3 - count
    return date(quarter // 4, quarter % 4 * 3 + 1, 1)


def note_suggested(pairs: Sequence[tuple[int, int]]) -> int:
    """Keep that lessons were suggested today, as (lesson, entry); returns how many are new."""
    before = LessonUse.objects.count()
    rows = [
        LessonUse(lesson_id=lesson, entry_id=entry, suggested_on=clock.today()) for lesson, entry in pairs
    ]
    LessonUse.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return LessonUse.objects.count() - before
