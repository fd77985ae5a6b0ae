"""The office's queue and figures: the order, what is done in place, every number with exactly its rows."""

import re
from datetime import date, time, timedelta
from html import unescape
from typing import Any

import pytest
from tests.apps.office.conftest import MONDAY
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, posted

from steerco.apps.initiatives.models import Holding
from steerco.apps.initiatives.posts import create_post
from steerco.apps.initiatives.services import restrict
from steerco.apps.office.contacts import contact_of, set_contact
from steerco.apps.office.models import SupportRequest
from steerco.apps.office.selectors import figures, months_until, queue, queue_counts
from steerco.apps.office.services import answer_request, book_time, take_request, write_requests
from steerco.apps.office.settings import set_office
from steerco.apps.people.services import write_people
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.imports.models import ImportRun
from steerco.kit.permissions import Denied

DAY = timedelta(days=1)


def request(town: Any, title: str, **values: Any) -> SupportRequest:
    start = {"initiative": town.pay, "title": title, "asked_by": town.omar.party}
    return write_requests(OPERATOR, [Change({**start, **values})])[0]


def count_in_list(client: Any, url: str) -> int:
    """How many rows the list at `url` shows."""
    answer = client.get(unescape(url))
    assert answer.status_code == 200, url
    return len(re.findall(r"<tr[^>]*data-sc-row", answer.content.decode()))


def test_what_nobody_looks_after_comes_first_then_what_is_owed_next(town: Any) -> None:
    request(town, "Later", owner=town.grace.party, wanted_by=date(2026, 12, 20))
    late = request(town, "Late", owner=town.grace.party, category=town.access)
    request(town, "Nobody", wanted_by=date(2026, 12, 30))
    request(town, "Sooner", owner=town.grace.party, wanted_by=date(2026, 11, 24))
    waiting = request(town, "Waits", owner=town.grace.party)
    answer_request(actor(town.grace), waiting, "Which?", "waiting")
    with clock.at(MONDAY + timedelta(hours=5)):
        assert [row.title for row in queue(actor(town.grace))] == [
            "Nobody",
            "Late",
            "Sooner",
            "Later",
            "Waits",
        ]
        assert queue_counts(actor(town.grace)) == {
            "all": 5,
            "unassigned": 1,
            "late": 1,
            "near": 0,
            "waiting": 1,
            "mine": 4,
        }
        page = browser(town.grace).get("/office/queue/?show=late").content.decode()
        assert "overdue" in page
        assert late.title in page
        assert "Sooner" not in page
    with clock.at(MONDAY + timedelta(hours=2)):
        assert queue_counts(actor(town.grace))["near"] == 1
    assert browser(town.grace).get("/office/queue/?show=nonsense").status_code == 404
    assert browser(town.omar).get("/office/queue/").status_code == 403
    assert browser(town.omar).get("/office/figures/").status_code == 403


def test_take_assign_and_answer_in_place(town: Any) -> None:
    row = request(town, "A desk")
    grace, url = browser(town.grace), f"/office/requests/{row.pk}/act/"
    assert "You look after Q-1 now." in posted(grace, url, {"what": "take", "version": str(row.version)})
    row.refresh_from_db()
    assert row.owner == town.grace.party
    assert "Somebody was faster" in posted(browser(town.miriam), url, {"what": "take", "version": "1"}), (
        "two who take it at once do not both have it"
    )
    row.refresh_from_db()
    assert row.owner == town.grace.party
    assert "Given to Miriam Vogel." in posted(grace, url, {"what": "give", "to": "Miriam Vogel"})
    assert "is not known" in posted(grace, url, {"what": "give", "to": "Nobody At All"})
    answered = {"what": "answer", "text": "Second floor", "then": "done", "minutes": "20"}
    page = posted(grace, f"{url}?show=mine", answered)
    assert "Answered; whoever asked is told." in page
    row.refresh_from_db()
    assert (row.state, row.outcome, row.minutes) == ("done", "Second floor", 20)
    assert "Write some words." in posted(grace, url, {"what": "answer", "text": ""})
    assert grace.post(url, {"what": "nonsense"}).status_code == 404
    assert browser(town.omar).post(url, {"what": "take"}).status_code == 403
    with pytest.raises(Denied):
        take_request(actor(town.omar), row)


def test_a_wrong_number_of_minutes_leaves_the_answer_unsent(town: Any) -> None:
    row = request(town, "A desk")
    url = f"/office/requests/{row.pk}/act/"
    wrong = {"what": "answer", "text": "Second floor", "then": "done", "minutes": "2000"}
    assert "Minutes are a number" in posted(browser(town.grace), url, wrong)
    row.refresh_from_db()
    assert row.state == "new"


def test_the_office_of_a_place_sees_that_place(town: Any) -> None:
    elsewhere = initiative("ROAD", town.city)
    request(town, "Of Pay")
    request(town, "Of Road", initiative=elsewhere)
    local = person("Lena Local", "pmo_administrator", town.pay)
    assert [row.title for row in queue(actor(local))] == ["Of Pay"]
    page = browser(town.miriam).get("/office/queue/?in=ROAD").content.decode()
    assert "Of Road" in page
    assert "Of Pay" not in page
    assert "Of Pay" in browser(local).get("/").content.decode()
    hygiene = browser(local).get("/hygiene/").content.decode()
    assert "Requests to the office" in hygiene
    assert "Of Pay" in hygiene
    assert "Of Road" not in hygiene


def test_imports_with_open_conflicts_stand_in_their_owners_queue(town: Any) -> None:
    def run(batch: str, conflicts: int, owner: Any, state: str = "staged") -> None:
        ImportRun.objects.create(
            register="risk",
            owner=owner.user,
            owner_label=owner.name,
            batch=batch,
            state=state,
            created_at=clock.now(),
            report={"counts": {"conflicts": conflicts}},
        )

    run("a", 3, town.grace)
    run("b", 0, town.grace)
    run("c", 7, town.miriam)
    run("d", 9, town.grace, "applied")
    for url in ("/office/queue/", "/hygiene/"):
        page = browser(town.grace).get(url).content.decode()
        assert re.findall(r"<strong>(\d+)</strong> conflicts to settle", page) == ["3"], url


def test_every_number_of_the_figures_opens_exactly_its_rows(town: Any) -> None:
    for number in range(3):
        row = request(town, f"Key {number}", category=town.access)
        book_time(actor(town.grace), row, 10 * (number + 1), clock.today())
        with clock.at(MONDAY + number * 2 * DAY):
            answer_request(actor(town.grace), row, "Here", "done")
    request(town, "Old", asked_on=date(2026, 9, 10), category=town.other)
    request(town, "Loose")
    request(town, "Far back", asked_on=date(2024, 9, 10))
    found = figures(actor(town.grace))
    assert found.total is not None
    assert [(str(one.label), one.total.count, one.total.minutes) for one in found.loads] == [
        ("Access", 3, 60),
        ("Other", 1, 0),
        ("without a category", 1, 0),
    ]
    access = found.loads[0]
    assert (access.kept.count, access.late.count, access.percent) == (2, 1, 66)
    assert (access.answer_kept.count, access.answer_late.count, access.answer_percent) == (1, 2, 33)
    assert (found.total.total.count, found.total.total.minutes) == (5, 60)
    grace = browser(town.grace)
    for load in (*found.loads, found.total):
        cells = (*load.months, load.total, load.kept, load.late, load.answer_kept, load.answer_late)
        for cell in cells:
            if cell.count:
                assert count_in_list(grace, cell.url) == cell.count, cell.url
    page = grace.get("/office/figures/").content.decode()
    urls = re.findall(r'href="(/registers/requests/\?[^"]+)">(?:<strong>)?(\d+)', page)
    assert len(urls) > 10
    assert months_until(date(2026, 2, 1), 3) == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]


def test_units_are_told_of_only_where_five_ask(town: Any) -> None:
    people = [person(f"P{n} Works") for n in range(4)]
    write_people(OPERATOR, [Change({"unit": town.unit}, pk=p.pk) for p in people])
    for one in people:
        one.refresh_from_db()
        request(town, "Help", asked_by=one.party)
    found = figures(actor(town.grace))
    assert (found.units, found.hidden_units) == ([], 1)
    request(town, "Help", asked_by=town.omar.party)
    found = figures(actor(town.grace))
    [(name, cell)] = found.units
    assert (name, cell.count) == ("Works", 5)
    assert count_in_list(browser(town.grace), cell.url) == 5
    assert (
        "Only units with five askers or more" in browser(town.grace).get("/office/figures/").content.decode()
    )


def test_figures_hold_only_what_the_reader_sees(town: Any) -> None:
    hidden = initiative("HID", town.city)
    request(town, "Secret", initiative=hidden)
    restrict(OPERATOR, hidden, [town.miriam.party_id])
    assert figures(actor(town.grace)).loads == []
    assert figures(actor(town.miriam)).loads[0].total.count == 1
    assert browser(town.grace).get("/office/figures/?in=HID").status_code == 404


def test_the_contact_comes_from_above_and_falls_to_the_office(town: Any) -> None:
    assert contact_of(town.pay).people == []
    assert "The office" in browser(town.omar).get("/portfolio/PAY/").content.decode()
    set_office(
        actor(town.miriam),
        place=None,
        party=town.miriam.party,
        opens=time(8),
        closes=time(16),
    )
    post = create_post(OPERATOR, town.city, "pmo_analyst", "Desk")
    set_contact(actor(town.miriam), town.city, post.party)
    named = contact_of(town.pay)
    assert ([p.name for p in named.people], named.is_vacant) == (["Miriam Vogel"], True)
    Holding.objects.create(
        post=post, person=town.grace, version=1, created_at=clock.now(), changed_at=clock.now()
    )
    named = contact_of(town.pay)
    assert ([p.name for p in named.people], named.post, named.is_own) == (["Grace Lim"], "Desk", False)
    page = browser(town.omar).get("/portfolio/PAY/").content.decode()
    assert "Grace Lim" in page
    assert 'href="/office/ask/?in=PAY"' in page
    posted(browser(town.grace), "/office/contact/PAY/", {"party": "Omar Asker"})
    assert contact_of(town.pay).people == [town.omar]
    posted(browser(town.grace), "/office/contact/PAY/", {"party": ""})
    assert [p.name for p in contact_of(town.pay).people] == ["Grace Lim"]
    assert browser(town.omar).get("/office/contact/PAY/").status_code == 403
    assert browser(town.omar).post("/office/contact/PAY/", {"party": "Omar Asker"}).status_code == 403
