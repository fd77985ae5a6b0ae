"""What differs between two frozen reports: ratings, words, answers, and the facts that came, went or moved.

Two of one initiative and kind are told as before and now. Of two others nothing was added or lost: what only one of
them has is told as such.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from steerco.apps.cycles.drafts import Content
from steerco.apps.cycles.facts import Fact
from steerco.apps.cycles.kinds import PARTS
from steerco.apps.cycles.layouts import answer_words
from steerco.apps.cycles.showing import FactLine, fact_lines
from steerco.apps.cycles.silence import Silence, has_told
from steerco.apps.cycles.summing import is_money
from steerco.apps.cycles.wording import short_date
from steerco.apps.indicators.dimensions import dimension_label

LONGEST = 4_000  # words of a text that are compared one by one
IN_COMMON = 0.5  # the share of words from which two texts read better as one, marked, than beside each other
BEFORE, AFTER = "before", "after"
# Parts of other kinds of report that tell of the same.
COUNTERPARTS: Mapping[str, str] = {
    "moved": "slipped",
    "top_risks": "risks",
    "asked": "help",
    "ahead": "planned",
    "forecast": "planned",
    "products": "achieved",
}


@dataclass(frozen=True)
class Turned:
    """What was rated or answered in both reports; None where one of them does not ask for it."""

    label: str
    before: str | None
    after: str | None

    @property
    def differs(self) -> bool:
        """Whether both say it, and not the same."""
        return None not in (self.before, self.after) and self.before != self.after


@dataclass(frozen=True)
class Said:
    """A text of both reports: `words` with what was added and struck; `is_apart` where they are better read beside
    each other."""

    before: str
    after: str
    words: SafeString
    is_apart: bool = False

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


@dataclass(frozen=True)
class PartDifference:
    """A part of both: its text, and the facts that are new, gone or said otherwise. `only`: the one that has it alone.

    `unsaid` and `resumed` are no news: who told of them did not report this time, or the time before.
    """

    label: str
    text: Said
    new: list[FactLine]
    gone: list[FactLine]
    moved: list[tuple[FactLine, FactLine]]
    unsaid: list[FactLine]
    resumed: list[FactLine]
    only: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.text or self.moved or self.all_facts)

    @property
    def all_facts(self) -> list[list[FactLine]]:
        """What only one of them says, in lists that are not empty."""
        return [facts for facts in (self.new, self.gone, self.unsaid, self.resumed) if facts]


@dataclass(frozen=True)
class BelowDifference:
    """An initiative below that is rated otherwise, or of which something else is said. `only`: the report that tells
    of it alone; `is_silent`: it did not report this time."""

    name: str
    turned: Turned
    headline: SafeString
    only: str = ""
    is_silent: bool = False


@dataclass(frozen=True)
class Difference:
    """Two reports beside each other. `below_only`: the one that alone tells of those below."""

    ratings: list[Turned]
    headline: Said
    path: Said
    below: list[BelowDifference]
    below_only: str
    answers: list[Turned]
    parts: list[PartDifference]


def difference(
    before: Content, after: Content, *, is_alike: bool = True, silence: Silence | None = None
) -> Difference:
    """What differs from the older to the newer content; unless `is_alike`, between two of other initiatives or kinds.
    Pure; no statement."""
    said = _saying(is_alike)
    return Difference(
        list(_ratings(before, after)),
        said(before["headline"], after["headline"]),
        said(_path_words(before["path"]), _path_words(after["path"])),
        list(_below(before, after)),
        _only(bool(before.get("below")), bool(after.get("below"))),
        list(_answers(before, after)),
        [part for part in _parts(before, after, is_alike, silence or Silence()) if not part.is_empty],
    )


def _saying(is_alike: bool) -> Callable[[str, str], Said]:
    """How two texts are shown; of reports that are not alike beside each other, unless much of them is the same."""

    def said(before: str, after: str) -> Said:
        matcher = SequenceMatcher(
            None, before.split(" ")[:LONGEST], after.split(" ")[:LONGEST], autojunk=False
        )
        return Said(before, after, marked(before, after), not is_alike and matcher.ratio() < IN_COMMON)

    return said


def _only(is_before: bool, is_after: bool) -> str:
    if is_before == is_after:
        return ""
    return BEFORE if is_before else AFTER


def _path_words(path: Mapping[str, str]) -> str:
    words = [path.get("text", "")]
    if path.get("by"):
        words.append(f"({short_date(date.fromisoformat(path['by']))})")
    return " ".join(word for word in words if word)


def _ratings(before: Content, after: Content) -> Iterable[Turned]:
    old = {r["dimension"]: r["value"] for r in before["ratings"]}
    new = {r["dimension"]: r["value"] for r in after["ratings"]}
    for dimension in dict.fromkeys([*new, *old]):
        yield Turned(dimension_label(dimension), old.get(dimension), new.get(dimension))


def _answers(before: Content, after: Content) -> Iterable[Turned]:
    """The calendar's own questions that are not answered alike, by their words: the key may be that of another one."""
    old, new = (
        {one["label"]: answer_words(one["type"], one["value"]) for one in content.get("questions", ())}
        for content in (before, after)
    )
    for label in dict.fromkeys([*new, *old]):
        if old.get(label, "") != new.get(label, ""):
            yield Turned(label, old.get(label), new.get(label))


def _below(before: Content, after: Content) -> Iterable[BelowDifference]:
    old = {line["code"]: line for line in before.get("below", ())}
    new = {line["code"]: line for line in after.get("below", ())}
    for code in dict.fromkeys([*new, *old]):
        was, now = old.get(code), new.get(code)
        name = (now or was or {})["name"]
        turned = Turned(name, _rated(was), _rated(now))
        said = [line["headline"] if line else "" for line in (was, now)]
        only = _only(was is not None, now is not None)
        if turned.differs or said[0] != said[1] or only:
            silent = now is not None and not has_told(now)
            words = marked(*said) if not (only or silent) else format_html("{}", said[0] or said[1])
            yield BelowDifference(name, turned, words, only, silent)


def _rated(line: Content | None) -> str:
    """What stands in the report of the level: nothing where the initiative was not told of."""
    if line is None:
        return ""
    return line["value"] if line["value"] and has_told(line) else "not_reported"


def _parts(before: Content, after: Content, is_alike: bool, silence: Silence) -> Iterable[PartDifference]:
    old, new = _by_part(before["parts"], is_alike), _by_part(after["parts"], is_alike)
    said = _saying(is_alike)
    for key in dict.fromkeys([*new, *old]):
        was, now = old.get(key), new.get(key)
        texts = [part["text"] if part else "" for part in (was, now)]
        gone, came = (_by_entry(part["facts"] if part else ()) for part in (was, now))
        both = [one for one in came if one in gone]
        pairs = [(fact_lines([gone[one]])[0], fact_lines([came[one]])[0]) for one in both]
        lost = [fact for one, fact in gone.items() if one not in came]
        found = [fact for one, fact in came.items() if one not in gone]
        unsaid, resumed = silence.unsaid(key, lost), silence.resumed(key, found)
        yield PartDifference(
            " / ".join(dict.fromkeys(str(_label(part["key"])) for part in (was, now) if part)),
            said(*texts) if texts[0] != texts[1] else said("", ""),
            fact_lines([fact for fact in found if fact not in resumed]),
            fact_lines([fact for fact in lost if fact not in unsaid]),
            [(was, now) for was, now in pairs if (was.title, was.words) != (now.title, now.words)],
            fact_lines(unsaid),
            fact_lines(resumed),
            _only(was is not None, now is not None),
        )


def _label(key: str) -> str | Promise:
    return PARTS[key].label if key in PARTS else key


def _by_part(parts: Sequence[Content], is_alike: bool) -> dict[str, Content]:
    """Parts by their key; of reports that are not alike, by the part of another kind that tells of the same."""
    own = {part["key"]: part for part in parts}
    if is_alike:
        return own
    found: dict[str, Content] = {}
    for key, part in own.items():
        other = COUNTERPARTS.get(key, key)
        found[key if other in own or other in found else other] = part
    return found


def _by_entry(facts: Sequence[Fact]) -> dict[tuple[Any, ...], Fact]:
    return {_identity(fact): fact for fact in facts}


def _identity(fact: Fact) -> tuple[Any, ...]:
    """What a fact is about. Money is told apart by kind and currency, that of the report's own initiative stands for
    itself; what is asked by its words, as each report asks anew."""
    if is_money(fact):
        return (fact["entry"] if fact.get("place") else 0, fact["kind"], fact["title"])
    if fact["kind"] == "asked":
        return ("asked", fact.get("place", ""), fact["title"])
    return (fact["entry"],)


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
