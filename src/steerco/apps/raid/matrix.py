"""The risk matrix: how many risks stand on each field, before any response, now, and once the response has worked."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.selectors import read_from
from steerco.apps.organisation.scales import risk_matrix
from steerco.apps.raid.models import Risk
from steerco.engine.charts.heat import Heading, HeatRow, heat_rows
from steerco.engine.risk.scoring import Direction, Matrix, Position, rate
from steerco.kit.journal.unchanged import rows_while_unchanged
from steerco.kit.permissions import Actor
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.register import Register, register_of
from steerco.kit.registers.scopes import Scope

TIMES: dict[str, str | Promise] = {
    "inherent": _("Before any response"),
    "current": _("Now"),
    "target": _("After the response"),
}
AXES = ("probability", "impact")
PAGING = ("after", "before", "sort", "by", "cols", "size", "compare")


@dataclass(frozen=True)
class Grid:
    """One matrix. `rows` from the highest probability down; `rated` and `unrated` risks make all that were counted."""

    key: str
    title: str | Promise
    columns: list[Heading[int]]
    rows: list[HeatRow[int, int]]
    rated: int
    unrated: int


@dataclass(frozen=True)
class Matrices:
    """The three matrices of a list of risks. `query` is the list's address without paging and order."""

    grids: list[Grid]
    scope: Scope | None
    direction: str
    query: QueryDict
    total: int
    appetite: int


def matrices(actor: Actor, address: QueryDict) -> Matrices:
    """The matrices of the risks that `address` means to the list: the same scope, search, filters and rights.

    All counts come from one grouped query. Threats and opportunities never share a matrix: without a direction
    in the address it is that of threats.
    """
    query = address.copy()
    for name in list(query):
        if name in PAGING or not any(query.getlist(name)):  # an empty field of a form is no filter
            del query[name]
    direction = str(query.get("direction", ""))
    if direction not in Risk.Direction.values:
        direction = Risk.Direction.THREAT
    query["direction"] = direction
    register = register_of("risk")
    queryset, scope, _filters = queryset_for(register, actor, query)
    matrix = risk_matrix(scope.row.type if scope else "")
    fields = [f"{time}_{axis}" for time in TIMES for axis in AXES]
    grouped = queryset.order_by().values_list(*fields).annotate(n=Count("pk"))
    by_name = bool(query.get("owner"))  # a name is written elsewhere
    counted = list(grouped) if by_name else rows_while_unchanged(read_from(Risk), grouped)
    total = sum(row[-1] for row in counted)
    grids = []
    for index, (key, title) in enumerate(TIMES.items()):
        counts: Counter[tuple[int, int]] = Counter()
        for row in counted:
            probability, impact = row[2 * index], row[2 * index + 1]
            if probability and impact:
                counts[probability, impact] += row[-1]
        grids.append(_grid(register, matrix, key, title, counts, total, query))
    return Matrices(grids, scope, direction, query, total, matrix.appetite)


def _grid(
    register: Register,
    matrix: Matrix,
    key: str,
    title: str | Promise,
    counts: Counter[tuple[int, int]],
    total: int,
    query: QueryDict,
) -> Grid:
    direction = Direction(str(query["direction"]))

    def href(probability: int, impact: int) -> str:
        place = query.copy()
        place[f"{key}_probability"], place[f"{key}_impact"] = str(probability), str(impact)
        return f"{register.list_url()}?{place.urlencode()}"

    def tone(probability: int, impact: int, _count: float | None) -> str:
        rating = rate(matrix, Position(probability, impact), direction)
        css = f"sc-rag-{rating.band.tone}"
        if direction is Direction.THREAT and not rating.above_appetite:
            css += _edge(matrix, probability, impact)
        return css

    columns = [Heading(level.value, level.label) for level in matrix.impact.levels]
    rows = heat_rows(
        [Heading(level.value, level.label) for level in reversed(matrix.probability.levels)],
        columns,
        counts,
        tone=tone,
        href=href,
        absent=0,
    )
    rated = sum(counts.values())
    return Grid(key, title, columns, rows, rated, total - rated)


def _edge(matrix: Matrix, probability: int, impact: int) -> str:
    """Where the line of the appetite runs: above this field, beside it, or both."""
    levels = {"up": (probability + 1, impact), "beside": (probability, impact + 1)}
    css = ""
    for side, (p, i) in levels.items():
        known = p <= matrix.probability.levels[-1].value and i <= matrix.impact.levels[-1].value
        if known and rate(matrix, Position(p, i)).above_appetite:
            css += f" sc-heat-{side}"
    return css
