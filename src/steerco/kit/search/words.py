"""Texts as the index keeps them, and queries as both databases read them.

A text becomes words of letters and digits without case and accents. "Müller" is kept as "muller" and as "mueller", so
that either spelling finds it; the number of a record is kept as "#12" and "#r12", which no text can hold. The
databases get only such words, so that they find the same rows.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

VERSION = 1  # raise it when a text folds to other words: the index is then built anew
LONGEST = 60  # letters of a word that count
MOST_WORDS = 10_000  # of one text
MOST_TERMS = 8  # of one query
# Words that say nothing of what a text is about, in the languages that we have; endings that inflect one.
FILLERS = frozenset(
    """
    a about after all also an and any are as at be been before being but by can could did do does for from
    had has have how if in into is it its may more most must no nor not of on only or other our over shall
    should so some such than that the their them then there these they this those to too under until up was
    we were what when where which while who will with would you your aber als am an auch auf aus bei bis das
    dass dem den der des die dies diese dieser dieses doch du durch ein eine einem einen einer eines er es
    fur fuer haben hat hatte ich ihr im in ist ja kann kein keine konnen koennen mehr mit muss nach nicht
    noch nur ob oder ohne sein seine sich sie sind so soll uber ueber um und uns unter vom von vor war waren
    was weil wenn werden wie wir wird wo wurde wuerde zu zum zur
    day days each every first last month months one other others same second third ten three time two week
    weeks without year years
    andere anderen drei eins erste ersten gleiche jahr jahre jede jeder letzte monat monate ohne tag tage
    woche wochen zeit zwei zweite zweiten
    """.split()  # noqa: SIM905  words are read as words
)
ENDINGS = ("ungen", "ers", "en", "es", "er", "s", "n", "e")
SHORTEST_STEM = 4

_runs = re.compile(r"[^\W_]+")
_umlauts = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_special = str.maketrans({"æ": "ae", "ø": "o", "đ": "d", "ł": "l", "þ": "th"})
_number = re.compile(r"(?:(?:.*?-)?([a-z]{1,4})-|([a-z]{0,4}))(\d{1,9})")  # 12, R12, R-12, PRJ-R-12


def _pieces(text: str) -> list[tuple[str, ...]]:
    """The words of `text` in order, each in its spellings: one, or two where it has an umlaut."""
    if text.isascii():
        return [(word[:LONGEST],) for word in _runs.findall(text.lower())]
    lowered = unicodedata.normalize("NFC", text.casefold())
    plain = _runs.findall(_bare(lowered))
    german = _runs.findall(_bare(lowered.translate(_umlauts)))
    return [
        (one[:LONGEST],) if one == other else (one[:LONGEST], other[:LONGEST])
        for one, other in zip(plain, german, strict=True)
    ]


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).translate(_special).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def words_of(texts: Iterable[str], *, number: int | None = None, prefix: str = "") -> str:
    """The words of a row as the index keeps them: each once, in order of appearance, with a space between.

    `number` and `prefix` are those of a record: 12 and "R" for R-12.
    """
    found: dict[str, None] = {}
    if number is not None:
        found[f"#{number}"] = found[f"#{prefix.lower()}{number}"] = None
    for piece in _pieces(" ".join(texts)):
        for word in piece:
            found[word] = None
    return " ".join(list(found)[:MOST_WORDS])


@dataclass(frozen=True)
class Part:
    """A word to be found: the whole of it, or a beginning."""

    word: str
    beginning: bool = True


Way = tuple[Part, ...]  # parts that must all be there
Term = tuple[Way, ...]  # ways to write one word of the query; one is enough


def terms(query: str) -> list[Term]:
    """The terms of what somebody typed: every one must be found. Each typed word is a beginning.

    Of a word with punctuation inside ("co-ordin") only the last piece is a beginning. "R-12" and "12" also name
    the record of that number.
    """
    found = []
    for typed in query.split()[:MOST_TERMS]:
        pieces = _pieces(typed)
        if not pieces:
            continue
        *whole, last = pieces
        before = [Part(piece[0], beginning=False) for piece in whole]
        ways: list[Way] = [(*before, Part(spelling)) for spelling in last]
        named = _number.fullmatch(typed.lower())
        if named:
            ways.append((Part(f"#{named[1] or named[2]}{int(named[3])}", beginning=False),))
        found.append(tuple(ways))
    return found


def stems(text: str) -> list[str]:
    """What `text` is about: its words without fillers, cut to where they begin to inflect, each once, in order."""
    found: dict[str, None] = {}
    for word, *_spellings in _pieces(text):
        if len(word) > 2 and word not in FILLERS:
            found[_stem(word)] = None
    return list(found)


def spelled(text: str, wanted: Iterable[str]) -> list[str]:
    """The words of `text` of which `wanted` are the stems, as they are written there, each once, in their order."""
    left, found = set(wanted), []
    for word in _runs.findall(text):
        for stem in stems(word):
            if stem in left:
                left.discard(stem)
                found.append(word)
    return found


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def for_sqlite(query: Iterable[Term]) -> str:
    """The query in the language of FTS5."""
    return " AND ".join(
        f"({' OR '.join('(' + ' AND '.join(map(_quoted, way)) + ')' for way in term)})" for term in query
    )


def _quoted(part: Part) -> str:
    return f'"{part.word}" *' if part.beginning else f'"{part.word}"'


def for_postgresql(query: Iterable[Term]) -> str:
    """The query as a tsquery."""
    return " & ".join(
        f"({' | '.join('(' + ' & '.join(map(_lexeme, way)) + ')' for way in term)})" for term in query
    )


def _lexeme(part: Part) -> str:
    return f"'{part.word}':*" if part.beginning else f"'{part.word}'"
