"""Ratings as a pack shows them: value, rank, shape, colour and trend. Never by colour alone."""

from dataclasses import dataclass
from enum import StrEnum


class RatingValue(StrEnum):
    """A point of the three- or five-point scale, or a state that stands beside it."""

    GREEN = "G"
    AMBER_GREEN = "AG"
    AMBER = "A"
    AMBER_RED = "AR"
    RED = "R"
    NOT_STARTED = "not_started"
    ON_HOLD = "on_hold"
    COMPLETE = "complete"
    NOT_REPORTED = "not_reported"
    EXEMPT = "exempt"
    RESET = "reset"

    @property
    def rank(self) -> int | None:
        """0 (green) to 4 (red); None for a state."""
        return RANKS.get(self)


class RatingScale(StrEnum):
    """Which ratings were possible when one was given: a trend needs both sides on one scale."""

    THREE_POINT = "three"
    FIVE_POINT = "five"


class Trend(StrEnum):
    """How a rating stands to the compared one."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    NEW = "new"
    NOT_COMPARABLE = "not_comparable"
    NONE = "none"


class Palette(StrEnum):
    """The colours of the ratings: what boards are used to, or told apart by every kind of colour vision."""

    CLASSIC = "classic"
    COLOUR_BLIND_SAFE = "safe"


RANKS = {
    RatingValue.GREEN: 0,
    RatingValue.AMBER_GREEN: 1,
    RatingValue.AMBER: 2,
    RatingValue.AMBER_RED: 3,
    RatingValue.RED: 4,
}
OFF_TRACK = frozenset({RatingValue.AMBER_RED, RatingValue.RED})
SCALES = {
    RatingScale.THREE_POINT: (RatingValue.GREEN, RatingValue.AMBER, RatingValue.RED),
    RatingScale.FIVE_POINT: tuple(RANKS),
}
STATES = tuple(value for value in RatingValue if value not in RANKS)

# A rating between two points carries both shapes, so that it reads without its colour.
SHAPES = {
    RatingValue.GREEN: "●",
    RatingValue.AMBER_GREEN: "●▲",
    RatingValue.AMBER: "▲",
    RatingValue.AMBER_RED: "▲◆",
    RatingValue.RED: "◆",
    RatingValue.NOT_STARTED: "○",
    RatingValue.ON_HOLD: "■",
    RatingValue.COMPLETE: "□",
    RatingValue.NOT_REPORTED: "–",
    RatingValue.EXEMPT: "–",
    RatingValue.RESET: "◇",
}
ARROWS = {
    Trend.BETTER: "↑",
    Trend.SAME: "→",
    Trend.WORSE: "↓",
    Trend.NEW: "+",
    Trend.NOT_COMPARABLE: "≠",
    Trend.NONE: "",
}


@dataclass(frozen=True, slots=True)
class Ink:
    """Fill and text colour (RRGGBB) with a contrast of at least 4.5 : 1."""

    fill: str
    text: str


_QUIET = Ink("E4E8ED", "34404D")
_CLASSIC = {
    RatingValue.GREEN: Ink("2E7D4F", "FFFFFF"),
    RatingValue.AMBER_GREEN: Ink("A9C66C", "1C2733"),
    RatingValue.AMBER: Ink("F5B335", "1C2733"),
    RatingValue.AMBER_RED: Ink("EE8A4A", "1C2733"),
    RatingValue.RED: Ink("BE2F37", "FFFFFF"),
}
_SAFE = {
    RatingValue.GREEN: Ink("1F6F8B", "FFFFFF"),
    RatingValue.AMBER_GREEN: Ink("8FC1CF", "1C2733"),
    RatingValue.AMBER: Ink("F2C14E", "1C2733"),
    RatingValue.AMBER_RED: Ink("E8924A", "1C2733"),
    RatingValue.RED: Ink("A3271F", "FFFFFF"),
}


def ink(value: RatingValue, palette: Palette = Palette.CLASSIC) -> Ink:
    """The colours of `value` in `palette`; states are quiet grey in both."""
    colours = _CLASSIC if palette is Palette.CLASSIC else _SAFE
    return colours.get(value, _QUIET)


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating with the compared one and what lies between them."""

    value: RatingValue
    previous: RatingValue | None = None
    trend: Trend = Trend.NONE

    @property
    def steps(self) -> int:
        """Points lost (positive) or gained (negative) on the five-point ranks; 0 when either is a state."""
        now, before = self.value.rank, self.previous.rank if self.previous else None
        if now is None or before is None or self.trend is Trend.NOT_COMPARABLE:
            return 0
        return now - before


def compared(
    value: RatingValue,
    previous: RatingValue | None,
    scale: RatingScale = RatingScale.FIVE_POINT,
    previous_scale: RatingScale | None = None,
) -> Rating:
    """`value` against `previous`: the trend is "not comparable" over two scales or out of or into a state.

    `previous` None means that there was no earlier rating: the trend is "new".
    """
    if previous is None:
        return Rating(value, None, Trend.NEW)
    if value is previous:
        return Rating(value, previous, Trend.SAME)
    if value.rank is None or previous.rank is None or (previous_scale or scale) is not scale:
        return Rating(value, previous, Trend.NOT_COMPARABLE)
    return Rating(value, previous, Trend.WORSE if value.rank > previous.rank else Trend.BETTER)
