"""The look over all registers: makes the findings equal to what the rules find now.

Every few minutes it looks at what the journal says was changed; on a new day, with other limits, or after a change of
people, posts or the tree, at everything. Each rule of each register is one statement and one short transaction.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from django.db import transaction
from django.db.models import Max, QuerySet

from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import CLOCK, withdraw
from steerco.apps.hygiene.models import Finding, Limit, Look
from steerco.apps.hygiene.rules import RULES, Rule
from steerco.apps.initiatives.work import work_registers
from steerco.kit import clock
from steerco.kit.journal.models import Event
from steerco.kit.registers.register import Register

ASK = "hygiene.ask"
CHUNK = 500
MANY = 5000  # changed entries, from which looking at everything is quicker
# A change of one of these may put any entry in or out of order.
FAR_REACHING = ("people.person", "initiatives.holding", "initiatives.post", "initiatives.initiative")


def the_look() -> Look:
    """The row that says how far the last look saw."""
    return Look.objects.get_or_create(pk=1)[0]


def limits() -> dict[tuple[str, str], Limit]:
    """The organisation's own limits by rule and register."""
    return {(row.rule, row.register): row for row in Limit.objects.all()}


def limit_of(rule: Rule, register: Register | None, own: dict[tuple[str, str], Limit]) -> int | None:
    """The limit in force; None where the rule is off."""
    row = own.get((rule.key, register.key if register else "")) or own.get((rule.key, ""))
    if row is not None and row.off:
        return None
    limit = row.limit if row is not None else rule.limit
    return register.high if rule.key == "no_action" and not limit and register is not None else limit


def catch_up() -> dict[str, int]:
    """Bring the findings up to date at the least cost; how many came and went."""
    look, day = the_look(), clock.today()
    own = limits()
    fingerprint = _fingerprint(own)
    news = Event.objects.filter(position__gt=look.position)
    last = news.aggregate(last=Max("position"))["last"]
    entries: set[int] | None = None
    if look.day == day and look.fingerprint == fingerprint:
        if last is None:
            return {"came": 0, "went": 0}
        if not news.filter(model__in=FAR_REACHING).exists():
            changed = news.filter(entry__isnull=False).order_by().values_list("entry", flat=True).distinct()
            entries = set(changed[: MANY + 1])
            entries = None if len(entries) > MANY else entries | _helped_by(entries)
    counts = look_at(day, entries, own)
    Look.objects.filter(pk=look.pk).update(
        position=last or look.position, day=day, fingerprint=fingerprint, at=clock.now()
    )
    return counts


def _fingerprint(own: dict[tuple[str, str], Limit]) -> str:
    rows = sorted([*key, row.limit, row.off] for key, row in own.items())
    names = sorted(register.key for register in work_registers())
    return hashlib.sha256(json.dumps([rows, names, sorted(RULES)]).encode()).hexdigest()


def _helped_by(entries: Collection[int]) -> set[int]:
    """The entries of records for which one of `entries` is something that is being done about them."""
    found: set[int] = set()
    for register in work_registers():
        if register.remedies:
            for part in _parts(entries):
                rows = register.model._default_manager.filter(**{f"{register.remedies}__entry__in": part})
                found |= set(rows.values_list("entry", flat=True))
    return found


def _parts(ids: Collection[int]) -> list[list[int]]:
    ordered = sorted(ids)
    return [ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)]


def look_at(
    day: date, entries: Collection[int] | None = None, own: dict[tuple[str, str], Limit] | None = None
) -> dict[str, int]:
    """Apply every rule to every register, or to `entries` alone; how many findings came and went."""
    own = limits() if own is None else own
    counts = {"came": 0, "went": 0}
    parts: Iterable[list[int] | None] = [None] if entries is None else _parts(entries)
    for part in parts:
        for register in work_registers():
            for rule in RULES.values():
                came, went = _apply(rule, register, limit_of(rule, register, own), day, part)
                counts["came"] += came
                counts["went"] += went
    return counts


def _apply(
    rule: Rule, register: Register, limit: int | None, day: date, entries: list[int] | None
) -> tuple[int, int]:
    rows = None if limit is None else rule.find(register, limit, day)
    before = Finding.objects.filter(rule=rule.key, entry__register=register.key)
    if entries is not None:
        before = before.filter(entry__in=entries)
        rows = rows.filter(entry__in=entries) if rows is not None else None
    now = set() if rows is None else set(rows.order_by().values_list("entry", flat=True))
    known = set(before.values_list("entry", flat=True))
    for part in _parts(now - known):
        new = [Finding(entry_id=pk, rule=rule.key, found_on=day) for pk in part]
        Finding.objects.bulk_create(new, ignore_conflicts=True)
    for part in _parts(known - now):
        with transaction.atomic():
            Finding.objects.filter(rule=rule.key, entry__in=part).delete()
            _stop_asking(part)
    return len(now - known), len(known - now)


def _stop_asking(entries: list[int]) -> None:
    """What is in order is no longer asked about."""
    still = Finding.objects.filter(entry__in=entries).values("entry")
    asked: QuerySet[FollowUp] = FollowUp.objects.filter(kind=ASK, entry__in=entries).exclude(entry__in=still)
    withdraw(CLOCK, asked, FollowUp.State.SETTLED)


def said(rules: Iterable[str]) -> Iterator[str]:
    """The labels of rules, in the reader's language."""
    for key in rules:
        if key in RULES:
            yield str(RULES[key].label)
