"""A repeated write is answered once, exactly, and its replay shows what the actor may see now."""

import threading
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.test import Client
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from steerco.apps.access.models import User
from steerco.kit import clock
from steerco.kit.history.writes import append_events
from steerco.kit.journal import submissions
from steerco.kit.journal.middleware import current_request_id
from steerco.kit.journal.models import Event, Submission
from steerco.kit.journal.submissions import AnswersOnce, answered_once
from steerco.kit.permissions import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.urls(__name__)]
closed: list[str] = []  # addresses that the actor has lost the right to meanwhile


def write(kind: str) -> Event:
    actor = Actor.operator("test", request_id=current_request_id())
    return append_events(actor, [Event(kind=kind, model="x.y")])[0]


@answered_once
def add(request: HttpRequest) -> HttpResponse:
    """A form: preview, refusal, then the write."""
    if "preview" in request.POST:
        return HttpResponse("preview")
    event = write(request.POST["title"])
    if request.POST["title"] == "bad":
        return HttpResponse("no", status=422)
    return HttpResponseRedirect(f"/shown/{event.sequence}")


@answered_once
def cell(request: HttpRequest) -> HttpResponse:
    write("cell")
    return HttpResponse("<td>new</td>")


class Items(AnswersOnce, APIView):
    def post(self, request: Request) -> Response:
        event = write(request.data["title"])
        return Response({"id": event.pk}, status=201, headers={"Location": f"/api/items/{event.pk}"})


class Item(AnswersOnce, APIView):
    def get(self, request: Request, pk: int) -> Response:
        if request.path in closed:
            return Response(status=404)
        return Response({"id": pk, "events": Event.objects.count()})

    def patch(self, request: Request, pk: int) -> Response:
        write("patched")
        return Response({"id": pk})

    def delete(self, request: Request, pk: int) -> Response:
        write("deleted")
        return Response(status=204)


def shown(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponseForbidden()


urlpatterns = [
    path("add", add),
    path("cell", cell),
    path("shown/<int:pk>", shown),
    path("api/items", Items.as_view()),
    path("api/items/<int:pk>", Item.as_view()),
]


@pytest.fixture
def user() -> User:
    return User.objects.create_user("ann@example.org")


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def api(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def test_a_form_sent_twice_writes_once_and_leads_to_the_same_place(browser: Client) -> None:
    form = {"title": "one", "idempotency_key": "k1", "csrfmiddlewaretoken": "a"}
    first = browser.post("/add", form)
    again = browser.post("/add", {**form, "csrfmiddlewaretoken": "b"})
    assert Event.objects.count() == 1
    assert (first.status_code, again.status_code) == (302, 303)
    assert again["Location"] == first["Location"]
    assert again["Idempotency-Replayed"] == "true"


def test_the_same_key_with_other_content_is_refused(browser: Client) -> None:
    browser.post("/add", {"title": "one"}, headers={"Idempotency-Key": "k1"})
    assert browser.post("/add", {"title": "two"}, headers={"Idempotency-Key": "k1"}).status_code == 422
    file = SimpleUploadedFile("a.csv", b"1")
    other = browser.post("/add", {"title": "one", "file": file}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 422
    assert Event.objects.count() == 1


def test_keys_are_each_users_own(browser: Client) -> None:
    other = Client()
    other.force_login(User.objects.create_user("bob@example.org"))
    for client in (browser, other):
        assert client.post("/add", {"title": "one", "idempotency_key": "k1"}).status_code == 302
    assert Event.objects.count() == 2


def test_a_refusal_rolls_back_and_frees_the_key_for_the_corrected_form(browser: Client) -> None:
    assert browser.post("/add", {"title": "bad", "idempotency_key": "k1"}).status_code == 422
    assert not Event.objects.exists()
    assert browser.post("/add", {"title": "good", "idempotency_key": "k1"}).status_code == 302


def test_a_preview_keeps_its_key_for_the_write(browser: Client) -> None:
    assert browser.post("/add", {"preview": "1", "idempotency_key": "k1"}).status_code == 200
    assert browser.post("/add", {"title": "one", "idempotency_key": "k1"}).status_code == 302
    assert Event.objects.count() == 1


def test_a_repeated_fragment_writes_once_and_refreshes_the_page(browser: Client) -> None:
    headers = {"Idempotency-Key": "k1", "HX-Request": "true"}
    assert browser.post("/cell", headers=headers).content == b"<td>new</td>"
    again = browser.post("/cell", headers=headers)
    assert (again.status_code, again["HX-Refresh"]) == (204, "true")
    assert Event.objects.count() == 1


def test_the_api_replays_with_what_is_there_now(api: APIClient) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = api.post("/api/items", {"title": "one"}, format="json", headers=headers)
    write("meanwhile")
    again = api.post("/api/items", {"title": "one"}, format="json", headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == {"id": first.json()["id"], "events": 2}
    assert again["Location"] == first["Location"]


def test_a_replay_shows_nothing_that_the_actor_may_no_longer_see(api: APIClient) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = api.post("/api/items", {"title": "one"}, format="json", headers=headers)
    closed.append(first["Location"])
    assert api.post("/api/items", {"title": "one"}, format="json", headers=headers).status_code == 404
    closed.clear()


@pytest.mark.parametrize(("method", "status"), [("patch", 200), ("delete", 204)])
def test_changing_and_deleting_replay_too(api: APIClient, method: str, status: int) -> None:
    send: Any = getattr(api, method)
    for _ in range(2):
        assert (
            send("/api/items/7", {}, format="json", headers={"Idempotency-Key": "k1"}).status_code == status
        )
    assert Event.objects.count() == 1


def test_without_a_key_every_submission_counts(browser: Client) -> None:
    for _ in range(2):
        browser.post("/add", {"title": "one"})
    assert Event.objects.count() == 2
    assert not Submission.objects.exists()


def test_an_overlong_key_is_refused(browser: Client) -> None:
    assert browser.post("/add", {"title": "one"}, headers={"Idempotency-Key": "k" * 81}).status_code == 400


def test_a_submission_that_is_still_being_answered_is_409(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(Submission.objects, "get_or_create", locked)
    response = browser.post("/add", {"title": "one", "idempotency_key": "k1"})
    assert (response.status_code, response["Retry-After"]) == (409, "5")


def test_old_keys_are_forgotten(browser: Client) -> None:
    browser.post("/add", {"title": "one", "idempotency_key": "k1"})
    assert submissions.forget_old() == 0
    with clock.at(clock.now() + submissions.KEPT_FOR):
        assert submissions.forget_old() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_write_once(user: User) -> None:
    answers: list[int] = []

    def send(client: Client) -> None:
        try:
            answers.append(client.post("/add", {"title": "one", "idempotency_key": "k1"}).status_code)
        finally:
            connection.close()

    clients = [Client() for _ in range(8)]
    for client in clients:
        client.force_login(user)
    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(answers) == [302] + [303] * 7
    assert Event.objects.count() == 1
