"""The tree: what stands where, moves, renames, merges, splits, archives."""

import re

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.apps.worlds import OPERATOR, browser, initiative, person

from steerco.apps.indicators.selectors import portfolio_scope
from steerco.apps.initiatives import views
from steerco.apps.initiatives.models import Alias, Ancestry, FormerName, Initiative
from steerco.apps.initiatives.selectors import find_initiative, visible_tree
from steerco.apps.initiatives.services import (
    ALLOWED_PARENTS,
    merge_initiatives,
    report_also_to,
    split_initiative,
    write_initiatives,
)
from steerco.kit.history import Change, Invalid

TYPES = [t.value for t in Initiative.Type]


def ancestry() -> set[tuple[int, int, int]]:
    return set(Ancestry.objects.values_list("ancestor", "descendant", "depth"))


def recomputed() -> set[tuple[int, int, int]]:
    """The ancestry from the parents alone."""
    parents = dict(Initiative.objects.values_list("pk", "parent"))
    pairs = set()
    for pk in parents:
        above, depth = pk, 0
        while above is not None:
            pairs.add((above, pk, depth))
            above, depth = parents[above], depth + 1
    return pairs


@pytest.mark.django_db
@pytest.mark.parametrize("parent_type", [None, *TYPES])
@pytest.mark.parametrize("child_type", TYPES)
def test_what_may_stand_under_what(parent_type: str | None, child_type: str) -> None:
    parent = None
    if parent_type:
        top = initiative("TOP", type="portfolio") if parent_type == "workstream" else None
        parent = initiative("P", top, type=parent_type)
    if parent_type in ALLOWED_PARENTS[child_type]:
        assert initiative("C", parent, type=child_type).parent == parent
    else:
        with pytest.raises(Invalid):
            initiative("C", parent, type=child_type)
        assert not Initiative.objects.filter(code="C").exists()


@pytest.mark.django_db
def test_a_workstream_hangs_anywhere_below_and_is_led_by_a_co_ordinator() -> None:
    co_ordinator = person("Cora Ordinator")
    programme = initiative("PROG", type="programme")
    stream = initiative("WS", programme, type="workstream", lead=co_ordinator.party)
    assert stream.lead == co_ordinator.party
    assert stream.entry.owner_id == co_ordinator.party_id


@pytest.mark.django_db
def test_nothing_moves_below_itself() -> None:
    top = initiative("A", type="portfolio")
    below = initiative("B", top, type="portfolio")
    with pytest.raises(Invalid):
        write_initiatives(OPERATOR, [Change({"parent": below}, pk=top.pk)])
    assert ancestry() == recomputed()


@pytest.mark.django_db
def test_a_rename_keeps_the_old_name_and_code_as_ways_to_it() -> None:
    row = initiative("OLD", name="Old name")
    write_initiatives(OPERATOR, [Change({"code": "NEW", "name": "New name"}, pk=row.pk)])
    found = find_initiative(OPERATOR, "old")
    assert found is not None
    assert found.code == "NEW"
    assert list(FormerName.objects.values_list("name", flat=True)) == ["Old name"]


@pytest.mark.django_db
def test_a_merge_closes_the_sources_and_moves_what_is_below() -> None:
    one, two = initiative("ONE", type="programme"), initiative("TWO", type="programme")
    child = initiative("KID", one)
    merge_initiatives(OPERATOR, [one], two, reason="One office now")
    one.refresh_from_db()
    child.refresh_from_db()
    assert one.status == Initiative.Status.TRANSFERRED
    assert child.parent_id == two.pk
    assert Alias.objects.filter(code="ONE", entry_id=two.entry_id).exists()
    assert FormerName.objects.filter(initiative=two, name=one.name).exists()
    assert ancestry() == recomputed()


@pytest.mark.django_db
def test_a_split_makes_parts_beside_the_closed_source() -> None:
    top = initiative("TOP", type="portfolio")
    source = initiative("SRC", top)
    parts = [Change({"code": c, "name": f"Part {c}"}) for c in ("P1", "P2")]
    made = split_initiative(OPERATOR, source, parts, reason="Too large")
    source.refresh_from_db()
    assert source.status == Initiative.Status.TRANSFERRED
    assert [m.parent_id for m in made] == [top.pk, top.pk]


@pytest.mark.django_db
def test_what_also_reports_here_is_counted_once_and_flagged() -> None:
    one, two = initiative("ONE", type="portfolio"), initiative("TWO", type="portfolio")
    shared = initiative("SHARED", one)
    report_also_to(OPERATOR, shared, [two, two])
    scope, also = portfolio_scope(two)
    assert set(scope.values_list("descendant", flat=True)) == {shared.pk}
    assert also == {shared.pk}
    scope, also = portfolio_scope(one)
    assert list(scope.values_list("descendant", flat=True)) == [shared.pk]
    assert also == set()


@pytest.mark.django_db
def test_the_tree_is_in_order_of_priority_then_name() -> None:
    top = initiative("TOP", type="portfolio")
    for code, name, rank in (("B", "Zeta", 1), ("C", "Alpha", None), ("D", "Beta", 2), ("E", "Ärger", None)):
        initiative(code, top, name=name, priority=rank)
    (root,) = visible_tree(OPERATOR)
    names = dict(Initiative.objects.values_list("pk", "name"))
    assert [names[n.pk] for n in root.children] == ["Zeta", "Beta", "Alpha", "Ärger"]


@pytest.mark.django_db
def test_a_page_of_the_tree_repeats_what_stands_above_its_first_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "TREE_ROWS", 4)
    top = initiative("TOP", type="portfolio")
    middle = initiative("MID", top, type="programme")
    for number in range(5):
        project = initiative(f"P{number}", middle)
    initiative("HIDDEN", project, type="workstream")
    client = browser(person("Ada All", "pmo_analyst"))
    assert codes(client, "/portfolio/") == ["TOP", "MID", "P0", "P1"]
    assert codes(client, "/portfolio/?page=2") == ["TOP", "MID", "P2", "P3", "P4"]


def codes(client: Client, url: str) -> list[str]:
    """The codes in the rows of a page of the tree, in order."""
    return re.findall(r"</a></td><td>([A-Z0-9]+)</td>", client.get(url).content.decode())


class TestMoves(TestCase):
    """Whatever moves where, the ancestry is what the parents say."""

    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=8))
    def test_ancestry_follows_every_move(self, moves: list[tuple[int, int]]) -> None:
        rows = [initiative(f"P{n}", type="programme") for n in range(7)]
        for child, parent in moves:
            try:
                write_initiatives(OPERATOR, [Change({"parent": rows[parent]}, pk=rows[child].pk)])
            except Invalid:
                continue
            assert ancestry() == recomputed()
