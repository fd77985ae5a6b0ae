"""What each role comes for, walked by its own account, on a desk by day and on a phone by night; axe sees nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Open, check

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.xdist_group("e2e")]


def nothing(page: Page) -> None:
    """Reading is all that it comes for."""


def first_row(page: Page) -> None:
    """Open the first row of a list."""
    page.locator("[data-sc-row] a[data-sc-open]").first.click()
    expect(page.locator("h1")).not_to_be_empty()


def answer_owed(page: Page) -> None:
    """Look at what is owed first, where it can be answered."""
    page.goto("/")
    page.locator(".sc-work a[data-sc-open]").first.click()
    expect(page.locator("h1")).not_to_be_empty()


def open_decision(page: Page) -> None:
    """Open the paper that waits for this sponsor, with what may be answered; it is not decided here."""
    page.goto("/registers/decisions/?in=NWC-PAY")
    first_row(page)
    expect(page.locator("main")).to_contain_text("Wait for the bank")


def read_report(page: Page) -> None:
    """From a cycle that is over to its consolidated report and to one below."""
    page.goto("/reporting/")
    page.locator("tbody tr", has_text=re.compile("locked|published")).first.locator("a[data-sc-open]").click()
    check(page)
    page.locator("main table a[data-sc-open]").first.click()
    expect(page.locator("main")).to_contain_text("How it stands")
    check(page)
    page.get_by_role("link", name="What changed").click()
    expect(page.locator("h1")).to_contain_text("What changed")


def ask_the_office(page: Page) -> None:
    """Ask for something and find it among what was asked."""
    page.goto("/office/ask/")
    check(page)
    page.fill("[name=title]", "A second screen for the planning room")
    page.locator("main form button.btn-primary").first.click()
    page.goto("/office/mine/")
    expect(page.locator("main")).to_contain_text("A second screen for the planning room")


@dataclass(frozen=True)
class Walk:
    """The pages that a role opens, and what it does there."""

    email: str
    pages: tuple[str, ...]
    does: Callable[[Page], None] = nothing


WALKS = (
    Walk("admin@example.org", ("/admin/", "/admin/escalation-rules/?try=1", "/office/settings/")),
    Walk(
        "pmo@example.org",
        (
            "/registers/risks/enterprise/?in=NWC",
            "/registers/obstacles/board/",
            "/registers/decisions/overview/",
        ),
        read_report,
    ),
    Walk(
        "analyst@example.org", ("/hygiene/", "/hygiene/rules/", "/registers/reporting-calendars/"), first_row
    ),
    Walk("office@example.org", ("/office/queue/", "/office/figures/", "/registers/deliverables/sign-offs/")),
    Walk(
        "portfolio@example.org",
        ("/registers/dependencies/network/?in=NWC", "/registers/changes/effect/?in=NWC", "/me/team/"),
        answer_owed,
    ),
    Walk(
        "pm@example.org",
        ("/registers/deliverables/tracker/?in=NWC-PAY", "/registers/requirements/coverage/?in=NWC-PAY"),
        answer_owed,
    ),
    Walk("team@example.org", ("/registers/actions/?mine=true", "/registers/lessons/"), ask_the_office),
    Walk("sponsor@example.org", ("/registers/decisions/overview/", "/escalations/"), open_decision),
    Walk("finance@example.org", ("/registers/contingency/", "/registers/changes/"), first_row),
    Walk("auditor@example.org", ("/admin/audit/", "/registers/decisions/?group=all"), first_row),
)


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.email.partition("@")[0])
@pytest.mark.parametrize(("size", "scheme"), [("wide", "light"), ("phone", "dark")])
def test_a_role_finds_its_work(open_as: Open, walk: Walk, size: str, scheme: str) -> None:
    page = open_as(walk.email, size, scheme)
    check(page)
    for address in walk.pages:
        response = page.goto(address)
        assert response is not None
        assert response.status == 200, address
        check(page)
    walk.does(page)
    check(page)
