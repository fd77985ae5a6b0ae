"""A commission: asked once of each person, pre-filled, answered with or without an account, one table of answers."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person

from steerco.apps.commissions.choosing import choose
from steerco.apps.commissions.exporting import export_answers
from steerco.apps.commissions.models import Commission, Target
from steerco.apps.commissions.services import (
    answer_commission,
    copy_commission,
    end_commission,
    send_commission,
    write_commission,
)
from steerco.apps.commissions.showing import results, tallies
from steerco.apps.finance.services import Wanted, write_figures
from steerco.apps.followups.links import address_for
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import delegate
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import restrict
from steerco.apps.links.services import set_tags
from steerco.apps.organisation.services import configure
from steerco.kit import clock
from steerco.kit.history import Change, Conflict, Invalid
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DUE = date(2026, 12, 4)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.at(NOW):
        yield


def question(number: int, label: str, kind: str, **more: Any) -> dict[str, Any]:
    start = {"key": f"q{number}", "label": label, "kind": kind, "choices": [], "prefill": "", "needed": False}
    return {**start, **more}


QUESTIONS = [
    question(1, "End still right?", "date", prefill="forecast_end"),
    question(2, "Expected cost", "money", prefill="expected"),
    question(3, "People needed", "number"),
]


@pytest.fixture
def town() -> Any:
    configure(OPERATOR, {"name": "Town", "currency": "EUR", "fiscal_year_start": 1, "staff_read_all": False})

    class Town:
        city = initiative("CITY", type="portfolio")
        miriam = person("Miriam Vogel", "pmo_manager", city)
        lena = person("Lena Lead")
        nora = person("Nora Next")
        olaf = person("Olaf Outside", staff=False)
        pay = initiative("PAY", city, lead=lena.party, forecast_end=date(2027, 3, 31))
        road = initiative("ROAD", city, lead=lena.party, forecast_end=date(2027, 6, 30))
        tram = initiative("TRAM", city, lead=olaf.party, forecast_end=date(2028, 1, 31))
        none = initiative("NONE", city)
        done = initiative("DONE", city, lead=nora.party, status="closed")
        other = initiative("OTHER", lead=nora.party)

    figure = [Wanted(date(2026, 12, 1), "forecast", "capital", 500_00)]
    write_figures(OPERATOR, Town.pay, figure, as_of=NOW.date(), how="typed")
    return Town


def draft(town: Any, **values: Any) -> Commission:
    start = {
        "initiative": town.city,
        "title": "Winter check",
        "why": "The board wants to know.",
        "asked_by": town.miriam.party,
        "due": DUE,
        "questions": QUESTIONS,
        "filters": {"types": ["project"], "statuses": ["delivering"]},
    }
    return write_commission(actor(town.miriam), Change({**start, **values}))


def owed(who: Any) -> FollowUp:
    return FollowUp.objects.get(debtor=who.party, kind="commission", state="open")


def test_each_person_is_asked_once_and_the_cost_is_shown_before(town: Any) -> None:
    row = draft(town)
    chosen = choose(actor(town.miriam), row)
    asked = {party.name: [place.code for place in places] for party, places in chosen.asked.items()}
    assert asked == {"Lena Lead": ["PAY", "ROAD"], "Olaf Outside": ["TRAM"]}
    assert [place.code for place in chosen.nobody] == ["NONE"]
    page = browser(town.miriam).get(f"/commissions/{row.pk}/").content.decode()
    assert "2 people are asked" in page
    assert "about 3 minutes each" in page
    send_commission(actor(town.miriam), row)
    assert FollowUp.objects.filter(kind="commission").count() == 2
    assert owed(town.lena).entry_id == town.city.entry_id  # about several: under the place
    assert owed(town.olaf).entry_id == town.tram.entry_id
    with pytest.raises(Invalid):
        send_commission(actor(town.miriam), row)


def test_targets_follow_tags_units_and_what_is_left_out(town: Any) -> None:
    set_tags(OPERATOR, town.pay.entry, ["winter"])
    row = draft(town, filters={"tags": ["winter"]})
    assert [p.code for places in choose(actor(town.miriam), row).asked.values() for p in places] == ["PAY"]
    row = draft(town)
    page = browser(town.miriam).post(f"/commissions/{row.pk}/", {"keep": [town.pay.pk]})
    assert page.status_code == 303
    row.refresh_from_db()
    chosen = choose(actor(town.miriam), row)
    assert [p.code for places in chosen.asked.values() for p in places] == ["PAY"]
    assert [p.code for p in chosen.left_out] == ["ROAD", "TRAM"]


def test_as_shown_is_one_click_from_a_mail_without_an_account(town: Any) -> None:
    send_commission(actor(town.miriam), draft(town))
    door = address_for(owed(town.olaf), town.olaf)
    outside = Client()
    seen = outside.get(door)
    page = seen.content.decode()
    assert "No change: everything is as shown" in page
    assert "2028-01-31" in page
    assert "/commissions/by-link/" in page
    assert Target.objects.filter(answered_at__isnull=False).count() == 0  # looking answers nothing
    assert outside.post(door, {"answer": "same"}).status_code == 200
    target = Target.objects.get(initiative=town.tram)
    assert target.answers["q1"] == {"value": "2028-01-31", "shown": "2028-01-31"}
    assert target.answered_by == town.olaf
    assert outside.get(door).status_code == 404


def test_the_form_of_a_mail_answers_and_refuses_what_it_cannot_read(town: Any) -> None:
    send_commission(actor(town.miriam), draft(town))
    token = address_for(owed(town.olaf), town.olaf).split("/")[-2]
    target = Target.objects.get(initiative=town.tram)
    outside, url = Client(), f"/commissions/by-link/{token}/"
    assert outside.get(url).status_code == 200
    bad = outside.post(url, {f"a-{target.pk}-q3": "many", f"a-{target.pk}-q1": "soon"})
    assert bad.status_code == 422
    assert "“many” is no number" in bad.content.decode()
    assert owed(town.olaf).state == "open"
    good = {f"a-{target.pk}-q1": "2028-02-29", f"a-{target.pk}-q2": "1,200.50", f"a-{target.pk}-q3": "3"}
    assert outside.post(url, good).status_code == 200
    target.refresh_from_db()
    assert target.answers["q1"] == {"value": "2028-02-29", "shown": "2028-01-31"}
    assert target.answers["q2"]["value"] == {"minor": 120_050, "currency": "EUR"}
    assert FollowUp.objects.get(debtor=town.olaf.party, kind="commission").identity == "link"
    assert outside.get(url).status_code == 404
    assert outside.post("/commissions/by-link/1-" + "0" * 40 + "/").status_code == 404


def test_answerers_see_their_own_alone(town: Any) -> None:
    send_commission(actor(town.miriam), draft(town))
    row = owed(town.lena)
    lena = browser(town.lena)
    page = lena.get(f"/commissions/answer/{row.pk}/").content.decode()
    assert "Pay initiative" in page
    assert "Tram initiative" not in page
    assert lena.get(f"/me/follow-ups/{row.pk}/").status_code == 200
    assert browser(town.nora).get(f"/commissions/answer/{row.pk}/").status_code == 404
    assert browser(town.nora).post(f"/commissions/answer/{row.pk}/").status_code == 404
    with pytest.raises(Denied):
        answer_commission(actor(town.nora), row, {})
    for who in (town.lena, town.nora):
        pk = Commission.objects.get().pk
        assert browser(who).get("/commissions/").status_code == 403
        assert browser(who).get("/commissions/new/").status_code == 403
        for name in ("", "edit/", "answers.xlsx"):
            assert browser(who).get(f"/commissions/{pk}/{name}").status_code == 404
        for name in ("ask/", "end/", "copy/"):
            assert browser(who).post(f"/commissions/{pk}/{name}").status_code == 404
    stranger = Target.objects.get(initiative=town.tram)
    posted = {f"a-{stranger.pk}-q3": "99", f"a-{Target.objects.get(initiative=town.pay).pk}-q3": "2"}
    assert lena.post(f"/commissions/answer/{row.pk}/", posted).status_code == 303
    stranger.refresh_from_db()
    assert stranger.answers == {}


def test_the_answers_are_one_table_with_blanks_differences_and_sums(town: Any) -> None:
    row = draft(town)
    send_commission(actor(town.miriam), row)
    pay, road = (Target.objects.get(initiative=place) for place in (town.pay, town.road))
    typed = {pay.pk: {"q3": "2.5", "q1": "2027-04-30"}, road.pk: {"q2": {"minor": 100, "currency": "CHF"}}}
    answer_commission(actor(town.lena), owed(town.lena), typed)
    with clock.at(NOW + timedelta(days=14)):
        found = results(actor(town.miriam), row)
        assert [r.initiative.code for r in found.late] == ["TRAM"]
        assert (found.answered, len(found.rows)) == (2, 3)
        assert found.sums == [[], ["CHF\u00a01", "EUR\u00a0500"], ["2.5"]]  # never added together
        assert found.rows[0].answers[0].differs
        assert found.rows[1].answers[2].is_blank
        page = browser(town.miriam).get(f"/commissions/{row.pk}/").content.decode()
        assert "blank" in page
        assert "3 days" in page
        assert "2 of 3 answered" in page
        row.refresh_from_db()
        [(_row, tally)] = tallies(actor(town.miriam), [row])
        assert (tally.asked, tally.answered, tally.late) == (3, 2, 1)
        assert "2 / 3" in browser(town.miriam).get("/commissions/").content.decode()
        sheet = load_workbook(io.BytesIO(export_answers(actor(town.miriam), row))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:7] == [
        "PAY", "Pay initiative", "30/04/2027", 500, "EUR", 2.5, "Lena Lead",
    ]  # fmt: skip


def test_a_restricted_initiative_is_left_out_for_those_who_may_not_read_it(town: Any) -> None:
    restrict(OPERATOR, town.tram, [town.olaf.party_id])
    assert "TRAM" not in [p.code for ps in choose(actor(town.miriam), draft(town)).asked.values() for p in ps]
    row = draft(town)
    restrict(OPERATOR, town.tram, [town.olaf.party_id, town.miriam.party_id])
    send_commission(actor(town.miriam), row)
    restrict(OPERATOR, town.tram, [town.olaf.party_id])
    assert "Tram" not in browser(town.miriam).get(f"/commissions/{row.pk}/").content.decode()
    assert len(results(actor(town.miriam), row).rows) == 2
    restrict(OPERATOR, town.road, [town.miriam.party_id])
    delegate(
        actor(town.lena), owed(town.lena), town.nora.party
    )  # handed on: the restriction holds for her too
    page = browser(town.nora).get(f"/commissions/answer/{owed(town.nora).pk}/").content.decode()
    assert "Pay initiative" in page
    assert "Road" not in page


def test_who_it_is_handed_to_answers_and_a_needed_blank_is_refused(town: Any) -> None:
    questions = [*QUESTIONS[:1], question(2, "Why?", "text", needed=True)]
    send_commission(actor(town.miriam), draft(town, questions=questions))
    row = owed(town.olaf)
    delegate(actor(town.olaf), row, town.nora.party)
    row.refresh_from_db()
    with pytest.raises(Invalid):
        answer_commission(actor(town.nora), row, {})
    target = Target.objects.get(initiative=town.tram)
    answer_commission(actor(town.nora), row, {target.pk: {"q2": "Because"}})
    target.refresh_from_db()
    assert (target.answered_by, target.answers["q2"]["value"]) == (town.nora, "Because")


def test_ended_nobody_is_asked_any_longer_and_it_serves_as_a_template(town: Any) -> None:
    row = draft(town)
    send_commission(actor(town.miriam), row)
    follow_up = owed(town.lena)
    assert end_commission(actor(town.miriam), row, "closed") == 2
    follow_up.refresh_from_db()
    assert follow_up.state == "withdrawn"
    with pytest.raises(Invalid):
        answer_commission(actor(town.lena), follow_up, {})
    with pytest.raises(Invalid):
        end_commission(actor(town.miriam), row, "cancelled")
    again = copy_commission(actor(town.miriam), row)
    assert (again.state, again.questions, again.due) == ("draft", row.questions, None)
    with pytest.raises(Invalid):
        send_commission(actor(town.miriam), again)  # without a date
    with pytest.raises(Conflict):
        send_commission(actor(town.miriam), draft(town), version=99)


def test_a_draft_is_written_in_the_browser(town: Any) -> None:
    miriam = browser(town.miriam)
    assert miriam.get("/commissions/new/").status_code == 200
    form = {
        "title": "Skills",
        "why": "For the plan of next year",
        "due": "2026-12-04",
        "whom": "lead",
        "initiative": "CITY",
        "asked_by": "Miriam Vogel",
        "types": ["project", "nonsense"],
        "q-0-label": "Forecast end",
        "q-0-prefill": "forecast_end",
        "q-0-kind": "text",
        "q-1-label": "How sure?",
        "q-1-kind": "choice",
        "q-1-choices": "high; low",
    }
    assert miriam.post("/commissions/new/", {**form, "q-1-choices": "high"}).status_code == 422
    assert miriam.post("/commissions/new/", {}).status_code == 422
    made = miriam.post("/commissions/new/", form)
    assert made.status_code == 303
    row = Commission.objects.get()
    assert [(one["kind"], one["choices"]) for one in row.questions] == [
        ("date", []),
        ("choice", ["high", "low"]),
    ]
    assert row.filters["types"] == ["project"]
    assert "Skills" in miriam.get(f"/commissions/{row.pk}/").content.decode()
    assert miriam.get(f"/commissions/{row.pk}/edit/").status_code == 200
    stale = miriam.post(f"/commissions/{row.pk}/edit/", {**form, "title": "Other", "version": "77"})
    assert stale.status_code == 409
    assert miriam.post(f"/commissions/{row.pk}/ask/", {"version": "nonsense"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "asked"
    assert "Skills" in miriam.get("/commissions/").content.decode()
    assert miriam.post(f"/commissions/{row.pk}/copy/").status_code == 303
    assert miriam.post(f"/commissions/{row.pk}/end/", {}).status_code == 303


def test_nobody_asks_outside_of_their_scope(town: Any) -> None:
    with pytest.raises(Denied):
        draft(town, initiative=town.other)
    with pytest.raises(Denied):
        write_commission(actor(town.lena), Change({"initiative": town.city, "title": "x"}))
    for bad in (
        question(1, "", "text"),
        question(1, "x", "nonsense"),
        question(1, "x", "choice", choices=["a"]),
        question(1, "x", "text", prefill="forecast_end"),
    ):
        with pytest.raises(Invalid):
            draft(town, questions=[bad])
    assert not Commission.objects.exists()
    assert Initiative.objects.count() == 7
