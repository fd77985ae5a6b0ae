"""The order of lists comes out of an index on both databases."""

import pytest
from django.db import connection
from tests.apps.worlds import OPERATOR, initiative

from steerco.apps.raid.models import Risk
from steerco.apps.raid.registers import RiskRegister
from steerco.kit.history import Change
from steerco.kit.registers.listing import sort_keys
from steerco.kit.registers.paging import ordered

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.mark.parametrize("sort", ["", "next_review"])
def test_a_list_is_read_in_the_order_of_its_index(sort: str) -> None:
    register, place = RiskRegister(), initiative("P")
    scores = [None, 1, 3, 5]
    changes = [
        Change({"initiative": place, "title": f"Risk {n}", "current_probability": s, "current_impact": s})
        for n, s in enumerate(scores)
    ]
    register.write(OPERATOR, changes)
    keys = sort_keys(register, register.all_columns(), sort, "")
    rows = ordered(Risk.objects.filter(state_group="open", deleted=False, restricted_by=None), keys)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # four rows alone would be sorted in memory
            cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off")
    plan = rows.values_list("pk").explain()
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan.replace("Sort Key", "")
    if not sort:
        assert [row.score for row in rows] == [25, 9, 1, None]
