"""Somebody of a supplier reports through the link of a mail: one report, nothing else, and only by a post."""

from typing import Any

import pytest
from django.test import Client
from tests.apps.cycles.world import FRIDAY, THURSDAY, Programme, programme
from tests.apps.worlds import OPERATOR, browser, initiative, person, posted, record

from steerco.apps.cycles.models import Draft, Report
from steerco.apps.cycles.services import write_cadences
from steerco.apps.cycles.turning import turn
from steerco.apps.followups.links import address_for
from steerco.apps.followups.models import AnswerLink, FollowUp
from steerco.apps.initiatives.services import restrict
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.history import Change

pytestmark = pytest.mark.django_db
TYPED = {"text-achieved": "Wir haben geliefert.", "headline": "On plan.", "rating-overall": "green"}


def no_account(name: str) -> Person:
    row = person(name, staff=False)
    assert row.user is not None
    row.user.delete()
    row.refresh_from_db()
    return row


@pytest.fixture
def world() -> tuple[Programme, Person, Report, str]:
    """A supplier's workstream whose own calendar names somebody outside, and the address of their form."""
    found = programme(streams=1)
    guest = no_account("Gus Guest")
    values: dict[str, Any] = {
        "initiative": found.streams[0],
        "title": "Supplier report",
        "kind": "weekly",
        "covers": "itself",
        "anchor": FRIDAY,
        "contact": guest.party,
        "reviewer": found.rita.party,
    }
    write_cadences(OPERATOR, [Change(values)])
    with clock.at(THURSDAY):
        turn()
    report = Report.objects.get(owner=guest.party)
    asked = FollowUp.objects.get(entry=report.entry_id, kind="report.write")
    with clock.at(THURSDAY):
        address = address_for(asked, guest)
    return found, guest, report, address.replace("/answer/", "/reporting/by-link/")


def test_a_guest_writes_and_it_is_reviewed_like_any_other(world: Any) -> None:
    found, _guest, report, url = world
    client = Client()
    with clock.at(THURSDAY):
        shown = client.get(url)
        assert shown.status_code == 200
        assert "What was achieved" in shown.content.decode()
        assert "sc-menu" not in shown.content.decode()
        assert client.post(f"{url}draft/", TYPED).status_code == 200
        assert "Wir haben geliefert." in client.get(url).content.decode()
        assert client.post(url, {**TYPED, "take": "submit"}).status_code == 200
        report.refresh_from_db()
        assert report.state == "submitted"
        assert client.get(url).status_code == 404
        assert client.post(url, {**TYPED, "take": "submit"}).status_code == 404
        address = f"/reporting/reports/{report.pk}/"
        assert "Entered by Gus Guest, a guest" in browser(found.rita).get(address).content.decode()
        assert "approved" in posted(browser(found.rita), address, {"take": "approve"})


def test_opening_the_link_changes_nothing_however_often(world: Any) -> None:
    _found, _guest, report, url = world
    client = Client()
    with clock.at(THURSDAY):
        for _time in range(3):
            assert client.get(url).status_code == client.head(url).status_code == 200
    report.refresh_from_db()
    assert (report.state, Draft.objects.count()) == ("due", 0)
    assert AnswerLink.objects.get().used_at is None


def test_the_answer_page_of_the_mail_leads_to_the_form(world: Any) -> None:
    _found, _guest, _report, url = world
    with clock.at(THURSDAY):
        page = Client().get(url.replace("/reporting/by-link/", "/answer/")).content.decode()
    assert f'href="{url}"' in page
    assert "No change" in page


def test_a_guest_sees_what_readers_see_and_no_restricted_fact(world: Any) -> None:
    found, _guest, report, url = world
    with clock.at(THURSDAY):
        where = report.initiative
        record("milestone", where, "Open milestone", baseline="2026-12-02", forecast="2026-12-02")
        secret = record("milestone", where, "Zzyzx canary", baseline="2026-12-02", forecast="2026-12-02")
        restrict(OPERATOR, secret, [found.rita.party_id])
        elsewhere = initiative("OTHER", status="delivering")
        record("milestone", elsewhere, "Of another place", baseline="2026-12-02", forecast="2026-12-02")
        page = Client().get(url).content.decode()
    assert "Open milestone" in page
    assert "Zzyzx canary" not in page
    assert "Of another place" not in page
    assert "/entries/" not in page


def test_the_link_is_shut_by_hand_and_ends_by_itself(world: Any) -> None:
    found, _guest, report, url = world
    address = f"/reporting/reports/{report.pk}/"
    writer = browser(found.people[0])
    with clock.at(THURSDAY):
        assert "Shut the link" in writer.get(address).content.decode()
        assert browser(person("Vera Viewer", "viewer", found.root)).post(f"{address}shut/").status_code == 403
        posted(writer, f"{address}shut/", {})
        assert Client().get(url).status_code == 404
    AnswerLink.objects.update(revoked_at=None)
    with clock.at(THURSDAY):
        assert Client().get(url).status_code == 200
    with clock.at(THURSDAY.replace(year=2027)):
        assert Client().get(url).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"take": "submit"}, {"take": "approve"}, {**TYPED, "rating-overall": "x"}]
)
def test_nonsense_through_the_link_is_refused(world: Any, body: dict[str, str]) -> None:
    _found, _guest, report, url = world
    with clock.at(THURSDAY):
        assert Client().post(url, body).status_code == 422
        assert Client().post(f"{url}draft/", {"text-achieved": "x" * 5001}).status_code == 422
    report.refresh_from_db()
    assert report.state == "due"


def test_a_made_up_address_says_nothing() -> None:
    for token in ("x", f"1-{'0' * 40}"):
        assert Client().get(f"/reporting/by-link/{token}/").status_code == 404
        assert Client().post(f"/reporting/by-link/{token}/draft/").status_code == 404


def test_only_a_calendar_of_its_own_names_a_contact() -> None:
    found = programme()
    office = browser(person("Olga Office", "pmo_analyst"))
    page = office.get(f"/registers/reporting-calendars/{found.cadence.pk}/edit/")
    assert "contact outside" in page.content.decode().lower()
    found.cadence.contact = found.rita.party
    with pytest.raises(Exception, match="one contact"):
        found.cadence.full_clean()
