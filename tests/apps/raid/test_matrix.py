"""The risk matrix: exact counts, the same rights and filters as the list that each count opens."""

import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.apps import worlds

from steerco.apps.initiatives.services import restrict
from steerco.apps.organisation.services import configure
from steerco.apps.raid.matrix import Grid, matrices
from steerco.kit.permissions import Actor
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.register import register_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    """A portfolio with two projects and six risks, one of them an opportunity, one without ratings."""

    class Town:
        city = worlds.initiative("CITY", type="portfolio")
        pay = worlds.initiative("PAY", city)
        road = worlds.initiative("ROAD", city)
        before = {"inherent_probability": 5, "inherent_impact": 4}
        first = worlds.record("risk", pay, "One", current_probability=4, current_impact=5, **before)
        second = worlds.record("risk", pay, "Two", current_probability=4, current_impact=5, **before)
        third = worlds.record("risk", road, "Three", current_probability=1, current_impact=2, **before)
        fourth = worlds.record("risk", road, "Four", target_probability=2, target_impact=2)
        unrated = worlds.record("risk", road, "Five")
        chance = worlds.record(
            "risk", pay, "Six", direction="opportunity", current_probability=5, current_impact=5
        )
        jonas = worlds.person("Jonas Weber")

    return Town


def counts(grid: Grid) -> dict[tuple[int, int], int]:
    return {(cell.row, cell.column): int(cell.value) for row in grid.rows for cell in row.cells if cell.value}


def test_counts_are_exact_in_one_grouped_query(town) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = matrices(worlds.OPERATOR, QueryDict("in=CITY"))
    assert sum("GROUP BY" in q["sql"] for q in queries) == 1
    before, now, after = found.grids
    assert counts(before) == {(5, 4): 3}
    assert counts(now) == {(4, 5): 2, (1, 2): 1}
    assert counts(after) == {(2, 2): 1}
    assert (found.total, now.rated, now.unrated) == (5, 3, 2)
    assert [row.heading.key for row in now.rows] == [5, 4, 3, 2, 1]


def test_each_count_opens_exactly_its_risks(town) -> None:
    found = matrices(worlds.OPERATOR, QueryDict("in=CITY&category=&q="))
    cells = [cell for grid in found.grids for row in grid.rows for cell in row.cells]
    assert all((cell.href is not None) == bool(cell.value) for cell in cells)
    for cell in cells:
        if cell.href:
            rows, _scope, filters = queryset_for(
                register_of("risk"), worlds.OPERATOR, QueryDict(cell.href.partition("?")[2])
            )
            assert filters.is_valid()
            assert rows.count() == cell.value


def test_scope_filters_and_direction_narrow_the_counts(town) -> None:
    assert counts(matrices(worlds.OPERATOR, QueryDict("in=ROAD")).grids[1]) == {(1, 2): 1}
    assert counts(matrices(worlds.OPERATOR, QueryDict("q=One")).grids[1]) == {(4, 5): 1}
    assert counts(matrices(worlds.OPERATOR, QueryDict("direction=opportunity")).grids[1]) == {(5, 5): 1}
    assert matrices(worlds.OPERATOR, QueryDict("in=NOWHERE")).total == 0


def test_a_hidden_risk_is_not_counted(town) -> None:
    assert counts(matrices(worlds.actor(town.jonas), QueryDict()).grids[1])[4, 5] == 2
    restrict(worlds.OPERATOR, town.first, [worlds.person("Eve Other").party_id])
    assert counts(matrices(worlds.actor(town.jonas), QueryDict()).grids[1])[4, 5] == 1
    nobody = Actor(user_id=None, label="", via="session")  # type: ignore[arg-type]
    assert matrices(nobody, QueryDict()).total == 0


def test_fields_wear_the_bands_and_the_line_of_the_appetite(town) -> None:
    tones = {
        (c.row, c.column): c.tone
        for r in matrices(worlds.OPERATOR, QueryDict()).grids[1].rows
        for c in r.cells
    }
    assert tones[4, 5] == "sc-rag-red"  # 20
    assert tones[2, 5] == "sc-rag-amber-red"  # 10: above an appetite of 9
    assert tones[3, 3] == "sc-rag-amber sc-heat-up sc-heat-beside"  # 9: the corner of the line
    assert tones[1, 4] == "sc-rag-green"
    assert tones[1, 5] == "sc-rag-amber sc-heat-up"
    configure(worlds.OPERATOR, {"risk_appetite": 20})
    tones = {
        (c.row, c.column): c.tone
        for r in matrices(worlds.OPERATOR, QueryDict()).grids[1].rows
        for c in r.cells
    }
    assert tones[4, 5] == "sc-rag-red sc-heat-up"
    assert tones[3, 3] == "sc-rag-amber"
    chances = matrices(worlds.OPERATOR, QueryDict("direction=opportunity"))
    assert not any("sc-heat" in c.tone for r in chances.grids[1].rows for c in r.cells)


def test_the_page_shows_the_matrices_with_links(town) -> None:
    html = worlds.browser(town.jonas).get(reverse("raid:matrix"), {"in": "CITY"}).content.decode()
    link = re.search(
        r'<a href="([^"]*current_probability=4[^"]*)" aria-label="high, critical: 2">2</a>', html
    )
    assert link is not None
    listed = worlds.browser(town.jonas).get(link[1].replace("&amp;", "&")).content.decode()
    assert "One" in listed
    assert "Two" in listed
    assert "Three" not in listed
