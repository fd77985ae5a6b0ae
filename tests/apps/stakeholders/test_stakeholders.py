"""Stakeholders: the map, the engagement plan, and attitudes that only named roles see, whichever way they look."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.http import QueryDict
from django.test import Client
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, posted, record

from steerco.apps.audit.selectors import Wanted, as_jsonl, page_of_events
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer, reconcile
from steerco.apps.stakeholders.models import Stakeholder
from steerco.apps.stakeholders.selectors import attitude_over_time, engagement_plan, power_map
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.imports import services
from steerco.kit.imports.exporting import export_list
from steerco.kit.permissions import Denied
from steerco.kit.registers.listing import listing
from steerco.kit.registers.register import Register, register_by_key

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = "Fears for his post"


@pytest.fixture(autouse=True)
def monday():
    with clock.at(MONDAY):
        yield


def register() -> Register:
    found = register_by_key("stakeholder")
    assert found is not None
    return found


@pytest.fixture
def town() -> Any:
    """PAY with two stakeholders, BUS with one; Petra manages PAY alone, the others have no right to attitudes."""

    class Town:
        pay, bus = initiative("PAY"), initiative("BUS")
        petra = person("Petra Manager", "project_manager", pay)
        omar = person("Omar Analyst", "pmo_analyst")
        ingo = person("Ingo Auditor", "auditor")
        vera = person("Vera Viewer")
        forum = record(
            "stakeholder",
            pay,
            "Residents' forum",
            attitude=2,
            wanted_attitude=4,
            concerns=SECRET,
            influence=4,
            interest=5,
        )
        bank = record("stakeholder", pay, "The bank", attitude=5, influence=5, interest=2)
        traders = record("stakeholder", bus, "The traders", attitude=1, concerns=f"{SECRET} too")

    register().write(OPERATOR, [Change({"attitude": 3}, pk=Town.forum.pk)], reason="After the visit")
    return Town


LOOKS = (
    "/registers/stakeholders/?cols=title,attitude,wanted_attitude,concerns",
    "/registers/stakeholders/?compare=2026-11-22&cols=title,attitude,concerns",
    "/registers/stakeholders/{pk}/",
    "/registers/stakeholders/{pk}/?as_at=2026-11-23",
    "/registers/stakeholders/{pk}/edit/",
    "/registers/stakeholders/map/",
    "/registers/stakeholders/plan/",
    "/api/v1/stakeholders/",
    "/api/v1/stakeholders/{pk}/",
    "/api/v1/stakeholders/{pk}/history/",
    "/search/?q=Fears",
)


def looked(client: Client, row: Stakeholder) -> str:
    pages = [client.get(url.format(pk=row.pk)) for url in LOOKS]
    return "\n".join(page.content.decode() for page in pages)


@pytest.mark.parametrize("who", ["omar", "vera", "ingo"])
def test_nobody_without_the_right_sees_what_they_think_anywhere(town: Any, who: str) -> None:
    client = browser(getattr(town, who))
    text = looked(client, town.forum)
    for secret in (SECRET, "sceptical", "After the visit", ">neutral", "supportive<", "Attitude over time"):
        assert secret not in text, secret
    seen = client.get("/api/v1/stakeholders/").json()["results"]
    assert {(row["attitude"], row["wanted_attitude"], row["concerns"]) for row in seen} == {(None, None, "")}


def test_who_has_the_right_sees_it_there_and_nowhere_else(town: Any) -> None:
    client = browser(town.petra)
    text = looked(client, town.forum)
    for told in (SECRET, "neutral", "supportive", "After the visit", "Attitude over time"):
        assert told in text, told
    assert f"{SECRET} too" not in text
    assert f"{SECRET} too" not in looked(client, town.traders)
    rows = {row["title"]: row["attitude"] for row in client.get("/api/v1/stakeholders/").json()["results"]}
    assert rows == {"Residents' forum": 3, "The bank": 5, "The traders": None}


@pytest.mark.parametrize(
    "asked", ["attitude=1", "sort=attitude", "sort=-attitude", "by=attitude", "attitude=5&q=bank"]
)
def test_filter_sort_and_group_tell_nothing(town: Any, asked: str) -> None:
    """Without the right they do nothing; with it somewhere, rows from elsewhere are left out."""
    for who in (town.omar, town.vera):
        plain = listing(
            register(), actor(who), QueryDict(asked.replace("attitude=1", "").replace("attitude=5", ""))
        )
        found = listing(register(), actor(who), QueryDict(asked))
        assert [r.row.pk for r in found.rows] == [r.row.pk for r in plain.rows]
        assert found.group_by == ""
    some = {r.row.title for r in listing(register(), actor(town.petra), QueryDict(asked)).rows}
    assert "The traders" not in some
    everything = {r.row.title for r in listing(register(), OPERATOR, QueryDict(asked)).rows}
    assert everything >= some


def test_exports_leave_it_out_or_empty(town: Any) -> None:
    def sheet(who: Any) -> dict[str, list[Any]]:
        file = export_list(register(), actor(who), QueryDict(""), "xlsx", everything=True)
        rows = list(
            openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0].iter_rows(values_only=True)
        )
        head = next(i for i, row in enumerate(rows) if "Name" in row)
        return {str(name): [row[i] for row in rows[head + 1 :]] for i, name in enumerate(rows[head]) if name}

    assert not [name for name in sheet(town.omar) if "ttitude" in name or "oncerns" in name]
    table = dict(zip(sheet(town.petra)["Name"], sheet(town.petra)["Concerns"], strict=True))
    assert table["Residents' forum"] == SECRET
    assert not table["The traders"]


def test_nobody_without_the_right_writes_it(town: Any) -> None:
    with pytest.raises(Denied):
        register().write(actor(town.omar), [Change({"attitude": 1}, pk=town.forum.pk)])
    with pytest.raises(Denied):
        register().write(
            actor(town.omar), [Change({"title": "New", "initiative": town.pay, "concerns": "None"})]
        )
    client = browser(town.omar)
    url = f"/api/v1/stakeholders/{town.forum.pk}/"
    answered = client.patch(url, {"attitude": 1, "version": 2}, content_type="application/json")
    assert answered.status_code == 422
    assert client.get(f"/registers/stakeholders/{town.forum.pk}/cell/attitude/").status_code == 404
    posted(
        client,
        f"/registers/stakeholders/{town.forum.pk}/edit/",
        {"title": "The forum", "initiative": "PAY", "state": "active", "version": "2", "attitude": "5"},
    )
    town.forum.refresh_from_db()
    assert (town.forum.title, town.forum.attitude, town.forum.concerns) == ("The forum", 3, SECRET)


def test_an_import_neither_writes_nor_tells_it(town: Any) -> None:
    text = "Name,Project,Attitude,Influence\nThe bank,PAY,1,3\n"
    run = services.stage(actor(town.omar), register(), [services.Upload("s.csv", text.encode())])
    report = services.check(actor(town.omar), run)
    assert [item["header"] for item in report["unmapped"]] == ["Attitude"]
    assert services.apply(actor(town.omar), run, report["fingerprint"])
    town.bank.refresh_from_db()
    assert (town.bank.attitude, town.bank.influence) == (5, 3)


def test_the_journal_withholds_it_and_still_proves_itself(town: Any) -> None:
    auditor = actor(town.ingo)
    lines, _more = page_of_events(auditor, Wanted(kind="stakeholder"), None, 50)
    told = str([line.changes for line in lines])
    assert SECRET not in told
    assert "attitude" not in told
    exported = "".join(as_jsonl(auditor, Wanted(kind="stakeholder")))
    assert SECRET not in exported
    assert '"withheld": true' in exported


def test_bulk_edit_counts_only_rows_where_the_right_is_held(town: Any) -> None:
    both = person("Bo Both", "project_manager", town.pay)
    owned = record("stakeholder", town.bus, "Mine to edit", owner=both.party, attitude=2)
    form = {"field": "attitude", "attitude": "2", "apply": "1", "everything": "1", "query": "group=all"}
    page = browser(both).post("/registers/stakeholders/bulk/", form).content.decode()
    assert "Mine to edit" not in page
    browser(both).post("/registers/stakeholders/bulk/", {**form, "confirm": "1", "attitude": "4"})
    owned.refresh_from_db()
    town.bank.refresh_from_db()
    assert (owned.attitude, town.bank.attitude) == (2, 4)


def test_attitudes_over_time_are_told_with_who_and_why(town: Any) -> None:
    turns = attitude_over_time(actor(town.petra), town.forum)
    assert [(turn.before, turn.after, turn.is_better, turn.reason) for turn in turns] == [
        ("sceptical", "neutral", True, "After the visit"),
        ("", "sceptical", None, ""),
    ]
    assert attitude_over_time(actor(town.omar), town.forum) == []


def test_the_map_places_everybody_by_influence_and_interest(town: Any) -> None:
    found = power_map(actor(town.omar), QueryDict("in=PAY"))
    placed = {
        (power, step): [r.title for r in rows] for power, cells in found.rows for step, rows in cells if rows
    }
    assert placed == {(4, 5): ["Residents' forum"], (5, 2): ["The bank"]}
    assert [row.title for row in power_map(actor(town.omar), QueryDict("")).unplaced] == ["The traders"]
    page = browser(town.omar).get("/registers/stakeholders/?cols=title,strategy").content.decode()
    assert "manage closely" in page
    assert "keep satisfied" in page


def test_a_contact_sets_the_next_one_and_the_plan_shows_who_is_due(town: Any) -> None:
    today = clock.today()
    write = register().write
    row = write(OPERATOR, [Change({"frequency": "monthly", "last_contact": today}, pk=town.bank.pk)])[0]
    assert row.next_contact == today + timedelta(days=30)
    write(OPERATOR, [Change({"last_contact": today - timedelta(days=1), "next_contact": today}, pk=row.pk)])
    write(OPERATOR, [Change({"next_contact": today - timedelta(days=3)}, pk=town.forum.pk)])
    plan = engagement_plan(actor(town.petra), QueryDict("in=PAY"))
    assert {part.key: [r.title for r in part.rows] for part in plan.parts} == {
        "overdue": ["Residents' forum"],
        "soon": ["The bank"],
    }
    assert plan.overdue == 1


def test_whoever_looks_after_them_is_asked_and_says_when_they_spoke(town: Any) -> None:
    values = {"owner": town.petra.party, "frequency": "weekly", "next_contact": clock.today()}
    register().write(OPERATOR, [Change(values, pk=town.forum.pk)])
    reconcile(clock.today())
    asked = FollowUp.objects.get(kind="stakeholder.contact")
    assert SECRET not in asked.question
    answer(actor(town.petra), asked, "met")
    town.forum.refresh_from_db()
    assert (town.forum.last_contact, town.forum.next_contact) == (date(2026, 11, 23), date(2026, 11, 30))


def test_no_heading_stands_above_what_is_withheld(town: Any) -> None:
    url = f"/registers/stakeholders/{town.forum.pk}/"
    for page in (url, f"{url}edit/"):
        assert "What they think" in browser(town.petra).get(page).content.decode()
        assert "What they think" not in browser(town.omar).get(page).content.decode()
