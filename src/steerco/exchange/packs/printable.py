"""User text made safe for every document format before a renderer sees it."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from steerco.exchange.packs.content import PackContent

# XML 1.0 allows none of these; bidirectional overrides could turn the rest of a page around.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069\ufeff]"
)
_BREAKS = re.compile("\r\n?|\u2028|\u2029|\x85")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_LETTER = re.compile(r"[^\W\d_]")

Value = TypeVar("Value")


def printable(text: str) -> str:
    """`text` without control characters, with \\n as the only line break and no runs of blank lines."""
    text = _FORBIDDEN.sub("", _BREAKS.sub("\n", text)).replace("\t", " ")
    return _BLANK_LINES.sub("\n", text).strip()


def printable_content(value: Value) -> Value:
    """The same data with every text printable."""
    return _printable(value)


def _printable(value: Any) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, tuple):
        return tuple(_printable(item) for item in value)
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        # Slots and frozen: replace() is the only way to a changed copy.
        changed = {f.name: _printable(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **changed)
    return value


def one_line(text: str) -> str:
    """`text` with every run of white space as one space."""
    return " ".join(text.split())


def right_to_left(text: str) -> bool:
    """True if the first letter belongs to a script that runs from right to left."""
    first = _LETTER.search(text)
    return bool(first and _RIGHT_TO_LEFT.match(first.group()))


def fingerprint(content: PackContent) -> str:
    """SHA-256 (hex) over the canonical JSON of `content`: equal for equal data, whatever its order of keys.

    `generated_at` is left out: the same data packed twice has the same fingerprint.
    """
    data = _plain(content)
    del data["generated_at"]
    if not content.alone:  # packs of several keep the fingerprints that were printed before
        del data["alone"]
    text = json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
