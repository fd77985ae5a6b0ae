"""Work across all registers: what somebody owns that is open, and what an office looks after."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode

from steerco.apps.access.roles import ROLES
from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.policy import standing_of
from steerco.apps.initiatives.selectors import read_from
from steerco.apps.initiatives.states import StateGroup
from steerco.kit import clock
from steerco.kit.journal.unchanged import rows_while_unchanged
from steerco.kit.permissions import Actor
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.register import Register, registers

RECENT = timedelta(days=7)


@dataclass(frozen=True)
class Tally:
    """How much of one register: a number and the list that shows exactly these rows, for each thing counted."""

    label: str | Promise
    numbers: list[tuple[int, str]]


def work_registers() -> list[Register]:
    """The registers of records."""
    return [r for r in registers() if r.is_records and r.scope_path == "initiative"]


def work_models() -> tuple[str, ...]:
    """The labels of their models."""
    return tuple(register.model._meta.label_lower for register in work_registers())


def _list(register: Register, **values: Any) -> tuple[str, QueryDict]:
    query = QueryDict(urlencode({name: value for name, value in values.items() if value}))
    return f"{register.list_url()}?{query.urlencode()}", query


def own_entries(actor: Actor) -> QuerySet[Entry]:
    """The open entries of records that the actor's parties own."""
    keys = [register.key for register in work_registers()]
    rows = Entry.objects.visible_to(actor).filter(owner__in=actor.parties, register__in=keys)
    return rows.filter(state_group=StateGroup.OPEN).select_related("initiative")


def own_tallies(actor: Actor) -> list[Tally]:
    """How much the actor owns that is open, and how much of it is overdue, by register. One grouped query."""
    today = clock.today()
    counted = own_entries(actor).select_related(None).order_by().values("register")
    rows = counted.annotate(n=Count("pk"), late=Count("pk", filter=Q(due__lt=today)))
    counts = {row["register"]: (row["n"], row["late"]) for row in rows}
    tallies = []
    for register in work_registers():
        n, late = counts.get(register.key, (0, 0))
        if n:
            url, late_url = (
                _list(register, mine="true", **more)[0] for more in ({}, _before(register, today))
            )
            tallies.append(Tally(register.label_plural, [(n, url), (late if register.due else 0, late_url)]))
    return tallies


def _before(register: Register, day: date) -> dict[str, str]:
    return {f"{register.due}_to": (day - timedelta(days=1)).isoformat()} if register.due else {}


def office_places(actor: Actor) -> list[Initiative | None]:
    """Where the actor works as the office: None is the whole organisation, which then stands alone."""
    held = {place for role, place in standing_of(actor).roles if ROLES[role].office}
    if None in held:
        return [None]
    ids = [place for place in held if place is not None]
    return list(Initiative.objects.visible_to(actor).filter(pk__in=ids).order_by("sort_name", "pk"))


def office_work(actor: Actor, place: Initiative | None) -> list[Tally]:
    """For each register at `place` and below: open entries without an owner, overdue ones, changed in seven days."""
    today = clock.today()
    since = today - RECENT
    after = timezone.make_aware(datetime.combine(since + timedelta(days=1), time.min))  # as the list compares
    scope = {"in": place.code if place else ""}
    tallies = []
    for register in work_registers():
        plain_url, plain = _list(register, **scope)
        queryset, _scope, _filters = queryset_for(register, actor, plain)
        counts = {
            "n": Count("pk"),
            "nobody": Count("pk", filter=Q(owner=None)),
            "changed": Count("pk", filter=Q(changed_at__gte=after)),
        }
        if register.due:
            counts["late"] = Count("pk", filter=Q(**{f"{register.due}__lt": today}))
        [totals] = rows_while_unchanged(
            read_from(register.model),
            queryset.order_by().annotate(every=Value(1)).values("every").annotate(**counts),
        ) or [dict.fromkeys(counts, 0)]
        numbers = [
            (totals["n"], plain_url),
            (totals["nobody"], _list(register, **scope, owner="none")[0]),
            (totals.get("late", 0), _list(register, **scope, **_before(register, today))[0]),
            (totals["changed"], _list(register, **scope, compare=since.isoformat(), sort="-changed_at")[0]),
        ]
        tallies.append(Tally(register.label_plural, numbers))
    return tallies
