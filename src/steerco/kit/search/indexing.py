"""Keeping the index: in the transaction of each write (kit/history), and built anew for a whole model."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F

from steerco.kit.fields.rows import insert_rows
from steerco.kit.search.models import NUMBER_BITS, Recipe, Text, number_of
from steerco.kit.search.words import VERSION, words_of

BATCH = 500


@dataclass(frozen=True)
class Source:
    """What of a model's rows is searched: lookups from a row to its texts ("title", "former_names__name")."""

    model: type[models.Model]
    paths: tuple[str, ...]

    @property
    def key(self) -> str:
        """The model as the index names it."""
        return self.model._meta.label_lower

    @property
    def own(self) -> tuple[str, ...]:
        """The columns of the row itself."""
        return tuple(path for path in self.paths if "__" not in path)

    @property
    def others(self) -> tuple[str, ...]:
        """The columns of other rows: who writes those calls `index`."""
        return tuple(path for path in self.paths if "__" in path)

    @property
    def recipe(self) -> str:
        """What an index of it is built by."""
        return sha256(repr((VERSION, self.paths, self.prefix)).encode()).hexdigest()

    @property
    def prefix(self) -> str:
        """What stands before a record's number: R of R-12."""
        return str(getattr(self.model, "number_prefix", ""))

    def number(self, row: Any) -> int | None:
        """The number that names a row, where it has one."""
        return getattr(row, "number", None) if self.prefix else None


_sources: dict[str, Source] = {}


def declare_source(model: type[models.Model], paths: Iterable[str]) -> None:
    """Have the rows of `model` found by the texts at `paths`, beside those that were declared for it before.

    Raises ValueError when another model has the same number.
    """
    before = _sources.get(model._meta.label_lower)
    every = dict.fromkeys((*(before.paths if before else ()), *paths))
    source = Source(model, tuple(every))
    for other in _sources.values():
        if other.key != source.key and number_of(other.model) == number_of(model):
            raise ValueError(f"{other.key} and {source.key} have the same number: rename one")
    _sources[source.key] = source


def source_of(model: type[models.Model]) -> Source | None:
    """What of `model` is searched; None: nothing."""
    return _sources.get(model._meta.label_lower)


def index(rows: Sequence[models.Model]) -> None:
    """Write the words of stored rows of one model into the index, a few statements for all of them."""
    source = source_of(type(rows[0])) if rows else None
    if source is None:
        return
    beside = _texts_beside(source, [row.pk for row in rows])
    texts = [
        Text(
            id=Text.id_of(source.model, row.pk),
            words=words_of(
                (*(str(getattr(row, name) or "") for name in source.own), *beside.get(row.pk, ())),
                number=source.number(row),
                prefix=source.prefix,
            ),
        )
        for row in rows
    ]
    insert_rows(Text, texts, overwrite=True)


def index_changed(rows: Sequence[Any]) -> None:
    """`index` those of the rows whose searched columns are not those of their `stored` row."""
    source = source_of(type(rows[0])) if rows else None
    if source is None:
        return
    names = (*source.own, "number") if source.prefix else source.own
    index([row for row in rows if any(getattr(row, name) != getattr(row.stored, name) for name in names)])


def _texts_beside(source: Source, pks: Sequence[int]) -> dict[int, list[str]]:
    """The texts of other rows, by the row that they belong to."""
    found: dict[int, list[str]] = {}
    for path in source.others:
        for start in range(0, len(pks), BATCH):
            rows = source.model._base_manager.filter(pk__in=pks[start : start + BATCH])
            pairs = rows.exclude(**{path: None}).order_by("pk", path).values_list("pk", path)
            for pk, text in pairs:
                found.setdefault(pk, []).append(text)
    return found


def forget(model: type[models.Model], pks: Iterable[int]) -> None:
    """Take rows that are gone out of the index."""
    if source_of(model) is None:
        return
    ids = [Text.id_of(model, pk) for pk in sorted(pks)]
    for start in range(0, len(ids), BATCH):
        Text.objects.filter(pk__in=ids[start : start + BATCH]).delete()


def stale() -> list[str]:
    """The models whose index was never built, or by another recipe."""
    built = dict(Recipe.objects.values_list("model", "recipe"))
    return sorted(key for key, source in _sources.items() if built.get(key) != source.recipe)


def rebuild(keys: Iterable[str] | None = None, *, say: Callable[[str], object] = lambda text: None) -> int:
    """Build the index of some models anew (None: of all), while others go on writing; returns how many rows.

    Five hundred rows at a time, each portion in a transaction that locks its rows. Done again after a kill it ends
    with the same index.
    """
    total = 0
    for key in sorted(_sources) if keys is None else keys:
        source, last, count = _sources[key], 0, 0
        while rows := _portion(source, last):
            last, count = rows[-1], count + len(rows)
        texts = Text.objects.annotate(
            number=F("id").bitand((1 << NUMBER_BITS) - 1), row=F("id").bitrightshift(NUMBER_BITS)
        )
        gone = texts.filter(number=number_of(source.model))
        gone.exclude(row__in=source.model._base_manager.order_by().values("pk")).delete()
        Recipe.objects.update_or_create(model=key, defaults={"recipe": source.recipe})
        say(f"{key}: {count}")
        total += count
    return total


def _portion(source: Source, after: int) -> list[int]:
    """Index the next rows; returns their ids."""
    with transaction.atomic():
        rows = source.model._base_manager.filter(pk__gt=after).order_by("pk")
        if connection.features.has_select_for_update_of:
            rows = rows.select_for_update(of=("self",))
        found = list(rows[:BATCH])
        index(found)
    return [row.pk for row in found]
