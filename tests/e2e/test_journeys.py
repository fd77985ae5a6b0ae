"""The main jobs as people do them, on a desk and on a phone."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Open, check

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.xdist_group("e2e")]
SIZES = pytest.mark.parametrize("size", ["wide", "phone"])


@SIZES
def test_open_the_red_project_and_see_its_history(open_as: Open, size: str) -> None:
    page = open_as(size=size)
    page.goto("/portfolio/GMPP/")
    check(page)
    page.locator("main a[href*='rating=red']").first.click()
    expect(page.locator("main")).to_contain_text(re.compile("red", re.I))
    page.locator("main table a[href^='/portfolio/'], main a[href^='/portfolio/GMPP']").first.click()
    expect(page.locator("h1")).not_to_be_empty()
    check(page)


@SIZES
def test_edit_a_risk_in_its_form_and_find_both_values_in_the_history(open_as: Open, size: str) -> None:
    page = open_as("pm@example.org", size)
    page.goto("/registers/risks/?in=NWC-PAY")
    check(page)
    page.locator("[data-sc-row] a[data-sc-open]").first.click()
    title = page.locator("h1").inner_text()
    page.click("a[data-sc-edit-page]")
    check(page)
    page.fill("[name=title]", f"Reworded on a {size}")
    page.fill("[name=reason]", "Clearer words")
    page.click("form.sc-form button.btn-primary")
    expect(page.locator("h1")).to_contain_text(f"Reworded on a {size}")
    history = page.locator(".sc-history")
    expect(history).to_contain_text("Clearer words")
    assert title.partition(" ")[2][:20] in history.inner_text()
    check(page)


def test_edit_a_cell_by_keyboard_and_meet_a_faster_colleague(open_as: Open) -> None:
    mine, theirs = open_as("pmo@example.org"), open_as("pm@example.org")
    for page in (mine, theirs):
        page.goto("/registers/risks/?in=NWC-PAY&sort=title")
    cell = "[data-sc-row] [data-sc-edit]:has(a[data-sc-open])"
    mine.locator(cell).first.focus()
    mine.keyboard.press("F2")
    editor = mine.locator("[data-sc-editor] [name=title]")
    expect(editor).to_be_focused()
    theirs.locator(cell).first.focus()
    theirs.keyboard.press("F2")
    theirs.locator("[data-sc-editor] [name=title]").fill("Theirs came first")
    theirs.keyboard.press("Enter")
    expect(theirs.locator(cell).first).to_contain_text("Theirs came first")
    editor.fill("Mine came second")
    mine.keyboard.press("Enter")
    expect(mine.locator(".sc-conflict")).to_contain_text("Theirs came first")
    check(mine)
    mine.locator("[data-sc-editor] [name=title]").press("Enter")
    expect(mine.locator(cell).first).to_contain_text("Mine came second")


@SIZES
def test_import_a_workbook_with_errors_and_undo_it(open_as: Open, size: str, tmp_path: Path) -> None:
    page = open_as(size=size)
    page.goto("/imports/risks/new/?in=NWC-PAY")
    check(page)
    file = tmp_path / "raid.csv"
    file.write_text(
        "ID,Description,Probability,Impact,Owner,Favourite colour\n"
        f"1,Imported risk {size} one,4,5,Beatrice Okafor,blue\n"
        f"2,Imported risk {size} two,9,5,Beatrice Okafor,red\n"
    )
    page.set_input_files("input[type=file]", str(file))
    page.locator("main form button.btn-primary").first.click()
    check(page)
    main = page.locator("main")
    for _step in range(3):
        if page.locator("main form[action$='/apply/'] button").count():
            break
        page.locator("main form button.btn-primary").first.click()
        check(page)
    expect(main).to_contain_text("Favourite colour")
    page.locator("main form[action$='/apply/'] button").first.click()
    page.goto(f"/registers/risks/?q=Imported risk {size}")
    expect(page.locator("[data-sc-row]")).to_have_count(1)
    page.goto("/imports/")
    page.locator("main a[href*='/imports/runs/']").first.click()
    page.locator("main form[action$='/undo/'] button").first.click()
    page.goto(f"/registers/risks/?q=Imported risk {size}")
    expect(page.locator("[data-sc-row]")).to_have_count(0)


@SIZES
def test_compare_two_years(open_as: Open, size: str) -> None:
    page = open_as("sponsor@example.org", size)
    page.goto("/portfolio/GMPP/?as_of=2019-09-30&compare=2013-09-30")
    expect(page.locator("main")).to_contain_text("2013")
    check(page)


@SIZES
def test_build_the_pack_and_download_it(open_as: Open, size: str) -> None:
    page = open_as(size=size)
    page.goto("/portfolio/NWC/")
    page.click("text=Build a pack")
    check(page)
    page.click("form.sc-form button.btn-primary")
    link = page.locator("a[href$='/pptx/']")
    expect(link).to_be_visible(timeout=120_000)
    check(page)
    with page.expect_download() as download:
        link.click()
    data = Path(download.value.path()).read_bytes()
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert sum(n.startswith("ppt/slides/slide") for n in names) >= 10
    assert any(n.startswith("ppt/charts/chart") for n in names)


PAGES = (
    "/",
    "/portfolio/",
    "/portfolio/NWC/",
    "/portfolio/NWC-PAY/",
    "/portfolio/NWC-PAY/people/",
    "/portfolio/NWC-PAY/edit/",
    "/portfolio/NWC-PAY/authority/?subject=change&money=60000&days=12",
    "/escalations/?in=NWC-DIG&side=to",
    "/registers-overview/",
    "/registers/risks/",
    "/registers/risks/?by=initiative&compare=2026-06-01",
    "/registers/risks/matrix/?in=NWC",
    "/registers/risks/enterprise/?in=NWC",
    "/registers/dependencies/network/?in=NWC",
    "/registers/risks/new/",
    "/registers/milestones/",
    "/registers/people/",
    "/registers/initiatives/",
    "/imports/",
    "/figures/import/",
    "/packs/",
    "/packs/new/",
    "/packs/templates/",
    "/admin/",
    "/admin/escalation-rules/?try=1",
    "/admin/escalation-rules/risk.score/",
    "/search/?q=supplier",
    "/examples/",
    "/accounts/password/change/",
)


@pytest.mark.parametrize(
    ("size", "scheme"), [("wide", "light"), ("wide", "dark"), ("phone", "light"), ("phone", "dark")]
)
def test_every_page_is_clean(open_as: Open, size: str, scheme: str) -> None:
    page: Page = open_as("admin@example.org", size, scheme)
    problems = []
    for address in PAGES:
        response = page.goto(address)
        assert response is not None
        assert response.status == 200, address
        try:
            check(page)
        except AssertionError as error:
            problems.append(str(error)[:600])
    assert problems == []


def test_the_pages_read_without_script(open_as: Open, site: object, browser: object) -> None:
    page = open_as()
    cookies = page.context.cookies()
    plain = page.context.browser.new_context(java_script_enabled=False, base_url=page.url.rstrip("/"))  # type: ignore[union-attr]
    plain.add_cookies(cookies)  # type: ignore[arg-type]
    bare = plain.new_page()
    for address in ("/portfolio/NWC/", "/registers/risks/", "/packs/"):
        bare.goto(address)
        expect(bare.locator("h1")).not_to_be_empty()
        expect(bare.locator("main table:visible").first).to_be_visible()
    plain.close()


def test_the_page_is_light(open_as: Open) -> None:
    page = open_as()
    sizes: dict[str, int] = {}
    page.on("response", lambda r: sizes.__setitem__(r.url, int(r.headers.get("content-length") or 0)))
    page.goto("/registers/risks/")
    page.wait_for_load_state("networkidle")
    assert sum(sizes.values()) <= 180_000, sizes


def test_german_reads_german(open_as: Open) -> None:
    page = open_as()
    page.click("button[name=language][value=de]")
    page.goto("/portfolio/NWC/")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("main")).to_contain_text("Risiken")
    check(page)
