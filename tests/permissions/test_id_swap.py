"""Foreign ids, in addresses and in bodies: "not found" as for things that do not exist, and nothing is changed."""

import hashlib
import re
from typing import Any

import pytest
from django.apps import apps
from tests.permissions.browser import Browser
from tests.permissions.routes import addresses
from tests.permissions.world import World

from steerco.apps.raid.models import Risk

pytestmark = pytest.mark.django_db
CHANGING = re.compile(rb'value="[\w-]{16,}"')  # tokens and keys of forms
BODIES: list[dict[str, str]] = [{}, {"title": "Mine now", "version": "1", "text": "Mine", "delete": "1"}]
UNTOUCHED = {"django_session", "journal_submission"}


@pytest.fixture
def browser(world: World) -> Browser:
    """The project manager of A11: may write there, and must not reach B1 or H."""
    client = Browser()
    client.force_login(world.users["project_manager"])
    return client


def checksums() -> dict[str, str]:
    """A digest of every table's rows."""
    found = {}
    for model in apps.get_models():
        if model._meta.db_table in UNTOUCHED or not model._meta.managed:
            continue
        rows = model._default_manager.order_by("pk").values_list()
        found[model._meta.db_table] = hashlib.sha256(repr(list(rows)).encode()).hexdigest()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("place", ["foreign", "restricted"])
def test_no_address_opens_or_changes_what_is_out_of_reach(world: World, browser: Browser, place: str) -> None:
    own = {address.url for address in addresses(world, "own")}
    before = checksums()
    for address in addresses(world, place):
        if address.url in own or address.sample in {"people", "units"}:
            continue
        url = address.url
        kind = {"content_type": "application/json"} if address.is_api else {}
        sent: list[tuple[Any, dict[str, str]]] = [(browser.get, {}), (browser.delete, {})]
        sent += [(send, body) for send in (browser.post, browser.patch) for body in BODIES]
        for send, body in sent:
            response = send(url) if send == browser.get else send(url, body, **kind)
            assert response.status_code in {404, 405}, (url, send.__name__, response.status_code)
    assert checksums() == before


def test_a_hidden_row_answers_as_one_that_does_not_exist(world: World, browser: Browser) -> None:
    hidden = world.record("risk", "HID").pk
    for path in ("/registers/risks/{}/", "/registers/risks/{}/edit/", "/api/v1/risks/{}/"):
        there, missing = browser.get(path.format(hidden)), browser.get(path.format(987654))
        assert there.status_code == missing.status_code == 404
        assert CHANGING.sub(b"", there.content) == CHANGING.sub(b"", missing.content)
        headers = [{k: v for k, v in r.headers.items() if k != "X-Request-ID"} for r in (there, missing)]
        assert headers[0] == headers[1]


@pytest.mark.parametrize("field", ["initiative", "owner"])
def test_a_form_treats_a_hidden_reference_as_one_that_does_not_exist(
    world: World, browser: Browser, field: str
) -> None:
    own = world.record("risk", "A11")
    form = {
        "title": "Risk",
        "initiative": "A11",
        "state": "open",
        "direction": "threat",
        "version": str(own.version),
    }
    url = f"/registers/risks/{own.pk}/edit/"
    before = Risk.objects.values().get(pk=own.pk)
    answers = []
    for value in ("HID", "NONE"):
        response = browser.post(url, {**form, field: value})
        assert response.status_code == 422
        answers.append(response.content.decode().replace(value, "X"))
    strip = ("csrfmiddlewaretoken", "idempotency_key")
    lines = [[li for li in a.splitlines() if not any(s in li for s in strip)] for a in answers]
    assert lines[0] == lines[1]
    assert Risk.objects.values().get(pk=own.pk) == before


def test_bulk_edit_passes_over_ids_out_of_reach(world: World, browser: Browser) -> None:
    ids = [world.record("risk", code).pk for code in ("A11", "B1", "HID")]
    form = {"pk": ids, "field": "category", "category": "legal", "apply": "1", "confirm": "1"}
    assert browser.post("/registers/risks/bulk/", form).status_code == 303
    changed = set(Risk.objects.filter(category="legal").values_list("pk", flat=True))
    assert changed == {ids[0]}
