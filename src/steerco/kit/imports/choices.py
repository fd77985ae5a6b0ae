"""Columns with few values: which words mean which of them, and which columns are a scale with steps."""

from django.core.validators import MaxValueValidator, MinValueValidator

from steerco.kit.imports.words import folded, in_every_language
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Register

MOST_STEPS = 10


def options_of(register: Register, column: Column) -> list[tuple[str, str]]:
    """(value as text, label) of everything that a column with few values may hold; empty for other columns."""
    if column.custom:
        return [(c, c) for c in column.custom.choices]
    if column.kind is Kind.STATE and register.states is not None:
        return [(s.key, str(s.label)) for s in register.states.states]
    if column.kind is Kind.CHOICE:
        return [(str(value), str(label)) for value, label in column.model_field.flatchoices if value != ""]
    if scale := scale_of_column(column):
        return [(str(step), str(step)) for step in range(scale[0], scale[1] + 1)]
    return []


def choice_words(register: Register, column: Column) -> dict[str, str]:
    """{folded word: value as text} for a column with few values: keys, and labels in every language."""
    words: dict[str, str] = {}
    if column.custom:
        return {folded(c): c for c in column.custom.choices}
    if column.kind is Kind.STATE and register.states is not None:
        pairs = [(s.key, s.label) for s in register.states.states]
    elif column.kind is Kind.CHOICE:
        pairs = [(value, label) for value, label in column.model_field.flatchoices if value != ""]
    else:
        pairs = []
    for value, label in pairs:
        for text in {str(value), *in_every_language(label)}:
            words.setdefault(folded(text), str(value))
    for value, others in column.words.items():
        for text in others:
            words.setdefault(folded(text), str(value))
    return words


def scale_of_column(column: Column) -> tuple[int, int] | None:
    """(lowest, highest) of a column that is a scale of a few steps; None for others.

    A scale is a whole number with both limits, or a choice among consecutive numbers.
    """
    found = column.model_field
    if found is None:
        return None
    if column.kind is Kind.CHOICE:
        values = [value for value, _label in found.flatchoices if value not in ("", None)]
        if values and all(isinstance(value, int) for value in values):
            low, high = min(values), max(values)
            return (low, high) if high - low + 1 == len(values) else None
        return None
    if column.kind is not Kind.NUMBER:
        return None
    low = next((v.limit_value for v in found.validators if isinstance(v, MinValueValidator)), None)
    high = next((v.limit_value for v in found.validators if isinstance(v, MaxValueValidator)), None)
    if isinstance(low, int) and isinstance(high, int) and 0 < high - low < MOST_STEPS:
        return low, high
    return None
