"""Which initiatives to review next, and why: by size, by how they stand, by how long ago somebody looked, by what is
open. It is a proposal; somebody plans it by hand."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steerco.apps.assurance.models import Review, ReviewKind
from steerco.apps.assurance.selectors import ORDER, YEAR, costs_of, in_place
from steerco.apps.assurance.states import SAID
from steerco.apps.escalation.models import Escalation
from steerco.apps.indicators.models import Snapshot
from steerco.apps.initiatives.models import Initiative
from steerco.kit.permissions import Actor, visible_to

SHOWN = 8
UNDER_WAY = ("planned", "running", "checking")
WITHIN = {True: timedelta(days=21), False: timedelta(days=60)}  # by when: of what is urgent, and else


@dataclass
class Suggestion:
    """An initiative that should be reviewed, with its reasons in words; `points` order the list."""

    initiative: Initiative
    points: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, points: int, reason: str) -> None:
        """Count a reason."""
        self.points += points
        self.reasons.append(reason)

    @property
    def reason(self) -> str:
        """All of it in a line, as the review keeps it."""
        return " ".join(self.reasons)[:400]

    def by(self, today: date) -> date:
        """By when it should be held."""
        return today + WITHIN[self.points >= URGENT]


URGENT = 6


def suggestions(actor: Actor, place: Initiative | None, day: date) -> list[Suggestion]:
    """The initiatives that most need a review and have none under way, with why. A fixed number of statements."""
    rows = list(in_place(actor, place).filter(type=Initiative.Type.PROJECT).order_by("sort_name", "pk"))
    pks = [row.pk for row in rows]
    reviews = Review.objects.visible_to(actor).filter(initiative__in=pks, deleted=False)
    busy = set(reviews.filter(state__in=UNDER_WAY).values_list("initiative_id", flat=True))
    last = dict(
        reviews.filter(state__in=SAID)
        .exclude(kind=ReviewKind.SELF)
        .order_by("issued_on")
        .values_list("initiative_id", "issued_on")
    )
    costs, ratings = costs_of(pks), _ratings(pks)
    large = _top_quarter(costs)
    live = visible_to(Escalation.objects.all(), actor).filter(origin__in=pks, state__in=Escalation.LIVE)
    raised = Counter(live.values_list("origin_id", flat=True))
    found = []
    for row in (row for row in rows if row.pk not in busy):
        one = Suggestion(row)
        _age(one, last.get(row.pk), day)
        if row.profile == Initiative.Profile.MAJOR:
            one.add(2, _("It needs much governance."))
        if row.pk in large:
            one.add(2, _("It is among the quarter that costs most."))
        if ORDER.get(ratings.get(row.pk, ""), 0) >= ORDER["amber"]:
            one.add(3 if ratings[row.pk] in ("red", "amber-red") else 2, _("It was reported amber or red."))
        if raised[row.pk]:
            text = ngettext("%(n)s matter is escalated.", "%(n)s matters are escalated.", raised[row.pk])
            one.add(min(raised[row.pk], 3), text % {"n": raised[row.pk]})
        if one.points:
            found.append(one)
    return sorted(found, key=lambda one: (-one.points, one.initiative.sort_name))[:SHOWN]


def _age(one: Suggestion, last: date | None, day: date) -> None:
    if last is None:
        one.add(2, _("It was never reviewed."))
    elif day - last > YEAR:
        one.add(2, _("Last reviewed on %(day)s.") % {"day": date_format(last, "SHORT_DATE_FORMAT")})


def _ratings(pks: list[int]) -> dict[int, str]:
    rows = Snapshot.objects.filter(initiative__in=pks, current=True).exclude(rating="")
    return dict(rows.order_by("as_of").values_list("initiative", "rating"))


def _top_quarter(costs: dict[int, int]) -> set[int]:
    ordered = sorted(costs, key=lambda pk: -costs[pk])
    return set(ordered[: max(len(ordered) // 4, 1)]) if len(ordered) > 1 else set()
