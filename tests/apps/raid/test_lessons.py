"""Lessons come to where they help: suggested with their reason, used in one click, counted, and hidden as they are."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, posted, record

from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.initiatives.services import restrict
from steerco.apps.links.models import Relation
from steerco.apps.organisation.services import define_field
from steerco.apps.people.services import write_people
from steerco.apps.raid.models import Lesson, LessonLook, LessonUse, Risk
from steerco.apps.raid.reuse import Quarter, answer_lesson, quarters
from steerco.apps.raid.suggesting import about, advice, look_for_suggestions, suggestions
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.registers.register import register_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
TUNNEL = "Survey the ground water before the tunnel is priced"


@pytest.fixture
def town() -> Any:
    class Town:
        old = initiative("OLD", type="programme", category="Rail", status="closed")
        tram = initiative("TRAM", category="Rail")
        petra = person("Petra Manager", "project_manager", tram)
        vera = person("Vera Viewer", "viewer", tram)
        office = person("Olga Office", "pmo_manager")
        tunnel = record("lesson", old, TUNNEL, recommendation="Bore first.", category="planning")
        bank = record(
            "lesson", old, "Name every refund", supplier="Huber & Partners GmbH", category="suppliers"
        )
        other = record("lesson", old, "Ask the caretakers early", keywords="schools")
        risk = record("risk", tram, "Ground water in the tunnel", cause="No survey")

    for reader in (Town.petra, Town.vera):
        appointed(reader, Town.old)
    return Town


def appointed(who: Any, where: Any) -> None:
    """Let somebody read an initiative."""
    appoint(OPERATOR, create_post(OPERATOR, where, "viewer", f"Reader {who.pk}"), who)


def told(who: Any, row: Any) -> list[tuple[str, list[str]]]:
    """What is suggested at a row, with the reasons."""
    found = advice(actor(who), row)
    return [(one.lesson.title, one.reasons) for one in found.suggested] if found else []


def page_of(row: Any) -> str:
    return f"/registers/{register_of(row.register_key).slug}/{row.pk}/"


def test_a_risk_is_told_the_lesson_with_its_words_and_why(town: Any) -> None:
    [(title, reasons)] = told(town.petra, town.risk)
    assert title == TUNNEL
    assert reasons[0] == "words: Ground, water, tunnel, survey"
    assert "also from: Rail" in reasons
    page = browser(town.vera).get(page_of(town.risk)).content.decode()
    assert TUNNEL in page
    assert "words: Ground, water, tunnel, survey" in page
    assert "Useful here" not in page
    assert "Useful here" in browser(town.petra).get(page_of(town.risk)).content.decode()


def test_the_same_supplier_is_a_reason_without_any_word(town: Any) -> None:
    huber = write_people(OPERATOR, [Change({"name": "Hans Huber", "organisation": "Huber + Partners"})])[0]
    row = record("risk", town.tram, "Late delivery", owner=huber.party, category="commercial")
    [(title, reasons), *_] = told(town.petra, row)
    assert title == "Name every refund"
    assert reasons[0] == "same supplier: Huber & Partners GmbH"
    assert "same category: suppliers and contracts" in reasons
    assert told(town.petra, record("risk", town.tram, "Late delivery")) == []


def test_a_supplier_in_a_field_of_the_organisation_counts(town: Any) -> None:
    define_field(OPERATOR, "risk", {"key": "vendor", "label": "Vendor", "kind": "text"})
    row = record("risk", town.tram, "Late delivery", custom={"vendor": "Huber & Partners"})
    assert [reasons[0] for _title, reasons in told(town.petra, row)] == [
        "same supplier: Huber & Partners GmbH"
    ]


def test_a_gate_and_a_young_initiative_are_told_and_an_old_one_is_not(town: Any) -> None:
    gate = record("milestone", town.tram, "Gate 2: tunnel and ground water", tier="gate")
    board = record("milestone", town.tram, "Board: tunnel and ground water", tier="board")
    assert [title for title, _why in told(town.petra, gate)] == [TUNNEL]
    assert told(town.petra, board) == []
    assert TUNNEL in browser(town.petra).get(page_of(gate)).content.decode()
    new = initiative("METRO", summary="A tunnel below the river, in ground water.", status="approved")
    assert told(town.office, new)[0][0] == TUNNEL
    assert TUNNEL in browser(town.office).get("/portfolio/METRO/").content.decode()
    began = clock.today() - timedelta(days=200)
    type(new).objects.filter(pk=new.pk).update(
        status="delivering", planned_start=began, created_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    new.refresh_from_db()
    assert told(town.office, new) == []


def test_useful_here_relates_counts_and_says_who_when_and_where(town: Any) -> None:
    client = browser(town.petra)
    url = f"/registers/lessons/{town.tunnel.pk}/at/{town.risk.entry_id}/useful/"
    page = posted(client, url, {})
    assert "Used here" in page
    relation = Relation.objects.get()
    assert (relation.source_id, relation.target_id, relation.kind) == (
        town.tunnel.entry_id,
        town.risk.entry_id,
        "used_in",
    )
    assert told(town.petra, town.risk) == []
    lesson = client.get(page_of(town.tunnel)).content.decode()
    assert "Used at 1 record." in lesson
    assert "Ground water in the tunnel" in lesson
    assert "Petra Manager" in lesson
    posted(client, url, {})
    assert LessonUse.objects.count() == 1
    listed = client.get("/registers/lessons/?sort=-reused&cols=title,reused").content.decode()
    assert listed.index(TUNNEL) < listed.index("Ask the caretakers early")
    [first, *_] = client.get("/api/v1/lessons/?sort=-reused").json()["results"]
    assert (first["title"], first["reused"]) == (TUNNEL, "1")
    posted(client, url.replace("useful", "undo"), {})
    assert not Relation.objects.exists()
    assert [title for title, _why in told(town.petra, town.risk)] == [TUNNEL]


def test_a_relation_taken_away_by_hand_is_no_use_any_more(town: Any) -> None:
    answer_lesson(actor(town.petra), town.tunnel, town.risk.entry, "useful")
    relation = Relation.objects.get()
    posted(browser(town.petra), f"/entries/{town.risk.entry_id}/relations/{relation.pk}/remove/", {})
    assert [title for title, _why in told(town.petra, town.risk)] == [TUNNEL]
    assert "Not used anywhere yet" in browser(town.petra).get(page_of(town.tunnel)).content.decode()


def test_not_here_is_for_everybody_and_can_be_taken_back(town: Any) -> None:
    client = browser(town.petra)
    url = f"/registers/lessons/{town.tunnel.pk}/at/{town.risk.entry_id}/not-here/"
    fragment = client.post(url, headers={"HX-Request": "true"})
    assert fragment.status_code == 200
    assert "1 lesson is not suggested here any more" in fragment.content.decode()
    assert told(town.vera, town.risk) == []
    assert told(town.petra, record("risk", town.tram, "Ground water in the other tunnel")) != []
    posted(client, url.replace("not-here", "undo"), {})
    assert [title for title, _why in told(town.vera, town.risk)] == [TUNNEL]


def test_only_who_may_change_the_record_answers(town: Any) -> None:
    url = f"/registers/lessons/{town.tunnel.pk}/at/{town.risk.entry_id}/useful/"
    assert browser(town.vera).post(url).status_code == 403
    assert browser(person("Nobody Here", staff=False)).post(url).status_code == 404
    assert browser(town.petra).post(url.replace("useful", "perhaps")).status_code == 404
    assert browser(town.petra).post(url.replace(f"/{town.risk.entry_id}/", "/999999/")).status_code == 404
    assert not LessonUse.objects.exists()


def test_hidden_lessons_are_not_suggested_and_hidden_uses_not_counted(town: Any) -> None:
    shut = initiative("SHUT")
    secret = record("risk", shut, "Ground water in the secret tunnel")
    answer_lesson(OPERATOR, town.tunnel, secret.entry, "useful")
    restrict(OPERATOR, shut, [person("Ned Named", staff=False).party_id])
    assert "Not used anywhere yet" in browser(town.petra).get(page_of(town.tunnel)).content.decode()
    found = register_of("lesson").rows(actor(town.petra)).get(pk=town.tunnel.pk)
    assert found.reused == 0
    assert register_of("lesson").rows(OPERATOR).get(pk=town.tunnel.pk).reused == 1
    assert quarters(actor(town.petra), register_of("lesson").rows(actor(town.petra))) == []
    restrict(OPERATOR, town.tunnel, [town.office.party_id])
    assert told(town.petra, town.risk) == []
    assert TUNNEL not in browser(town.petra).get(page_of(town.risk)).content.decode()


def test_the_form_is_told_as_it_is_typed(town: Any) -> None:
    client = browser(town.petra)
    assert "lessons-typed" in client.get("/registers/risks/new/?in=TRAM").content.decode()
    typed = {"lessons_for": "risk", "title": "Tunnel", "cause": "ground water", "initiative": "TRAM"}
    answer = client.post("/registers/lessons/typed/", typed, headers={"HX-Request": "true"}).content.decode()
    assert TUNNEL in answer
    assert "words: Tunnel, ground, water" in answer
    assert "<html" not in answer
    for wrong in ({"initiative": "NOWHERE"}, {"owner": "N. N."}, {"category": "nonsense"}):
        assert TUNNEL in client.post("/registers/lessons/typed/", {**typed, **wrong}).content.decode()
    nothing = client.post("/registers/lessons/typed/", {**typed, "title": "Asbestos", "cause": ""})
    assert "No lesson fits" in nothing.content.decode()
    assert client.post("/registers/lessons/typed/", {"lessons_for": "nonsense"}).status_code == 404
    assert browser(town.vera).post("/registers/lessons/typed/", typed).status_code == 403
    new = {"lessons_for": "initiative", "name": "Metro", "summary": "A tunnel in ground water", "type": "x"}
    assert TUNNEL in browser(town.office).post("/registers/lessons/typed/", new).content.decode()


def test_one_word_alone_is_no_reason_and_counts_with_the_category(town: Any) -> None:
    plain = initiative("ROAD")
    appointed(town.petra, plain)
    record("lesson", town.old, "Order rails early", event="The survey was late.", category="planning")
    assert told(town.petra, record("risk", plain, "Rails are stolen")) == []
    [(title, reasons)] = told(town.petra, record("risk", plain, "Rails are stolen", category="delivery"))
    assert title == "Order rails early"
    assert reasons == ["words: Rails", "same category: planning and estimating"]
    assert told(town.petra, record("risk", plain, "Late trams", category="delivery")) == []  # only mentioned


def test_a_word_that_another_one_begins_with_is_not_the_same(town: Any) -> None:
    plain = initiative("CARE")
    appointed(town.petra, plain)
    assert told(town.petra, record("risk", plain, "Care at school hours", category="stakeholders")) == []


def test_order_is_the_same_every_time_and_of_equals_the_newer_is_first(town: Any) -> None:
    twins = [record("lesson", town.old, f"Crane falls into the dock {n}") for n in range(8)]
    row = record("risk", town.tram, "The crane falls into a dock")
    first = told(town.petra, row)
    assert [title for title, _why in first] == [row.title for row in reversed(twins)][:5]
    assert told(town.petra, row) == first


def test_the_number_of_queries_does_not_grow_with_the_lessons(town: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert suggestions(actor(town.petra), what)
        return len(captured)

    what = about(actor(town.petra), town.risk)
    assert what is not None
    few = queries()
    for number in range(30):
        record("lesson", town.old, f"Ground water in tunnel {number}")
    assert queries() == few


def test_figures_by_quarter_say_what_became_of_suggestions(town: Any) -> None:
    with clock.at(datetime(2026, 2, 3, 9, tzinfo=UTC)):
        assert look_for_suggestions(OPERATOR) == {"looked": 3, "suggested": 4}
        assert look_for_suggestions(OPERATOR) == {"looked": 0, "suggested": 0}
        assert LessonLook.objects.get().position == town.risk.entry_id
    with clock.at(datetime(2026, 5, 5, 9, tzinfo=UTC)):
        answer_lesson(actor(town.petra), town.tunnel, town.risk.entry, "useful")
        answer_lesson(actor(town.petra), town.other, town.risk.entry, "not-here")
        rows = register_of("lesson").rows(OPERATOR)
        assert quarters(OPERATOR, rows) == [Quarter(2026, 2, 1, 0, 1), Quarter(2026, 1, 4, 1, 0)]
        assert quarters(OPERATOR, rows)[1].percent == 25
        assert "1/2026" in browser(town.office).get("/registers/lessons/").content.decode()
    with clock.at(datetime(2029, 5, 5, 9, tzinfo=UTC)):
        assert quarters(OPERATOR, rows) == []
    assert LessonUse.objects.get(lesson=town.tunnel, entry=town.risk.entry).suggested_on == date(2026, 2, 3)


def test_closed_and_deleted_records_are_told_nothing(town: Any) -> None:
    Risk.objects.filter(pk=town.risk.pk).update(state="closed", state_group="done")
    town.risk.refresh_from_db()
    assert told(town.petra, town.risk) == []
    Lesson.objects.filter(pk=town.tunnel.pk).update(state="dropped", state_group="done")
    assert told(town.petra, record("risk", town.tram, "Ground water in the tunnel")) == []


def test_lessons_are_compared_sorted_and_searched_with_their_uses(town: Any) -> None:
    answer_lesson(actor(town.petra), town.tunnel, town.risk.entry, "useful")
    today = clock.today()
    with clock.at(clock.now() + timedelta(days=2)):
        register_of("lesson").write(OPERATOR, [Change({"keywords": "bore"}, pk=town.tunnel.pk)])
        client = browser(town.office)
        shown = "group=all&cols=title,reused,keywords"
        compared = client.get(f"/registers/lessons/?compare={today}&{shown}").content.decode()
        assert "<ins>bore</ins>" in compared
        assert "<ins>1</ins>" not in compared  # nobody kept how often it was used then
        for query in ("by=category&sort=reused", "sort=-reused&q=tunnel", "in=OLD&size=50"):
            page = client.get(f"/registers/lessons/?{query}&{shown}")
            assert page.status_code == 200
            assert TUNNEL in page.content.decode()
