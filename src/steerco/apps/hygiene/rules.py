"""The rules: what in a register is not in order, told from what the register declares, never register by register.

Each rule is one statement over a register's table. A register that does not declare what a rule needs (a due date, a
weight, an outcome) is not looked at by it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.hygiene.models import Confirmation
from steerco.apps.initiatives.models import Holding, Initiative
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.people.models import Party
from steerco.kit.history.versions import sequence_at, version_model
from steerco.kit.registers.register import Register

CYCLE = timedelta(days=30)
Rows = QuerySet[Any]


@dataclass(frozen=True)
class Rule:
    """A rule. `words` say it with its limit (%(limit)s), `plainly` where that is 0.

    `find(register, limit, day)` returns the rows that break it, or None where the register does not tell.
    `confirmed`: "still right" settles it.
    """

    key: str
    label: str | Promise
    words: str | Promise
    limit: int
    find: Callable[[Register, int, date], Rows | None]
    confirmed: bool = False
    plainly: str | Promise = ""

    def said(self, limit: int) -> str:
        """The rule in words."""
        return str(self.words) % {"limit": limit} if limit or not self.plainly else str(self.plainly)


def _has(register: Register, name: str) -> bool:
    return any(f.name == name for f in register.model._meta.concrete_fields)


def _rows(register: Register, group: str = StateGroup.OPEN) -> Rows:
    rows: Rows = register.model._default_manager.filter(state_group=group, initiative__archived=False)
    rows = rows.exclude(initiative__status__in=Initiative.FINISHED)
    return rows.filter(deleted=False) if register.has_deleted else rows


def _before(day: date, ago: timedelta) -> datetime:
    return timezone.make_aware(datetime.combine(day - ago, time.min))


def _unconfirmed(rows: Rows, since: date) -> Rows:
    return rows.exclude(entry__in=Confirmation.objects.filter(on__gte=since).values("entry"))


def _no_owner(register: Register, limit: int, day: date) -> Rows | None:
    if not _has(register, "owner"):
        return None
    return _rows(register).filter(owner=None, created_at__lt=_before(day, timedelta(days=limit - 1)))


def _left(register: Register, limit: int, day: date) -> Rows | None:
    return _rows(register).filter(owner__person__leaves__lt=day) if _has(register, "owner") else None


def _vacant(register: Register, limit: int, day: date) -> Rows | None:
    if not _has(register, "owner"):
        return None
    held = Holding.objects.filter(Holding.in_force(day)).exclude(person__leaves__lt=day)
    rows = _rows(register).filter(owner__kind=Party.Kind.POST)
    return rows.exclude(owner__in=held.values("post__party"))


def _overdue(register: Register, limit: int, day: date) -> Rows | None:
    if not register.due:
        return None
    return _rows(register).filter(**{f"{register.due}__lt": day - timedelta(days=limit)})


def _stale(register: Register, limit: int, day: date) -> Rows | None:
    if not _has(register, "changed_at"):
        return None
    ago = timedelta(days=limit)
    return _unconfirmed(_rows(register).filter(changed_at__lt=_before(day, ago)), day - ago)


def _no_action(register: Register, limit: int, day: date) -> Rows | None:
    if not (register.weight and register.remedies and register.high):
        return None
    relation: Any = register.model._meta.get_field(register.remedies)
    name = relation.field.name
    doing = relation.related_model._default_manager.filter(
        state_group__in=(StateGroup.OPEN, StateGroup.PENDING), deleted=False, **{f"{name}__isnull": False}
    )
    high = _rows(register).filter(**{f"{register.weight}__gte": limit})
    return high.exclude(pk__in=doing.values(name))


def _unchanged(register: Register, limit: int, day: date) -> Rows | None:
    if not (register.weight and register.high) or register.model._meta.get_field(register.weight).editable:
        return None  # a priority that somebody sets may stay; a score that is computed must be looked at
    ago = CYCLE * limit
    moment = _before(day, ago)
    versions = version_model(register.model)._default_manager
    other = versions.filter(Q(until=None) | Q(until__gt=sequence_at(moment)), id=OuterRef("pk")).exclude(
        **{register.weight: OuterRef(register.weight)}
    )
    rows = _rows(register).filter(created_at__lt=moment, **{f"{register.weight}__isnull": False})
    return _unconfirmed(rows.exclude(pk__in=Subquery(other.values("id"))), day - ago)


def _no_outcome(register: Register, limit: int, day: date) -> Rows | None:
    if not register.outcome:
        return None
    found: Any = register.model._meta.get_field(register.outcome)
    empty = Q(**{f"{register.outcome}__isnull": True}) if found.null else Q(**{register.outcome: ""})
    recent = _before(day, timedelta(days=limit))
    return _rows(register, StateGroup.DONE).filter(empty, changed_at__gte=recent)


def _moved(register: Register, limit: int, day: date) -> Rows | None:
    if not register.due:
        return None
    due = register.due
    versions = version_model(register.model)._default_manager
    before = versions.filter(id=OuterRef("id"), until=OuterRef("since")).values(due)[:1]
    moved = versions.filter(**{f"{due}__isnull": False}).annotate(was=Subquery(before))
    moved = moved.filter(was__isnull=False).exclude(was=F(due)).order_by()
    often = moved.values("id").annotate(times=Count("version_id")).filter(times__gte=limit)
    return _rows(register).filter(pk__in=often.values("id"))


RULES = {
    rule.key: rule
    for rule in (
        Rule("no_owner", _("no owner"), _("open for %(limit)s days or more without an owner"), 2, _no_owner),
        Rule("left", _("owner has left"), _("the owner has left"), 0, _left),
        Rule("vacant", _("post is vacant"), _("owned by a post that nobody holds"), 0, _vacant),
        Rule(
            "overdue",
            _("overdue"),
            _("its date passed more than %(limit)s days ago"),
            0,
            _overdue,
            plainly=_("its date has passed"),
        ),
        Rule("stale", _("stale"), _("not changed or confirmed for %(limit)s days"), 60, _stale, True),
        Rule(
            "no_action",
            _("no action"),
            _("its weight is %(limit)s or more and nothing is being done"),
            0,
            _no_action,
            plainly=_("its weight is high and nothing is being done"),
        ),
        Rule(
            "unchanged",
            _("score unchanged"),
            _("the same score for %(limit)s cycles of thirty days, not confirmed"),
            3,
            _unchanged,
            True,
        ),
        Rule(
            "no_outcome",
            _("no outcome"),
            _("closed in the last %(limit)s days without an outcome"),
            90,
            _no_outcome,
        ),
        Rule("moved", _("date moves"), _("its date was moved %(limit)s times or more"), 3, _moved),
    )
}
CONFIRMED = tuple(rule.key for rule in RULES.values() if rule.confirmed)
