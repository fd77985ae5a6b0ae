"""What is not in order: counted and listed within what the actor may see, figures of people only of groups."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode

from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.selectors import SMALLEST_GROUP, open_ones
from steerco.apps.hygiene.looking import limit_of, limits, the_look
from steerco.apps.hygiene.models import Finding, Look
from steerco.apps.hygiene.rules import RULES, Rule
from steerco.apps.initiatives.models import Ancestry, Entry, Initiative
from steerco.apps.initiatives.records import rows_of
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.initiatives.work import work_models, work_registers
from steerco.kit import clock
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.register import Register

LATE_BY = timedelta(days=7)  # after which an unanswered question is the office's


@dataclass(frozen=True)
class Score:
    """How much of what is open is in order."""

    looked: int
    flagged: int

    @property
    def percent(self) -> int:
        """The share in order, rounded down: 100 means that nothing is wrong."""
        return 100 * (self.looked - self.flagged) // self.looked if self.looked else 100


@dataclass(frozen=True)
class RuleCount:
    """How many entries one rule finds fault with, by register, and where they are listed."""

    rule: Rule
    words: str
    count: int
    url: str
    registers: list[tuple[str | Promise, int, str]]


@dataclass(frozen=True)
class Line:
    """An entry of the list: what it is, whose, and what is wrong with it."""

    entry: Entry
    title: str
    label: str | Promise
    url: str
    rules: list[str]

    @property
    def is_late(self) -> bool:
        """Whether its date has passed."""
        return self.entry.due is not None and self.entry.due < clock.today()


def list_url(place: Initiative | None = None, rule: str = "", register: str = "") -> str:
    """The address of the list of what is not in order."""
    query = {"in": place.code if place else "", "rule": rule, "register": register}
    words = urlencode({name: value for name, value in query.items() if value})
    return reverse("hygiene:list") + (f"?{words}" if words else "")


def last_look() -> tuple[Any, ...] | None:
    """What tells the findings of one look from those of the next."""
    return Look.objects.values_list("position", "day", "fingerprint", "at").first()


def what_is_read() -> tuple[str, ...]:
    """The models whose writes change a figure between two looks."""
    return "hygiene.confirmation", "hygiene.look", *work_models()


def _at(rows: QuerySet[Any], place: Initiative | None, path: str) -> QuerySet[Any]:
    if place is None:
        return rows
    below = Ancestry.objects.filter(ancestor=place).values("descendant")
    return rows.filter(**{f"{path}__in": below})


def findings(actor: Actor, place: Initiative | None = None) -> QuerySet[Finding]:
    """The findings at `place` and below that the actor may see."""
    return _at(visible_to(Finding.objects.all(), actor), place, "entry__initiative")


def rule_counts(actor: Actor, place: Initiative | None = None) -> list[RuleCount]:
    """What each rule finds, the most first; rules that find nothing are left out. One grouped query."""
    grouped: dict[str, dict[str, int]] = defaultdict(dict)
    rows = findings(actor, place).order_by().values_list("rule", "entry__register").annotate(n=Count("pk"))
    for rule, register, n in rows:
        grouped[rule][register] = n
    own, known = limits(), {register.key: register for register in work_registers()}
    counted = []
    for key, by_register in grouped.items():
        if key not in RULES:
            continue
        rule, keys = RULES[key], [name for name in known if name in by_register]
        limit = limit_of(rule, known[keys[0]] if len(keys) == 1 else None, own)
        counted.append(
            RuleCount(
                rule,
                rule.said(limit or 0),
                sum(by_register.values()),
                list_url(place, key),
                [(known[name].label_plural, by_register[name], list_url(place, key, name)) for name in keys],
            )
        )
    return sorted(counted, key=lambda c: (-c.count, c.rule.key))


def score(actor: Actor, place: Initiative | None = None) -> Score:
    """How much of what is open at `place` and below, as far as the actor sees it, is in order."""
    keys = [register.key for register in work_registers()]
    entries = _at(Entry.objects.visible_to(actor).filter(register__in=keys), place, "initiative")
    looked = entries.filter(state_group=StateGroup.OPEN, initiative__archived=False)
    looked = looked.exclude(initiative__status__in=Initiative.FINISHED)
    flagged = findings(actor, place).order_by().values("entry").distinct().count()
    closed = (
        findings(actor, place).filter(entry__state_group=StateGroup.DONE).values("entry").distinct().count()
    )
    return Score(looked.order_by().count() + closed, flagged)


def own_score(actor: Actor) -> Score | None:
    """The actor's own figure, shown to nobody else; None where people are not measured or they own nothing."""
    if not the_look().measures_people or not actor.parties:
        return None
    keys = [register.key for register in work_registers()]
    own = Entry.objects.filter(owner__in=actor.parties, register__in=keys, state_group=StateGroup.OPEN)
    looked = own.count()
    flagged = Finding.objects.filter(entry__in=own.values("pk")).values("entry").distinct().count()
    return Score(looked, flagged) if looked else None


def unit_scores(actor: Actor, place: Initiative | None = None) -> list[tuple[str, Score]]:
    """The figures of organisation units with five owners or more, the worst first; empty where people are not
    measured."""
    if not the_look().measures_people:
        return []
    keys = [register.key for register in work_registers()]
    entries = _at(Entry.objects.visible_to(actor).filter(register__in=keys), place, "initiative")
    rows = entries.filter(state_group=StateGroup.OPEN, owner__person__unit__isnull=False).order_by()
    grouped = rows.values_list("owner__person__unit__name").annotate(
        people=Count("owner", distinct=True),
        looked=Count("pk", distinct=True),
        flagged=Count("pk", distinct=True, filter=Q(findings__isnull=False)),
    )
    found = [(name, Score(n, bad)) for name, people, n, bad in grouped if people >= SMALLEST_GROUP]
    return sorted(found, key=lambda pair: (pair[1].percent, pair[0]))


def chosen_entries(
    actor: Actor, place: Initiative | None, rule: str, register: str, owner: str = ""
) -> QuerySet[Entry]:
    """The entries with findings that the filters mean, those of one owner together."""
    rows = findings(actor, place)
    if rule:
        rows = rows.filter(rule=rule)
    entries = Entry.objects.filter(pk__in=rows.order_by().values("entry"))
    if register:
        entries = entries.filter(register=register)
    if owner:
        entries = entries.filter(owner__sort_name__contains=owner)
    entries = entries.select_related("initiative", "owner")
    return entries.order_by(F("owner__sort_name").asc(nulls_first=True), F("due").asc(nulls_last=True), "pk")


def lines(entries: list[Entry]) -> list[Line]:
    """Entries ready to be shown, each with what is wrong with it."""
    pages = rows_of(entries)
    wrong: dict[int, list[str]] = defaultdict(list)
    found = Finding.objects.filter(entry__in=[entry.pk for entry in entries]).order_by("pk")
    for pk, rule in found.values_list("entry", "rule"):
        if rule in RULES:
            wrong[pk].append(str(RULES[rule].label))
    shown = []
    for entry in entries:
        if entry.pk in pages:
            register, row = pages[entry.pk]
            shown.append(Line(entry, register.title(row), register.label, register.url(row), wrong[entry.pk]))
    return shown


def unanswered(actor: Actor, place: Initiative | None = None) -> QuerySet[FollowUp]:
    """What was asked and is a week late or more, as far as the actor sees it."""
    rows = open_ones().filter(due__lt=clock.today() - LATE_BY)
    return _at(visible_to(rows, actor), place, "entry__initiative")


def looked_at() -> datetime | None:
    """When the last look was."""
    return the_look().at


def registers_by_key() -> dict[str, Register]:
    """The registers that are looked at."""
    return {register.key: register for register in work_registers()}
