"""The database itself keeps sealed events as they are, whoever writes: a trigger on each engine.

Only an erasure passes: content and salt emptied, names emptied or kept, everything else untouched.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "journal_event"
ERASABLE = ("changes", "salt", "reason", "actor_label")
MESSAGE = "sealed events cannot be changed"

POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION {TABLE}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.salt = '' AND NEW.changes = '{{}}'::jsonb AND NEW.reason = ''
        AND NEW.actor_label IN ('', OLD.actor_label)
        AND to_jsonb(NEW) - ARRAY{list(ERASABLE)} = to_jsonb(OLD) - ARRAY{list(ERASABLE)}
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE TRIGGER {TABLE}_guard BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW WHEN (OLD.position IS NOT NULL) EXECUTE FUNCTION {TABLE}_guard();
"""


def sqlite_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """The statements that make SQLite's two triggers, for the columns that the table has now."""
    with connection.cursor() as cursor:
        columns = [c.name for c in connection.introspection.get_table_description(cursor, TABLE)]
    kept = [column for column in columns if column not in ERASABLE]
    same = " AND ".join(f'NEW."{column}" IS OLD."{column}"' for column in kept)
    erasure = (
        "NEW.salt = '' AND NEW.changes = '{}' AND NEW.reason = '' "
        f"AND NEW.actor_label IN ('', OLD.actor_label) AND {same}"
    )
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    return [
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_guard_update BEFORE UPDATE ON {TABLE} "
        f"WHEN OLD.position IS NOT NULL AND NOT ({erasure}) {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_guard_delete BEFORE DELETE ON {TABLE} "
        f"WHEN OLD.position IS NOT NULL {refuse}",
    ]


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers where they are missing (a rebuilt SQLite table loses them)."""
    statements = [POSTGRESQL] if connection.vendor == "postgresql" else sqlite_triggers(connection)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def is_installed(connection: BaseDatabaseWrapper) -> bool:
    """Whether sealed events are guarded by the database."""
    query = "SELECT count(*) = 2 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    if connection.vendor == "postgresql":
        query = "SELECT count(*) = 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'O' "
        query += "AND NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(query, [TABLE])
        return bool(cursor.fetchone()[0])


def install_in_migration(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """For the migration that makes the table."""
    install(schema_editor.connection)
