"""A project manager reports an unchanged week on a phone: two taps, nothing typed; then a changed one."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Open, Site, check

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.xdist_group("e2e")]
MOST_TAPS, MOST_LOADS = 6, 3
# A calendar of the project alone: the week before is reported and locked, the present one is open, whatever day it is.
PREPARE = """
import django
django.setup()
from datetime import timedelta
from steerco.apps.cycles.drafts import Typed, open_page
from steerco.apps.cycles.models import Report
from steerco.apps.cycles.services import submit, write_cadences
from steerco.apps.cycles.turning import turn
from steerco.apps.initiatives.models import Initiative
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
actor = Actor.operator("test")
place = Initiative.objects.get(code="NWC-PAY")
today = clock.today()
day = today - timedelta(days=max(0, today.weekday() - 4))  # a period never ends on a weekend here
start = {"initiative": place, "title": "Short report", "kind": "lite", "covers": "itself", "anchor": day}
write_cadences(actor, [Change({**start, "starts": day - timedelta(days=7), "lock": 4, "publish": 4})])
with clock.at(clock.now() - timedelta(days=(today - day).days + 7)):
    turn()
    report = Report.objects.select_related("initiative", "cycle__cadence", "owner").get(kind="lite")
    path = {"text": "The bank delivers.", "by": (today + timedelta(days=60)).isoformat()}
    submit(actor, report, Typed("Held by the bank.", {"overall": {"value": "red", "why": ""}}, path))
turn()
print(Report.objects.get(kind="lite", state="due").pk)
"""


def script(site: Site, text: str) -> str:
    """Run a script on the site's database; its last line."""
    environment = {"STEERCO_DATA_DIR": str(site.data), "DJANGO_SETTINGS_MODULE": "steerco.site.settings"}
    path = ":".join(p for p in sys.path if p)
    run = subprocess.run(
        [sys.executable, "-c", text],
        env={**environment, "PYTHONPATH": path, "STEERCO_DEMO": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    return run.stdout.strip().splitlines()[-1]


class Counted:
    """Taps, typed characters and loaded pages of one journey."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.typed, self.loads = page, 0, 0, 0
        page.on("request", self._count)

    def _count(self, request: Any) -> None:
        # A form that is sent answers with the next page's address: that page is the load.
        self.loads += request.is_navigation_request() and request.method == "GET"

    def tap(self, where: Callable[[Page], Any]) -> None:
        where(self.page).click()
        self.page.wait_for_load_state()
        self.taps += 1


def test_an_unchanged_week_costs_two_taps_and_a_changed_one_no_words_that_are_known(
    site: Site, open_as: Open
) -> None:
    pk = script(site, PREPARE)
    page = open_as("pm@example.org", "phone")
    count = Counted(page)
    page.goto("/")
    count.tap(lambda p: p.locator("a[data-sc-open]", has_text="Short report").first)
    expect(page).to_have_url(f"{site.url}/reporting/reports/{pk}/")
    check(page)
    count.tap(lambda p: p.get_by_role("button", name="No change: submit"))
    expect(page.locator("main")).to_contain_text("in review")
    check(page)
    assert (count.taps, count.typed, count.loads) == (2, 0, 3)
    assert count.taps <= MOST_TAPS
    assert count.loads <= MOST_LOADS

    office = open_as("pmo@example.org")
    office.goto("/reporting/")
    check(office)
    office.locator("tr", has_text="Short report").first.locator("a[data-sc-open]").click()
    expect(office.locator("main")).to_contain_text("no change")
    check(office)
    reviewer = open_as("portfolio@example.org")
    reviewer.goto(f"/reporting/reports/{pk}/")
    reviewer.fill("[name=comment]", "Is the bank still late?")
    reviewer.get_by_role("button", name="Send back").click()
    expect(reviewer.locator("main")).to_contain_text("Sent back: Is the bank still late?")

    page.goto(f"/reporting/reports/{pk}/")
    expect(page.locator("main")).to_contain_text("Is the bank still late?")
    expect(page.locator("main")).to_contain_text("Bank delivers refunds and reversals")
    with page.expect_response("**/draft/") as saved:
        page.locator("[name=text-next]").fill("Yes: a decision by Friday.")
    assert saved.value.status == 200
    expect(page.locator("#sc-saved")).to_contain_text("Saved at")
    page.reload()
    expect(page.locator("[name=text-next]")).to_have_value("Yes: a decision by Friday.")
    page.locator("[name=text-next]").fill("Yes: a decision by Thursday.")
    expect(page.locator("#sc-saved")).not_to_contain_text("Saved at")
    page.goto("/")  # before it was saved by itself
    page.goto(f"/reporting/reports/{pk}/")
    expect(page.locator("[name=text-next]")).to_have_value("Yes: a decision by Thursday.")
    expect(page.locator("[name=why-overall]")).to_be_hidden()
    page.locator("label:has([name=rating-overall][value=green])").click()
    expect(page.locator("[name=why-overall]")).to_be_visible()
    page.locator("label:has([name=rating-overall][value=red])").click()
    expect(page.locator("[name=why-overall]")).to_be_hidden()
    check(page)
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.locator("main")).to_contain_text("in review")
    expect(page.locator("main")).to_contain_text("Yes: a decision by Thursday.")
    check(page)
