"""Inserting many rows with one statement for each few hundred of them."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, models

ROWS = 500
MOST_VALUES = 30_000  # of one statement: SQLite's own limit is 32,766

# What such a field holds goes to the database as it is when it has exactly this type: most values of most rows.
_AS_IT_IS: dict[type[Any], type[Any]] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.IntegerField: int,
    models.BigIntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.BigAutoField: int,
    models.ForeignKey: int,
    models.OneToOneField: int,
}


def readers(fields: Sequence[Any]) -> list[Callable[[Any], Any]]:
    """For each field a function from a row to its value as the database takes it."""
    return [_reader(field) for field in fields]


def _reader(field: Any) -> Callable[[Any], Any]:
    name, kind = field.attname, _AS_IT_IS.get(type(field))
    prepare = field.get_db_prep_save
    last: list[Any] = [None, None]  # the moment of a write is the same in each of its rows

    def read(row: Any) -> Any:
        value = getattr(row, name)
        if value is None or type(value) is kind:
            return value
        if value is not last[0]:
            last[:] = value, prepare(value, connection)
        return last[1]

    return read


def insert_rows(model: type[models.Model], rows: Sequence[Any], *, overwrite: bool = False) -> None:
    """Insert `rows`, which are new, and give each the id that the database gave it.

    `overwrite`: the rows say their ids themselves, and what stands under one is replaced. As `bulk_create` writes,
    in a third of its time: values that need no conversion are not converted.
    """
    if not rows:
        return
    key: Any = model._meta.pk
    fields: list[Any] = [f for f in model._meta.concrete_fields if overwrite or not f.primary_key]
    related = [f for f in fields if f.is_relation]
    changing = [f for f in fields if type(f).pre_save is not models.Field.pre_save]
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), ", ".join(quote(str(f.column)) for f in fields)
    if overwrite:
        own = [quote(str(f.column)) for f in fields if not f.primary_key]
        replaced = ", ".join(f"{name} = excluded.{name}" for name in own)
        ending = f"ON CONFLICT ({quote(key.column)}) DO UPDATE SET {replaced}"
    else:
        ending = f"RETURNING {quote(key.column)}"
    read = readers(fields)
    size = max(1, min(ROWS, MOST_VALUES // len(fields)))
    place = f"({', '.join(['%s'] * len(fields))})"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            chunk = rows[start : start + size]
            for row in chunk:
                _take_ids(row, related)
                for field in changing:
                    field.pre_save(row, True)
            values = [one(row) for row in chunk for one in read]
            places = ", ".join([place] * len(chunk))
            insert = f"INSERT INTO {table} ({columns}) VALUES {places} {ending}"  # noqa: S608  own columns
            cursor.execute(insert, values)
            if not overwrite:
                for row, (pk,) in zip(chunk, cursor.fetchall(), strict=True):
                    setattr(row, key.attname, pk)
            for row in chunk:
                row._state.adding, row._state.db = False, connection.alias


def _take_ids(row: Any, related: Sequence[Any]) -> None:
    """The ids of rows that were stored only after they were named here."""
    for field in related:
        if getattr(row, field.attname) is None and field.is_cached(row):
            other = getattr(row, field.name)
            if other is not None:
                if other.pk is None:
                    raise ValueError(f"{field.name} of a {row._meta.label} is not stored")
                setattr(row, field.attname, getattr(other, field.target_field.attname))
