"""The enterprise view of risk: top risks, exposure against the reserve, common causes, one risk above; hand-worked."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record

from steerco.apps.initiatives.services import restrict
from steerco.apps.links.models import Relation
from steerco.apps.links.services import set_tags
from steerco.apps.people.services import write_people
from steerco.apps.raid.causes import CommonCause, common_causes
from steerco.apps.raid.enterprise import top_of
from steerco.apps.raid.models import Risk
from steerco.apps.raid.reserves import reserves_of, reserves_of_all
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.imports.exporting import export_list
from steerco.kit.journal.unchanged import forget_all
from steerco.kit.registers.listing import listing
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PAGE = "/registers/risks/enterprise/"
CHANGING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|"X-CSRFToken": ?"[^"]*"')


@pytest.fixture(autouse=True)
def monday() -> Any:
    with clock.at(MONDAY):
        yield


def risk(
    where: Any, title: str, probability: int, impact: int, money: int | None = None, **values: Any
) -> Risk:
    more = {"current_probability": probability, "current_impact": impact, "exposure": money, **values}
    more.setdefault("currency", "GBP" if money else "")
    return record("risk", where, title, **more)


@pytest.fixture
def town() -> Any:
    """A city of two programmes with three projects.

    The shipped scale: step 3 stands for 40 %, 4 for 60 %, 5 for 85 %. Threats: GBP 100,000 × 40 % + GBP 50,000 × 60 %
    + EUR 20,000 × 85 %; an opportunity of GBP 30,000 × 40 %.
    """

    class Town:
        city = initiative("CITY", type="portfolio")
        north = initiative("NORTH", city, type="programme")
        pay = initiative("PAY", north)
        bus = initiative("BUS", north)
        hub = initiative("HUB", city)
        elsewhere = initiative("ELSE")
        vera = person("Vera Viewer")
        petra = person("Petra Project", "project_manager", pay)
        olga = person("Olga Office", "pmo_manager")
        steel = risk(
            pay,
            "Late frames",
            3,
            4,
            100_000_00,
            cause="Steel prices rise",
            category="commercial",
            exposure_days=10,
        )
        beams = risk(
            bus, "Late beams", 4, 4, 50_000_00, cause="Prices of steel are rising", category="commercial"
        )
        euro = risk(
            hub, "Exchange rate", 5, 3, 20_000_00, currency="EUR", category="financial", exposure_days=5
        )
        gain = risk(
            hub,
            "Cheaper hall",
            3,
            4,
            30_000_00,
            direction="opportunity",
            category="financial",
            exposure_days=2,
        )
        outside = risk(elsewhere, "Another town", 5, 5, 1_000_00, category="commercial")

    return Town


def place(where: Any = None, **more: str) -> QueryDict:
    query = QueryDict(mutable=True)
    if where is not None:
        query["in"] = where.code
    query.update(more)
    return query


def groups(who: Any, where: Any = None) -> dict[tuple[str, str], CommonCause]:
    found = common_causes(who, place(where))
    return {(one.kind, one.label): one for _title, causes in found.kinds for one in causes}


def test_the_top_risks_come_by_score_then_by_exposure_within_a_currency(town: Any) -> None:
    # scores: beams 16, euro 15, steel 12; the organisation counts in EUR
    risk(town.hub, "No amount", 3, 4)
    risk(town.bus, "More money", 4, 3, 200_000_00)
    risk(town.bus, "Other money", 4, 3, 900_000_00, currency="EUR")
    with clock.at(MONDAY + timedelta(days=9)):
        found = top_of(actor(town.vera), place(town.city, direction="threat"))
    assert [row.title.split(" ", 1)[1] for row in found.rows] == [
        "Late beams",
        "Exchange rate",
        "Other money",
        "More money",
        "Late frames",
        "No amount",
    ]
    assert found.count == 6
    assert {row.idle for row in found.rows} == {9}
    assert found.rows[0].place == town.bus
    assert found.rows[0].exposure == "GBP\u00a050,000"
    chances = top_of(actor(town.vera), place(town.city, direction="opportunity"))
    assert [row.title.split(" ", 1)[1] for row in chances.rows] == ["Cheaper hall"]


@pytest.mark.both_databases
def test_exposure_is_told_by_child_and_currency_threats_and_opportunities_apart(town: Any) -> None:
    record(
        "contingency",
        town.north,
        "Set aside",
        type="set_aside",
        state="approved",
        amount=80_000_00,
        currency="GBP",
    )
    found = reserves_of(actor(town.vera), town.city)
    gbp, eur = found.total.money["GBP"], found.total.money["EUR"]
    assert (gbp.exposure, gbp.expected) == (150_000_00, 70_000_00)  # 40,000 + 30,000
    assert (gbp.chance, gbp.gain) == (30_000_00, 12_000_00)
    assert (eur.exposure, eur.expected, eur.chance) == (20_000_00, 17_000_00, 0)
    days = found.total.days
    assert (days.exposure, days.chance) == (15, 2)
    assert days.expected == Decimal("8.2")  # 10 × 40 % + 5 × 85 %, in tenths
    parts = {part.code: reserve for part, reserve in found.parts}
    assert set(parts) == {"NORTH", "HUB"}
    assert parts["NORTH"].money["GBP"].exposure == 150_000_00
    assert parts["NORTH"].ledger.money["GBP"].remaining == 80_000_00
    assert parts["HUB"].money["GBP"].chance == 30_000_00
    assert parts["HUB"].money["GBP"].exposure == 0


def test_the_whole_organisation_is_told_by_what_stands_at_its_top(town: Any) -> None:
    found = reserves_of_all(actor(town.vera))
    assert found.total.money["GBP"].exposure == 151_000_00
    assert {part.code: part_.money["GBP"].exposure for part, part_ in found.parts} == {
        "CITY": 150_000_00,
        "ELSE": 1_000_00,
    }


def test_risks_that_share_words_of_their_cause_are_one_group_whatever_the_inflection(town: Any) -> None:
    issue = record("issue", town.hub, "Steel price went up again")
    found = groups(actor(town.vera), town.city)
    words = found["words", "price · steel"]
    assert (words.risks, words.issues, words.places) == (2, 1, 3)
    assert words.threats == ["GBP\u00a0150,000"]
    assert (words.chances, words.days) == ([], 10)
    assert words.above == town.city
    opened = listed("risk", words.risks_url, town.vera)
    assert opened == {town.steel.pk, town.beams.pk}
    assert listed("issue", words.issues_url, town.vera) == {issue.pk}


def test_numbers_and_spans_of_time_are_no_common_cause(town: Any) -> None:
    risk(town.pay, "Delay", 2, 2, cause="Two trains within three years")
    risk(town.hub, "Noise", 2, 2, cause="Three buses of two years, 2027 and 1975")
    risk(town.bus, "Dust", 2, 2, cause="In 1975 and 2027 the second half was twice as long")
    assert {label for kind, label in groups(actor(town.vera), town.city) if kind == "words"} == {
        "prices · steel"
    }


def test_of_more_rows_than_are_looked_through_the_highest_count_and_the_page_says_so(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    risk(town.hub, "Low one", 1, 1, cause="Prices of steel")
    assert groups(actor(town.vera), town.city)["words", "prices · steel"].risks == 3
    monkeypatch.setattr("steerco.apps.raid.causes.MOST_RISKS", 5)
    assert not common_causes(actor(town.vera), place(town.city)).is_part
    monkeypatch.setattr("steerco.apps.raid.causes.MOST_RISKS", 4)
    assert groups(actor(town.vera), town.city)["words", "prices · steel"].risks == 2
    page = browser(town.vera).get(f"{PAGE}?in=CITY").content.decode()
    assert "Of the 4 highest risks and the 500 most urgent issues." in page


def listed(key: str, url: str, who: Any) -> set[int]:
    """The rows that the list at `url` shows."""
    register = register_by_key(key)
    assert register is not None
    shown = listing(register, actor(who), QueryDict(urlsplit(url).query))
    return {row.row.pk for row in shown.rows}


def test_risks_share_a_category_a_tag_or_an_outside_organisation(town: Any) -> None:
    supplier = [
        write_people(
            OPERATOR, [Change({"name": name, "organisation": "Ardent Ltd", "engagement": "external"})]
        )[0]
        for name in ("Ann Ardent", "Bob Ardent")
    ]
    register = register_by_key("risk")
    assert register is not None
    for row, owner in ((town.steel, supplier[0]), (town.euro, supplier[1])):
        register.write(OPERATOR, [Change({"owner": owner.party}, pk=row.pk)])
    for row in (town.beams, town.gain):
        set_tags(OPERATOR, row.entry, ["Harbour"])
    found = groups(actor(town.vera), town.city)
    assert found["category", "commercial and suppliers"].places == 2
    assert ("category", "financial") not in found  # both of one initiative
    ardent = found["organisation", "Ardent Ltd"]
    assert (ardent.risks, ardent.places, ardent.days) == (2, 2, 15)
    assert ardent.threats == ["EUR\u00a020,000", "GBP\u00a0100,000"]  # never added together
    tagged = found["tag", "Harbour"]
    assert (tagged.threats, tagged.chances) == (["GBP\u00a050,000"], ["GBP\u00a030,000"])
    assert listed("risk", tagged.risks_url, town.vera) == {town.beams.pk, town.gain.pk}


def test_what_is_restricted_changes_nothing_for_who_may_not_see_it(town: Any) -> None:
    client = browser(town.vera)

    def seen() -> tuple[Any, ...]:
        forget_all()
        who = actor(town.vera)
        texts = [CHANGING.sub("", client.get(url).content.decode()) for url in (PAGE, f"{PAGE}?in=CITY")]
        return groups(who, town.city), reserves_of(who, town.city), reserves_of_all(who), texts

    before = seen()
    assert before == seen()
    hidden = initiative("HID", town.north, name="Secret merger")
    restrict(OPERATOR, hidden, [town.petra.party_id])
    secret = risk(
        hidden, "Steel prices secretly", 5, 5, 9_000_000_00, cause="Steel prices rise", category="commercial"
    )
    record("issue", hidden, "Steel prices in secret")
    set_tags(OPERATOR, secret.entry, ["Harbour"])
    alone = risk(
        town.bus, "Steel prices known to few", 5, 5, 7_000_000_00, cause="Steel prices", category="commercial"
    )
    restrict(OPERATOR, alone, [town.petra.party_id])
    assert seen() == before
    assert groups(actor(town.petra), town.city)["words", "prices · steel"].places == 3  # PAY, BUS, HID


def test_the_office_raises_one_risk_above_that_causes_the_members(town: Any) -> None:
    group = groups(actor(town.olga), town.north)["words", "prices · steel"]
    assert group.above == town.north
    assert (
        groups(actor(town.petra), town.north)["words", "prices · steel"].raise_url == ""
    )  # no right at NORTH
    client = browser(town.olga)
    form = client.get(group.raise_url).content.decode()
    assert "Common cause: Steel prices" in form
    assert re.search(r'name="initiative"[^>]*value="NORTH', form)
    values = {
        "title": "Steel is dear",
        "initiative": "NORTH",
        "direction": "threat",
        "category": "commercial",
        "state": "open",
        "cause": "Steel prices rise",
        "current_probability": "4",
        "current_impact": "4",
    }
    answer = client.post(group.raise_url, values)
    assert answer.status_code == 303, answer.content.decode()[-3000:]
    new = Risk.objects.get(title="Steel is dear")
    assert new.initiative == town.north
    assert set(Relation.objects.filter(source=new.entry, kind="causes").values_list("target", flat=True)) == {
        town.steel.entry_id,
        town.beams.entry_id,
    }
    after = groups(actor(town.olga), town.north)["words", "prices · steel"]
    assert (after.risks, after.raise_url) == (2, "")  # the one above is not counted beside them
    assert after.raised is not None
    assert after.raised.title == "Steel is dear"
    assert "Steel is dear" in client.get(f"{PAGE}?in=NORTH").content.decode()


def test_nobody_raises_what_they_may_not_write_or_see(town: Any) -> None:
    entries = f"{town.steel.entry_id},{town.beams.entry_id}"
    url = reverse("raid:raise")
    assert browser(town.petra).get(f"{url}?entries={entries}").status_code == 404
    assert browser(town.petra).post(f"{url}?entries={entries}", {"title": "x"}).status_code == 404
    office = browser(town.olga)
    assert office.get(f"{url}?entries={town.steel.entry_id}").status_code == 404  # one is not common
    assert office.get(f"{url}?entries=nonsense").status_code == 404
    assert office.get(f"{url}?entries={entries}").status_code == 200
    answer = office.post(f"{url}?entries={entries}", {"title": ""})
    assert answer.status_code == 422
    assert not Relation.objects.exists()


def test_the_text_of_a_restricted_member_is_not_copied_into_the_form(town: Any) -> None:
    restrict(OPERATOR, town.steel, [town.olga.party_id])
    entries = f"{town.steel.entry_id},{town.beams.entry_id}"
    form = browser(town.olga).get(f"{reverse('raid:raise')}?entries={entries}").content.decode()
    assert "Prices of steel are rising" in form
    assert "Steel prices rise" not in form


def test_the_page_is_linked_and_says_everything_of_its_place(town: Any) -> None:
    client = browser(town.vera)
    for url in ("/registers/risks/?in=CITY", "/portfolio/CITY/"):
        assert f"{PAGE}?in=CITY" in client.get(url).content.decode()
    page = client.get(f"{PAGE}?in=CITY").content.decode()
    assert "GBP\u00a0150,000" in page
    assert "Another town" not in page
    assert f'href="{PAGE}"' in page  # in the menu
    assert client.get(f"{PAGE}?in=NOWHERE").status_code == 404
    empty = initiative("EMPTY")
    assert client.get(f"{PAGE}?in={empty.code}").status_code == 200
    assert "Raise one risk above" not in page


def test_the_number_of_queries_does_not_grow_with_the_rows(town: Any) -> None:
    who = browser(town.olga)

    def asked() -> int:
        forget_all()
        with CaptureQueriesContext(connection) as captured:
            assert who.get(f"{PAGE}?in=CITY").status_code == 200
        return len(captured)

    first = asked()
    for number in range(12):
        child = initiative(f"N{number}", town.north)
        made = risk(
            child, f"Frames {number}", 4, 4, 1000_00, cause=f"Steel prices {number}", category="technical"
        )
        set_tags(OPERATOR, made.entry, ["Harbour"])
        record("appetite", child, "Little", category="technical", score=6)
    record("appetite", town.city, "More", category="commercial", score=8)
    assert asked() <= first + 4  # that appetites, and rows over them, are there at all


def test_a_list_opens_exactly_the_rows_that_an_address_names(town: Any) -> None:
    client = browser(town.vera)
    text = client.get(f"/registers/risks/?rows={town.steel.pk},{town.euro.pk},x,99999999").content.decode()
    assert "Late frames" in text
    assert "Exchange rate" in text
    assert "Late beams" not in text
    assert "Chosen rows" in text
    assert "Late beams" not in client.get("/registers/risks/?rows=nonsense").content.decode()
    register = register_by_key("risk")
    assert register is not None
    query = QueryDict(f"rows={town.steel.pk}")
    exported = export_list(register, actor(town.vera), query, "csv", everything=True).content.decode()
    assert "Late frames" in exported
    assert "Exchange rate" not in exported
