"""Which project of a new report is which known one: certain where the evidence is, else offered to a person.

A wrong merge joins two histories and is found late, a missed one costs a click: a match is certain only when
name and department agree, or a different name is borne out by dates and description. Everything else that is
alike is `certain=False`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import log, sqrt

from steerco.exchange.portfolio.names import NormalName, Overlap, body_of, normal_name, overlap
from steerco.exchange.portfolio.naming import parse_name

# Descriptions this alike (cosine of their words) speak for the same project, or say nearly the same.
_ALIKE = 0.45
_NEARLY_THE_SAME = 0.75
_LEAST_OFFERED = 0.4
# Confidence from equal names or codes on; below it a claim this much weaker still contests another.
_BY_NAME = 0.94
_ABOUT_AS_GOOD = 0.15
# A word that this share of the known names has (at least 40 of them) does not find candidates.
_COMMON_WORD = 0.05
_COMMON_LEAST = 40


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project as a report or the system knows it. `key` is the caller's own; unknown values stay empty."""

    key: str
    name: str
    unit: str = ""
    former_names: tuple[str, ...] = ()
    code: str = ""
    start: date | None = None
    end: date | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """`new` is `known`: for certain, or (`certain` False) as an offer that a person has to confirm.

    `reason` is one of code, name, former_name, name_elsewhere, longer_name, similar_name, dates_and_description.
    """

    new: Candidate
    known: Candidate
    confidence: float
    reason: str
    certain: bool


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A candidate with its normal forms."""

    candidate: Candidate
    name: NormalName
    former: frozenset[str]
    body: str

    @property
    def all_names(self) -> frozenset[str]:
        return self.former | {self.name.text}


@dataclass(frozen=True, slots=True)
class _Claim:
    """What speaks for one new project being one known project, both by index."""

    confidence: float
    reason: str
    certain: bool
    new: int
    known: int


def match_names(new: Sequence[Candidate], known: Sequence[Candidate]) -> list[Match]:
    """The best assignment of new projects to known ones, each used at most once, in the order of `new`.

    No match is certain while another project has about as good a claim to either side: the parts of a split
    programme, or two projects of one name.
    """
    ours, theirs = [_prepared(c) for c in new], [_prepared(c) for c in known]
    weights = _word_weights([*ours, *theirs])
    claims: list[_Claim] = []
    for index, others in enumerate(_blocks(ours, theirs)):
        for other in sorted(others):
            judged = _judge(ours[index], theirs[other], weights)
            if judged is not None:
                claims.append(_Claim(*judged, index, other))
    claims.sort(key=lambda claim: (-claim.confidence, claim.new, claim.known))
    by_side: defaultdict[tuple[str, int], list[_Claim]] = defaultdict(list)
    for claim in claims:
        by_side["new", claim.new].append(claim)
        by_side["known", claim.known].append(claim)
    taken_new: set[int] = set()
    taken_known: set[int] = set()
    matches: dict[int, Match] = {}
    for claim in claims:
        if claim.new in taken_new or claim.known in taken_known:
            continue
        rivals = [*by_side["new", claim.new], *by_side["known", claim.known]]
        contested = any(
            rival is not claim
            and rival.new not in taken_new
            and rival.known not in taken_known
            and rival.confidence
            >= claim.confidence - (0.0 if claim.confidence >= _BY_NAME else _ABOUT_AS_GOOD)
            for rival in rivals
        )
        taken_new.add(claim.new)
        taken_known.add(claim.known)
        matches[claim.new] = Match(
            new[claim.new],
            known[claim.known],
            round(claim.confidence, 3),
            claim.reason,
            claim.certain and not contested,
        )
    return [matches[index] for index in sorted(matches)]


def _prepared(candidate: Candidate) -> _Prepared:
    parsed = parse_name(candidate.name)
    former = {normal_name(name).text for name in (*candidate.former_names, *parsed.former_names)}
    return _Prepared(candidate, normal_name(parsed.name), frozenset(former), body_of(candidate.unit))


def _word_weights(prepared: Sequence[_Prepared]) -> dict[str, float]:
    """How much a word tells: the rarer among all names, the more."""
    counts = Counter(word for item in prepared for word in set(item.name.words))
    return {word: log(1 + len(prepared) / count) for word, count in counts.items()}


def _blocks(ours: Sequence[_Prepared], theirs: Sequence[_Prepared]) -> Iterable[set[int]]:
    """For each of ours the indexes of theirs that share a telling word, a name, the code or body and start."""
    by_key: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, item in enumerate(theirs):
        for key in _keys(item):
            by_key[key].append(index)
    limit = max(_COMMON_LEAST, int(_COMMON_WORD * len(theirs)))
    for item in ours:
        found: set[int] = set()
        for key in _keys(item):
            indexes = by_key.get(key, ())
            if key[0] != "word" or len(indexes) <= limit:
                found.update(indexes)
        yield found


def _keys(item: _Prepared) -> Iterable[tuple[str, ...]]:
    yield from (("word", word) for word in item.name.words)
    yield from (("name", text) for text in item.all_names)
    if item.candidate.code:
        yield ("code", item.candidate.code.casefold())
    if item.candidate.start is not None:
        yield ("start", item.body, item.candidate.start.isoformat())


def _judge(ours: _Prepared, theirs: _Prepared, weights: dict[str, float]) -> tuple[float, str, bool] | None:
    """Confidence, reason and certainty that two are the same project; None when nothing speaks for it."""
    a, b = ours.candidate, theirs.candidate
    same_body = not ours.body or not theirs.body or ours.body == theirs.body
    same_start = a.start is not None and a.start == b.start
    same_end = a.end is not None and a.end == b.end
    codes_differ = bool(a.code and b.code) and a.code.casefold() != b.code.casefold()
    words = overlap(ours.name, theirs.name)
    if a.code and not codes_differ and b.code:
        return (0.995, "code", True) if words.shared or same_body else (0.6, "code", False)
    if ours.name.text == theirs.name.text:
        if same_body:
            return 0.99 + 0.004 * same_start + 0.004 * same_end, "name", not codes_differ
        return (0.95, "name_elsewhere", not codes_differ) if same_start else (0.5, "name_elsewhere", False)
    if (ours.former & theirs.all_names) or (theirs.former & ours.all_names):
        return 0.97, "former_name", same_body and not codes_differ
    if not same_body:
        return None
    return _judge_unlike(ours, theirs, words, weights, same_start, same_end, codes_differ)


def _judge_unlike(
    ours: _Prepared,
    theirs: _Prepared,
    words: Overlap,
    weights: dict[str, float],
    same_start: bool,
    same_end: bool,
    codes_differ: bool,
) -> tuple[float, str, bool] | None:
    """Two names of one body that are not equal: judged by their words, dates and descriptions."""
    numbers = {word for word in words.only_first | words.only_second if word.isdigit()}
    numbers_differ = bool(numbers & words.only_first) and bool(numbers & words.only_second)
    alike = _alike(ours.candidate.description, theirs.candidate.description)
    likeness = _likeness(words, weights)
    contained = bool(words.shared) and (not words.only_first or not words.only_second)
    if numbers_differ and not (same_start and same_end):
        return None
    if contained:
        sure = (
            same_start and (same_end or alike >= _ALIKE or likeness >= 0.25)
            if not numbers
            else same_start and same_end
        )
        sure = sure or (same_end and alike >= _NEARLY_THE_SAME and not numbers)
        confidence = 0.55 + 0.2 * likeness + 0.1 * same_start + 0.05 * same_end + 0.05 * alike
        return confidence, "longer_name", sure and not codes_differ
    # A word in place of another tells phases, regions and customers apart even when all else is the same.
    sure = same_start and same_end and alike >= _NEARLY_THE_SAME and not numbers
    if likeness >= 0.3:
        confidence = 0.3 + 0.3 * likeness + 0.15 * same_start + 0.05 * same_end + 0.15 * alike
        return (
            (confidence, "similar_name", sure and not codes_differ) if confidence >= _LEAST_OFFERED else None
        )
    if same_start and (same_end or alike >= _ALIKE) and alike >= _ALIKE / 2:
        return 0.35 + 0.1 * same_end + 0.3 * alike, "dates_and_description", sure and not codes_differ
    return None


def _likeness(words: Overlap, weights: dict[str, float]) -> float:
    """The weight of the shared words in the weight of all, 0 to 1."""
    shared = sum(weights.get(word, 1.0) for word in words.shared)
    apart = sum(weights.get(word, 1.0) for word in words.only_first | words.only_second)
    return shared / (shared + apart) if shared else 0.0


@lru_cache(maxsize=20_000)
def _bag(description: str) -> Counter[str]:
    return Counter(word for word in re.findall(r"[a-z0-9]{4,}", description.lower()[:2000]))


def _alike(first: str, second: str) -> float:
    """The cosine of the words of two descriptions, 0 to 1; 0 when one is missing."""
    ours, theirs = _bag(first), _bag(second)
    if not ours or not theirs:
        return 0.0
    dot = sum(count * theirs[word] for word, count in ours.items())
    return dot / sqrt(sum(n * n for n in ours.values()) * sum(n * n for n in theirs.values()))
