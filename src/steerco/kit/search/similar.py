"""Rows that say something like a given text: for suggestions beside a form.

Ranked by the words in common, a rare word counting more than a common one. How rare a word is, is counted among the
rows that the actor may read: a hidden row changes neither which rows are suggested nor their order. Counted here and
not by the databases' own ranking, whose orders differ.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from steerco.kit.permissions import Actor
from steerco.kit.registers.register import Register
from steerco.kit.search.models import number_of
from steerco.kit.search.structures import among_rows_holding
from steerco.kit.search.words import Part, stems

MOST_WORDS = 16  # of the text: the first ones that are no filler
COMMON = 1000  # rows: a word that so many visible rows of a register hold tells nothing


@dataclass(frozen=True)
class Similar:
    """A row with its register, its rank (higher is nearer; no unit) and the words of the text that it shares."""

    register: Register
    row: Any
    score: float
    shared: tuple[str, ...]


def similar_to(
    actor: Actor,
    text: str,
    *,
    registers: Sequence[Register],
    limit: int = 5,
    without: int | None = None,
) -> list[Similar]:
    """At most `limit` rows of `registers` that `actor` may read and that share words with `text`, nearest first.

    `without` is the entry of the row that the text comes from. The same on both databases; of equals the newer row
    comes first.
    """
    words = stems(text)[:MOST_WORDS]
    ranked: list[tuple[float, int, Register, int, tuple[str, ...]]] = []
    for place, register in enumerate(registers):
        for pk, shared, score in _scores(actor, register, words, without):
            ranked.append((-score, place, register, -pk, shared))
    ranked.sort(key=lambda one: (one[0], one[1], one[3]))
    best = ranked[:limit]
    rows: dict[str, dict[int, Any]] = {}
    for register in {one[2].key: one[2] for one in best}.values():
        pks = [-one[3] for one in best if one[2] is register]
        rows[register.key] = register.rows(actor).in_bulk(pks)
    return [
        Similar(register, rows[register.key][-pk], -score, shared)
        for score, _place, register, pk, shared in best
    ]


def _scores(
    actor: Actor, register: Register, words: Sequence[str], without: int | None
) -> list[tuple[int, tuple[str, ...], float]]:
    """(id, shared words, score) of the rows of one register that share a word with the text. Two statements."""
    visible = register.rows(actor).select_related(None).prefetch_related(None).order_by()
    if without is not None and register.is_records:
        visible = visible.exclude(entry=without)
    total = len(visible.values_list("pk")[: COMMON + 1])
    if not total:  # before the index is asked: words that other registers are full of cost there
        return []
    holding: dict[str, list[int]] = defaultdict(list)
    for place, pk in _holders(visible, words, number_of(register.model)):
        holding[words[place]].append(pk)
    telling = {word: pks for word, pks in holding.items() if len(pks) <= COMMON}
    if not telling:
        return []
    shared: dict[int, list[str]] = defaultdict(list)
    weight: dict[str, float] = {}
    for word in (word for word in words if word in telling):
        weight[word] = log(1 + (total - len(telling[word]) + 0.5) / (len(telling[word]) + 0.5))
        for pk in telling[word]:
            shared[pk].append(word)
    return [(pk, tuple(same), sum(weight[word] for word in same)) for pk, same in shared.items()]


def _holders(visible: QuerySet[Any], words: Sequence[str], number: int) -> list[tuple[int, int]]:
    """(place of the word, id of a row that holds it), at most one row of a word more than COMMON. One statement."""
    parts: list[str] = []
    values: list[Any] = []
    for place, word in enumerate(words):
        found = visible.filter(among_rows_holding([((Part(word),),)], number)).values_list("pk", flat=True)
        try:
            statement, given = found[: COMMON + 1].query.sql_with_params()
        except EmptyResultSet:  # whoever may read nothing at all
            return []
        parts.append(f"SELECT {place}, held.* FROM ({statement}) held")  # noqa: S608  values are given apart
        values += given
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return [(place, pk) for place, pk in cursor.fetchall()]
