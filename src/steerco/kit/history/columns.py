"""Writing some columns of many rows with one statement for each few hundred of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

from steerco.kit.fields.rows import MOST_VALUES, ROWS, readers


def write_columns(model: type[models.Model], rows: Sequence[Any], names: Iterable[str]) -> None:
    """Write the fields `names` of `rows`, which are stored already, from their attributes.

    The new values stand in the statement as a table that is joined by the primary key; every row gets its own.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in sorted(names)]
    key: Any = model._meta.pk
    if not fields or not rows:
        return
    quote = connection.ops.quote_name
    places = [f"c{number}" for number in range(len(fields))]
    typed = connection.vendor == "postgresql"  # there a column of the joined table has one type of its own
    settings = ", ".join(
        f"{quote(f.column)} = " + (f"CAST(v.{place} AS {f.db_type(connection)})" if typed else f"v.{place}")
        for f, place in zip(fields, places, strict=True)
    )
    table = quote(model._meta.db_table)
    one = f"({', '.join(['%s'] * (len(fields) + 1))})"
    read = readers((key, *fields))
    size = max(1, min(ROWS, MOST_VALUES // len(read)))
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            chunk = rows[start : start + size]
            values = [value(row) for row in chunk for value in read]
            joined = f"WITH v(pk, {', '.join(places)}) AS (VALUES {', '.join([one] * len(chunk))})"
            update = f"UPDATE {table} SET {settings} FROM v WHERE {table}.{quote(key.column)} = v.pk"  # noqa: S608  own columns
            cursor.execute(f"{joined} {update}", values)
