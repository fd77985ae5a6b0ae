"""What SQLite's planner knows about the tables. Without it, it takes the first index that fits, not the narrowest.

PostgreSQL keeps its own (autovacuum).
"""

from django.db import connection

ROWS_LOOKED_AT = 1000  # of each index: the cost does not grow with the tables (SQLite, "Approximate ANALYZE")
SECONDS = 3600.0  # how often in a running installation


def refresh() -> None:
    """Count anew how many rows share a value of each index. Takes some milliseconds; does nothing on PostgreSQL."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {ROWS_LOOKED_AT}")
        cursor.execute("ANALYZE")
