"""World B is world A and one hidden project more. For everybody who is not named on it, nothing differs anywhere."""

import re
from collections import Counter, deque

import pytest
from tests.permissions.browser import Browser, body_of
from tests.permissions.world import CANARY, OPERATOR, World, hide

from steerco.apps.organisation.services import configure
from steerco.kit import clock
from steerco.kit.journal import unchanged

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("results_are_kept")]
CHANGING = re.compile(
    r'name="(csrfmiddlewaretoken|idempotency_key)" value="[^"]*"|value="[^"]*" name="idempotency_key"|nonce="[^"]*"'
)
START = (
    "/",
    "/portfolio/",
    "/registers/risks/?group=all&by=initiative",
    "/registers/risks/?compare=2026-01-01&sort=-score",
    "/registers/initiatives/",
    f"/search/?q={CANARY.split()[0]}",
    "/search/?q=risk",
    f"/registers/suggest/initiative/?x={CANARY.split()[0]}",
    "/registers/suggest/party/?x=person",
    "/api/v1/risks/",
    "/api/v1/initiatives/",
    "/api/v1/schema/",
)


def shape(url: str) -> str:
    """The address without what it is looked at with: a number or code in the path, the place in the query."""
    path, _, query = url.partition("?")
    parts = ["*" if part.isdigit() or part.isupper() else part for part in re.split(r"(?<=/)|(?=/)", path)]
    said = sorted(pair for pair in query.split("&") if not pair.startswith(("in=", "into=")))
    return f"{''.join(parts)}?{'&'.join(said)}"


def crawl(browser: Browser) -> dict[str, tuple[int, str]]:
    """(status, normalised text) of every address that links lead to from the start, in a fixed order.

    Of addresses of one shape the first two, the place that the hidden project stands below and another one; of those
    that look at a thing in some way (sorted, filtered, compared) the first, which is that place again.
    """
    waiting, seen = deque(START), set(START)
    shapes: Counter[str] = Counter()
    found = {}
    while waiting:
        url = waiting.popleft()
        shapes[shape(url)] += 1
        if shapes[shape(url)] > (1 if "?" in url else 2):
            continue
        response = browser.get(url)
        text = CHANGING.sub("", body_of(response).decode("utf-8", "replace"))
        found[url] = (response.status_code, text)
        if "html" not in response.headers.get("Content-Type", ""):
            continue
        for link in re.findall(r'href="(/[^"#]*)', text):
            link = link.replace("&amp;", "&")
            skip = link.startswith(("/static/", "/accounts/")) or "template" in link or ".xlsx" in link
            if (
                link not in seen and not skip and "/export.pdf" not in link
            ):  # a document says when it was made
                seen.add(link)
                waiting.append(link)
    return found


@pytest.mark.parametrize(
    ("staff_read_all", "readers"),
    [
        (
            False,
            ("administrator", "pmo_analyst", "auditor", "sponsor", "project_manager", "viewer", "outsider"),
        ),
        (True, ("staff", "outsider")),
    ],
)
def test_a_hidden_project_changes_nothing_for_who_may_not_see_it(
    world: World, staff_read_all: bool, readers: tuple[str, ...]
) -> None:
    """Neither what is read anew, nor what was kept for somebody who sees more and read it just before."""
    configure(OPERATOR, {"staff_read_all": staff_read_all})
    browsers = {name: Browser() for name in ("portfolio_manager", *readers)}
    for name, browser in browsers.items():
        browser.force_login(world.users[name])
    before = {}
    with clock.at(clock.now()):  # pages say how many hours are left
        for name in readers:
            unchanged.forget_all()
            before[name] = crawl(browsers[name])
        hide(world, "HIDDEN9")
        crawl(browsers["portfolio_manager"])
        for name in readers:
            after = crawl(browsers[name])
            assert list(before[name]) == list(after)
            for url, answer in before[name].items():
                if name == "auditor" and url.startswith("/admin/audit"):
                    continue  # event sequences are the auditors' to see
                assert answer == after[url], (name, url)
            assert not any(CANARY in text and "HIDDEN9" in text for _, text in after.values())
            assert len(after) > 5
            assert {status for status, _text in after.values()} <= {200, 302, 303, 403, 404}
