"""Relations, tags: both ends show them, a hidden end leaves no trace."""

import pytest
from django.urls import reverse
from tests.apps import worlds

from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.services import restrict
from steerco.apps.links.models import Relation, Tag
from steerco.apps.links.references import text
from steerco.apps.links.selectors import relations_of, suggest_tags, tagged, tags_of
from steerco.apps.links.services import relate, set_tags, unrelate
from steerco.kit.history import Invalid
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Denied
from steerco.kit.registers.references import reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    """Two projects with a risk and an action, the manager of the first, a member of staff without a post."""

    class Town:
        pay = worlds.initiative("PAY")
        road = worlds.initiative("ROAD")
        risk = worlds.record("risk", pay, "Supplier insolvency")
        action = worlds.record("action", road, "Find another supplier")
        risk_entry = Entry.objects.get(pk=risk.entry_id)
        action_entry = Entry.objects.get(pk=action.entry_id)
        beatrice = worlds.person("Beatrice Okafor", "project_manager", pay)
        jonas = worlds.person("Jonas Weber")

    return Town


def test_both_ends_show_a_relation_and_both_journals_have_it(town) -> None:
    relate(worlds.OPERATOR, town.action_entry, town.risk_entry, "mitigates")
    jonas = worlds.actor(town.jonas)
    (forward,) = relations_of(jonas, town.action_entry)
    (backward,) = relations_of(jonas, town.risk_entry)
    assert (forward.is_forward, forward.reference, forward.title) == (True, "PAY/R-1", "Supplier insolvency")
    assert (backward.is_forward, backward.reference) == (False, "ROAD/A-1")
    assert set(Event.objects.filter(kind="relation.added").values_list("entry", flat=True)) == {
        town.action_entry.pk,
        town.risk_entry.pk,
    }
    page = worlds.browser(town.jonas).get(f"/registers/risks/{town.risk.pk}/").content.decode()
    assert "mitigated by" in page
    assert "ROAD/A-1 Find another supplier" in page
    relate(worlds.OPERATOR, town.action_entry, town.risk_entry, "mitigates")
    assert Relation.objects.count() == 1


def test_a_hidden_end_leaves_no_trace(town) -> None:
    relate(worlds.OPERATOR, town.action_entry, town.risk_entry, "mitigates")
    url = f"/registers/risks/{town.risk.pk}/"
    jonas = worlds.browser(town.jonas)
    restrict(worlds.OPERATOR, town.action, [town.beatrice.party_id])
    hidden = jonas.get(url).content.decode()
    assert "Find another supplier" not in hidden
    assert "mitigated by" not in hidden
    assert relations_of(worlds.actor(town.jonas), town.risk_entry) == []
    assert len(relations_of(worlds.actor(town.beatrice), town.risk_entry)) == 1
    relation = Relation.objects.get()
    beatrice = worlds.browser(town.beatrice)
    assert jonas.post(reverse("links:unrelate", args=[town.risk_entry.pk, relation.pk])).status_code == 404
    assert beatrice.post(reverse("links:unrelate", args=[town.risk_entry.pk, relation.pk])).status_code == 303


def test_an_entry_is_named_by_number_code_or_title_among_what_is_visible(town) -> None:
    jonas, entries = worlds.actor(town.jonas), reference("entry")
    assert entries.resolve(jonas, "pay/r-1") == town.risk_entry
    assert entries.resolve(jonas, text(town.risk_entry)) == town.risk_entry
    assert entries.resolve(jonas, "supplier INSOLVENCY") == town.risk_entry
    assert entries.resolve(jonas, "ROAD").register == "initiative"
    assert town.action_entry in entries.suggest(jonas, "find")
    restrict(worlds.OPERATOR, town.risk, [town.beatrice.party_id])
    assert town.risk_entry not in entries.suggest(worlds.actor(town.jonas), "supplier")


def test_relating_needs_the_right_on_the_entry_it_starts_from(town) -> None:
    with pytest.raises(Denied):
        relate(worlds.actor(town.jonas), town.risk_entry, town.action_entry, "causes")
    relation = relate(worlds.actor(town.beatrice), town.risk_entry, town.action_entry, "causes")
    with pytest.raises(Denied):
        unrelate(worlds.actor(town.jonas), relation)
    with pytest.raises(Invalid):
        relate(worlds.actor(town.beatrice), town.risk_entry, town.risk_entry, "causes")


def test_the_form_relates_and_says_what_it_does_not_know(town) -> None:
    browser = worlds.browser(town.beatrice)
    url = reverse("links:relate", args=[town.risk_entry.pk])
    assert browser.post(url, {"kind": "causes", "target": "ROAD/A-1"}).status_code == 303
    assert Relation.objects.get().target == town.action_entry
    page = worlds.posted(browser, url, {"kind": "causes", "target": "nothing like it"})
    assert "“nothing like it” is not known." in page
    assert browser.post(url, {"kind": "invented", "target": "ROAD/A-1"}).status_code == 404


def test_tags_are_shared_words_and_known_only_through_visible_entries(town) -> None:
    beatrice = worlds.actor(town.beatrice)
    assert set_tags(beatrice, town.risk_entry, ["Cloud ", "cloud", "supplier/a", ""]) == [
        "Cloud",
        "supplier/a",
    ]
    assert set_tags(worlds.OPERATOR, town.action_entry, ["CLOUD"]) == ["Cloud"]
    assert Tag.objects.count() == 2
    jonas = worlds.actor(town.jonas)
    assert suggest_tags(jonas, "clo") == ["Cloud"]
    assert {e.pk for e in tagged(jonas, "cloud")} == {town.risk_entry.pk, town.action_entry.pk}
    with pytest.raises(Denied):
        set_tags(jonas, town.risk_entry, [])
    restrict(worlds.OPERATOR, town.risk, [town.beatrice.party_id])
    jonas = worlds.actor(town.jonas)
    assert suggest_tags(jonas, "supp") == []
    assert [e.pk for e in tagged(jonas, "cloud")] == [town.action_entry.pk]
    browser = worlds.browser(town.jonas)
    assert browser.get(reverse("links:tag", args=["supplier/a"])).status_code == 404
    assert "ROAD/A-1" in browser.get(reverse("links:tag", args=["Cloud"])).content.decode()
    set_tags(beatrice, town.risk_entry, [])
    assert tags_of(town.risk_entry) == []


def test_a_tag_is_set_from_the_panel_of_an_initiative(town) -> None:
    browser = worlds.browser(town.beatrice)
    answer = browser.post(reverse("links:set_tags", args=[town.pay.entry_id]), {"tags": "rail, bridge"})
    assert answer["Location"] == "/portfolio/PAY/#panel-initiative.relations"
    assert "bridge" in browser.get("/portfolio/PAY/").content.decode()
    assert browser.get(reverse("links:tags"), {"q": "x, ra"}).json() == {"names": ["rail"]}
