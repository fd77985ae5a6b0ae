"""The pages of meetings: for whom they are, what nonsense is answered, the feed and its end."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.apps.worlds import OPERATOR, actor, browser, person

from steerco.apps.meetings.agenda import add_item, digest
from steerco.apps.meetings.models import Meeting
from steerco.apps.meetings.selectors import feed_address, feed_key
from steerco.apps.meetings.services import add_guest, new_feed, write_meetings
from steerco.kit import clock
from steerco.kit.history import Change

pytestmark = pytest.mark.django_db
PLAN = {
    "take": "plan",
    "rhythm": "fortnight",
    "first": "2026-12-08",
    "until": "2027-01-31",
    "begins": "09:30",
    "minutes": "60",
}
TAKES = (
    "",
    "build",
    "add",
    "box",
    "up",
    "down",
    "remove",
    "defer",
    "noted",
    "decide",
    "action",
    "guest",
    "unguest",
)


def called(board: Any, **values: Any) -> Meeting:
    row = board.meeting(**values)
    return write_meetings(OPERATOR, [Change({"state": "called"}, pk=row.pk)])[0]


def test_who_may_open_what(board) -> None:
    row = called(board)
    stranger = browser(person("Stan Stranger", staff=False))
    for name in ("page", "paper", "invitation"):
        url = reverse(f"meetings:{name}", args=[row.pk])
        assert browser(board.rosa).get(url).status_code == 200
        assert stranger.get(url).status_code == 404
        assert Client().get(url).status_code == 302
    assert stranger.get(reverse("meetings:body", args=[board.body.pk])).status_code == 404
    assert browser(board.rosa).get(reverse("meetings:body", args=[board.body.pk])).status_code == 200
    for name in ("year", "mine"):
        assert stranger.get(reverse(f"meetings:{name}")).status_code == 200


def test_a_reader_gets_no_form_and_writes_nothing(board) -> None:
    row = called(board)
    add_item(OPERATOR, row, "Supplier", 10, "")
    url = reverse("meetings:page", args=[row.pk])
    rosa = browser(board.rosa)
    assert 'value="build"' not in rosa.get(url).content.decode()
    assert rosa.post(url, {"take": "add", "title": "Mine", "minutes": "5"}).status_code == 403
    assert rosa.post(reverse("meetings:answer", args=[row.pk]), {"reply": "yes"}).status_code == 403
    assert rosa.post(reverse("meetings:minutes", args=[row.pk]), {"text-1": "x"}).status_code == 403
    planning = {
        "take": "plan",
        "rhythm": "week",
        "first": "2026-12-07",
        "until": "2026-12-31",
        "begins": "10:00",
        "minutes": "60",
    }
    assert rosa.post(reverse("meetings:body", args=[board.body.pk]), planning).status_code == 403


@pytest.mark.parametrize("take", TAKES)
def test_nonsense_is_refused_in_words(board, take: str) -> None:
    row, olaf = called(board), browser(board.olaf)
    add_item(OPERATOR, row, "Supplier", 10, "")
    nonsense = {
        "item": "x" * 50,
        "minutes": "-1",
        "attendee": "999999",
        "owner": "nobody",
        "due": "soon",
        "name": "\x00",
    }
    for body in ({"take": take}, {"take": take, **nonsense}, {"take": take, **nonsense, "item": "999999"}):
        answer = olaf.post(reverse("meetings:page", args=[row.pk]), body)
        assert answer.status_code == (303 if take == "build" else 422), body


def test_an_agenda_is_made_on_the_page(board) -> None:
    row, olaf = called(board), browser(board.olaf)
    url = reverse("meetings:page", args=[row.pk])
    assert olaf.post(url, {"take": "add", "title": "Supplier", "minutes": "70"}).status_code == 303
    item = row.items.get()
    shown = olaf.get(url).content.decode()
    assert "10 minutes too many" in shown
    seen = {f"text-{item.pk}": "Both offers came.", f"seen-{item.pk}": digest("")}
    typing = {"HX-Request": "true"}
    assert olaf.post(reverse("meetings:minutes", args=[row.pk]), seen, headers=typing).status_code == 200
    assert (
        olaf.post(reverse("meetings:minutes", args=[row.pk]), {**seen, f"text-{item.pk}": "No."}).status_code
        == 422
    )
    item.refresh_from_db()
    assert item.text == "Both offers came."
    action = {
        "take": "action",
        "item": str(item.pk),
        "title": "Choose one",
        "owner": "Olaf Lead",
        "due": "2026-12-10",
    }
    assert olaf.post(url, action).status_code == 303
    shown = olaf.get(url).content.decode()
    assert "Choose one" in shown
    assert browser(board.clara).get(url).status_code in (200, 404)


def test_a_series_is_planned_on_the_page_of_the_body(board) -> None:
    url = reverse("meetings:body", args=[board.body.pk])
    olaf = browser(board.olaf)
    values = {
        "take": "plan",
        "rhythm": "fortnight",
        "first": "2026-12-08",
        "until": "2027-01-31",
        "begins": "09:30",
        "minutes": "60",
    }
    assert olaf.post(url, values).status_code == 303
    assert board.body.meetings.count() == 4
    for wrong in (
        {"begins": "9"},
        {"until": "2020-01-01"},
        {"rhythm": "daily"},
        {"take": "x"},
        {"link": "javascript:1"},
    ):
        assert olaf.post(url, {**values, **wrong}).status_code == 422
    own = {**values, "rhythm": "own", "first": "", "until": "", "days": "2027-03-02 03/06/2027\n2027-03-02"}
    assert olaf.post(url, own).status_code == 303
    ends = board.body.meetings.filter(series="on days of its own").order_by("day")
    assert [one.day for one in ends] == [date(2027, 3, 2), date(2027, 6, 3)]
    for wrong in ({"days": "soon"}, {"days": ""}, {"rhythm": "month"}):
        assert olaf.post(url, {**own, **wrong}).status_code == 422
    year = olaf.get(reverse("meetings:year"), {"in": "PAY", "from": "2026-12"}).content.decode()
    assert year.count("Payments board") == 6
    assert olaf.get(reverse("meetings:year"), {"from": "nonsense"}).status_code == 200


def test_the_feed_shows_what_its_owner_may_read_until_it_is_closed(board) -> None:
    row = board.meeting()
    add_guest(OPERATOR, row, "Rosa Reader", "")
    write_meetings(OPERATOR, [Change({"state": "called"}, pk=row.pk)])
    rosa, mine = browser(board.rosa), reverse("meetings:mine")
    assert rosa.post(mine, {"take": "open"}).status_code == 303
    key = feed_key(actor(board.rosa))
    assert key is not None
    first = feed_address(key)
    assert first in rosa.get(mine).content.decode()
    answer = Client().get(first)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    assert f"UID:meeting-{row.pk}@" in text
    assert "clara@example.org" not in text
    new_feed(actor(board.rosa))
    assert Client().get(first).status_code == 404
    key = feed_key(actor(board.rosa))
    assert key is not None
    assert Client().get(feed_address(key)).status_code == 200
    assert rosa.post(mine, {"take": "close"}).status_code == 303
    assert Client().get(feed_address(key)).status_code == 404
    assert rosa.post(mine, {"take": "x"}).status_code == 422


def test_the_panels_lead_to_the_meeting(board) -> None:
    row = called(board)
    url = reverse("meetings:page", args=[row.pk])
    add_guest(OPERATOR, row, "Rosa Reader", "")
    rosa = browser(board.rosa)
    for address in (
        reverse("site:home"),
        reverse("initiatives:page", args=["PAY"]),
        reverse("registers:record", args=["bodies", board.body.pk]),
        reverse("registers:record", args=["meetings", row.pk]),
    ):
        assert url in rosa.get(address).content.decode(), address
    assert clock.today() + timedelta(days=3) == date(2026, 12, 3)
