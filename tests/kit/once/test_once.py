"""What is kept for one request, and for no longer."""

import pytest
from django.test import Client

from steerco.apps.organisation.selectors import organisation
from steerco.apps.organisation.services import configure
from steerco.kit.once import forget, once_per_request, one_request
from steerco.kit.permissions import Actor


def test_read_once_within_a_request_and_always_outside() -> None:
    calls: list[str] = []

    @once_per_request
    def read(what: str) -> int:
        calls.append(what)
        return len(calls)

    assert [read("a"), read("a")] == [1, 2]
    with one_request():
        assert [read("a"), read("a"), read("b")] == [3, 3, 4]
        forget()
        assert read("a") == 5
    with one_request():
        assert read("a") == 6


@pytest.mark.django_db
def test_a_write_is_seen_by_the_next_read_of_the_same_request(operator: Actor) -> None:
    with one_request():
        assert organisation().name == "Steerco"
        configure(operator, {"name": "Northern Transit"})
        assert organisation().name == "Northern Transit"


@pytest.mark.django_db
def test_the_next_request_reads_anew(operator: Actor, client: Client) -> None:
    assert b"Steerco" in client.get("/accounts/login/").content
    configure(operator, {"name": "Northern Transit"})
    assert b"Northern Transit" in client.get("/accounts/login/").content
