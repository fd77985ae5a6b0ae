"""Cells that hold a state instead of a value: exempt, not provided, reset, no end date."""

import re
from dataclasses import dataclass
from enum import StrEnum


class StateCode(StrEnum):
    """Why a cell has no value."""

    EXEMPT = "exempt"
    NOT_PROVIDED = "not_provided"
    RESET = "reset"
    NOT_ASSESSED = "not_assessed"
    NO_END_DATE = "no_end_date"
    TO_BE_DECIDED = "to_be_decided"
    NOT_APPLICABLE = "not_applicable"
    BELOW_THRESHOLD = "below_threshold"


@dataclass(frozen=True, slots=True)
class SpecialState:
    """A state with the text as it stands in the file."""

    code: StateCode
    text: str


@dataclass(frozen=True, slots=True)
class CellIssue:
    """A cell that could not be read: a stable code and its text.

    Codes: not_a_date, date_impossible, date_not_exact, not_an_amount, currency_differs, not_a_percentage,
    percentage_not_exact, not_a_rating, not_on_scale, not_a_number.
    """

    code: str
    text: str


_STATES = tuple(
    (code, re.compile(pattern, re.IGNORECASE))
    for code, pattern in (
        (
            StateCode.EXEMPT,
            r"^(?:this |the )?(?:(?:data|date|information)\s+)?(?:is\s+)?exempt(?:ed|ion)?\b"
            r"|^withheld\b|^redacted\b",
        ),
        (
            StateCode.NO_END_DATE,
            r"^no (?:planned |approved |defined |fixed )?(?:end|completion)(?: date)?\b"
            r"|^open[- ]ended\b|^ongoing\b",
        ),
        (
            StateCode.NOT_ASSESSED,
            r"^no (?:dca|rating|rag)\b|^not (?:yet )?(?:rated|assessed|reviewed)\b"
            r"|^(?:dca )?not set\b|^unrated\b",
        ),
        (
            StateCode.NOT_PROVIDED,
            r"^(?:data\s+|narrative\s+|information\s+)?not\s+(?:yet\s+)?"
            r"(?:provided|available|reported|supplied|known|disclosed)\b"
            r"|^no (?:departmental |department )?(?:data|narrative|comment)\b|^unknown$|^missing$"
            r"|^[-–—]$|^\?+$|^#n/a$|^n\.?k\.?$",
        ),
        (StateCode.RESET, r"^(?:project\s+|programme\s+)?(?:is\s+)?(?:being\s+)?reset\b|^re-?baselining\b"),
        (
            StateCode.TO_BE_DECIDED,
            r"^t\.?b\.?[cda]\.?$|^to be (?:confirmed|decided|determined|agreed|advised)\b|^under review$",
        ),
        (StateCode.NOT_APPLICABLE, r"^not applicable\b|^n\.?/?a\.?$|^none$"),
        (
            StateCode.BELOW_THRESHOLD,
            r"^(?:budget )?var[ia]+[a-z]* (?:is )?(?:less|lower) than\b|^less than \d+ ?% var",
        ),
    )
)


# Nearly every cell is none of them: one look at how it begins settles that.
_BEGINNING = re.compile(
    r"this|the|data|date|inf|is|exem|with|reda|no|open|ongo|dca|unr|unkn|miss|[-–—?#]|n[./\s]?[ak]|proj|prog|being|re-?[sb]"
    r"|t\.?b|to be|under|budg|var|less",
    re.IGNORECASE,
)


def special_state(text: str) -> SpecialState | None:
    """The state that a cell states in place of a value, None when it states none."""
    stripped = text.strip()
    if not _BEGINNING.match(stripped):
        return None
    for code, pattern in _STATES:
        if pattern.search(stripped):
            return SpecialState(code, text)
    return None
