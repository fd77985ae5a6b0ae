"""A sponsor without an account signs off from the mail, on a phone, in two taps; who asked holds the certificate."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import SIZES, Open, Site, check

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.xdist_group("e2e")]
SPONSOR = "Victor Engel"  # of the example, without an account
LINK = f"""
import django
django.setup()
from steerco.apps.followups.links import address_for
from steerco.apps.followups.models import FollowUp
from steerco.apps.people.models import Person
person = Person.objects.get(name={SPONSOR!r}, user=None)
print(address_for(FollowUp.objects.get(debtor=person.party, kind="signoff", state="open"), person))
"""


def mailed(site: Site) -> str:
    """The address that stands in the sponsor's mail."""
    environment = {"STEERCO_DATA_DIR": str(site.data), "DJANGO_SETTINGS_MODULE": "steerco.site.settings"}
    path = ":".join(p for p in sys.path if p)
    run = subprocess.run(
        [sys.executable, "-c", LINK],
        env={**environment, "PYTHONPATH": path, "STEERCO_DEMO": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    return run.stdout.strip().splitlines()[-1]


def ask(page: Page, tmp_path: Path) -> str:
    """The project manager attaches the runbook and asks the sponsor; the address of the deliverable."""
    page.goto("/registers/deliverables/?in=NWC-PAY&q=Runbook")
    page.locator("[data-sc-row] a[data-sc-open]").first.click()
    url = page.url
    file = tmp_path / "runbook.txt"
    file.write_text("Every step has a way back.")
    page.set_input_files("input[type=file]", str(file))
    page.locator("form[action$='/files/'] button").click()
    expect(page.locator("[id='panel-record.files']")).to_contain_text("runbook.txt")
    page.click("text=Ask for sign-off…")
    check(page)
    page.fill("[name=revision]", "1.0")
    page.fill("[name=approver_1]", SPONSOR)
    page.click("text=Ask them")
    expect(page.locator("[id='panel-record.signoff']")).to_contain_text("under way")
    check(page)
    return url


def test_two_taps_on_a_phone(site: Site, browser: Browser, open_as: Open, tmp_path: Path) -> None:
    manager = open_as("pm@example.org")
    url = ask(manager, tmp_path)
    address = mailed(site)
    width, height = SIZES["phone"]
    outside = browser.new_context(
        viewport={"width": width, "height": height}, base_url=site.url, accept_downloads=True
    )
    for _ in range(10):  # a scanner of mails opens every link before its reader does
        for query in ("", "?answer=approve", "?answer=conditions", "?answer=return"):
            assert outside.request.get(address + query).status == 200
        assert outside.request.get(f"{address}files/1/").status == 200
    outside.clear_cookies()
    page = outside.new_page()
    page.goto(f"{address}?answer=approve")  # the first tap, in the mail
    expect(page.locator("h1")).to_contain_text("Runbook for going live")
    expect(page.locator("main")).to_contain_text("Every step has a name, a time and a way back.")
    check(page)
    with page.expect_download() as download:
        page.click("text=runbook.txt")
    assert Path(download.value.path()).read_text() == "Every step has a way back."
    page.locator("button[name=answer][value=approve]").click()  # the second
    expect(page.locator("h1")).to_contain_text("Thank you")
    check(page)
    page.goto(address)
    expect(page.locator("h1")).to_contain_text("Nothing to answer here")
    for other in (url, "/registers/deliverables/tracker/", "/portfolio/NWC-PAY/"):
        page.goto(other)
        expect(page).to_have_url(re.compile("/accounts/login/"))
    outside.close()
    manager.goto(url)
    panel = manager.locator("[id='panel-record.signoff']")
    expect(panel).to_contain_text("by the link of a mail")
    expect(manager.locator("main")).to_contain_text("signed off")
    with manager.expect_download() as download:
        panel.locator("a[href$='/certificate/']").first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    manager.goto("/registers/deliverables/tracker/?in=NWC-PAY")
    check(manager)
    manager.goto("/registers/requirements/coverage/?in=NWC-PAY")
    check(manager)
