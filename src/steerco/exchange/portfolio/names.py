"""Normal forms of names of projects and departments, for comparing them across years and publishers."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

# Words that come and go between two reports of the same project.
_NOISE = frozenset({
    "programme", "program", "programmes", "project", "projects", "scheme", "initiative", "implementation", "delivery",
    "the", "of", "for", "and", "a", "an", "to", "in", "on", "including", "incl", "etc",
})  # fmt: skip
# Words that are written in more than one way.
_SPELLINGS = {
    "modernization": "modernisation", "organization": "organisation", "centre": "center", "defense": "defence",
    "systems": "system", "services": "service", "meters": "meter", "metering": "meter", "courts": "court",
    "estates": "estate", "genomes": "genome", "genomics": "genome", "prisons": "prison", "trials": "trial",
    "forces": "force", "reforms": "reform", "hubs": "hub", "technologies": "technology",
    "networks": "network", "operations": "operation", "helicopters": "helicopter", "immunization": "immunisation",
}  # fmt: skip
_NUMBER_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7",
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_TOKEN = re.compile(r"[a-z]+|\d+")

# Departments that are one body for matching: abbreviations, and predecessors with their successors.
_DEPARTMENTS = (
    "beis bis decc desnz dbt dsit",
    "dhsc dh doh health",
    "dluhc dclg mhclg communities",
    "fcdo fco dfid",
    "co cabinet",
    "mod defence",
    "moj justice",
    "dft transport",
    "dfe education",
    "ho home",
    "hmrc revenue",
    "hmt treasury",
    "dwp pensions",
    "dcms culture",
    "defra environment",
    "ons statistics",
    "nca crime",
    "cps prosecution",
)
_BODY_OF = {word: group.split()[0] for group in _DEPARTMENTS for word in group.split()}


@dataclass(frozen=True, slots=True)
class NormalName:
    """A name reduced to what distinguishes it.

    `words` are without noise, in one spelling and in their order; `spoken` are all words, as an abbreviation
    counts them; `numbers` are those that tell phases, boats or releases apart.
    """

    words: tuple[str, ...]
    spoken: tuple[str, ...]
    numbers: frozenset[str]

    @property
    def text(self) -> str:
        """The words as one text: equal for names that differ in noise and spelling only."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two names beside each other: the words that they share and those that only one of them has."""

    shared: frozenset[str]
    only_first: frozenset[str]
    only_second: frozenset[str]


@lru_cache(maxsize=20_000)
def normal_name(name: str) -> NormalName:
    """The normal form of a name: no accents, case or noise words, numbers in digits.

    A bracket that abbreviates the words before it ("(HMCTS)") is dropped, other words in brackets are kept.
    """
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ").replace("’", "'"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"(?<=\d)[,/](?=\d)", "", plain).replace("'s", "s").lower()
    outside = re.sub(r"\([^()]*\)?", " ", plain)
    words, spoken = _words(outside), tuple(_TOKEN.findall(outside))
    for bracket in re.findall(r"\(([^()]*)\)?", plain):
        if words and _abbreviates("".join(_TOKEN.findall(bracket)), spoken):
            continue
        words += tuple(word for word in _words(bracket) if word not in words)
    if not words:
        words = tuple(_TOKEN.findall(plain))
    return NormalName(words, spoken, frozenset(word for word in words if word.isdigit()))


def overlap(first: NormalName, second: NormalName) -> Overlap:
    """The words that two names share, abbreviations and misspellings counted as what they stand for."""
    ours, theirs = set(first.words), set(second.words)
    shared = ours & theirs
    ours, theirs = ours - shared, theirs - shared
    for short, long, spoken in ((ours, theirs, second.spoken), (theirs, ours, first.spoken)):
        for word in sorted(short):
            run = _run_abbreviated(word, spoken)
            covered = long & {_SPELLINGS.get(token, token) for token in run}
            if covered:
                short.discard(word)
                long -= covered
                shared |= covered
    for word in sorted(ours):
        twin = next((other for other in sorted(theirs) if _misspelt(word, other)), None)
        if twin is not None:
            ours.discard(word)
            theirs.discard(twin)
            shared.add(word)
    return Overlap(frozenset(shared), frozenset(ours), frozenset(theirs))


def body_of(unit: str) -> str:
    """The body that a department is for matching: "DECC" and "BEIS" are one, "MOJ" and "MoJ" are one."""
    words = re.findall(r"[a-z]+", unit.lower())
    return next((_BODY_OF[word] for word in words if word in _BODY_OF), " ".join(words))


def _words(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for token in _TOKEN.findall(text):
        word = _SPELLINGS.get(token, token)
        if word in _SCALES and found and found[-1].isdigit():
            found[-1] = str(int(found[-1]) * _SCALES[word])
        elif word in _NUMBER_WORDS:
            found.append(_NUMBER_WORDS[word])
        elif word not in _NOISE:
            found.append(str(int(word)) if word.isdigit() else word)
    return tuple(dict.fromkeys(found))


def _abbreviates(bracket: str, spoken: tuple[str, ...]) -> bool:
    """Whether the letters in a bracket occur in the words before it, in order, from the start of some word."""
    letters = re.sub(r"[^a-z]", "", bracket)
    if not 2 <= len(letters) <= 8:
        return False
    for start, word in enumerate(spoken):
        rest = iter("".join(spoken[start:]))
        if word[0] == letters[0] and all(letter in rest for letter in letters):
            return True
    return False


def _run_abbreviated(word: str, spoken: tuple[str, ...]) -> tuple[str, ...]:
    """The words in a row whose first letters are `word`; () without such a row."""
    if not word.isalpha() or not 2 <= len(word) <= 8:
        return ()
    said = tuple(token for token in spoken if token not in ("and", "of", "the", "for"))
    for start in range(len(said) - len(word) + 1):
        run = said[start : start + len(word)]
        if all(token[0] == letter for token, letter in zip(run, word, strict=True)):
            return run
    return ()


def _misspelt(first: str, second: str) -> bool:
    if min(len(first), len(second)) < 6 or first[0] != second[0] or abs(len(first) - len(second)) > 2:
        return False
    return SequenceMatcher(None, first, second).ratio() >= 0.87
