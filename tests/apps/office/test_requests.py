"""Asking the office: who may, what is promised, how the clock stands still, who is asked and told, what it took."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.office.conftest import MONDAY
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, posted

from steerco.apps.followups.chasing import chase
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer, reconcile
from steerco.apps.initiatives.services import restrict
from steerco.apps.links.models import Attachment, Comment
from steerco.apps.notices.services import deliver
from steerco.apps.office.models import SupportRequest
from steerco.apps.office.registers import REQUESTS
from steerco.apps.office.selectors import figures, own_requests, queue
from steerco.apps.office.services import (
    answer_request,
    ask_office,
    book_time,
    drop_time,
    say_as_asker,
    withdraw_as_asker,
    write_categories,
    write_requests,
)
from steerco.apps.office.settings import office_place, set_office
from steerco.apps.people.models import Party
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.journal import outbox
from steerco.kit.permissions import Denied

DAY = timedelta(days=1)


def asked(town: Any, **values: Any) -> SupportRequest:
    return ask_office(actor(town.omar), {"title": "A key", "category": town.access, **values}, place=town.pay)


def moved(row: SupportRequest, who: Any, **values: Any) -> SupportRequest:
    return write_requests(actor(who), [Change(values, pk=row.pk)])[0]


def test_whoever_sees_a_place_may_ask_about_it_though_they_may_write_nothing(town: Any) -> None:
    row = asked(town, wanted_by=date(2026, 11, 30))
    assert (row.initiative, row.asked_by, row.unit, row.state) == (
        *(town.pay, town.omar.party, town.unit),
        "new",
    )
    assert row.owner == town.post.party, "the category's post looks after it"
    assert row.asked_at == MONDAY
    assert row.answer_due == MONDAY + timedelta(hours=4)
    assert row.done_due == MONDAY + 2 * DAY
    assert (row.next_due, row.due_on) == (row.answer_due, MONDAY.date())
    with pytest.raises(Denied):
        write_requests(actor(town.omar), [Change({"title": "Another key"}, pk=row.pk)])


def test_what_is_hidden_can_neither_be_asked_about_nor_read(town: Any) -> None:
    hidden = initiative("HID", town.city)
    restrict(OPERATOR, hidden, [town.miriam.party_id])
    hidden.refresh_from_db()
    with pytest.raises(Denied):
        ask_office(actor(town.omar), {"title": "Tell me"}, place=hidden)
    row = ask_office(actor(town.miriam), {"title": "A secret desk"}, place=hidden)
    assert row.restricted_by_id == hidden.restricted_by_id
    assert "A secret desk" not in browser(town.grace).get("/office/queue/").content.decode()
    assert browser(town.grace).get(f"/registers/requests/{row.pk}/").status_code == 404
    assert row in own_requests(actor(town.miriam))
    assert row in queue(actor(town.miriam))


def test_what_one_asked_is_hidden_when_the_place_is(town: Any) -> None:
    row = asked(town)
    assert browser(town.omar).get(f"/office/mine/{row.pk}/").status_code == 200
    restrict(OPERATOR, town.pay, [town.miriam.party_id])
    assert browser(town.omar).get(f"/office/mine/{row.pk}/").status_code == 404
    assert not own_requests(actor(town.omar)).exists()


def test_in_general_one_asks_at_the_place_that_was_chosen(town: Any) -> None:
    vera = person("Vera Supply", staff=False)
    row = ask_office(actor(vera), {"title": "A badge"})
    assert row.initiative == town.city, "the only top of the tree"
    initiative("SECOND", type="portfolio")
    assert office_place() is None
    with pytest.raises(Invalid):
        ask_office(actor(vera), {"title": "A badge"})
    page = browser(vera).post("/office/ask/", {"title": "A badge"})
    assert page.status_code == 422
    assert "Say for which initiative" in page.content.decode()
    set_office(actor(town.miriam), place=town.pay, party=None, opens=time(8), closes=time(16))
    row = ask_office(actor(vera), {"title": "A badge"})
    assert row.initiative == town.pay
    shown = browser(vera).get(f"/office/mine/{row.pk}/").content.decode()
    assert "Pay initiative" not in shown, (
        "somebody outside does not learn where the office keeps its requests"
    )
    assert "The office" in shown


def test_the_form_takes_a_file_and_says_what_is_wrong(town: Any) -> None:
    omar = browser(town.omar)
    form = omar.get("/office/ask/?in=PAY").content.decode()
    assert 'value="PAY · Pay initiative"' in form
    bad = omar.post("/office/ask/?in=PAY", {"title": "", "wanted_by": "2026-11-01", "place": "NOWHERE"})
    assert bad.status_code == 422
    for words in ("That day is past", "“NOWHERE” is not known"):
        assert words in bad.content.decode()
    program = {"title": "Run it", "place": "PAY", "files": SimpleUploadedFile("run.exe", b"MZ...")}
    assert "is a program" in omar.post("/office/ask/", program).content.decode()
    assert not SupportRequest.objects.exists(), "nothing of a refused form stays"
    good = {
        "title": "A key",
        "place": "PAY",
        "category": town.access.pk,
        "files": SimpleUploadedFile("plan.txt", b"Second floor"),
    }
    page = posted(omar, "/office/ask/?in=PAY", good)
    assert "The office has it: Q-1." in page
    row = SupportRequest.objects.get()
    assert Attachment.objects.get(entry=row.entry_id).name == "plan.txt"
    assert "A key" in omar.get("/office/mine/").content.decode()
    assert omar.get("/office/ask/?in=NOWHERE").status_code == 404


def test_the_clock_stands_still_while_it_waits_for_the_asker(town: Any) -> None:
    row = asked(town)
    with clock.at(MONDAY + timedelta(hours=1)):
        row = answer_request(actor(town.grace), row, "Which door?", "waiting")
    assert (row.state, row.question, row.due_on, row.next_due) == ("waiting", "Which door?", None, None)
    assert row.answer_kept == "yes"
    with clock.at(MONDAY + DAY + timedelta(hours=1)):
        say_as_asker(actor(town.omar), row, "The blue one")
    row.refresh_from_db()
    assert (row.state, row.waited, row.waiting_since) == ("working", 480, None)
    assert row.done_due == MONDAY + 3 * DAY, "a working day later than promised at first"
    assert [c.text for c in Comment.objects.order_by("pk")] == ["Which door?", "The blue one"]
    with clock.at(MONDAY + 3 * DAY + timedelta(minutes=1)):
        row = moved(row, town.grace, state="done", outcome="It lies at the desk")
    assert (row.done_kept, row.due_on, row.ended_on) == ("no", None, (MONDAY + 3 * DAY).date())
    row = moved(row, town.grace, state="accepted")
    assert (row.done_kept, row.ended_on, row.next_due) == ("", None, row.done_due)


def test_what_is_promised_follows_the_category_and_the_hours(town: Any) -> None:
    row = asked(town)
    write_categories(actor(town.miriam), [Change({"answer_hours": 8}, pk=town.access.pk)])
    row.refresh_from_db()
    assert row.answer_due == MONDAY + DAY
    posted(browser(town.miriam), "/office/settings/", {"place": "CITY", "opens": "09:00", "closes": "13:00"})
    row.refresh_from_db()
    assert row.answer_due == MONDAY + DAY + timedelta(hours=4)
    wrong = browser(town.miriam).post("/office/settings/", {"opens": "13:00", "closes": "09:00"})
    assert wrong.status_code == 422
    assert browser(town.grace).get("/office/settings/").status_code == 403
    assert (
        browser(town.grace).post("/office/settings/", {"opens": "1:00", "closes": "9:00"}).status_code == 403
    )


def test_a_request_without_a_promise_is_due_when_it_is_wanted(town: Any) -> None:
    row = asked(town, category=town.other, wanted_by=date(2026, 11, 30))
    assert (row.due_on, row.owner) == (date(2026, 11, 30), None)
    assert row.answer_kept == ""
    row = moved(row, town.grace, category=town.access)
    assert row.owner == town.post.party, "it gets the category's post where nobody looks after it"


def test_the_office_is_chased_and_the_asker_is_asked_by_follow_ups(town: Any) -> None:
    row = asked(town)
    loose = asked(town, category=town.other, wanted_by=MONDAY.date())
    chase()
    [owed] = FollowUp.objects.filter(kind="request.answer")
    assert (owed.entry_id, owed.debtor, owed.due) == (row.entry_id, town.post.party, MONDAY.date())
    set_office(actor(town.miriam), place=None, party=town.miriam.party, opens=time(8), closes=time(16))
    reconcile(clock.today())
    assert FollowUp.objects.get(entry=loose.entry_id).debtor == town.miriam.party, "the office's own"
    answer(actor(town.grace), owed, "accept")
    reconcile(clock.today())
    row.refresh_from_db()
    assert row.state == "accepted"
    end = FollowUp.objects.get(kind="request.end", state="open")
    assert end.due == (MONDAY + 2 * DAY).date()
    answer_request(actor(town.grace), row, "Which door?", "waiting")
    reconcile(clock.today())
    end.refresh_from_db()
    assert end.state == "settled", "while it waits the office owes nothing"
    back = FollowUp.objects.get(kind="request.asker", state="open")
    assert (back.debtor, back.creditor) == (town.omar.party, town.post.party)
    assert back.question == "The office asks about “A key”: Which door?"
    answer(actor(town.omar), back, "say", "The blue one")
    row.refresh_from_db()
    assert row.state == "working"
    assert Comment.objects.latest("pk").text == "The blue one"
    reconcile(clock.today())
    end = FollowUp.objects.get(kind="request.end", state="open")
    answer(actor(town.grace), end, "done", "It lies at the desk")
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("done", "It lies at the desk")


def test_the_asker_is_told_in_their_own_mail(town: Any) -> None:
    row = asked(town)
    answer_request(actor(town.grace), row, "It is on its way")
    row.refresh_from_db()
    assert row.state == "accepted", "an answer accepts what is new"
    answer_request(actor(town.grace), row, "It lies at the desk", "done")
    with clock.at(MONDAY + DAY):
        deliver()
        outbox.send_due()
    [sent] = [m for m in mail.outbox if m.to == ["omar@example.org"]]
    assert "Grace Lim writes: It is on its way" in sent.body
    assert "“A key” is now: done. It lies at the desk" in sent.body
    assert "is now: accepted" not in sent.body, "what is no longer so is not told"


def test_the_asker_answers_and_takes_back_on_their_own_page(town: Any) -> None:
    row = asked(town)
    other = browser(person("Otto Other"))
    assert other.get(f"/office/mine/{row.pk}/").status_code == 404
    assert other.post(f"/office/mine/{row.pk}/", {"withdraw": "1"}).status_code == 404
    answer_request(actor(town.grace), row, "Which door?", "waiting")
    omar = browser(town.omar)
    home = omar.get("/").content.decode()
    assert "needs your answer" in home
    assert "Which door?" in omar.get(f"/office/mine/{row.pk}/").content.decode()
    assert omar.post(f"/office/mine/{row.pk}/", {"text": " "}).status_code == 422
    assert "The blue one" in posted(omar, f"/office/mine/{row.pk}/", {"text": "The blue one"})
    assert "Withdrawn." in posted(omar, f"/office/mine/{row.pk}/", {"withdraw": "1"})
    row.refresh_from_db()
    assert (row.state, row.done_kept) == ("withdrawn", "")
    assert omar.post(f"/office/mine/{row.pk}/", {"text": "And yet"}).status_code == 422
    with pytest.raises(Invalid):
        withdraw_as_asker(actor(town.omar), row)


def test_time_is_booked_by_person_and_day(town: Any) -> None:
    row = asked(town)
    grace = browser(town.grace)
    url = f"/office/requests/{row.pk}/time/"
    assert "Booked." in posted(grace, url, {"minutes": "45", "on": "2026-11-20", "note": "Asked the porter"})
    book_time(actor(town.miriam), row, 15, clock.today())
    row.refresh_from_db()
    assert row.minutes == 60
    page = grace.get(f"/registers/requests/{row.pk}/").content.decode()
    for words in ("Asked the porter", "Miriam Vogel", "45"):
        assert words in page
    for wrong in (
        {"minutes": "0"},
        {"minutes": "x"},
        {"minutes": "5", "on": "2026-12-01"},
        {"minutes": "5", "on": "no"},
    ):
        posted(grace, url, wrong)
    posted(grace, url, {"minutes": "5", "person": "Nobody"})
    row.refresh_from_db()
    assert row.minutes == 60
    reader = browser(town.omar)
    assert reader.post(url, {"minutes": "5"}).status_code == 403
    assert "Asked the porter" not in reader.get(f"/registers/requests/{row.pk}/").content.decode()
    drop_time(actor(town.grace), row.bookings.get(minutes=45))
    row.refresh_from_db()
    assert row.minutes == 15
    assert "minutes spent" in grace.get(f"/registers/requests/{row.pk}/").content.decode()


def test_a_file_of_old_requests_keeps_its_days_and_tells_nobody(town: Any) -> None:
    values = {
        "initiative": town.pay,
        "title": "Old",
        "state": "done",
        "asked_on": date(2026, 11, 2),
        "ended_on": date(2026, 11, 3),
        "outcome": "Given",
        "category": town.access,
    }
    row = REQUESTS.write(actor(town.miriam), [Change(values)], batch="file")[0]
    assert (row.asked_by, row.done_kept, row.ended_on) == (None, "yes", date(2026, 11, 3))
    with pytest.raises(Invalid):
        REQUESTS.write(actor(town.miriam), [Change({**values, "ended_on": date(2026, 11, 1)})], batch="file")
    assert figures(actor(town.miriam)).loads[0].percent == 100
    assert Party.objects.filter(pk=town.omar.party_id).exists()
