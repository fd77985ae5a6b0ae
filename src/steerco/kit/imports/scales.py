"""How a column of a file counts the steps of a scale: by number or word, to another height, from the top down, in
percent. What was found is said, and a person may say otherwise."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from steerco.kit.imports.words import LEVELS, folded, whole_number

AUTOMATIC = ""
PERCENT = "%"
WAYS = (AUTOMATIC, "3", "4", "5", "10", "3-", "4-", "5-", PERCENT)  # "5-": five steps, 1 is the highest
TALLEST = 10
MANY = 3  # so many cells are no slip of the pen

_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d+)?)\s*%")
_TO = re.compile(r"\b1\s*(?:-|–|—|to|bis|\.\.+)\s*(\d{1,2})\b", re.I)
_FROM_TOP = re.compile(
    r"\b1\s*(?:=|is|ist)\s*(?:the\s+)?(?:very\s+)?(?:high|critical|top|hoch|kritisch|most)", re.I
)
_PRIORITY = re.compile(r"^p\s*([1-9])\b", re.I)
_IN_BRACKETS = re.compile(r"\(([^)]*)\)")


@dataclass(frozen=True)
class Cell:
    """What a text says about a step: a number, the words beside it, percent. "3 - High (60 %)" says all three."""

    number: int | None
    words: str
    percent: Decimal | None
    is_priority: bool = False  # "P1": the first priority, whatever the scale

    @classmethod
    def of(cls, text: str) -> "Cell":
        """What `text` says."""
        found = [Decimal(part.replace(",", ".")) for part in _PERCENT.findall(text)]
        percent = sum(found, Decimal(0)) / len(found) if found else None
        bare = _IN_BRACKETS.sub(" ", text).strip() or text
        priority = _PRIORITY.match(bare.strip())
        if priority:
            return cls(int(priority[1]), folded(re.sub(r"[\d.,%]+", " ", bare[priority.end() :])), None, True)
        number = whole_number(text)
        number = whole_number(bare) if number is None else number
        return cls(
            None if percent is not None and "%" in bare else number,
            folded(re.sub(r"[\d.,%]+", " ", bare)),
            percent,
        )


@dataclass(frozen=True)
class Steps:
    """A way of counting: `size` steps, from the top down if `falls`; or in percent."""

    size: int
    falls: bool = False
    percent: bool = False

    @classmethod
    def of_way(cls, way: str, own: int) -> "Steps":
        """One of WAYS, for a scale of `own` steps."""
        if way == PERCENT:
            return cls(own, percent=True)
        return cls(int(way.removesuffix("-")) if way else own, way.endswith("-"))

    @property
    def way(self) -> str:
        """The one of WAYS that it is."""
        return PERCENT if self.percent else f"{self.size}{'-' if self.falls else ''}"

    def is_plain(self, own: int) -> bool:
        """Whether numbers are read as they stand."""
        return self == Steps(own)


def detect(header: str, cells: Sequence[str], own: int) -> Steps:
    """How a column counts that fills a scale of `own` steps: by what its header says, by numbers that stand beside
    words, by numbers that are too high."""
    said = _TO.search(header)
    size = int(said[1]) if said and 2 < int(said[1]) <= TALLEST else None
    falls = bool(_FROM_TOP.search(header))
    found = [Cell.of(cell) for cell in cells if cell.strip()]
    numbers = [c.number for c in found if c.number is not None and not c.is_priority]
    if _is_percent(header, cells, found):
        return Steps(own, percent=True)
    pairs = [(c.number, c.words) for c in found if c.number is not None and c.words and not c.is_priority]
    if size is None and pairs:
        paired = _of_pairs(pairs, own)
        if paired is not None:
            return paired
    beyond = sum(own < number <= TALLEST for number in numbers)
    if size is None and beyond >= MANY and beyond * 5 >= len(numbers) and max(numbers) <= TALLEST:
        size = TALLEST
    return Steps(size or own, falls)


def _is_percent(header: str, cells: Sequence[str], found: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    if not found:
        return False
    if sum(c.percent is not None and c.number is None for c in found) * 2 > len(found):
        return True
    amounts = [_decimal(cell) for cell in filled]
    if any(amount is None for amount in amounts):
        return False
    known = [amount for amount in amounts if amount is not None]
    fractions = all(0 <= a <= 1 for a in known) and any(a != a.to_integral_value() for a in known)
    high = sum(TALLEST < a <= 100 for a in known)
    return fractions or ("%" in header and high > 0) or (high >= MANY and high * 2 >= len(known))


def _decimal(text: str) -> Decimal | None:
    bare = text.strip().replace(",", ".")
    return Decimal(bare) if re.fullmatch(r"\d{1,3}(?:\.\d+)?", bare) else None


def _of_pairs(pairs: Sequence[tuple[int, str]], own: int) -> Steps | None:
    """The scale on which every number is that of its word: the own one first, then others, then from the top down."""
    highest = max(number for number, _words in pairs)
    for size in sorted(LEVELS, key=lambda size: (size != own, size)):
        if highest > size:
            continue
        steps = [(number, step_of_word(words, size)) for number, words in pairs]
        known = [(number, step) for number, step in steps if step is not None]
        if len({number for number, _step in known}) < 2:
            continue
        if all(number == step for number, step in known):
            return Steps(size)
        if all(number == size + 1 - step for number, step in known):
            return Steps(size, falls=True)
    return None


def step_of_word(words: str, size: int) -> int | None:
    """The step, counted from 1, that words name on a scale of `size` steps."""
    for step, names in enumerate(LEVELS.get(size, ())):
        if words in names:
            return step + 1
    return None


def step(text: str, steps: Steps, own: int, of_percent: Callable[[Decimal], int] | None = None) -> int | None:
    """The step from 1 to `own` that a text means, counted as `steps` says; None for none."""
    cell = Cell.of(text)
    percent = cell.percent
    if steps.percent and percent is None:
        amount = _decimal(text)
        percent = amount * 100 if amount is not None and 0 < amount < 1 else amount
    if percent is not None and (steps.percent or cell.number is None):
        return _of_percent(percent, own, of_percent)
    if cell.number is not None:
        if cell.is_priority:
            return _fitted(max(steps.size, own) + 1 - cell.number, max(steps.size, own), own)
        return _fitted(steps.size + 1 - cell.number if steps.falls else cell.number, steps.size, own)
    return step_of_word(cell.words, own)


def _of_percent(percent: Decimal, own: int, of_percent: Callable[[Decimal], int] | None) -> int | None:
    if not 0 <= percent <= 100:
        return None
    return of_percent(percent) if of_percent else max(-int(-percent * own // 100), 1)


def _fitted(number: int, size: int, own: int) -> int | None:
    """A step of another scale on a scale of `own` steps: low, medium and high stay what these words are there."""
    if not 1 <= number <= size:
        return None
    if size == own:
        return number
    if size == 3:
        return number + (own == 5) if own > 3 else number
    return 1 + ((number - 1) * (own - 1) * 2 + (size - 1)) // ((size - 1) * 2)
