"""Which texts say the same: groups of texts that share words, found by counting, the same for the same texts."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

LONGEST = 16  # words of one text that count
COMMON = 5  # a word that more than one text in so many holds tells nothing
FEW = 20  # texts: among fewer no word is too common
COVERED = 5  # a group of which fewer than one member in so many is new says what another one said


@dataclass(frozen=True, slots=True)
class Commonality(Generic[K]):
    """Texts that share words. `words` in the order of the alphabet, `members` in the order given."""

    words: tuple[str, ...]
    members: tuple[K, ...]


def commonalities(
    texts: Mapping[K, Sequence[str]], places: Mapping[K, Hashable], *, most: int, least_places: int = 2
) -> list[Commonality[K]]:
    """Groups of texts that share at least two words and stand at `least_places` places or more.

    Every pair of words that several texts share is a candidate; pairs with the same members are one group with all
    of their words. The group at the most places comes first, then the one with the most members, then the one with
    the most words, then the alphabet. A group that adds little to those before it is left out.

    Args:
        texts: the words of each text, stems without fillers.
        places: where each text stands.
        most: groups returned at most.
    """
    held = {key: sorted(set(words[:LONGEST])) for key, words in texts.items()}
    frequency = Counter(word for words in held.values() for word in words)
    limit = len(texts) // COMMON if len(texts) >= FEW else len(texts)
    telling = {word for word, count in frequency.items() if 2 <= count <= limit}
    pairs: dict[tuple[str, str], list[K]] = defaultdict(list)
    for key, words in held.items():
        for pair in combinations([word for word in words if word in telling], 2):
            pairs[pair].append(key)
    merged: dict[tuple[K, ...], set[str]] = defaultdict(set)
    for pair, members in pairs.items():
        if len({places[key] for key in members}) >= least_places:
            merged[tuple(members)].update(pair)
    candidates = [Commonality(tuple(sorted(words)), members) for members, words in merged.items()]
    candidates.sort(
        key=lambda one: (
            -len({places[k] for k in one.members}),
            -len(one.members),
            -len(one.words),
            one.words,
        )
    )
    found: list[Commonality[K]] = []
    covered: set[K] = set()
    for one in candidates:
        if len(found) == most:
            break
        new = sum(key not in covered for key in one.members)
        if new * COVERED >= len(one.members) and new:
            found.append(one)
            covered.update(one.members)
    return found
