"""The door from a mail: it answers one thing for one person, GET changes nothing, and an outsider learns nothing."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.apps.worlds import OPERATOR, browser, initiative, person, record

from steerco.apps.followups.chasing import chase
from steerco.apps.followups.kinds import kind_of
from steerco.apps.followups.links import address_for
from steerco.apps.followups.models import AnswerLink, FollowUp
from steerco.apps.followups.services import delegate
from steerco.apps.initiatives.services import restrict
from steerco.apps.people.models import Person
from steerco.kit import clock

pytestmark = pytest.mark.django_db
CHANGING = re.compile(rb'value="[\w-]{16,}"')


@pytest.fixture
def guest() -> Person:
    """A supplier's colleague: no account at all."""
    row = person("Gus Guest", staff=False)
    assert row.user is not None
    row.user.delete()
    row.refresh_from_db()
    return row


@pytest.fixture
def door(guest: Person) -> tuple[str, Any]:
    """The address in a mail to the guest, and the action that they owe."""
    project = initiative("P1", name="Payments")
    row = record("action", project, "Send the test file", owner=guest.party, due_on=clock.today())
    chase()
    return address_for(FollowUp.objects.get(), guest), row


def same(one: Any, other: Any) -> bool:
    return one.status_code == other.status_code and CHANGING.sub(b"", one.content) == CHANGING.sub(
        b"", other.content
    )


def test_a_guest_answers_in_two_taps_and_the_door_closes(door: tuple[str, Any]) -> None:
    address, row = door
    client = Client(enforce_csrf_checks=False)
    shown = client.get(f"{address}?answer=done")
    assert "Send the test file" in shown.content.decode()
    thanked = client.post(address, {"answer": "done"})
    assert thanked.status_code == 200
    assert "Send the test file: <strong>Done</strong>" in thanked.content.decode()
    row.refresh_from_db()
    assert row.state == "done"
    assert client.get(address).status_code == client.post(address, {"answer": "done"}).status_code == 404
    assert AnswerLink.objects.get().used_at is not None


def test_a_browser_may_post_and_tells_no_other_host_the_address(door: tuple[str, Any]) -> None:
    address, _row = door
    client = Client(enforce_csrf_checks=True)
    shown = client.get(address)
    assert (
        shown["Referrer-Policy"] == "same-origin"
    )  # "no-referrer" makes browsers post with the origin "null"
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', shown.content.decode())[0]
    posted = {"answer": "done", "csrfmiddlewaretoken": token}
    assert client.post(address, posted, headers={"origin": "http://testserver"}).status_code == 200


def test_a_scanner_that_opens_everything_spoils_nothing(door: tuple[str, Any]) -> None:
    address, row = door
    before = list(FollowUp.objects.values()), list(AnswerLink.objects.values()), row.version
    for _ in range(10):
        for query in ("", "?answer=done", "?answer=later"):
            assert Client().get(address + query).status_code == 200
            assert Client().head(address + query).status_code == 200
    row.refresh_from_db()
    assert (list(FollowUp.objects.values()), list(AnswerLink.objects.values()), row.version) == before


def test_an_outsider_learns_nothing(door: tuple[str, Any]) -> None:
    address, _row = door
    nothing = Client().get("/answer/999999-" + "0" * 40 + "/")
    assert nothing.status_code == 404
    pk, mac = address.strip("/").split("/")[1].split("-")
    for token in (
        f"{pk}-{'0' * 40}",
        f"{int(pk) + 1}-{mac}",
        f"{pk}-{mac[:-1]}",
        "nonsense",
        f"{pk}-{mac.upper()}",
    ):
        assert same(Client().get(f"/answer/{token}/"), nothing), token
    AnswerLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert same(Client().get(address), nothing)
    assert same(Client().post(address, {"answer": "done"}), nothing)


def test_the_door_opens_nothing_else(door: tuple[str, Any]) -> None:
    address, row = door
    client = Client()
    client.get(address)
    for path in (
        "/",
        f"/registers/actions/{row.pk}/",
        "/portfolio/P1/",
        f"/me/follow-ups/{FollowUp.objects.get().pk}/",
    ):
        assert client.get(path).status_code in {302, 303}, path  # to sign-in


@pytest.mark.parametrize("how", ["handed on", "restricted", "settled", "left"])
def test_the_door_closes_when_it_is_no_longer_theirs(door: tuple[str, Any], guest: Person, how: str) -> None:
    address, row = door
    other = person("Olga Other")
    if how == "handed on":
        delegate(OPERATOR, FollowUp.objects.get(), other.party)
    elif how == "restricted":
        type(row).objects.filter(pk=row.pk).update(owner=other.party)
        row.entry.owner = other.party
        row.entry.save()
        restrict(OPERATOR, row, [other.party_id])
    elif how == "settled":
        type(row).objects.filter(pk=row.pk).update(due_on=None)
        chase()
    else:
        FollowUp.objects.update(debtor=other.party)
    assert Client().get(address).status_code == 404


def test_each_mail_opens_for_weeks_and_a_shut_door_is_replaced(door: tuple[str, Any], guest: Person) -> None:
    address, follow_up = door[0], FollowUp.objects.get()
    with clock.at(clock.now() + timedelta(days=40)):
        assert Client().get(address).status_code == 404
        assert address_for(follow_up, guest) == address
        assert Client().get(address).status_code == 200
    AnswerLink.objects.update(revoked_at=clock.now())
    other = address_for(follow_up, guest)
    assert other != address
    assert Client().get(address).status_code == 404
    assert Client().get(other).status_code == 200


def test_above_a_value_a_sign_in_is_asked(door: tuple[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    address, row = door
    monkeypatch.setitem(kind_of(FollowUp.objects.get()).__dict__, "needs_sign_in", lambda follow_up: True)
    assert "Sign in" in Client().get(address).content.decode()
    assert Client().post(address, {"answer": "done"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "open"


def test_a_wrong_answer_is_said_and_the_door_stays_open(door: tuple[str, Any]) -> None:
    address, _row = door
    assert Client().post(address, {"answer": "explode"}).status_code == 422
    assert Client().post(address, {"answer": "later"}).status_code == 422
    assert Client().get(address).status_code == 200


def test_my_work_shows_and_answers_what_i_am_asked() -> None:
    owner, other = person("Omar Owner"), person("Olga Other")
    row = record("action", initiative("P1"), "Send the file", owner=owner.party, due_on=clock.today())
    chase()
    address = f"/me/follow-ups/{FollowUp.objects.get().pk}/"
    mine, theirs = browser(owner), browser(other)
    assert address in mine.get("/").content.decode()
    assert theirs.get(address).status_code == theirs.post(address, {"answer": "done"}).status_code == 404
    assert mine.post(f"{address}delegate/", {"to": "nobody at all"}).status_code == 422
    assert mine.post(address, {"answer": "explode"}).status_code == 422
    assert mine.post(address, {"answer": "done"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "done"
    assert mine.get(address).status_code == 404
