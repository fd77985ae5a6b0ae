"""What each database finds words by: an FTS5 table kept by triggers on SQLite, a GIN index on PostgreSQL.

Both take the words as `words.words_of` makes them and cut them at spaces only. Neither the parser nor a dictionary of
PostgreSQL looks at them, and no extension is needed.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BigIntegerField, F, Lookup
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from steerco.kit.search.words import Term, for_postgresql, for_sqlite

SQLITE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5("
    "words, content='search_text', content_rowid='id', detail=none, columnsize=0, "
    "tokenize=\"ascii tokenchars '#'\")",
    "CREATE TRIGGER IF NOT EXISTS search_text_added AFTER INSERT ON search_text BEGIN "
    "INSERT INTO search_words (rowid, words) VALUES (NEW.id, NEW.words); END",
    "CREATE TRIGGER IF NOT EXISTS search_text_gone AFTER DELETE ON search_text BEGIN "
    "INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', OLD.id, OLD.words); END",
    "CREATE TRIGGER IF NOT EXISTS search_text_changed AFTER UPDATE ON search_text "
    "WHEN OLD.words <> NEW.words BEGIN "
    "INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', OLD.id, OLD.words); "
    "INSERT INTO search_words (rowid, words) VALUES (NEW.id, NEW.words); END",
)
SQLITE_ROWS = "SELECT rowid >> 16 FROM search_words WHERE search_words MATCH %s AND (rowid & 65535) = %s"
SQLITE_MODELS = "SELECT DISTINCT rowid & 65535 FROM search_words WHERE search_words MATCH %s"

POSTGRESQL = (
    "ALTER TABLE search_text ADD COLUMN IF NOT EXISTS vector tsvector "
    "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED",
    "CREATE INDEX IF NOT EXISTS search_text_words ON search_text USING gin (vector)",
    # how many rows each model has: without it the planner takes every search for a rare one
    "CREATE STATISTICS IF NOT EXISTS search_text_models ON (id & 65535) FROM search_text",
)
POSTGRESQL_ROWS = "SELECT id >> 16 FROM search_text WHERE vector @@ %s::tsquery AND (id & 65535) = %s"
POSTGRESQL_MODELS = "SELECT DISTINCT id & 65535 FROM search_text WHERE vector @@ %s::tsquery"


class _Among(Lookup):
    """A column among the ids of a subquery. PostgreSQL gets them as an array, which it looks up in the index of the
    column; joined, it reads the whole table as soon as it expects some thousands of them."""

    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """The condition."""
        column, values = self.process_lhs(compiler, connection)
        rows, more = self.process_rhs(compiler, connection)
        operator = "= ANY(ARRAY{})" if connection.vendor == "postgresql" else "IN {}"
        return f"{column} {operator.format(rows)}", [*values, *more]


def among_rows_holding(query: Sequence[Term], number: int) -> Lookup:
    """The condition on a queryset of the model with `number`: rows that hold every term."""
    if connection.vendor == "postgresql":
        rows = RawSQL(POSTGRESQL_ROWS, (for_postgresql(query), number), BigIntegerField())  # noqa: S611  own words
    else:
        rows = RawSQL(SQLITE_ROWS, (for_sqlite(query), number), BigIntegerField())  # noqa: S611
    return _Among(F("pk"), rows)


def numbers_holding(query: Sequence[Term]) -> set[int]:
    """The numbers of the models of which any row holds every term."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_MODELS, [for_postgresql(query)])
        else:
            cursor.execute(SQLITE_MODELS, [for_sqlite(query)])
        return {number for (number,) in cursor.fetchall()}


def install(database: BaseDatabaseWrapper) -> None:
    """Make what is missing (a rebuilt SQLite table loses its triggers)."""
    with database.cursor() as cursor:
        for statement in POSTGRESQL if database.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)


def install_in_migration(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """For the migration that makes the table."""
    install(schema_editor.connection)
