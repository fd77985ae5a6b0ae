"""Panels that are kept show each reader what they may see now: nothing older, nothing of another reader's."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.apps.worlds import OPERATOR, browser, initiative, person, record

from steerco.apps.indicators.indicators import OVERALL, RATING
from steerco.apps.indicators.models import Value
from steerco.apps.indicators.services import Report, record_snapshots
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.posts import appoint, create_post, end_holding
from steerco.apps.initiatives.services import restrict, write_initiatives
from steerco.apps.organisation.services import configure, rename_term
from steerco.apps.people.services import write_people
from steerco.kit.history import Change
from steerco.kit.pages.panels import panels_at
from steerco.kit.registers.register import register_by_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("results_are_kept")]
POSTING = re.compile(r"csrf|submission|<form[^>]*post", re.IGNORECASE)


@pytest.fixture
def place() -> Initiative:
    top = initiative("TOP", type="portfolio")
    project = initiative("P1", top)
    values = [Value(indicator=RATING, dimension=OVERALL, scale="five_point", rating="red")]
    record_snapshots(OPERATOR, [Report(project, date(2026, 1, 31), {"name": project.name}, values)])
    return top


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_page_seen_again_asks_less_and_shows_the_same(place: Initiative) -> None:
    record("risk", place, "Flood", current_probability=5, current_impact=5)
    rita = browser(person("Rita Reader", "portfolio_manager", place, staff=False))
    for url, least in (("/portfolio/TOP/", 20), ("/", 4)):
        counts, seen = [], []
        for _ in range(2):
            with CaptureQueriesContext(connection) as captured:
                seen.append(re.sub(r'(name="[a-z_]*" )?value="[^"]{20,}"', "", text(rita, url)))
            counts.append(len(captured))
        assert seen[0] == seen[1]
        assert counts[0] - counts[1] >= least


def test_every_write_is_seen_at_once(place: Initiative) -> None:
    rita = browser(person("Rita Reader", "portfolio_manager", place, staff=False))
    owner = person("Otto Owner")
    flood = record("risk", place, "Flood", current_probability=5, current_impact=5, owner=owner.party)
    assert "Flood" in text(rita, "/portfolio/TOP/")
    register = register_by_key("risk")
    assert register is not None
    register.write(OPERATOR, [Change({"title": "Drought"}, pk=flood.pk)])
    shown = text(rita, "/portfolio/TOP/")
    assert "Drought" in shown
    assert "Flood" not in shown.partition('id="panel-risks.top"')[2].partition("</section>")[0]
    assert "Otto Owner" in shown
    write_people(OPERATOR, [Change({"name": "Olga Owner"}, pk=owner.pk)])
    assert "Otto Owner" not in text(rita, "/portfolio/TOP/")
    assert "Olga Owner" in text(rita, "/portfolio/TOP/")
    initiative("P2", place, name="Brand new")
    assert "Brand new" in text(rita, "/portfolio/TOP/")
    record("milestone", place, "Gate one", baseline=date(2026, 5, 1))
    assert "Gate one" in text(rita, "/portfolio/TOP/")


def test_settings_words_and_languages_are_not_mixed_up(place: Initiative) -> None:
    who = person("Rita Reader", "administrator", staff=False)
    rita = browser(who)
    record(
        "risk",
        place,
        "Flood",
        current_probability=5,
        current_impact=5,
        inherent_probability=5,
        inherent_impact=5,
    )
    first = text(rita, "/portfolio/TOP/")
    assert "Before any response" in first
    configure(OPERATOR, {"risk_appetite": 24})
    assert text(rita, "/portfolio/TOP/") != first
    rename_term(OPERATOR, "initiative.type.project", "en-gb", "Undertaking", "Undertakings")
    assert "Undertaking" in text(rita, "/portfolio/P1/")
    rita.cookies["django_language"] = "de"
    assert "Before any response" not in text(rita, "/portfolio/TOP/")


def test_what_one_reader_sees_is_not_shown_to_another(place: Initiative) -> None:
    secret = initiative("SEC", place, name="Secret matter")
    record("risk", secret, "Secret risk", current_probability=5, current_impact=5)
    record("action", secret, "Secret action", due_on=date(2026, 1, 1))
    knows = person("Nora Named", "portfolio_manager", place, staff=False)
    restrict(OPERATOR, secret, [knows.party_id])
    nora = browser(knows)
    otto = browser(person("Otto Other", "portfolio_manager", place, staff=False))
    staff = browser(person("Stan Staff"))
    for url in ("/portfolio/TOP/", "/"):
        assert ("ecret" in text(nora, url)) == (url != "/")
        for other in (otto, staff):
            assert "ecret" not in text(other, url)
    restrict(OPERATOR, secret, [])
    assert "Secret risk" in text(otto, "/portfolio/TOP/")
    assert "Secret risk" in text(staff, "/portfolio/TOP/")


def test_a_post_that_ends_takes_its_page_away_at_once(place: Initiative) -> None:
    who = person("Rita Reader", staff=False)
    holding = appoint(OPERATOR, create_post(OPERATOR, place, "portfolio_manager"), who)
    rita = browser(who)
    assert "P1 initiative" in text(rita, "/portfolio/TOP/")
    end_holding(OPERATOR, holding, date(2020, 1, 1))
    assert rita.get("/portfolio/TOP/").status_code == 404
    assert "TOP initiative" not in text(rita, "/")


def test_my_work_is_kept_for_me_alone(place: Initiative) -> None:
    mine, theirs = person("Mia Mine", "pmo_analyst"), person("Theo Theirs", "pmo_analyst")
    record("action", place, "Hers to do", owner=mine.party, due_on=date(2026, 1, 1))
    assert "Hers to do" in text(browser(mine), "/")
    assert "Hers to do" not in text(browser(theirs), "/")


def test_what_moves_to_another_place_leaves_the_page_above(place: Initiative) -> None:
    elsewhere = initiative("ELS", type="portfolio")
    moving = initiative("MOV", place, name="Moving on")
    record("risk", moving, "Travelling risk", current_probability=5, current_impact=5)
    rita = browser(person("Rita Reader", "pmo_analyst", staff=False))
    assert "Travelling risk" in text(rita, "/portfolio/TOP/")
    write_initiatives(OPERATOR, [Change({"parent": elsewhere}, pk=moving.pk)])
    assert "Travelling risk" not in text(rita, "/portfolio/TOP/")
    assert "Travelling risk" in text(rita, "/portfolio/ELS/")


def test_no_kept_panel_holds_a_form_that_posts() -> None:
    from django.template.loader import get_template  # noqa: PLC0415  only here

    kept = [p for place in ("initiative", "home", "record") for p in panels_at(place) if p.reads]
    assert len(kept) > 15
    for panel in kept:
        source = get_template(panel.template).template.source  # type: ignore[attr-defined]
        assert not POSTING.search(source), panel.key


def test_the_form_above_a_list_is_kept_for_who_sees_the_same_columns(place: Initiative) -> None:
    manager = browser(person("Mara Manager", "project_manager", place, staff=False))
    viewer = browser(person("Vera Viewer", "viewer", place, staff=False))
    first, again = (text(manager, "/registers/stakeholders/") for _ in range(2))
    assert 'name="attitude"' in first
    assert 'name="attitude"' in again
    for _ in range(2):
        shown = text(viewer, "/registers/stakeholders/")
        assert 'name="influence_min"' in shown
        assert "attitude" not in shown
