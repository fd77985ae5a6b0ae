"""Too much in one week: of one initiative, or of one owner within one part of the tree."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.foresight.signals import Sign, Signal, act_until, day_text, declare_signal, joined
from steerco.apps.initiatives.models import Ancestry, Entry, Initiative
from steerco.apps.initiatives.states import StateGroup

WEEKS = 8  # ahead
KEYS = ("milestone", "deliverable", "action")
READS = ("planning.milestone", "deliverables.deliverable", "raid.action", "initiatives.initiative")


class Due(NamedTuple):
    """One thing that is due: where, whose, in the week of which Monday."""

    initiative: int
    owner: int | None
    owner_name: str
    monday: date
    is_open: bool  # not restricted


def _due(day: date) -> list[Due]:
    """What is due in the weeks ahead, in one statement. What is restricted by itself is left out: the number is seen by
    everybody who sees the initiative."""
    first = day + timedelta(days=7 - day.weekday())
    rows = Entry.objects.filter(
        Q(restricted_by=None) | Q(restricted_by=F("initiative__restricted_by")),
        register__in=KEYS,
        state_group=StateGroup.OPEN,
        due__gte=first,
        due__lt=first + timedelta(weeks=WEEKS),
        initiative__archived=False,
    ).exclude(initiative__status__in=Initiative.FINISHED)
    columns = ("initiative", "owner", "owner__name", "due", "restricted_by")
    return [
        Due(place, owner, name or "", due - timedelta(days=due.weekday()), restricted is None)
        for place, owner, name, due, restricted in rows.order_by().values_list(*columns)
        if place and due
    ]


def _bunches(day: date, limit: int) -> Iterable[Sign]:
    due = _due(day)
    places: dict[tuple[int, date], int] = defaultdict(int)
    owners: dict[tuple[int, date], list[Due]] = defaultdict(list)
    for one in due:
        places[one.initiative, one.monday] += 1
        if one.owner is not None and one.is_open:  # counted where more people look
            owners[one.owner, one.monday].append(one)
    found: dict[tuple[int, date], tuple[int, int, str]] = {
        (place, monday): (count, 0, "") for (place, monday), count in places.items() if count > limit
    }
    busy = {key: rows for key, rows in owners.items() if len(rows) > limit}
    common = _above({one.initiative for rows in busy.values() for one in rows})
    signs = [(place, monday, *rest) for (place, monday), rest in found.items()]
    for (owner, monday), rows in busy.items():
        place = _lowest(rows, common)
        if place is not None and found.get((place, monday), (0,))[0] < len(rows):
            signs.append((place, monday, len(rows), owner, rows[0].owner_name))
    entries = dict(Initiative.objects.filter(pk__in={s[0] for s in signs}).values_list("pk", "entry"))
    for place, monday, count, owner, name in signs:
        last = (monday - timedelta(days=1)).isoformat()
        data = {"count": count, "week": monday.isoformat(), "owner": name, "last": last}
        part = f"{monday.isoformat()}/{owner}" if owner else monday.isoformat()
        yield Sign(entries[place], count, monday - timedelta(days=1), data, part)


def _above(places: set[int]) -> dict[int, list[int]]:
    """Each place with itself and what is above it, the nearest first. One statement."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = Ancestry.objects.filter(descendant__in=places).order_by("depth")
    for descendant, ancestor in rows.values_list("descendant", "ancestor"):
        found[descendant].append(ancestor)
    return found


def _lowest(rows: list[Due], above: Mapping[int, list[int]]) -> int | None:
    """The lowest place below which all of this lies; None where it lies in separate trees."""
    shared = set.intersection(*(set(above.get(one.initiative, ())) for one in rows))
    return next((place for place in above.get(rows[0].initiative, ()) if place in shared), None)


def _said(data: Mapping[str, Any]) -> str:
    words = {"count": data["count"], "day": day_text(data["week"]), "who": data["owner"]}
    if data["owner"]:
        said = (
            _("%(count)s milestones, deliverables and actions of %(who)s are due in the week of %(day)s.")
            % words
        )
    else:
        said = _("%(count)s milestones, deliverables and actions are due in the week of %(day)s.") % words
    return joined(said, act_until(data["last"]))


declare_signal(
    Signal(
        "week.full",
        gettext_lazy("Too much in one week"),
        lambda limit: (
            _(
                "More than %(limit)s milestones, deliverables and actions of one initiative or one owner are due "
                "in one of the eight weeks ahead"
            )
            % {"limit": limit}
        ),
        6,
        _bunches,
        _said,
        READS,
        least=1,
    )
)
