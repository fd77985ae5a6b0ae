"""Somebody outside: asked without an account, chased, their contact told; they see one thing and no more."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from tests.apps.followups.year import work
from tests.apps.worlds import initiative, person, record

from steerco.apps.followups.models import FollowUp
from steerco.kit import clock

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 23), timedelta(days=1)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def test_a_supplier_without_an_account_is_asked_answers_and_is_chased() -> None:
    lena, gus = person("Lena Lead"), person("Gus Guest", staff=False)
    assert gus.user is not None
    gus.user.delete()
    gus.refresh_from_db()
    pay = initiative("PAY", name="Payments", lead=lena.party)
    row: Any = record("action", pay, "Send the test file", owner=gus.party, due_on=TODAY)
    record("action", pay, "Something else", due_on=TODAY)
    work()
    [asked] = mail.outbox
    assert "/me/notices/" not in asked.body  # who cannot sign in is not sent to a page that asks for it
    assert asked.to == ["gus@example.org"]
    address = (
        next(word for word in asked.body.split() if "/answer/" in word).partition("8000")[2].partition("?")[0]
    )
    guest = Client()
    page = guest.get(address).content.decode()
    assert "Send the test file" in page
    assert "Something else" not in page
    assert guest.post(address, {"answer": "progress", "percent": "150"}).status_code == 422
    told = guest.post(address, {"answer": "progress", "percent": "40", "comment": "Half is through"})
    assert "Tell more" in told.content.decode()
    assert FollowUp.objects.get().given == {"percent": 40}
    with clock.at(MONDAY + 3 * DAY):
        work()
    assert [(sent.to[0], "You wait for it; Gus Guest owes it." in sent.body) for sent in mail.outbox[1:]] == [
        ("gus@example.org", False),
        ("lena@example.org", True),
    ]
    with clock.at(MONDAY + 3 * DAY):
        later = {"answer": "later", "until": "2026-12-04", "comment": "The bank is slow"}
        assert guest.post(address, {**later, "until": ""}).status_code == 422
        assert guest.post(address, later).status_code == 200
    row.refresh_from_db()
    assert (row.due_on, row.original_due) == (date(2026, 12, 4), TODAY)
    assert guest.get(address).status_code == 404  # answered: the door is shut, the next mail opens another
    with clock.at(MONDAY + 8 * DAY):
        work()
        again = mail.outbox[-1]
        door = (
            next(word for word in again.body.split() if "/answer/" in word)
            .partition("8000")[2]
            .partition("?")[0]
        )
        assert door != address
        assert guest.post(door, {"answer": "done"}).status_code == 200
    row.refresh_from_db()
    assert row.state == "done"
