"""Values for the columns of any register, nasty ones included."""

from datetime import date
from typing import Any

from django.core.validators import MinValueValidator
from hypothesis import strategies as st

from steerco.kit.imports.choices import scale_of_column
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Register

NASTY = st.sampled_from(
    [
        "=1+1", "+49 30 1234", "-5", "@home", "\t=x", "'=quoted", "＝full", " =spaced", "a;=b", "_x0041_", "a\r\nb",
        "two\nlines", '"quotes"', "1e5", "007", "2026-03-01", "TRUE", "{=x}", "ﬁ 😀 Ü", "n/a", "x" * 40_000,
    ]
)  # fmt: skip
LETTERS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40)
TEXTS = NASTY | LETTERS


def value_for(register: Register, column: Column) -> st.SearchStrategy[Any]:
    """What a row may hold in a column; None where it stays empty."""
    found = column.model_field
    if column.kind in (Kind.CHOICE, Kind.STATE):
        if column.kind is Kind.STATE:
            return st.sampled_from([s.key for s in register.states.states])
        return st.sampled_from([value for value, _label in found.flatchoices])
    scale = scale_of_column(column)
    if scale:
        return st.none() | st.integers(*scale)
    match column.kind:
        case Kind.NUMBER:
            return st.none() | st.integers(0, 30_000)
        case Kind.MONEY:
            floor = any(isinstance(v, MinValueValidator) for v in found.validators)
            return st.none() | st.integers(0 if floor else -(10**17), 10**17)
        case Kind.DATE:
            return st.none() | st.dates(date(1890, 1, 1), date(2999, 12, 31))
        case Kind.YES_NO:
            return st.booleans()
        case Kind.LONG:
            return st.just("") | TEXTS
    longest = getattr(found, "max_length", None) or 100
    return TEXTS.map(lambda text: text.replace("\n", " ").replace("\r", " ")[:longest])
