"""Reads of escalations: of one record, to and from a level, and how fast levels respond."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Q, QuerySet
from django.utils import timezone

from steerco.apps.escalation.models import Escalation
from steerco.apps.escalation.rules import reason_in_words
from steerco.apps.initiatives.models import Ancestry, Initiative
from steerco.apps.initiatives.records import addresses_of
from steerco.apps.notices.working_time import working_days_between
from steerco.kit import clock
from steerco.kit.pages.panels import ShownButton
from steerco.kit.permissions import Actor

GROUP = 5  # measures of people are shown for so many or more
State = Escalation.State
NAMED = ("entry__initiative", "origin", "to", "receiver", "proposed_by", "answered_by", "recorded_by")


@dataclass(frozen=True)
class Line:
    """An escalation as pages show it."""

    row: Escalation
    reason: str
    url: str
    to: str
    to_code: str
    is_late: bool
    days: int  # working days until the answer, or until today
    steps: tuple[ShownButton, ...] = ()  # what the reader may make of it now

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.row.state == State.PROPOSED


def visible(actor: Actor) -> QuerySet[Escalation]:
    """The escalations of the records that the actor may read."""
    return Escalation.objects.visible_to(actor).select_related(*NAMED)


def received(actor: Actor, initiative: Initiative) -> QuerySet[Escalation]:
    """What was escalated to the level."""
    return visible(actor).filter(to=initiative)


def sent(actor: Actor, initiative: Initiative) -> QuerySet[Escalation]:
    """What was escalated from the level or below it to above it."""
    inside = Ancestry.objects.filter(ancestor=initiative).values("descendant")
    above = Ancestry.objects.filter(descendant=initiative, depth__gt=0).values("ancestor")
    return visible(actor).filter(
        Q(origin__in=inside) & (Q(to__in=above) | Q(origin=initiative, to=initiative))
    )


def mine(actor: Actor) -> QuerySet[Escalation]:
    """What is live and the actor receives, or that comes from what the actor runs or proposed."""
    own = Q(receiver__in=actor.parties) | Q(origin__lead__in=actor.parties)
    if actor.person_id is not None:
        own |= Q(proposed_by=actor.person_id)
    return visible(actor).filter(own, state__in=Escalation.LIVE)


def lines(actor: Actor, rows: Iterable[Escalation]) -> list[Line]:
    """`rows`, ready to be shown; levels that the actor may not see are not named."""
    found = list(rows)
    addresses = addresses_of([row.entry for row in found])
    places = Initiative.objects.visible_to(actor).filter(pk__in={row.to_id for row in found})
    names = {pk: (name, code) for pk, name, code in places.values_list("pk", "name", "code")}
    today = clock.today()
    return [
        _line(row, addresses.get(row.entry_id, ""), names.get(row.to_id, ("", "")), today) for row in found
    ]


def _line(row: Escalation, url: str, place: tuple[str, str], today: date) -> Line:
    asked = timezone.localdate(row.proposed_at)
    until = timezone.localdate(row.answered_at) if row.answered_at else today
    late = row.state == State.PROPOSED and row.due < today
    return Line(row, reason_in_words(row), url, place[0], place[1], late, working_days_between(asked, until))


@dataclass(frozen=True)
class Responses:
    """How fast a kind of level answers: only for groups of GROUP people or more, and for oneself."""

    level: str
    answered: int
    median_days: float | None
    in_time: int | None  # per cent
    waiting: int


def response_times(actor: Actor, initiative: Initiative | None = None) -> list[Responses]:
    """Per kind of level, at and below `initiative` or everywhere: answers and their median time in working days."""
    rows = Escalation.objects.visible_to(actor)
    if initiative is not None:
        inside = Ancestry.objects.filter(ancestor=initiative).values("descendant")
        rows = rows.filter(to__in=inside)
    groups: dict[str, list[tuple[int, bool, int | None]]] = defaultdict(list)
    waiting: dict[str, int] = defaultdict(int)
    columns = ("to__type", "state", "proposed_at", "answered_at", "due", "answered_by")
    for level, state, asked, answered, due, person in rows.order_by().values_list(*columns):
        if answered is not None:
            day = timezone.localdate(answered)
            days = working_days_between(timezone.localdate(asked), day)
            groups[level].append((days, day <= due, person))
        elif state == State.PROPOSED:
            waiting[level] += 1
    return [
        _responses(level, groups[level], waiting[level])
        for level in Initiative.Type.values
        if level in groups or level in waiting
    ]


def _responses(level: str, answers: list[tuple[int, bool, int | None]], waiting: int) -> Responses:
    label = Initiative(type=level).get_type_display()
    if len({person for _days, _in_time, person in answers}) < GROUP:
        return Responses(label, len(answers), None, None, waiting)
    in_time = 100 * sum(1 for _days, ok, _person in answers if ok) // len(answers)
    return Responses(label, len(answers), median(days for days, _ok, _person in answers), in_time, waiting)


def own_responses(actor: Actor) -> Responses | None:
    """How fast the actor answers: shown to nobody else."""
    if actor.person_id is None:
        return None
    rows = Escalation.objects.filter(answered_by=actor.person_id, answered_at__isnull=False)
    answers = []
    for asked, answered, due in rows.values_list("proposed_at", "answered_at", "due"):
        if answered is not None:
            day = timezone.localdate(answered)
            answers.append((working_days_between(timezone.localdate(asked), day), day <= due))
    if not answers:
        return None
    in_time = 100 * sum(1 for _days, ok in answers if ok) // len(answers)
    waiting = Escalation.objects.filter(receiver__in=actor.parties, state=State.PROPOSED).count()
    return Responses("", len(answers), median(days for days, _ok in answers), in_time, waiting)
