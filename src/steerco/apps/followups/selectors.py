"""What an actor owes, owns and waits for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html

from steerco.apps.followups.kinds import Answer, Kind, kind_of
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.standing_in import stood_in_for
from steerco.apps.followups.waiting import may_ask_for_time
from steerco.apps.initiatives.models import Ancestry, Entry
from steerco.apps.initiatives.policy import led_places
from steerco.apps.initiatives.records import rows_of
from steerco.apps.initiatives.work import own_entries
from steerco.kit import clock
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.register import Register

SHOWN, MOST = 25, 500
SMALLEST_GROUP = 5  # people; a figure of fewer would be one of persons
LAST = 10**9  # where an initiative without a rank stands


@dataclass(frozen=True)
class Item:
    """One line of somebody's work: what is asked of them, or a record of theirs that is open."""

    entry: Entry
    title: str
    label: str | Promise
    due: date | None
    url: str
    weight: Any = ""
    rank: int = 0
    follow_up: FollowUp | None = None
    kind: Kind | None = None
    finish: str = ""  # where an own record is brought to its end
    finish_label: str | Promise = ""

    @property
    def is_late(self) -> bool:
        """Whether its date has passed."""
        return self.due is not None and self.due < clock.today()

    @property
    def place(self) -> str:
        """The initiative's name."""
        return self.entry.initiative.name if self.entry.initiative else ""

    @property
    def priority(self) -> int | None:
        """The rank of its initiative: 1 is the most important."""
        return self.entry.initiative.priority if self.entry.initiative else None

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What may be answered from the list: nothing where something must be read first."""
        if self.kind is None or self.follow_up is None or self.kind.detail or self.kind.brief:
            return ()
        return self.kind.permitted(self.follow_up)

    @property
    def plain(self) -> list[Answer]:
        """The answers for which one click is enough."""
        return [answer for answer in self.answers if answer.is_plain]

    @property
    def further(self) -> list[Answer]:
        """The answers that need some words, a date or a figure."""
        return [answer for answer in self.answers if not answer.is_plain]

    @property
    def may_ask_for_time(self) -> bool:
        """Whether somebody can give more time."""
        return self.follow_up is not None and may_ask_for_time(self.follow_up)

    @property
    def is_nudged(self) -> bool:
        """Whether whoever owes it has been reminded today."""
        return self.follow_up is not None and self.follow_up.nudged_on == clock.today()


@dataclass(frozen=True)
class Work:
    """The first lines of somebody's work, and how many there are in all."""

    items: list[Item]
    count: int

    @property
    def left_out(self) -> int:
        """How many are not shown."""
        return self.count - len(self.items)


def owed_by(actor: Actor) -> QuerySet[FollowUp]:
    """What the actor's parties owe, and parties that nobody holds and the actor stands in for: the first due first,
    then by the priority of the initiative."""
    return open_ones().filter(Q(debtor__in=actor.parties) | stood_in_for(actor))


def awaited_by(actor: Actor) -> QuerySet[FollowUp]:
    """What others owe the actor's parties, as far as the actor may see what it is about."""
    return visible_to(open_ones().filter(creditor__in=actor.parties).exclude(debtor__in=actor.parties), actor)


def led_by(actor: Actor) -> QuerySet[FollowUp]:
    """What others owe in the initiatives that the actor leads, and below them."""
    below = Ancestry.objects.filter(ancestor__in=led_places(actor)).values("descendant")
    rows = open_ones().filter(entry__initiative__in=below).exclude(debtor__in=actor.parties)
    return visible_to(rows, actor)


@dataclass(frozen=True)
class Punctuality:
    """How many answers of a group came in time. Only of groups: nobody is measured in front of others."""

    answered: int
    in_time: int

    @property
    def percent(self) -> int:
        """The share, rounded."""
        return round(100 * self.in_time / self.answered)


def punctuality(actor: Actor) -> Punctuality | None:
    """Of what was answered in the last ninety days where the actor leads; None for fewer than five people."""
    below = Ancestry.objects.filter(ancestor__in=led_places(actor)).values("descendant")
    since = clock.now() - timedelta(days=90)
    rows = FollowUp.objects.filter(
        state=FollowUp.State.ANSWERED, answered_at__gte=since, due__isnull=False, entry__initiative__in=below
    )
    counted = visible_to(rows.order_by(), actor).aggregate(
        people=Count("answered_by", distinct=True),
        answered=Count("pk"),
        in_time=Count("pk", filter=Q(answered_at__date__lte=F("due"))),
    )
    if counted["people"] < SMALLEST_GROUP:
        return None
    return Punctuality(counted["answered"], counted["in_time"])


def open_ones() -> QuerySet[FollowUp]:
    """All open follow-ups in the order of lists, with what a list shows."""
    rows = FollowUp.objects.filter(state=FollowUp.State.OPEN).select_related("entry__initiative", "debtor")
    return rows.order_by(*_order("due", "entry__initiative__priority"))


def _order(due: str, priority: str) -> tuple[Any, ...]:
    return F(due).asc(nulls_last=True), F(priority).asc(nulls_last=True), "pk"


def work_of(actor: Actor, *, by_rank: bool = False, everything: bool = False) -> Work:
    """What the actor owes and owns that is open, each thing once: by its date, then the rank of its initiative, then
    its weight; with `by_rank` the rank comes first."""
    most = MOST if everything else SHOWN
    asked, own = owed_by(actor), own_entries(actor).exclude(pk__in=owed_by(actor).order_by().values("entry"))
    if by_rank:
        asked = asked.order_by(*_order("entry__initiative__priority", "due"))
    own = own.order_by(
        *(_order("initiative__priority", "due") if by_rank else _order("due", "initiative__priority"))
    )
    found = items(asked[: most + 1]) + own_items(own[: most + 1])
    found.sort(key=lambda item: _place(item, by_rank))
    count = len(found) if len(found) <= most else asked.count() + own.count()
    return Work(found[:most], count)


def _place(item: Item, by_rank: bool) -> tuple[Any, ...]:
    day, rank = item.due or date.max, item.priority or LAST
    return (rank, day, -item.rank) if by_rank else (day, rank, -item.rank)


def items(rows: Iterable[FollowUp]) -> list[Item]:
    """Follow-ups ready to be shown."""
    found = list(rows)
    pages = rows_of(row.entry for row in found)
    shown = []
    for row in found:
        kind, page = kind_of(row), pages.get(row.entry_id)
        url = page[0].url(page[1]) if page else ""
        shown.append(
            Item(row.entry, row.question, kind.label, row.due, url, **_weight(page), follow_up=row, kind=kind)
        )
    return shown


def own_items(rows: Iterable[Entry]) -> list[Item]:
    """Own records that are open, each with the way to its end where there is one."""
    entries = list(rows)
    pages = rows_of(entries)
    shown = []
    for entry in entries:
        if (page := pages.get(entry.pk)) is None:
            continue
        register, row = page
        way = next(iter(_endings(register, row)), None)
        shown.append(
            Item(
                entry,
                register.title(row),
                register.label,
                entry.due,
                register.url(row),
                **_weight(page),
                finish=reverse("registers:transition", args=[register.slug, row.pk, way.key]) if way else "",
                finish_label=way.label if way else "",
            )
        )
    return shown


def _endings(register: Register, row: Any) -> list[Any]:
    """The ways out of the row's state to an end that an owner may take."""
    if register.states is None:
        return []
    ways = register.states.leaving(row.state)
    return [w for w in ways if register.states.group(w.target) == "done" and w.action == "record.transition"]


def _weight(page: tuple[Register, Any] | None) -> dict[str, Any]:
    if page is None or not page[0].weight:
        return {}
    register, row = page
    value = getattr(row, register.weight, None)
    column = register.all_columns()[register.weight]
    said = column.as_html(row)
    if said == str(value):  # a bare number says nothing without its name
        said = format_html("{} {}", column.label, said)
    return {"weight": said, "rank": value if isinstance(value, int) else 0}
