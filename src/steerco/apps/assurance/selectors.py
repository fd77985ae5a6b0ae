"""Reads across reviews: the second rating of initiatives, how much was reviewed, what is found again and again."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from steerco.apps.assurance.models import Area, Finding, Review, ReviewKind
from steerco.apps.assurance.states import SAID
from steerco.apps.indicators.models import Snapshot
from steerco.apps.initiatives.models import Ancestry, Initiative
from steerco.apps.organisation.selectors import organisation
from steerco.kit.permissions import Actor

YEAR = timedelta(days=365)
OFTEN = 3  # reviews that found the same
FAR_APART = 2  # steps between two ratings, from which the difference is called out
ORDER = {"green": 1, "amber-green": 2, "amber": 3, "amber-red": 4, "red": 5}
REVIEWED = (
    Initiative.Status.APPROVED,
    Initiative.Status.INITIATING,
    Initiative.Status.DELIVERING,
    Initiative.Status.ON_HOLD,
    Initiative.Status.CLOSING,
)


@dataclass(frozen=True)
class Second:
    """What the newest issued review says of an initiative, beside what its manager says."""

    review: int
    reference: str
    kind: str
    value: str
    on: date

    @property
    def content(self) -> dict[str, Any]:
        """As a report keeps it."""
        return {
            "review": self.review,
            "ref": self.reference,
            "kind": self.kind,
            "value": self.value,
            "on": self.on.isoformat(),
        }


def steps_apart(declared: str, second: str) -> int:
    """By how many steps of five two ratings differ; 0 where one of them is no colour."""
    return abs(ORDER[declared] - ORDER[second]) if declared in ORDER and second in ORDER else 0


def second_ratings(reader: Actor, initiatives: Collection[int], day: date) -> dict[int, Second]:
    """The newest independent rating of each initiative up to `day`, as `reader` may see it. One statement.

    A self-assessment is no second opinion.
    """
    rows = Review.objects.visible_to(reader).filter(
        initiative__in=list(initiatives), state__in=SAID, deleted=False, issued_on__lte=day
    )
    rows = rows.exclude(kind=ReviewKind.SELF).exclude(confidence="").order_by("issued_on", "pk")
    return {
        row.initiative_id: Second(
            row.pk, row.reference, row.kind, row.confidence, row.held_on or row.issued_on
        )
        for row in rows
        if row.issued_on
    }


def in_place(actor: Actor, place: Initiative | None) -> QuerySet[Initiative]:
    """The projects and programmes at `place` and below that are under way and that the actor sees."""
    rows = Initiative.objects.visible_to(actor).filter(status__in=REVIEWED, archived=False)
    rows = rows.filter(type__in=(Initiative.Type.PROJECT, Initiative.Type.PROGRAMME))
    if place is not None:
        rows = rows.filter(pk__in=Ancestry.objects.filter(ancestor=place).values("descendant"))
    return rows


def reviews_in(actor: Actor, place: Initiative | None) -> QuerySet[Review]:
    """The reviews at `place` and below that the actor sees."""
    rows = Review.objects.visible_to(actor).filter(deleted=False)
    if place is not None:
        rows = rows.filter(initiative__in=Ancestry.objects.filter(ancestor=place).values("descendant"))
    return rows


@dataclass(frozen=True)
class Coverage:
    """How many of the projects under way were reviewed in the last twelve months, and how much of what they cost.

    `spend` and `spent_on` are whole-life costs in minor units of the organisation's currency; projects without such a
    figure count in neither.
    """

    reviewed: int
    count: int
    spend_reviewed: int
    spend: int

    @property
    def percent(self) -> int:
        """The share of projects, rounded down."""
        return 100 * self.reviewed // self.count if self.count else 0

    @property
    def spend_percent(self) -> int | None:
        """The share of the money, rounded down; None where no project has a figure."""
        return 100 * self.spend_reviewed // self.spend if self.spend else None


def costs_of(initiatives: Collection[int]) -> dict[int, int]:
    """The whole-life cost that each initiative reported last, in minor units of the organisation's currency."""
    rows = Snapshot.objects.filter(
        initiative__in=list(initiatives),
        current=True,
        whole_life_cost__isnull=False,
        currency=organisation().currency,
    )
    found = rows.order_by("as_of").values_list("initiative", "whole_life_cost")
    return {place: cost for place, cost in found if cost is not None}


def coverage(actor: Actor, place: Initiative | None, day: date) -> Coverage:
    """How much of what is under way was reviewed in the twelve months before `day`."""
    projects = in_place(actor, place).filter(type=Initiative.Type.PROJECT)
    pks = set(projects.values_list("pk", flat=True))
    done = Review.objects.visible_to(actor).filter(
        initiative__in=pks, issued_on__gt=day - YEAR, issued_on__lte=day, deleted=False
    )
    reviewed = set(done.exclude(kind=ReviewKind.SELF).values_list("initiative_id", flat=True))
    costs = costs_of(pks)
    return Coverage(len(reviewed), len(pks), sum(costs.get(pk, 0) for pk in reviewed), sum(costs.values()))


@dataclass(frozen=True)
class Repeated:
    """What several reviews found: an improvement that the organisation owes itself, not one project."""

    topic: str
    area: str
    reviews: int
    initiatives: int
    open: int


def repeated(actor: Actor, place: Initiative | None = None) -> list[Repeated]:
    """What three reviews or more found about the same question, the most often first. One statement."""
    rows = Finding.objects.visible_to(actor).filter(deleted=False, review__isnull=False).exclude(topic="")
    rows = rows.exclude(state="withdrawn")
    if place is not None:
        rows = rows.filter(initiative__in=Ancestry.objects.filter(ancestor=place).values("descendant"))
    found = (
        rows.order_by()
        .values("topic", "area")
        .annotate(
            reviews=Count("review", distinct=True),
            initiatives=Count("initiative", distinct=True),
            open=Count("pk", filter=~Q(state="closed")),
        )
        .filter(reviews__gte=OFTEN)
    )
    labels = dict(Area.choices)
    shown = [
        Repeated(r["topic"], str(labels.get(r["area"], "")), r["reviews"], r["initiatives"], r["open"])
        for r in found
    ]
    return sorted(shown, key=lambda one: (-one.reviews, one.topic))


@dataclass(frozen=True)
class Ageing:
    """Open findings of one severity: how many, how many past their day, how old the oldest is in days."""

    severity: str
    label: str
    count: int
    late: int
    oldest: int


def ageing(actor: Actor, place: Initiative | None, day: date) -> list[Ageing]:
    """The open findings by severity."""
    rows = Finding.objects.visible_to(actor).filter(deleted=False).exclude(state__in=("closed", "withdrawn"))
    if place is not None:
        rows = rows.filter(initiative__in=Ancestry.objects.filter(ancestor=place).values("descendant"))
    found: dict[str, list[tuple[bool, int]]] = defaultdict(list)
    for severity, due, state, at in rows.order_by().values_list("severity", "due_on", "state", "created_at"):
        late = due is not None and due < day and state in ("open", "agreed")
        found[severity].append((late, (day - at.date()).days))
    return [
        Ageing(
            severity.value,
            str(severity.label),
            len(found[severity.value]),
            sum(late for late, _age in found[severity.value]),
            max(age for _late, age in found[severity.value]),
        )
        for severity in Finding.Severity
        if found[severity.value]
    ]


def calendar(actor: Actor, place: Initiative | None, day: date) -> list[tuple[int, int, list[Review]]]:
    """The reviews of this quarter, the one before and the three after, as (year, quarter, reviews); those without a
    day come last under (0, 0)."""
    start = (day.year * 4 + (day.month - 1) // 3) - 1
    wanted = [divmod(start + n, 4) for n in range(5)]
    rows = reviews_in(actor, place).exclude(state="cancelled").select_related("initiative", "owner")
    found: dict[tuple[int, int], list[Review]] = {quarter: [] for quarter in (*wanted, (0, -1))}
    for row in rows.order_by(F("planned_on").asc(nulls_last=True), "sort_title", "pk"):
        when = row.held_on or row.planned_on
        key = (when.year, (when.month - 1) // 3) if when else (0, -1)
        if key in found and (when or row.state == "planned"):
            found[key].append(row)
    return [(year, quarter + 1, found[year, quarter]) for year, quarter in (*wanted, (0, -1))]
