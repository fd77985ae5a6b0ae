"""What a director looks at: numbers, each with the list that shows exactly the rows that it counts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from steerco.apps.access.roles import ROLES
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.policy import standing_of
from steerco.kit.permissions import Actor
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.register import Register, register_of

DECIDE = "record.decide"


@dataclass(frozen=True)
class Number:
    """A number and the list behind it."""

    label: str | Promise
    count: int
    url: str


@dataclass(frozen=True)
class Counted:
    """The rows that a list's address means, and that address."""

    register: Register
    rows: QuerySet[Any]
    url: str

    def number(self, label: str | Promise = "") -> Number:
        """How many rows there are."""
        return Number(label or self.register.label_plural, self.rows.order_by().count(), self.url)


def counted(key: str, actor: Actor, place: Initiative | None, **where: Any) -> Counted:
    """The rows of a register at `place` and below that `where`, the filters of its list, mean."""
    register = register_of(key)
    values = {"in": place.code if place else "", **where}
    query = QueryDict(urlencode({name: value for name, value in values.items() if value}))
    rows, _scope, _filters = queryset_for(register, actor, query)
    return Counted(register, rows, f"{register.list_url()}?{query.urlencode()}")


@dataclass
class Quarter:
    """A quarter of a year from its first to its last day, with what falls into it."""

    first: date
    last: date
    numbers: list[Number | None] = field(default_factory=list)

    @property
    def label(self) -> str:
        """ "Q1 2027"."""
        words = {"quarter": (self.first.month + 2) // 3, "year": self.first.year}
        return _("Q%(quarter)s %(year)s") % words


def quarters(day: date, count: int) -> list[Quarter]:
    """The quarter of `day`, from `day` on, and those after it; `count` in all."""
    found, first = [], date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    for _number in range(count):
        after = date(first.year + (first.month == 10), (first.month + 2) % 12 + 1, 1)
        found.append(Quarter(max(first, day), after - timedelta(days=1)))
        first = after
    return found


def decides_at_a_portfolio(actor: Actor) -> bool:
    """Whether the actor holds a post that decides at a portfolio or in the whole organisation."""
    places = {place for role, place in standing_of(actor).roles if DECIDE in ROLES[role].actions}
    if None in places:
        return True
    ids = [place for place in places if place is not None]
    return Initiative.objects.filter(pk__in=ids, type=Initiative.Type.PORTFOLIO).exists()


def titled(found: Counted, rows: Iterable[Any]) -> list[tuple[Any, str, str]]:
    """Rows with their titles and addresses."""
    return [(row, found.register.title(row), found.register.url(row)) for row in rows]
