"""Indexes in the order of lists."""

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class OutOfOrder(models.F):
    """A column to group by, of which the database is not to read an index in its order.

    SQLite takes such an index to save the sorting, and then fetches every row for what else is asked of it; the index
    that holds all columns of a count is read three times as fast.
    """

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """The column behind a plus sign, on SQLite."""
        return _Plus(super().resolve_expression(*args, **kwargs))


class _Plus(models.Func):
    arity = 1
    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Behind a plus sign a column is an expression like any other."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


class ListOrder(models.Index):
    """An index in the order in which lists are read: what has no value comes last, downwards too.

    SQLite orders so by itself; PostgreSQL must be told, or it sorts every row for each page.
    """

    def create_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **kwargs: Any,
    ) -> Any:
        """The statement that makes the index."""
        statement = super().create_sql(model, schema_editor, using, **kwargs)
        if schema_editor.connection.vendor == "postgresql":
            columns: Any = statement.parts["columns"]
            columns.col_suffixes = [f"{s} NULLS LAST" if s == "DESC" else s for s in columns.col_suffixes]
        return statement
