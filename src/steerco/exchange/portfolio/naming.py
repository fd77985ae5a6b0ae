"""What a cell with a project's name says: the name, and the names that it had before."""

import re
from dataclasses import dataclass

_BEFORE = re.compile(
    r"^(?:formerly|formally|previously|originally|was|were|fka|f\.k\.a\.|née|ex)\b[\s,:]*"
    r"(?:(?:known|called|named|titled|referred to)\b\s*)?(?:as\b\s*)?(?:the\b\s*)?(?P<name>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_WITHOUT_BRACKETS = re.compile(
    r"[\s,;–—-]+(?:formerly|previously(?: known as| called)?|originally called|fka)\s+(?P<name>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_ONLY_PART = re.compile(r"^part of\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParsedName:
    """A name without its former names, and the former names as they are written."""

    name: str
    former_names: tuple[str, ...] = ()


def parse_name(text: str) -> ParsedName:
    """Name and former names: "Project Eagle (formerly Urenco)" is "Project Eagle", before "Urenco".

    "(formerly part of X)" is no former name: X went on. Other brackets stay in the name.
    """
    plain = re.sub(r"\s+", " ", text).strip()
    kept, former = plain, []
    for start, end in _brackets(plain):
        match = _BEFORE.match(plain[start + 1 : end].strip())
        if match is None:
            continue
        kept = kept.replace(plain[start : end + 1], " ")
        if not _ONLY_PART.match(match["name"]):
            former.append(match["name"].strip())
    if not former and (match := _WITHOUT_BRACKETS.search(kept)) and match.start() > 2:
        former.append(match["name"].strip())
        kept = kept[: match.start()]
    kept = re.sub(r"\s+", " ", kept).strip(" ,;")
    return ParsedName(kept or plain, tuple(former) if kept else ())


def _brackets(text: str) -> list[tuple[int, int]]:
    """First and last index of each outermost pair of brackets; an open one reaches to the end."""
    found, depth, start = [], 0, 0
    for index, letter in enumerate(text):
        if letter == "(":
            if depth == 0:
                start = index
            depth += 1
        elif letter == ")" and depth:
            depth -= 1
            if depth == 0:
                found.append((start, index))
    if depth:
        found.append((start, len(text)))
    return found
