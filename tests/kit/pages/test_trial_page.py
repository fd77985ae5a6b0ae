"""The vendored libraries and the site's own scripts under the real content security policy, in a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.kit.pages.chart_gallery import gallery
from tests.kit.pages.trial_site import Trial, running_trial

pytestmark = pytest.mark.e2e

AXE = Path(__file__).resolve().parents[2] / "e2e/vendor/axe.min.js"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push([event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber]));
"""
COMBINATIONS = [
    ("light", "classic", 1440),
    ("dark", "classic", 1440),
    ("light", "safe", 1440),
    ("dark", "safe", 1440),
    ("light", "classic", 390),
    ("dark", "classic", 390),
]
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def trial() -> Iterator[Trial]:
    with running_trial() as running:
        running.pages["/charts"] = gallery()
        yield running


@pytest.fixture
def visit(browser: Browser, trial: Trial) -> Iterator[Open]:
    """Open a page of the trial; at the end nothing may have been violated, raised or asked of another host."""
    problems: list[str] = []
    opened: list[Page] = []

    def visit_page(path: str = "/", width: int = 1440, **stored: str) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.add_init_script(LISTEN)
        for name, value in stored.items():
            page.add_init_script(f"localStorage.setItem('steerco.{name}', '{value}')")
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((trial.address, "data:", "blob:"))
                else problems.append(f"other host: {request.url}")
            ),
        )
        opened.append(page)
        page.goto(trial.address + path)
        return page

    yield visit_page
    for page in opened:
        problems += [f"policy: {violation}" for violation in page.evaluate("window.violations")]
        page.close()
    assert problems == []


def test_the_policy_is_in_force(browser: Browser, trial: Trial) -> None:
    trial.pages["/inline"] = "<!doctype html><p style='color:red'>x</p><script>window.ran = true</script>"
    page = browser.new_page()
    page.add_init_script(LISTEN)
    page.goto(trial.address + "/inline")
    kinds = {violation[0] for violation in page.evaluate("window.violations")}
    assert kinds == {"style-src-attr", "script-src-elem"}
    assert page.evaluate("window.ran") is None
    page.close()


def test_parts_fold_notices_go_and_terms_explain_themselves(visit: Open) -> None:
    page = visit()
    page.click("#fold")
    expect(page.locator("#more.show")).to_be_visible()
    expect(page.locator("#fold")).to_have_attribute("aria-expanded", "true")
    page.click("#notice [data-sc-dismiss]")
    expect(page.locator("#notice")).to_have_count(0)
    term = page.locator(".sc-term")
    term.focus()
    expect(page.get_by_role("tooltip")).to_have_text("How likely it is, on the scale of the organisation")
    expect(term).to_have_accessible_description("How likely it is, on the scale of the organisation")
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_be_hidden()


def test_htmx_swaps_announces_and_sends_its_headers(visit: Open, trial: Trial) -> None:
    page = visit()
    assert page.evaluate("[htmx.config.allowEval, htmx.config.includeIndicatorStyles]") == [False, False]
    page.click("#swap")
    expect(page.locator("#news")).to_have_text("New text")
    expect(page.locator("#sc-live")).to_have_text("Saved by the server")
    expect(page.locator(".sc-toast")).to_contain_text("Saved")
    [(verb, path, headers, _)] = trial.writes
    assert (verb, path, headers["X-CSRFToken"]) == ("POST", "/fragment", "trial-token")
    assert len(headers["Idempotency-Key"]) == 36


def test_a_write_keeps_its_key_until_it_is_answered(visit: Open, trial: Trial) -> None:
    trial.answers = [503, 429, 200, 422, 200]
    page = visit()
    for sent in range(1, 6):
        with page.expect_response("**/fragment"):
            page.click("#swap")
        expect(page.locator("#swap.htmx-request")).to_have_count(0)
        assert len(trial.writes) == sent
    keys = [headers["Idempotency-Key"] for _, _, headers, _ in trial.writes]
    assert keys[0] == keys[1] == keys[2]
    assert len(set(keys)) == 3


def test_charts_are_svg_with_a_drawn_tooltip_and_follow_the_theme(visit: Open) -> None:
    page = visit()
    drawing = page.locator("[data-sc-chart] svg")
    expect(drawing).to_be_visible()
    box = drawing.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(drawing.get_by_text("Q2")).to_have_count(2)  # on the axis and in the tooltip
    for theme, red in (("light", "#b8202f"), ("dark", "#e5606c")):
        page.click(f'[data-sc-set="theme:{theme}"]')
        expect(drawing.locator(f'[fill="{red}" i], [stroke="{red}" i]').first).to_be_attached()


def test_preferences_stay(visit: Open) -> None:
    page = visit()
    page.click('[data-sc-set="theme:dark"]')
    page.click('[data-sc-set="palette:safe"]')
    page.click('[data-sc-set="density:comfortable"]')
    page.reload()
    assert page.evaluate("({...document.documentElement.dataset})") == {
        "bsTheme": "dark", "scTheme": "dark", "scPalette": "safe", "scDensity": "comfortable", "scKeys": "on",
    }  # fmt: skip
    expect(page.locator('[data-sc-set="theme:dark"]')).to_have_attribute("aria-pressed", "true")


def test_a_cell_is_edited_by_keyboard(visit: Open, trial: Trial) -> None:
    page = visit()
    first, second = page.locator("#cell-1"), page.locator("#cell-2")
    first.focus()
    page.keyboard.press("F2")
    expect(first.locator("input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(first).to_have_text("Crossrail")
    expect(first).to_be_focused()
    assert trial.writes == []
    page.keyboard.press("Enter")
    expect(first.locator("input")).to_be_focused()
    page.keyboard.type("Elizabeth line")
    page.keyboard.press("Tab")
    expect(second.locator("input")).to_be_focused()
    expect(first).to_have_text("New text")
    page.keyboard.press("Enter")  # unchanged: nothing is written
    expect(second).to_have_text("Smart meters")
    assert [(verb, body) for verb, _, _, body in trial.writes] == [("PATCH", "name=Elizabeth%20line")]


def test_a_refused_edit_keeps_its_editor(visit: Open, trial: Trial) -> None:
    trial.answers = [500]
    page = visit()
    page.locator("#cell-1").click()
    field = page.locator("#cell-1 input")
    expect(field).to_be_focused()
    page.keyboard.type("Lost?")
    with page.expect_response("**/cell"):
        page.keyboard.press("Enter")
    expect(field).to_have_value("Lost?")


def test_single_keys_and_their_switch(visit: Open) -> None:
    page = visit()
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("[data-sc-search]")).to_be_focused()
    page.keyboard.type("gr?")  # typed, not obeyed
    expect(page.locator("[data-sc-search]")).to_have_value("gr?")
    page.locator("[data-sc-search]").blur()
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/#registers")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.sc-row-current #cell-2")).to_be_visible()
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.locator("[data-sc-bulk-count]")).to_have_text("1")
    page.keyboard.press("e")
    expect(page.locator("#cell-1 input")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("dialog[data-sc-help]")).to_be_visible()
    page.keyboard.press("Escape")
    page.uncheck('[data-sc-switch="keys"]')
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("dialog[data-sc-help]")).to_be_hidden()


def test_rows_are_selected_for_a_bulk_action(visit: Open) -> None:
    page = visit()
    bar, count = page.locator("[data-sc-bulk]"), page.locator("[data-sc-bulk-count]")
    boxes = page.locator("[data-sc-select]")
    expect(bar).to_be_hidden()
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(count).to_have_text("3")
    assert page.locator("[data-sc-select-all]").is_checked()
    boxes.nth(1).uncheck()
    assert page.evaluate("document.querySelector('[data-sc-select-all]').indeterminate")
    page.click("[data-sc-select-none]")
    expect(bar).to_be_hidden()


def test_pasted_cells_are_sized_and_previewed(visit: Open, trial: Trial) -> None:
    page = visit()
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "Name\\tCost\\r\\nCrossrail\\t14800\\r\\n");
          const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
          document.getElementById("area").dispatchEvent(paste);
        }"""
    )
    expect(page.locator("[data-sc-paste-size]")).to_have_text("2 rows, 2 columns")
    expect(page.locator("#preview")).to_have_text("New text")
    assert trial.writes[0][3] == "cells=Name%09Cost%0ACrossrail%0914800%0A"


@pytest.mark.parametrize(("theme", "palette", "width"), COMBINATIONS)
@pytest.mark.parametrize("path", ["/", "/charts"])
def test_axe_finds_nothing(visit: Open, path: str, theme: str, palette: str, width: int) -> None:
    page = visit(path, width, theme=theme, palette=palette)
    if path == "/":
        expect(page.locator("[data-sc-chart] svg")).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", tags)
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in result["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
