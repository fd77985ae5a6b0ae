"""What the files of offices call the registers, their columns and their values: read from `file_words.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from importlib import resources
from typing import Any

from steerco.kit.registers.columns import Column

WORDS: Mapping[str, Any] = tomllib.loads(
    (resources.files(__package__) / "file_words.toml").read_text(encoding="utf-8")
)


def as_files_say(register: str, *columns: Column) -> tuple[tuple[str, ...], tuple[Column, ...]]:
    """What files call the register, and `columns` with what files call them and their values."""
    own = WORDS.get(register, {})
    headers, values = own.get("headers", {}), own.get("values", {})
    unknown = {*headers, *values} - {column.name for column in columns}
    if unknown:
        raise LookupError(f"{register}: no such columns {sorted(unknown)}")
    named = tuple(
        replace(
            column,
            headers=_split(headers.get(column.name, "")),
            words={value: _split(words) for value, words in values.get(column.name, {}).items()},
        )
        for column in columns
    )
    return _split(own.get("called", "")), named


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split("|")) if words else ()
