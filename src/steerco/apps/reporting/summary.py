"""A frozen report on one screen of a mail: what is to be decided, what got worse, what moved, the top risks."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from steerco.apps.cycles.consolidation import SEVERITY, read_line
from steerco.apps.cycles.models import RATINGS, FrozenReport, Report
from steerco.apps.cycles.wording import fact_words
from steerco.apps.followups.kinds import kind_of
from steerco.apps.followups.links import actor_without_account, address_for, may_see
from steerco.apps.followups.models import FollowUp
from steerco.apps.initiatives.models import Entry
from steerco.apps.people.models import Person
from steerco.kit.permissions import Actor

Content = dict[str, Any]
MOST, OTHERS = 5, 3  # lines about decisions, and of every other section
LONGEST = 200  # characters of a line
WORDS = dict(RATINGS)
DECISIONS, MOVED, RISKS = ("asked", "help"), ("moved", "slipped"), ("top_risks", "risks")


@dataclass(frozen=True)
class Line:
    """A line of the mail; `answers` are the buttons of whoever decides: label and path."""

    text: str
    place: str = ""
    note: str = ""
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of the mail; `more`: how many lines stand only in the report."""

    title: str
    lines: list[Line]
    more: int = 0


@dataclass(frozen=True)
class Summary:
    """The whole mail in words."""

    title: str
    place: str
    rating: str
    rating_words: str
    headline: str
    sections: list[Section]
    hidden: bool  # something that was frozen was restricted since, and its reader may not read it


def summary_of(frozen: FrozenReport, person: Person | None, reader: Actor | None) -> Summary:
    """A frozen report for one reader, in the active language; `reader` is None for somebody outside.

    What was restricted since it was frozen is left out for those who may not read it.
    """
    content: Content = json.loads(frozen.content)
    parts = {part["key"]: part for part in content["parts"]}
    told = _reports(content)
    every = {*_entries(parts.values()), *told.values()}
    kept = _visible(every, reader)
    overall = content["ratings"][0] if content["ratings"] else {"value": ""}

    def facts(keys: Iterable[str], kinds: tuple[str, ...]) -> list[Content]:
        part = next((parts[key] for key in keys if key in parts), {"facts": ()})
        return [f for f in part["facts"] if f["kind"] in kinds and f["entry"] in kept]

    wanted = facts(DECISIONS, ("wanted", "asked"))
    answers = _answers([f["entry"] for f in wanted if f["kind"] == "wanted"], person)
    decisions = [_line(fact, answers.get(fact["entry"], ())) for fact in wanted]
    decisions.sort(key=lambda line: not line.answers)
    said = next((parts[key]["text"] for key in DECISIONS if key in parts and parts[key]["text"]), "")
    if said:
        decisions.append(Line(_cut(said)))
    sections = [
        (_("Decisions and help wanted"), decisions),
        (
            _("Ratings that got worse"),
            list(_worse(content, {pk for pk, entry in told.items() if entry in kept})),
        ),
        (_("What moved"), [_line(fact) for fact in facts(MOVED, ("moved", "missed"))]),
        (_("Top risks"), [_line(fact) for fact in facts(RISKS, ("risk_top", "risk_new", "risk_worse"))]),
        (
            _("What was achieved"),
            [_line(fact) for fact in facts(("achieved",), ("reached", "delivered", "signed_off"))],
        ),
    ]
    return Summary(
        title=content["title"],
        place=content["initiative"]["name"],
        rating=overall["value"],
        rating_words=str(WORDS.get(overall["value"], "")),
        headline=content["headline"],
        sections=[
            Section(title, lines[:most], max(0, len(lines) - most))
            for title, lines in sections
            if lines
            for most in (MOST if lines is decisions else OTHERS,)
        ],
        hidden=kept != every,
    )


def _reports(content: Content) -> dict[int, int]:
    """The entries of the reports that a consolidated one tells of."""
    below = [line["report"] for line in content.get("below", ()) if line["report"]]
    return dict(Report.objects.filter(pk__in=below).values_list("pk", "entry"))


def _entries(parts: Iterable[Content]) -> list[int]:
    return [fact["entry"] for part in parts for fact in part["facts"]]


def _visible(entries: Iterable[int], reader: Actor | None) -> set[int]:
    """The entries that the reader may know of: for somebody outside, those that nothing restricts."""
    wanted = set(entries)
    rows = Entry.objects.filter(pk__in=wanted, restricted_by=None)
    found = set(rows.values_list("pk", flat=True))
    if reader is not None and found != wanted:
        rest = Entry.objects.visible_to(reader).filter(pk__in=wanted - found)
        found |= set(rest.values_list("pk", flat=True))
    return found


def _line(fact: Content, answers: tuple[tuple[str, str], ...] = ()) -> Line:
    words = fact_words(fact) if fact["kind"] != "asked" else ""
    return Line(
        _cut(" ".join(part for part in (fact["ref"], fact["title"]) if part)), fact["place"], words, answers
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def _worse(content: Content, told: Collection[int]) -> Iterable[Line]:
    """Those below whose rating got worse, as far as their report is in `told`; else the report's own rating."""
    for line in map(read_line, content.get("below", ())):
        now, before = SEVERITY.get(line["value"]), SEVERITY.get(line["before"])
        if line["report"] in told and line["current"] and now and before and now > before:
            yield Line(_cut(line["headline"] or line["name"]), line["name"], _turned(line))
    overall = content["ratings"][0] if content["ratings"] else {}
    now, before = SEVERITY.get(overall.get("value", "")), SEVERITY.get(overall.get("before", ""))
    if not content.get("below") and now and before and now > before:
        yield Line(
            _cut(overall["why"] or content["headline"]), content["initiative"]["name"], _turned(overall)
        )


def _turned(said: Content) -> str:
    return f"{WORDS.get(said['before'], '')} → {WORDS.get(said['value'], '')}"


def _answers(entries: Collection[int], person: Person | None) -> dict[int, tuple[tuple[str, str], ...]]:
    """The buttons of whoever decides, through the single-purpose door of what they owe about each entry; where that
    door is not enough, the way to the page on which they decide."""
    if person is None or not entries:
        return {}
    actor = actor_without_account(person)
    rows = FollowUp.objects.filter(entry__in=entries, state=FollowUp.State.OPEN, debtor__in=actor.parties)
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for row in rows.select_related("entry__initiative", "debtor").order_by("pk"):
        kind = kind_of(row)
        if row.entry_id in found or not may_see(actor, row.entry):
            continue
        if kind.needs_sign_in(row):
            page = reverse("links:entry", args=[row.entry_id])
            found[row.entry_id] = ((_("Sign in and answer"), page),) if person.user_id else ()
            continue
        door = address_for(row, person)
        found[row.entry_id] = tuple((str(a.label), f"{door}?answer={a.key}") for a in kind.permitted(row))
    return found
