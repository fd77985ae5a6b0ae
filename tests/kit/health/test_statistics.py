"""The planner is told about the tables, and takes the narrow index for what was removed since a date."""

import pytest
from django.db import connection
from django.utils import timezone

from steerco.apps.raid.models import Risk
from steerco.kit.health import statistics

pytestmark = pytest.mark.django_db


@pytest.mark.both_databases
def test_the_planner_knows_the_tables_on_sqlite_and_is_left_alone_elsewhere() -> None:
    statistics.refresh()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl LIKE 'django_%'")
            assert cursor.fetchone()[0] > 0


def test_what_was_removed_since_a_date_is_found_by_its_own_index() -> None:
    gone = Risk.objects.filter(deleted=True, changed_at__gt=timezone.now())
    assert "risk_gone" in gone.explain()
