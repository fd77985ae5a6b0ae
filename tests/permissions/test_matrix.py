"""Every address × method × persona × an own, a foreign and a restricted object: the verdicts, pinned and reasoned.

`matrix/` holds, a file a persona, the status of GET and of every writing method with an empty body: "200 422" is GET
200, POST 422; addresses of the API say GET POST PATCH DELETE, "-" for a method that the address does not have. An
address that stands for every register has the verdict of most of them first. The files change on purpose only: run
this file with STEERCO_WRITE_MATRIX=1 and read the difference. The rules of `_reason` hold whatever stands there.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest
from django.template.backends.django import Template
from tests.permissions.browser import Browser, body_of, taken_back
from tests.permissions.routes import PLACES, PUBLIC, Address, addresses, is_third_party, routes
from tests.permissions.world import PERSONAS, World

from steerco.apps.access import middleware
from steerco.kit.permissions import Actor

MATRIX = Path(__file__).with_name("matrix")
ANONYMOUS = "anonymous"
ABSENT = "-"
REFUSED = frozenset({"403", "404", "405", ABSENT})
MISSING = frozenset({"404", "405", ABSENT})
# Who must never write anything: they read, audit or stand outside.
READERS = frozenset({"auditor", "viewer", "staff", "outsider", "leaver", ANONYMOUS})
# What everybody who is signed in writes: what is theirs alone, and what they say of things that they may read.
OWN_THINGS = ("access:", "api:token", "links:comment", "links:watch", "registers:save_view", "site:checklist")
# Who reads the whole organisation, so that nothing is foreign to them.
EVERYWHERE = frozenset(
    {"administrator", "pmo_manager", "pmo_analyst", "pmo_administrator", "finance", "auditor"}
)
NAMED = "portfolio_manager"  # alone named on what is restricted

pytestmark = pytest.mark.django_db
Verdicts = dict[
    str, dict[tuple[str, str], tuple[str, ...]]
]  # place -> (route, sample) -> status of each method


@pytest.fixture
def verdicts_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """What decides nothing is left out: drawing a page that was loaded, asking anew who the persona is."""
    source = middleware._source[0]
    known: dict[tuple[object, ...], Actor] = {}

    def actor_source(user: object, via: object, **how: object) -> Actor:
        key = (user, via)
        if key not in known:
            known[key] = source(user, via, **how)
        return known[key]

    signed_in: dict[str | None, object] = {}
    get_user = auth.get_user

    def user_of(request: HttpRequest) -> object:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if key not in signed_in:
            signed_in[key] = get_user(request)
        return signed_in[key]

    monkeypatch.setattr(auth, "get_user", user_of)
    monkeypatch.setattr(middleware, "_source", [actor_source])
    monkeypatch.setattr(Template, "render", lambda self, context=None, request=None: "")


def verdicts_of(world: World, persona: str) -> Verdicts:
    """What one persona is answered."""
    browser = Browser()
    if persona != ANONYMOUS:
        browser.force_login(world.users[persona])
    own = {(a.route, a.sample): a.url for a in addresses(world, "own")}
    found: Verdicts = {}
    for place in PLACES:
        found[place] = {}
        for address in addresses(world, place):
            key = (address.route, address.sample)
            if place == "own" or own[key] != address.url:
                found[place][key] = tuple(_asked(browser, address))
    return found


def _asked(browser: Browser, address: Address) -> Iterator[str]:
    """The status of each method."""
    url = address.url
    for method in address.methods:
        if method == "GET":
            response = browser.get(url)
            body_of(response)
        elif method == ABSENT:
            yield ABSENT
            continue
        elif address.is_api:
            sent = {"data": "{}", "content_type": "application/json"}
            response = taken_back(lambda m=method, s=sent: browser.generic(m, url, **s))  # type: ignore[misc]
        else:
            response = taken_back(lambda: browser.post(url))
        yield str(response.status_code)


def grouped(found: Verdicts) -> dict[str, dict[str, str]]:
    """The verdicts as they are pinned: a line a route, most of its samples first, then the others by name."""
    pinned: dict[str, dict[str, str]] = {}
    for place, verdicts in found.items():
        lines: dict[str, dict[str, str]] = {}
        for (route, sample), statuses in verdicts.items():
            lines.setdefault(route, {})[sample] = " ".join(statuses)
        pinned[place] = {route: _line(samples) for route, samples in sorted(lines.items())}
    return pinned


def _line(samples: dict[str, str]) -> str:
    usual = Counter(samples.values()).most_common(1)[0][0]
    others: dict[str, list[str]] = {}
    for sample, verdict in sorted(samples.items()):
        if verdict != usual:
            others.setdefault(verdict, []).append(sample)
    return "; ".join([usual, *(f"{', '.join(names)}: {verdict}" for verdict, names in others.items())])


def test_every_address_says_what_it_decides() -> None:
    silent = [
        r.name for r in routes() if not is_third_party(r) and r.name not in PUBLIC and r.decision is None
    ]
    assert silent == []


def test_every_address_is_tried_at_every_place(world: World) -> None:
    named = {route.name for route in routes() if not is_third_party(route)}
    with_objects = {route.name for route in routes() if not is_third_party(route) and route.parameters}
    for place in PLACES:
        tried = {address.name for address in addresses(world, place)}
        assert (named if place == "own" else with_objects) - tried == set()


def test_the_files_are_small_enough_to_be_read_in_a_review() -> None:
    texts = [path.read_text() for path in MATRIX.glob("*.json")]
    assert len(texts) == len(PERSONAS) + 1
    assert max(text.count("\n") for text in texts) < 500
    assert sum(map(len, texts)) < 300_000


@pytest.mark.slow
@pytest.mark.usefixtures("verdicts_only")
@pytest.mark.parametrize("persona", [*PERSONAS, ANONYMOUS])
def test_the_verdict_on_every_address_is_the_pinned_one(world: World, persona: str) -> None:
    found = verdicts_of(world, persona)
    pinned = MATRIX / f"{persona}.json"
    if os.environ.get("STEERCO_WRITE_MATRIX"):
        MATRIX.mkdir(exist_ok=True)
        pinned.write_text(json.dumps(grouped(found), indent=1) + "\n")
    broken = [
        f"{rule.__name__}: {route} {sample} @ {place}: {' '.join(statuses)}"
        for place, verdicts in found.items()
        for (route, sample), statuses in verdicts.items()
        for rule in RULES
        if not rule(persona, place, route, sample, statuses)
    ]
    assert not broken, "\n".join(broken)
    assert grouped(found) == json.loads(pinned.read_text())


def _is_of_the_directory(route: str, sample: str) -> bool:
    """People and accounts belong to no place: every member of staff reads them, an administrator changes them."""
    return sample in {"people", "units"} or route.startswith(("access:", "handover:"))


def no_failure(persona: str, place: str, route: str, sample: str, statuses: tuple[str, ...]) -> bool:
    """Nothing fails; health says 503 where no worker runs, as beside the tests."""
    return route == "health-ready" or not any(status.startswith("5") for status in statuses)


def nobody_reads_nothing(
    persona: str, place: str, route: str, sample: str, statuses: tuple[str, ...]
) -> bool:
    """Whoever is not signed in is sent to sign in or refused, whatever there is."""
    return persona != ANONYMOUS or route in PUBLIC or set(statuses) <= REFUSED | {"302", "401"}


def restricted_is_missing(
    persona: str, place: str, route: str, sample: str, statuses: tuple[str, ...]
) -> bool:
    """A restricted thing does not exist for who is not named on it, whatever their role."""
    elsewhere = place != "restricted" or _is_of_the_directory(route, sample)
    return elsewhere or persona in {NAMED, ANONYMOUS} or set(statuses) <= MISSING


def foreign_is_missing(persona: str, place: str, route: str, sample: str, statuses: tuple[str, ...]) -> bool:
    """What stands where one holds nothing does not exist."""
    elsewhere = place != "foreign" or _is_of_the_directory(route, sample)
    return elsewhere or persona in EVERYWHERE | {ANONYMOUS} or set(statuses) <= MISSING


def readers_write_nothing(
    persona: str, place: str, route: str, sample: str, statuses: tuple[str, ...]
) -> bool:
    """No write of somebody who only reads comes through; an empty form may be sent back (422)."""
    written = persona in READERS - {ANONYMOUS} and not route.startswith(OWN_THINGS)
    return not written or set(statuses[1:]) <= REFUSED | {"422"}


def an_empty_form_comes_back(
    persona: str, place: str, route: str, sample: str, statuses: tuple[str, ...]
) -> bool:
    """A page that is sent nothing says what is missing; it does not answer as if all were well. A link to set a
    password is asked for without a form, and shown once.
    """
    return route.startswith("api:") or route == "access:link" or "200" not in statuses[1:]


Rule = Callable[[str, str, str, str, tuple[str, ...]], bool]
RULES: tuple[Rule, ...] = (
    no_failure,
    nobody_reads_nothing,
    restricted_is_missing,
    foreign_is_missing,
    readers_write_nothing,
    an_empty_form_comes_back,
)
