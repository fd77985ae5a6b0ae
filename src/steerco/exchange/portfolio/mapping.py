"""Which column of a table is which field: suggested from headers and content, or given."""

import re
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from steerco.exchange.portfolio.fields import (
    KINDS,
    RULES,
    Field,
    Kind,
    assessor_of,
    concepts_of,
    dimension_of,
)
from steerco.exchange.tables import Table, special_state
from steerco.exchange.tables.layout import kind_of
from steerco.exchange.tables.said import Said, gettext_noop

_LEAST_CONFIDENCE = 0.4
_RATINGS_WITHOUT_HEADER = 0.6
_NAMES_WITHOUT_HEADER = 0.45
_PROFILE_ROWS = 400


class MappingError(ValueError):
    """A given mapping that does not fit the table, or a table without any column for the name."""


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """A column (index from 0) taken for a field, how sure that is (0 to 1) and why.

    `dimension` and `assessor` are set for ratings only: what is rated ("overall") and by whom ("IPA", "").
    """

    field: Field
    column: int
    header: str
    confidence: float
    reason: str
    dimension: str = ""
    assessor: str = ""

    @property
    def key(self) -> str:
        """The name of the field, for ratings with dimension and assessor: "rating:overall:IPA"."""
        return (
            f"{self.field}:{self.dimension}:{self.assessor}"
            if self.field is Field.RATING
            else str(self.field)
        )


@dataclass(frozen=True, slots=True)
class UnmappedColumn:
    """A column that is not read, and why: "row_number", "empty" or "not_recognised"."""

    column: int
    header: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """All matches of a table, in the order of its columns, and the columns that are not read."""

    matches: tuple[ColumnMatch, ...]
    unmapped: tuple[UnmappedColumn, ...]

    def column(self, field: Field) -> int | None:
        """The column index of a field that is no rating, None when it has none."""
        return next((match.column for match in self.matches if match.field is field), None)

    def of_kind(self, kind: Kind) -> tuple[ColumnMatch, ...]:
        """The matches whose field is of this kind."""
        return tuple(match for match in self.matches if KINDS[match.field] is kind)

    def as_headers(self) -> dict[str, str]:
        """Field keys to headers, the form in which a named mapping is kept."""
        return {match.key: match.header for match in self.matches}


@dataclass(frozen=True, slots=True)
class _Profile:
    """Shares of kinds among the cells of a column that hold a value (states apart)."""

    values: int
    states: int
    shares: dict[str, float]
    distinct: float
    mean_length: float
    row_numbers: bool
    years: bool
    whole: float

    def share(self, *kinds: str) -> float:
        return sum(self.shares.get(kind, 0.0) for kind in kinds)


def suggest_mapping(table: Table) -> Mapping:
    """The best match of columns and fields, by headers and content; each field but ratings at most once."""
    profiles = [_profile(table.column(index)[:_PROFILE_ROWS]) for index in range(len(table.headers))]
    candidates: list[ColumnMatch] = []
    for index, (header, profile) in enumerate(zip(table.headers, profiles, strict=True)):
        if profile.values + profile.states and not profile.row_numbers:
            candidates.extend(_candidates(index, header, profile))
    candidates.sort(key=lambda match: (-match.confidence, match.column))
    chosen: dict[int, ColumnMatch] = {}
    used: set[Field] = set()
    for match in candidates:
        if match.column in chosen or (match.field in used and match.field is not Field.RATING):
            continue
        chosen[match.column] = match
        used.add(match.field)
    if Field.NAME not in used:
        _add_name_by_content(table, profiles, chosen)
    unmapped = tuple(
        UnmappedColumn(index, table.headers[index], _why_unmapped(profile))
        for index, profile in enumerate(profiles)
        if index not in chosen and (table.headers[index].strip() or profile.values + profile.states)
    )
    return Mapping(tuple(chosen[index] for index in sorted(chosen)), unmapped)


def mapping_from_headers(table: Table, headers: MappingType[str, str]) -> Mapping:
    """The mapping that field keys and headers give (the form of `Mapping.as_headers`).

    Headers are compared without regard to case and spaces. Columns that are not named are unmapped.

    Raises MappingError for an unknown field, a header that the table does not have, or a column used twice.
    """
    folded = {_fold(header): index for index, header in reversed(list(enumerate(table.headers)))}
    matches: list[ColumnMatch] = []
    for key, header in headers.items():
        name, _, rest = key.partition(":")
        if name not in set(Field):
            raise MappingError(Said(gettext_noop("There is no field %(name)s."), name=repr(key)))
        if _fold(header) not in folded:
            raise MappingError(Said(gettext_noop("The table has no column %(name)s."), name=repr(header)))
        dimension, _, assessor = rest.partition(":")
        if name == Field.RATING:
            dimension = dimension or "overall"
        matches.append(
            ColumnMatch(Field(name), folded[_fold(header)], header, 1.0, "given", dimension, assessor)
        )
    if len({match.column for match in matches}) != len(matches):
        raise MappingError(Said(gettext_noop("A column is given for two fields.")))
    taken = {match.column for match in matches}
    rest_columns = tuple(
        UnmappedColumn(index, header, _why_unmapped(_profile(table.column(index)[:_PROFILE_ROWS])))
        for index, header in enumerate(table.headers)
        if index not in taken
    )
    return Mapping(tuple(sorted(matches, key=lambda match: match.column)), rest_columns)


def _fold(header: str) -> str:
    return re.sub(r"[\s_]+", " ", header).strip().lower()


def _profile(cells: Sequence[str]) -> _Profile:
    texts = [cell.strip() for cell in cells if cell.strip()]
    values = [text for text in texts if special_state(text) is None]
    kinds = [kind_of(text) for text in values]
    count = max(len(values), 1)
    whole = [int(text) for text in values if re.fullmatch(r"[-+]?\d{1,9}", text)]
    run = len(whole) == len(values) > 2 and all(b - a == 1 for a, b in pairwise(whole))
    return _Profile(
        values=len(values),
        states=len(texts) - len(values),
        shares={kind: kinds.count(kind) / count for kind in set(kinds)},
        distinct=len({text.lower() for text in values}) / count,
        mean_length=sum(len(text) for text in values) / count,
        row_numbers=run and whole[0] in (0, 1),
        years=bool(whole) and len(whole) == len(values) and all(1950 <= year <= 2100 for year in whole),
        whole=len(whole) / count,
    )


def _candidates(index: int, header: str, profile: _Profile) -> list[ColumnMatch]:
    concepts = concepts_of(header)
    best: dict[Field, float] = {}
    for rule in RULES:
        if rule.needs <= concepts and not rule.not_with & concepts:
            best[rule.field] = max(best.get(rule.field, 0.0), rule.score)
    if _fold(header) in ("year", "report year", "jahr"):
        best[Field.REPORT_YEAR] = 0.9
    found = []
    for field, score in best.items():
        fit = _fit(KINDS[field], profile)
        if score * fit >= _LEAST_CONFIDENCE:
            reason = "header" if not profile.values else "header and content"
            found.append(_match(field, index, header, round(score * fit, 2), reason))
    if Field.RATING not in best and profile.share("rating") >= 0.8 and profile.mean_length > 1:
        found.append(_match(Field.RATING, index, header, _RATINGS_WITHOUT_HEADER, "content"))
    return found


def _match(field: Field, index: int, header: str, confidence: float, reason: str) -> ColumnMatch:
    if field is Field.RATING:
        return ColumnMatch(
            field, index, header, confidence, reason, dimension_of(header), assessor_of(header)
        )
    return ColumnMatch(field, index, header, confidence, reason)


def _fit(kind: Kind, profile: _Profile) -> float:
    """How well the cells of a column fit a kind, 0 to 1; half when there is no value to judge by."""
    if not profile.values:
        return 0.5
    figures = profile.share("date", "number", "percent", "rating")
    match kind:
        case Kind.RATING:
            return float(profile.share("rating") >= 0.6)
        case Kind.DATE:
            return float(profile.share("date") >= 0.5)
        case Kind.MONEY:
            return float(profile.share("number") >= 0.5)
        case Kind.PERCENT:
            return float(profile.share("percent") >= 0.3) or 0.9 * float(profile.share("number") >= 0.6)
        case Kind.DAYS:
            return float(profile.whole >= 0.7)
        case Kind.YEAR:
            return float(profile.years)
        case Kind.CODE:
            return float(profile.mean_length <= 30 and profile.share("date", "rating", "percent") < 0.5)
        case Kind.LABEL:
            return float(figures < 0.5 and profile.mean_length <= 80)
        case Kind.NAME:
            return float(figures < 0.5 and profile.mean_length <= 160)
        case Kind.TEXT:
            return float(figures < 0.5)


def _add_name_by_content(table: Table, profiles: Sequence[_Profile], chosen: dict[int, ColumnMatch]) -> None:
    """Without a header for the name: the first column of short texts, nearly all different; else the code."""
    for index, profile in enumerate(profiles):
        texts = profile.share("short", "medium")
        if index not in chosen and texts > 0.9 and profile.distinct > 0.9 and profile.mean_length >= 8:
            chosen[index] = _match(Field.NAME, index, table.headers[index], _NAMES_WITHOUT_HEADER, "content")
            return


def _why_unmapped(profile: _Profile) -> str:
    if profile.row_numbers:
        return "row_number"
    return "not_recognised" if profile.values + profile.states else "empty"
