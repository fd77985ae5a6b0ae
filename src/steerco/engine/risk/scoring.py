"""Scores and ratings of risks on scales that are data."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from itertools import pairwise

CERTAIN = Decimal(100)


class Direction(StrEnum):
    """Whether a risk would harm or help."""

    THREAT = "threat"
    OPPORTUNITY = "opportunity"


@dataclass(frozen=True, slots=True)
class Band:
    """Amounts from low up to, not including, high; without high there is no upper end.

    The unit is that of the place where the band stands: percent, minor units of money, or working days.
    """

    low: Decimal
    high: Decimal | None = None

    def __contains__(self, amount: Decimal | int) -> bool:
        """Return whether amount lies in the band."""
        return self.low <= amount and (self.high is None or amount < self.high)


@dataclass(frozen=True, slots=True)
class Level:
    """A step of a scale, with the amounts that it stands for where the scale says so.

    Attributes:
        value: factor in the score, ascending from 1.
        label: what the organisation calls it.
        percent: probability in percent.
        money: cost in minor units of the scale's currency.
        days: delay in working days.
    """

    value: int
    label: str
    percent: Band | None = None
    money: Band | None = None
    days: Band | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """Levels of probability or impact, lowest first.

    Attributes:
        currency: of the money bands; empty where there are none.

    Raises:
        ValueError: on construction, where the values do not ascend from 1 or more, or where the bands of one
            kind leave a gap, overlap, or are given for some levels only.
    """

    levels: tuple[Level, ...]
    currency: str = ""

    def __post_init__(self) -> None:
        values = [level.value for level in self.levels]
        if not values or values[0] < 1 or values != sorted(set(values)):
            raise ValueError(f"level values must ascend from 1 or more: {values}")
        for kind in BAND_OF:
            self._check_bands(kind)

    def _check_bands(self, kind: str) -> None:
        given = [BAND_OF[kind](level) for level in self.levels]
        bands = [band for band in given if band]
        if bands and len(bands) != len(given):
            raise ValueError(f"{kind}: bands must be given for all levels or none")
        if any(lower.high != upper.low for lower, upper in pairwise(bands)):
            raise ValueError(f"{kind}: each band must begin where the one below ends")

    def level(self, value: int) -> Level:
        """Return the level of a value.

        Raises:
            KeyError: the scale has no such level.
        """
        for level in self.levels:
            if level.value == value:
                return level
        raise KeyError(value)

    def level_for(self, kind: str, amount: Decimal | int) -> Level:
        """Return the level that an amount falls into; below the lowest band it is the lowest level.

        Args:
            kind: ``percent``, ``money`` or ``days``.
            amount: in the unit of that kind.

        Raises:
            ValueError: the scale has no bands of that kind, or the amount lies above a closed highest band.
        """
        banded = [(level, band) for level in self.levels if (band := BAND_OF[kind](level))]
        if not banded:
            raise ValueError(f"the scale has no bands of {kind}")
        if amount < banded[0][1].low:
            return banded[0][0]
        for level, band in banded:
            if amount in band:
                return level
        if kind == "percent" and amount == CERTAIN:
            return banded[-1][0]
        raise ValueError(f"{amount} is beyond the highest band of {kind}")

    def percent_of(self, value: int) -> Decimal:
        """Return the probability that a level stands for: the middle of its band, in percent.

        Raises:
            KeyError: the scale has no such level.
            ValueError: the level has no probability band.
        """
        band = self.level(value).percent
        if band is None:
            raise ValueError(f"level {value} has no probability band")
        return (band.low + (CERTAIN if band.high is None else band.high)) / 2


BAND_OF: Mapping[str, Callable[[Level], Band | None]] = {
    "percent": lambda level: level.percent,
    "money": lambda level: level.money,
    "days": lambda level: level.days,
}


@dataclass(frozen=True, slots=True)
class RatingBand:
    """Scores from floor upward, until the next band begins.

    Attributes:
        code: word that pages translate, such as ``high``.
        tone: name of its colour, such as ``amber-red``.
    """

    code: str
    floor: int
    tone: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Two scales and what their products mean.

    Attributes:
        bands: lowest first; the first begins at or below the lowest score.
        appetite: highest score of a threat that the organisation carries without further treatment.
        visible_score: current scores from here on are shown one level up.
        visible_impact: impacts from here on are shown one level up, whatever their score.
    """

    probability: Scale
    impact: Scale
    bands: tuple[RatingBand, ...]
    appetite: int
    visible_score: int
    visible_impact: int

    def __post_init__(self) -> None:
        floors = [band.floor for band in self.bands]
        lowest = self.probability.levels[0].value * self.impact.levels[0].value
        if not floors or floors != sorted(set(floors)) or floors[0] > lowest:
            raise ValueError(f"rating bands must ascend and cover the lowest score: {floors}")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a risk stands: values of its probability and impact levels."""

    probability: int
    impact: int


@dataclass(frozen=True, slots=True)
class Rating:
    """A position's score and what it means.

    Attributes:
        above_appetite: a threat that scores more than the organisation carries.
        visible_above: shown one level up.
    """

    position: Position
    score: int
    band: RatingBand
    above_appetite: bool
    visible_above: bool


def rate(matrix: Matrix, position: Position, direction: Direction = Direction.THREAT) -> Rating:
    """Return the rating of a position: score = probability value x impact value.

    An opportunity scores alike, but appetite limits threats only.

    Raises:
        KeyError: a scale has no such level.
    """
    score = matrix.probability.level(position.probability).value * matrix.impact.level(position.impact).value
    band = next(band for band in reversed(matrix.bands) if score >= band.floor)
    return Rating(
        position,
        score,
        band,
        above_appetite=direction is Direction.THREAT and score > matrix.appetite,
        visible_above=score >= matrix.visible_score or position.impact >= matrix.visible_impact,
    )


@dataclass(frozen=True, slots=True)
class Assessment:
    """A risk before any response, as it stands, and as the response should leave it."""

    inherent: Rating | None
    current: Rating | None
    target: Rating | None

    def contradictions(self, direction: Direction = Direction.THREAT) -> tuple[str, ...]:
        """Return codes of what cannot be: a response that makes a threat larger or an opportunity smaller.

        ``current_worse_than_inherent``: the response so far has harmed. ``target_worse_than_current``: the
        aim is worse than the present.
        """
        sign = 1 if direction is Direction.THREAT else -1
        found = []
        if self.inherent and self.current and sign * (self.current.score - self.inherent.score) > 0:
            found.append("current_worse_than_inherent")
        if self.current and self.target and sign * (self.target.score - self.current.score) > 0:
            found.append("target_worse_than_current")
        return tuple(found)


def assess(
    matrix: Matrix,
    *,
    inherent: Position | None = None,
    current: Position | None = None,
    target: Position | None = None,
    direction: Direction = Direction.THREAT,
) -> Assessment:
    """Rate the three positions of a risk; one that is not given stays open."""
    rated = [
        rate(matrix, position, direction) if position else None for position in (inherent, current, target)
    ]
    return Assessment(*rated)


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """A field of the matrix with the rating of every risk that stands on it."""

    rating: Rating
    within_appetite: bool


def matrix_rows(matrix: Matrix) -> list[list[MatrixCell]]:
    """Return the fields of the matrix, highest probability on top, lowest impact to the left."""
    return [
        [
            MatrixCell(rating, not rating.above_appetite)
            for impact in matrix.impact.levels
            for rating in [rate(matrix, Position(probability.value, impact.value))]
        ]
        for probability in reversed(matrix.probability.levels)
    ]


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a risk would cost, or bring, if it happened.

    Attributes:
        money: minor units of currency, not negative.
        days: working days, not negative.
        percent: probability, 0 to 100.
    """

    money: int
    currency: str
    days: int
    percent: Decimal
    direction: Direction = Direction.THREAT


@dataclass(frozen=True, slots=True)
class Expected:
    """Exposure weighted by probability; what opportunities bring is negative.

    Attributes:
        money: minor units by currency.
        days: working days, to a tenth.
    """

    money: Mapping[str, int]
    days: Decimal


def expected_money(exposure: Exposure) -> int:
    """Return money x probability in minor units, half to even; negative for an opportunity.

    Raises:
        ValueError: the amounts are negative or the probability is not within 0 to 100.
    """
    _check(exposure)
    value = Decimal(exposure.money) * exposure.percent / 100
    signed = value if exposure.direction is Direction.THREAT else -value
    return int(signed.to_integral_value(ROUND_HALF_EVEN))


def expected_days(exposure: Exposure) -> Decimal:
    """Return days x probability to a tenth of a working day, half to even; negative for an opportunity.

    Raises:
        ValueError: as for expected_money.
    """
    _check(exposure)
    value = Decimal(exposure.days) * exposure.percent / 100
    signed = value if exposure.direction is Direction.THREAT else -value
    return signed.quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def _check(exposure: Exposure) -> None:
    if exposure.money < 0 or exposure.days < 0 or not 0 <= exposure.percent <= CERTAIN:
        raise ValueError(f"not an exposure: {exposure}")


def expected_total(exposures: Iterable[Exposure]) -> Expected:
    """Return the sum of the expected values, money by currency; currencies are never added together."""
    money: dict[str, int] = {}
    days = Decimal("0.0")
    for exposure in exposures:
        money[exposure.currency] = money.get(exposure.currency, 0) + expected_money(exposure)
        days += expected_days(exposure)
    return Expected(money, days)


def _bands(bounds: Sequence[int | Decimal]) -> list[Band]:
    lows = [Decimal(bound) for bound in bounds]
    return [Band(low, high) for low, high in zip(lows, [*lows[1:], None], strict=True)]


FIVE_BANDS = (
    RatingBand("low", 1, "green"),
    RatingBand("moderate", 5, "amber"),
    RatingBand("high", 10, "amber-red"),
    RatingBand("severe", 15, "red"),
)

FIVE_BY_FIVE = Matrix(
    probability=Scale(
        tuple(
            Level(value, label, percent=band)
            for value, label, band in zip(
                range(1, 6),
                ("very_low", "low", "medium", "high", "very_high"),
                [*_bands([0, 10, 30, 50])[:3], Band(Decimal(50), Decimal(70)), Band(Decimal(70))],
                strict=True,
            )
        )
    ),
    impact=Scale(
        tuple(
            Level(value, label, days=band)
            for value, label, band in zip(
                range(1, 6),
                ("minor", "moderate", "serious", "major", "critical"),
                _bands([0, 5, 10, 20, 60]),
                strict=True,
            )
        )
    ),
    bands=FIVE_BANDS,
    appetite=9,
    visible_score=15,
    visible_impact=5,
)


def with_money_bands(matrix: Matrix, currency: str, floors: Sequence[int]) -> Matrix:
    """Return the matrix with money bands on its impact scale.

    Args:
        currency: code of the currency.
        floors: lowest amount of each level in minor units, ascending, one for each level.

    Raises:
        ValueError: the floors are not one for each level.
    """
    if len(floors) != len(matrix.impact.levels):
        raise ValueError(f"{len(floors)} floors for {len(matrix.impact.levels)} levels")
    levels = tuple(
        replace(level, money=band)
        for level, band in zip(matrix.impact.levels, _bands(list(floors)), strict=True)
    )
    return replace(matrix, impact=Scale(levels, currency))
