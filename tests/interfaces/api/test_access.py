"""Who gets in, what they get to see, and how often."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from rest_framework.test import APIClient
from tests.interfaces.api.world import Calls, World

from steerco.apps.access.models import Token
from steerco.apps.initiatives.services import restrict
from steerco.interfaces.api.throttling import UserRate
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.journal.models import Event
from steerco.kit.permissions import all_actions
from steerco.kit.permissions.inventory import Decision

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
RISKS = "/api/v1/risks/"


def test_every_address_says_what_it_decides() -> None:
    api = next(p for p in get_resolver().url_patterns if str(p.pattern) == "api/v1/")
    patterns = api.url_patterns
    assert len(patterns) > 30
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        view: Any = pattern.callback
        asked = [view.cls.decision, *getattr(view.cls, "decisions", {}).values()]
        assert all(isinstance(d, Decision) and d.action in all_actions() for d in asked), pattern
        writing = {m.upper() for m in ("post", "patch", "delete") if hasattr(view.cls, m)}
        writing &= {m.upper() for m in view.cls.http_method_names}
        assert writing == getattr(view.cls, "decisions", {}).keys(), pattern


@pytest.mark.parametrize(
    "address", [RISKS, f"{RISKS}1/", "/api/v1/me/", "/api/v1/tokens/", "/api/v1/schema/"]
)
def test_nobody_gets_in_without_a_token(world: World, address: str) -> None:
    answer = APIClient().get(address)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["code"] == "not_authenticated"


def test_revoked_ended_and_orphaned_tokens_die_at_once(world: World, calling: Calls) -> None:
    client = calling("manager")
    token = Token.objects.get(user=world.people["manager"].user)
    assert client.get("/api/v1/me/").status_code == 200
    with clock.at(token.expires_at + timedelta(seconds=1)):
        ended = client.get("/api/v1/me/")
    Token.objects.filter(pk=token.pk).update(revoked_at=clock.now())
    revoked = client.get("/api/v1/me/")
    Token.objects.filter(pk=token.pk).update(revoked_at=None)
    world.people["manager"].user.__class__.objects.filter(pk=token.user_id).update(is_active=False)
    orphaned = client.get("/api/v1/me/")
    assert [a.status_code for a in (ended, revoked, orphaned)] == [401, 401, 401]
    assert ended.content == revoked.content == orphaned.content


def test_token_opens_no_page(calling: Calls) -> None:
    answer = calling("manager").get("/registers/risks/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/registers/risks/")


def test_session_of_a_browser_needs_its_proof_to_write(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.people["manager"].user)
    assert browser.get(RISKS).status_code == 200
    body = {"title": "From elsewhere", "initiative": "P1"}
    answer = browser.post(RISKS, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_token_does_only_what_its_scopes_say(world: World, calling: Calls) -> None:
    body = {**world.values("risk", 1)}
    row = calling("manager").post(RISKS, body).json()
    reading = calling("manager", ["record.view", "initiative.view", "person.view"])
    assert reading.get(f"{RISKS}{row['id']}/").json() == row
    assert reading.post(RISKS, body).status_code == 403
    blind = calling("manager", ["person.view"])
    assert blind.get(f"{RISKS}{row['id']}/").status_code == 404
    assert blind.get(RISKS).json()["results"] == []


def test_unknown_address_is_refused_as_a_missing_row(manager: APIClient) -> None:
    missing = manager.get(f"{RISKS}1/")
    for address in ("/api/v1/", "/api/v1/nonsense/", f"{RISKS}1/nonsense/", f"{RISKS}1.5/"):
        answer = manager.get(address)
        assert (answer.status_code, answer.content) == (404, missing.content)
        assert APIClient().get(address).status_code == 401


def test_hidden_is_missing(world: World, calling: Calls) -> None:
    hidden = world.make("risk", title="Canary", initiative=world.hidden)
    shown = world.make("risk", title="Plain", initiative=world.project)
    rita, manager, outsider = calling("rita"), calling("manager"), calling("outsider")
    assert rita.get(f"{RISKS}{hidden.pk}/").status_code == 200
    assert [r["title"] for r in manager.get(RISKS).json()["results"]] == ["Plain"]
    assert outsider.get(RISKS).json()["results"] == []
    for tail in ("", "history/", "?as_at=2020-01-01"):
        one, other = (manager.get(f"{RISKS}{pk}/{tail}") for pk in (hidden.pk, 10**12))
        assert one.status_code == 404
        assert one.content == other.content
        assert _headers(one) == _headers(other)
    for pk in (hidden.pk, 10**12):
        headers = {"HTTP_IF_MATCH": "*"}
        assert manager.patch(f"{RISKS}{pk}/", {"title": "x"}, **headers).status_code == 404
        assert manager.delete(f"{RISKS}{pk}/").status_code == 404
        assert manager.post(f"{RISKS}{pk}/transitions/open/").status_code == 404
    by_id = {"title": "Mine", "initiative": world.hidden.pk}
    by_code = {"title": "Mine", "initiative": world.hidden.code}
    unknown = {"title": "Mine", "initiative": "P3"}
    errors = [manager.post(RISKS, body).json()["rows"][0]["errors"] for body in (by_id, by_code, unknown)]
    texts = [
        e["initiative"][0].replace(str(v), "…")
        for e, v in zip(errors, (world.hidden.pk, "P2", "P3"), strict=True)
    ]
    assert len(set(texts)) == 1
    assert manager.get(RISKS, {"in": "P2"}).json() == manager.get(RISKS, {"in": "P3"}).json()
    assert shown.pk
    assert world.register("risk").model._default_manager.count() == 2


def _headers(answer: Any) -> dict[str, str]:
    return {k: v for k, v in answer.items() if k != "X-Request-ID"}


def test_name_of_a_hidden_row_is_not_given_away(world: World, calling: Calls) -> None:
    risk = world.make("risk", title="Canary", initiative=world.project)
    action = world.make("action", title="Look after it", initiative=world.project, risk=risk)
    manager, address = calling("manager"), f"/api/v1/actions/{action.pk}/"
    assert manager.get(address).json()["risk"]["id"] == risk.pk
    restrict(world.operator, risk, [world.people["rita"].party_id])
    assert manager.get(address).json()["risk"] is None
    assert b"Canary" not in manager.get(f"{address}history/").content
    assert calling("rita").get(address).json()["risk"]["id"] == risk.pk


def test_past_place_is_named_only_to_who_may_see_it_today(world: World, calling: Calls) -> None:
    moved = world.make("risk", title="Moved", initiative=world.hidden)
    before = clock.now()
    register, rita = world.register("risk"), calling("rita")
    with clock.at(before + timedelta(minutes=1)):
        change = register.write(world.operator, [Change({"initiative": world.project}, pk=moved.pk)])[0]
    assert change.initiative_id == world.project.pk
    then = {"as_at": before.isoformat()}
    with clock.at(before + timedelta(minutes=2)):
        assert rita.get(f"{RISKS}{moved.pk}/", then).json()["initiative"]["id"] == world.hidden.pk
        assert calling("manager").get(f"{RISKS}{moved.pk}/", then).json().get("initiative") is None


def test_wrong_tokens_are_slowed_down_and_good_ones_not(world: World, calling: Calls) -> None:
    good, guessing = calling("manager"), APIClient()
    guessing.credentials(HTTP_AUTHORIZATION="Bearer stc_guess")
    with clock.at(clock.now()):
        answers = [guessing.get("/api/v1/me/") for _ in range(25)]
        assert [a.status_code for a in answers] == [401] * 20 + [429] * 5
        assert 0 < int(answers[-1]["Retry-After"]) <= 60
        assert answers[-1].json()["code"] == "throttled"
        guessing.credentials(HTTP_AUTHORIZATION="Bearer stc_guess", HTTP_X_FORWARDED_FOR="10.9.8.7")
        assert guessing.get("/api/v1/me/").status_code == 429
        assert good.get("/api/v1/me/").status_code == 200
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert guessing.get("/api/v1/me/").status_code == 401


def test_calls_of_one_user_are_bounded(world: World, calling: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UserRate, "THROTTLE_RATES", {"api": "3/min"})
    one, again, other = calling("manager"), calling("manager"), calling("viewer")
    with clock.at(clock.now()):
        answers = [client.get("/api/v1/me/") for client in (one, again, one, again)]
        assert [a.status_code for a in answers] == [200, 200, 200, 429]
        assert int(answers[-1]["Retry-After"]) > 0
        assert other.get("/api/v1/me/").status_code == 200


def test_answers_are_kept_nowhere(manager: APIClient) -> None:
    assert manager.get(RISKS)["Cache-Control"] == "no-store"


# -- own account --------------------------------------------------------------------------------------------------


def test_me_tells_what_one_may_do(calling: Calls) -> None:
    me = calling("viewer").get("/api/v1/me/").json()
    assert (me["name"], me["email"], me["scopes"]) == ("Viewer", "viewer@example.org", None)
    assert "record.view" in me["actions"]
    assert "record.edit" not in me["actions"]
    limited = calling("manager", ["record.view"]).get("/api/v1/me/").json()
    assert (limited["scopes"], limited["actions"]) == (["record.view"], ["record.view"])


def test_secret_of_a_token_is_shown_once(calling: Calls, world: World) -> None:
    viewer = calling("viewer")
    made = viewer.post("/api/v1/tokens/", {"name": "Nightly feed", "scopes": ["record.view"]})
    assert made.status_code == 201, made.json()
    token = made.json()
    secret = token.pop("secret")
    assert viewer.get(made["Location"]).json() == token
    assert secret.encode() not in viewer.get("/api/v1/tokens/").content
    feed = APIClient()
    feed.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert feed.get("/api/v1/me/").json()["scopes"] == ["record.view"]
    assert viewer.delete(made["Location"]).status_code == 204
    assert feed.get("/api/v1/me/").status_code == 401
    kinds = list(
        Event.objects.filter(model="access.token").order_by("sequence").values_list("kind", "actor_label")
    )
    assert kinds == [("token.issued", "Viewer"), ("token.revoked", "Viewer")]


def test_tokens_give_no_more_than_they_have(calling: Calls, world: World) -> None:
    limited = calling("manager", ["record.view"])
    assert limited.post("/api/v1/tokens/", {"name": "More"}).status_code == 403
    assert limited.get("/api/v1/tokens/").status_code == 403
    longer = (clock.now() + timedelta(days=2)).isoformat()
    refused = calling("manager").post("/api/v1/tokens/", {"name": "Longer", "expires_at": longer})
    assert refused.json()["rows"][0]["errors"].keys() == {"expires_at"}
    unknown = calling("manager").post("/api/v1/tokens/", {"name": "?", "scopes": ["root"]})
    assert unknown.json()["rows"][0]["errors"].keys() == {"scopes"}
    theirs = Token.objects.filter(user=world.people["manager"].user).first()
    assert theirs is not None
    assert calling("viewer").get(f"/api/v1/tokens/{theirs.pk}/").status_code == 404
    assert calling("viewer").delete(f"/api/v1/tokens/{theirs.pk}/").status_code == 404
