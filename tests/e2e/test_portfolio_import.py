"""A year of a portfolio brought in by browser: read, mapped, tried, imported, taken back; and a file that is none."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Open, check

from steerco.site import demo

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.xdist_group("e2e")]
SIZES = pytest.mark.parametrize("size", ["wide", "phone"])
YEAR = Path(demo.__file__).parent / "gmpp" / "gmpp_2019.csv"
START = "/figures/import/"
NARRATIVE = re.compile("^Departmental narrative on *budget/forecast", re.I)


def read(page: Page, code: str, file: Path) -> None:
    """Bring a file into a new portfolio, from the first page."""
    page.goto(START)
    page.select_option("#sc-into", "")
    page.fill("#sc-code", code)
    page.set_input_files("#sc-file", str(file))
    page.click("main form button.btn-primary")


def count(page: Page, label: str) -> int:
    """A number of the report."""
    kpi = page.locator(".sc-kpi", has=page.get_by_text(label, exact=True))
    return int(kpi.locator(".sc-kpi-value").inner_text())


@SIZES
def test_a_year_is_read_mapped_tried_imported_and_taken_back(open_as: Open, size: str) -> None:
    page = open_as(size=size)
    code = f"YEAR-{size.upper()}"
    page.goto(START)
    check(page)
    read(page, code, YEAR)
    expect(page.locator("h1")).to_contain_text("gmpp_2019.csv")
    check(page)

    narrative = page.get_by_label(NARRATIVE)
    expect(narrative).not_to_have_value("")
    narrative.select_option("")
    page.fill("#sc-keep-as", f"Without narrative {size}")
    page.click("button[name=try]")
    trial = page.locator("#trial")
    expect(trial).to_be_visible()
    check(page)
    rows = count(page, "Rows read")
    assert rows > 100
    assert count(page, "New reports") + count(page, "Rejected") == rows
    assert count(page, "Rejected") <= rows * 0.02
    expect(trial).to_contain_text("Departmental narrative on")  # among the columns that are not read
    draft = page.url
    answer = page.goto(f"/portfolio/{code}/")
    assert answer is not None
    assert answer.status == 200
    expect(page.locator("main")).not_to_contain_text("Geological Disposal")  # only tried

    page.goto(draft)
    page.click("button[name=import]")
    expect(page.locator("h1")).to_contain_text("imported")
    assert count(page, "New reports") > 100
    check(page)
    done = page.url
    page.click("text=To the dashboard")
    expect(page.locator("main")).to_contain_text("Geological Disposal")
    check(page)

    read(page, f"{code}-2", YEAR)
    page.select_option("#sc-use", label=f"Without narrative {size}")
    page.click("button[name=try]")
    expect(page.get_by_label(NARRATIVE)).to_have_value("")
    page.click("button[name=drop]")
    expect(page.locator("main table")).to_contain_text("gmpp_2019.csv")
    assert page.request.get(f"/portfolio/{code}-2/").status == 404

    page.goto(done)
    page.click("text=Take it back")
    expect(page.locator("h1")).to_contain_text("taken back")
    check(page)
    page.goto(f"/portfolio/{code}/")
    expect(page.locator("main")).not_to_contain_text("Geological Disposal")


@SIZES
def test_a_file_that_is_none_is_said_to_be_so_and_leaves_nothing(
    open_as: Open, size: str, tmp_path: Path
) -> None:
    page = open_as(size=size)
    code = f"NONE-{size.upper()}"
    fake, empty, prose = tmp_path / "year.xlsx", tmp_path / "empty.csv", tmp_path / "minutes.csv"
    fake.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    empty.write_bytes(b"")
    prose.write_text("Dear all,\nthe meeting is on Monday.\n")
    for file in (fake, empty):
        read(page, code, file)
        alert = page.locator("main [role=alert]")
        expect(alert).to_contain_text(re.compile(r"\w+ \w+ \w+"))
        expect(page.locator("#sc-code")).to_have_value(code)
        check(page)
    read(page, code, prose)
    page.click("button[name=try]")
    expect(page.locator("#trial [role=alert]")).to_contain_text("date")
    check(page)
    page.fill("#sc-as-of", "2026-03-31")
    page.click("button[name=try]")
    expect(page.locator("#trial")).to_contain_text("There is nothing to import in it.")
    assert (count(page, "Rows read"), count(page, "Rejected")) == (1, 1)
    expect(page.locator("button[name=import]")).to_have_count(0)
    check(page)
    page.click("button[name=drop]")
    expect(page.locator("h1")).to_have_text("Import a portfolio")
    assert page.request.get(f"/portfolio/{code}/").status == 404
