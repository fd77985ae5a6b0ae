"""What differs between two frozen reports of one initiative: ratings, words, and the facts that came, went or moved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from steerco.apps.cycles.drafts import Content
from steerco.apps.cycles.facts import Fact
from steerco.apps.cycles.kinds import PARTS
from steerco.apps.cycles.showing import FactLine, fact_lines
from steerco.apps.indicators.dimensions import dimension_label

LONGEST = 4_000  # words of a text that are compared one by one


@dataclass(frozen=True)
class Turned:
    """A dimension in both reports."""

    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        """Whether it was rated otherwise."""
        return self.before != self.after


@dataclass(frozen=True)
class PartDifference:
    """A part in both: its text with what was added and struck, and the facts that are new, gone or said otherwise."""

    label: str | Promise
    text: SafeString
    new: list[FactLine]
    gone: list[FactLine]
    moved: list[tuple[FactLine, FactLine]]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.text or self.new or self.gone or self.moved)


@dataclass(frozen=True)
class BelowDifference:
    """An initiative below that is rated otherwise, or of which something else is said."""

    name: str
    turned: Turned
    headline: SafeString


@dataclass(frozen=True)
class Difference:
    """Two reports beside each other."""

    ratings: list[Turned]
    headline: SafeString
    path: SafeString
    below: list[BelowDifference]
    parts: list[PartDifference]


def difference(before: Content, after: Content) -> Difference:
    """What differs from the older to the newer content. Pure; no statement."""
    return Difference(
        list(_ratings(before, after)),
        marked(before["headline"], after["headline"]),
        marked(before["path"].get("text", ""), after["path"].get("text", "")),
        list(_below(before, after)),
        [part for part in _parts(before, after) if not part.is_empty],
    )


def _ratings(before: Content, after: Content) -> Iterable[Turned]:
    old = {r["dimension"]: r["value"] for r in before["ratings"]}
    new = {r["dimension"]: r["value"] for r in after["ratings"]}
    for dimension in dict.fromkeys([*new, *old]):
        yield Turned(dimension_label(dimension), old.get(dimension, ""), new.get(dimension, ""))


def _below(before: Content, after: Content) -> Iterable[BelowDifference]:
    old = {line["code"]: line for line in before.get("below", ())}
    new = {line["code"]: line for line in after.get("below", ())}
    for code in dict.fromkeys([*new, *old]):
        was, now = old.get(code), new.get(code)
        name = (now or was or {})["name"]
        turned = Turned(name, _rated(was), _rated(now))
        said = [line["headline"] if line else "" for line in (was, now)]
        if turned.differs or said[0] != said[1]:
            yield BelowDifference(name, turned, marked(*said))


def _rated(line: Content | None) -> str:
    """What stands in the report of the level: nothing where the initiative was not told of."""
    return (line["value"] or "not_reported") if line else ""


def _parts(before: Content, after: Content) -> Iterable[PartDifference]:
    none: Content = {"text": "", "facts": []}
    old = {part["key"]: part for part in before["parts"]}
    new = {part["key"]: part for part in after["parts"]}
    for key in dict.fromkeys([*new, *old]):
        was, now = old.get(key, none), new.get(key, none)
        gone, came = _by_entry(was["facts"]), _by_entry(now["facts"])
        both = [entry for entry in came if entry in gone]
        pairs = [(fact_lines([gone[e]])[0], fact_lines([came[e]])[0]) for e in both]
        yield PartDifference(
            PARTS[key].label if key in PARTS else key,
            marked(was["text"], now["text"]) if was["text"] != now["text"] else SafeString(),
            fact_lines([fact for entry, fact in came.items() if entry not in gone]),
            fact_lines([fact for entry, fact in gone.items() if entry not in came]),
            [(was, now) for was, now in pairs if (was.title, was.words) != (now.title, now.words)],
        )


def _by_entry(facts: Sequence[Fact]) -> dict[Any, Fact]:
    return {(fact["entry"], *_told_apart(fact)): fact for fact in facts}


def _told_apart(fact: Fact) -> tuple[str, str]:
    """What tells facts about one entry apart: wishes by their words, money by kind and currency."""
    if fact["kind"].startswith("money_"):
        return fact["kind"], fact["title"]
    return "", fact["title"] if fact["kind"] == "asked" else ""


def marked(before: str, after: str) -> SafeString:
    """The newer text with what is new marked and what is gone struck, word by word."""
    old, new = before.split(" ")[:LONGEST], after.split(" ")[:LONGEST]
    pieces: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("", " ".join(new[c:d])))
            continue
        pieces += [("del", " ".join(old[a:b]))] if b > a and any(old[a:b]) else []
        pieces += [("ins", " ".join(new[c:d]))] if d > c and any(new[c:d]) else []
    return format_html_join(" ", "{}", ((_piece(tag, text),) for tag, text in pieces if text))


def _piece(tag: str, text: str) -> SafeString | str:
    if tag == "del":
        return format_html("<del>{}</del>", text)
    return format_html("<ins>{}</ins>", text) if tag == "ins" else text
