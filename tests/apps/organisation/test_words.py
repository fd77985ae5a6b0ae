"""Own words stand wherever ours stood, in the language they were given for."""

import pytest
from django.urls import reverse
from django.utils import translation
from tests.apps import worlds

from steerco.apps.organisation.models import Term
from steerco.apps.organisation.services import rename_term
from steerco.kit.journal.models import Event
from steerco.kit.pages.words import replaceable_words, word
from steerco.kit.permissions import Denied
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db


def test_a_register_a_state_and_a_type_take_the_own_word() -> None:
    rename_term(worlds.OPERATOR, "risk.register", "en-gb", "Hazard", "Hazards")
    rename_term(worlds.OPERATOR, "risk.state.open", "en-gb", "live", "")
    rename_term(worlds.OPERATOR, "initiative.type.workstream", "en-gb", "work package", "")
    project = worlds.initiative("PAY")
    package = worlds.initiative("WP", project, type="workstream")
    risk = worlds.record("risk", project, "One", state="open")
    register, initiatives = register_by_key("risk"), register_by_key("initiative")
    assert register is not None
    assert initiatives is not None
    assert (str(register.label), str(register.label_plural)) == ("Hazard", "Hazards")
    assert register.all_columns()["state"].as_text(risk) == "live"
    assert package.get_type_display() == "work package"
    assert initiatives.all_columns()["type"].as_text(package) == "work package"
    assert ("workstream", "work package") in initiatives.all_columns()["type"].choices()
    browser = worlds.browser(worlds.person("Jonas Weber"))
    page = browser.get("/registers/risks/").content.decode()
    assert "Hazards" in page
    assert ">Risks<" not in page
    assert "work package" in browser.get("/registers/initiatives/").content.decode()
    with translation.override("de"):
        assert str(register.label_plural) != "Hazards"


def test_an_empty_word_goes_back_to_ours_and_nothing_new_leaves_no_event() -> None:
    rename_term(worlds.OPERATOR, "risk.register", "en-gb", "Hazard", "")
    assert word("risk.register", "Risks", plural=True) == "Hazard"
    rename_term(worlds.OPERATOR, "risk.register", "en-gb", "Hazard", "Hazard")
    rename_term(worlds.OPERATOR, "risk.register", "en-gb", " ", "")
    assert word("risk.register", "Risk") == "Risk"
    assert not Term.objects.exists()
    events = Event.objects.filter(kind="term.renamed").order_by("sequence")
    assert [e.changes["risk.register"] for e in events] == [
        [None, ["en-gb", "Hazard", "Hazard"]],
        [["en-gb", "Hazard", "Hazard"], None],
    ]


def test_every_register_state_and_choice_may_be_replaced() -> None:
    keys = {word.key for word in replaceable_words()}
    assert {"risk.register", "action.state.done", "initiative.type.project", "milestone.tier.gate"} <= keys


def test_the_page_shows_ours_beside_the_own_and_saves_per_language() -> None:
    browser = worlds.browser(worlds.person("Ada Okonkwo", "administrator"))
    url = reverse("organisation:words") + "?language=de"
    assert (
        browser.post(url, {"one:risk.register": "Wagnis", "many:risk.register": "Wagnisse"}).status_code
        == 303
    )
    term = Term.objects.get()
    assert (term.language, term.singular, term.plural) == ("de", "Wagnis", "Wagnisse")
    assert 'value="Wagnisse"' in browser.get(url).content.decode()
    assert (
        'value="Wagnisse"'
        not in browser.get(reverse("organisation:words") + "?language=en-gb").content.decode()
    )
    assert browser.get(reverse("organisation:words") + "?language=xx").status_code == 404


def test_only_administrators_rename() -> None:
    with pytest.raises(Denied):
        rename_term(worlds.actor(worlds.person("Jonas Weber")), "risk.register", "en-gb", "X", "")
