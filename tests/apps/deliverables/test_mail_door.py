"""A sponsor without an account signs off from the mail: two taps, this one item, nothing for scanners and outsiders."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from tests.apps.deliverables.conftest import MONDAY
from tests.apps.worlds import OPERATOR, actor, browser, person

from steerco.apps.deliverables.models import Approval, Deliverable, SignOffRound
from steerco.apps.deliverables.signing import Terms, open_round, withdraw_round
from steerco.apps.followups.models import AnswerLink, FollowUp
from steerco.apps.links.services import Upload, attach_files
from steerco.apps.notices.services import deliver
from steerco.kit import clock
from steerco.kit.journal import outbox

pytestmark = pytest.mark.django_db


def put(place: Any, **more: Any) -> SignOffRound:
    terms = Terms([place.sponsor.party], revision="1.0", **more)
    return open_round(actor(place.manager), place.entry, terms)


def mailed() -> dict[str, str]:
    """The links of the mail by their words, as paths."""
    mail.outbox.clear()
    deliver()
    outbox.send_due()
    [letter] = [one for one in mail.outbox if one.to == ["sara@supplier.example"]]
    found = re.findall(r"^  (.*): https?://[^/]+(/answer/\S+)$", letter.body, re.M)
    return dict(found)


def read(client: Client, path: str) -> bytes:
    """A file that is handed out."""
    return b"".join(client.get(path).streaming_content)  # type: ignore[attr-defined]


def state() -> str:
    return str(Deliverable.objects.get().state)


def test_two_taps_from_the_mail_sign_it_off(place: Any) -> None:
    put(place)
    links = mailed()
    assert set(links) == {"Approve", "Approve with conditions", "Return"}
    client = Client()
    shown = client.get(links["Approve"]).content.decode()  # the first tap
    for words in (
        "Sign off: Design of the hub, version 1.0",
        "All seven services are described.",
        "design.txt",
    ):
        assert words in shown
    assert re.search(r'btn btn-primary" name="answer" value="approve"', shown)
    path = links["Approve"].partition("?")[0]
    assert client.post(path, {"answer": "approve"}).status_code == 200  # the second
    approval = Approval.objects.get()
    assert (state(), approval.person_label, approval.identity) == ("signed_off", "Sara Sponsor", "link")
    assert client.get(path).status_code == client.post(path, {"answer": "return"}).status_code == 404
    assert client.get(f"{path}files/1/").status_code == 404


def test_its_files_are_read_as_they_were_and_no_others(place: Any) -> None:
    put(place)
    attach_files(OPERATOR, place.entry, [Upload("secret.txt", [b"Not for outsiders."])])
    path = mailed()["Approve"].partition("?")[0]
    client = Client()
    file = client.get(f"{path}files/1/")
    assert b"".join(file.streaming_content) == b"The design."  # type: ignore[attr-defined]
    assert file["Content-Disposition"] == 'attachment; filename="design.txt"'
    assert "sandbox" in file["Content-Security-Policy"]
    for number in (0, 2, 99):
        assert client.get(f"{path}files/{number}/").status_code == 404
    page = client.get(path).content.decode()
    assert "secret.txt" not in page
    for address in (
        f"/registers/deliverables/{place.row.pk}/",
        f"/sign-offs/{SignOffRound.objects.get().pk}/files/1/",
        f"/sign-offs/{SignOffRound.objects.get().pk}/certificate/",
        f"/me/follow-ups/{FollowUp.objects.get().pk}/files/1/",
        "/registers/deliverables/tracker/",
    ):
        assert client.get(address).status_code in {302, 303}, address


def test_a_scanner_that_opens_every_link_ten_times_spoils_nothing(place: Any) -> None:
    put(place)
    links = mailed()

    def held() -> list[Any]:
        tables = (FollowUp, AnswerLink, Approval, SignOffRound, Deliverable)
        return [list(table.objects.values()) for table in tables]

    before = held()
    for _ in range(10):
        for address in links.values():
            assert Client().get(address).status_code == 200
            assert Client().head(address).status_code == 200
            assert read(Client(), f"{address.partition('?')[0]}files/1/") == b"The design."
    assert held() == before
    Client().post(links["Approve"].partition("?")[0], {"answer": "approve"})
    assert state() == "signed_off"


def test_a_return_from_the_mail_needs_its_reason(place: Any) -> None:
    put(place)
    path = mailed()["Return"].partition("?")[0]
    client = Client()
    refused = client.post(path, {"answer": "return"})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    assert client.post(path, {"answer": "return", "comment": "Rents are missing"}).status_code == 200
    assert state() == "rejected"


def test_from_the_set_amount_up_a_code_is_asked(place: Any) -> None:
    put(place, value=10_000_000, currency="EUR")
    path = mailed()["Approve"].partition("?")[0]
    client = Client()
    assert 'name="answer"' not in client.get(path).content.decode()
    assert client.post(path, {"answer": "approve"}).status_code == 422
    client.post(path, {"send_code": "1"})
    mail.outbox.clear()
    outbox.send_due()
    code = re.findall(r"\b\d{6}\b", mail.outbox[0].subject)[0]
    assert client.post(path, {"answer": "approve", "code": code}).status_code == 200
    assert (state(), Approval.objects.get().identity) == ("signed_off", "code")


@pytest.mark.parametrize(
    ("value", "currency", "asks"), [(9_999_999, "EUR", False), (1, "USD", True), (None, "", False)]
)
def test_the_amount_and_its_currency_decide_whether_a_code_is_asked(
    place: Any, value: int | None, currency: str, asks: bool
) -> None:
    put(place, value=value, currency=currency)
    path = mailed()["Approve"].partition("?")[0]
    assert ("Send me the code" in Client().get(path).content.decode()) is asks


def test_a_withdrawn_round_closes_its_doors(place: Any) -> None:
    round_ = put(place)
    path = mailed()["Approve"].partition("?")[0]
    withdraw_round(actor(place.manager), round_)
    assert Client().get(path).status_code == 404
    assert Client().get(f"{path}files/1/").status_code == 404
    assert Client().post(path, {"answer": "approve"}).status_code == 404


def test_an_old_door_is_closed(place: Any) -> None:
    put(place, days=60)
    path = mailed()["Approve"].partition("?")[0]
    with clock.at(MONDAY + timedelta(days=31)):
        assert Client().get(path).status_code == 404


def test_signed_in_approvers_see_what_they_sign_and_only_theirs(place: Any) -> None:
    terms = Terms([place.user.party], revision="1.0")
    open_round(actor(place.manager), place.entry, terms)
    pk = FollowUp.objects.get().pk
    page = browser(place.user).get(f"/me/follow-ups/{pk}/").content.decode()
    assert "All seven services are described." in page
    assert f"/me/follow-ups/{pk}/files/1/" in page
    assert read(browser(place.user), f"/me/follow-ups/{pk}/files/1/") == b"The design."
    stranger = person("Stan Stranger")
    assert browser(stranger).get(f"/me/follow-ups/{pk}/files/1/").status_code == 404
