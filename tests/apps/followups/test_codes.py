"""Where the link of a mail is not enough: a code in a mail of its own, for a quarter of an hour, for five tries."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record

from steerco.apps.followups.kinds import Answer, Kind, declare_kind
from steerco.apps.followups.links import actor_of_link, address_for
from steerco.apps.followups.models import AnswerLink, FollowUp
from steerco.apps.followups.services import Ask, answer, ask
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.journal import outbox
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db
declare_kind(
    Kind(
        "test.costly",
        "Acceptance",
        "It was agreed.",
        lambda row: translation.gettext("Done") + f": {row.entry.title}",
        (Answer("accepted", "Accept"), Answer("returned", "Return", "must")),
        needs_code=lambda row: True,
    )
)


@pytest.fixture
def guest() -> Person:
    return person("Gus Guest", staff=False)


@pytest.fixture
def door(guest: Person) -> str:
    row = record("action", initiative("P1", name="Payments"), "Accept the pump")
    [follow_up] = ask(OPERATOR, [Ask("costly:1", "test.costly", row.entry_id, guest.party_id)])
    return address_for(follow_up, guest)


def sent_code() -> str:
    mail.outbox.clear()
    outbox.send_due()
    [letter] = mail.outbox
    return re.findall(r"\b\d{6}\b", letter.subject)[0]


def test_the_link_alone_shows_but_does_not_answer(door: str, guest: Person) -> None:
    client = Client()
    shown = client.get(door).content.decode()
    assert "Accept the pump" in shown
    assert 'name="answer"' not in shown
    assert client.post(door, {"answer": "accepted"}).status_code == 422
    with pytest.raises(Denied):
        answer(actor_of_link(AnswerLink.objects.get()), FollowUp.objects.get(), "accepted")
    assert FollowUp.objects.get().state == "open"


def test_code_and_link_answer_and_the_answer_says_how(door: str) -> None:
    client = Client()
    assert client.post(door, {"send_code": "1"}).status_code == 200
    code = sent_code()
    assert 'name="code"' in client.get(door).content.decode()
    assert client.post(door, {"answer": "accepted", "code": f"{code[:3]} {code[3:]}"}).status_code == 200
    assert (FollowUp.objects.get().answer, FollowUp.objects.get().identity) == ("accepted", "code")
    assert client.get(door).status_code == 404


def test_a_missing_comment_leaves_the_code_usable(door: str) -> None:
    client = Client()
    client.post(door, {"send_code": "1"})
    code = sent_code()
    assert client.post(door, {"answer": "returned", "code": code}).status_code == 422
    assert client.post(door, {"answer": "returned", "code": code, "comment": "It leaks"}).status_code == 200


def test_a_code_dies_of_age_of_tries_and_of_a_newer_one(door: str) -> None:
    client = Client()
    client.post(door, {"send_code": "1"})
    first = sent_code()
    with clock.at(clock.now() + timedelta(seconds=1)):
        client.post(door, {"send_code": "1"})
        second = sent_code()
    assert first != second
    assert client.post(door, {"answer": "accepted", "code": first}).status_code == 422
    for _ in range(4):
        assert client.post(door, {"answer": "accepted", "code": "000000"}).status_code == 422
    assert client.post(door, {"answer": "accepted", "code": second}).status_code == 422
    with clock.at(clock.now() + timedelta(seconds=2)):
        client.post(door, {"send_code": "1"})
        third = sent_code()
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert client.post(door, {"answer": "accepted", "code": third}).status_code == 422
    assert FollowUp.objects.get().state == "open"


def test_codes_are_not_sent_without_end(door: str) -> None:
    client = Client()
    answers = [client.post(door, {"send_code": "1"}).status_code for _ in range(8)]
    assert answers == [200] * 6 + [422] * 2


def test_who_is_signed_in_needs_no_code(door: str, guest: Person) -> None:
    page = f"/me/follow-ups/{FollowUp.objects.get().pk}/"
    assert browser(guest).post(page, {"answer": "accepted"}).status_code == 303
    assert FollowUp.objects.get().identity == "session"


def test_a_question_is_asked_in_the_language_of_its_reader(door: str, guest: Person) -> None:
    row = FollowUp.objects.get()
    with translation.override("de"):
        assert row.question == "Erledigt: Accept the pump"
    with translation.override("en"):
        assert row.question == "Done: Accept the pump"
    assert actor(guest).parties == {guest.party_id}
