"""Contrast of every colour token, in both themes and both palettes, and what the stylesheet may not contain."""

import re
from itertools import pairwise
from math import dist
from pathlib import Path

import pytest

from steerco.engine.charts.document_style import GRID, MUTED, PAPER, RATING_TONES, SERIES_TONES

STATIC = Path(__file__).resolve().parents[3] / "src/steerco/kit/pages/static/steerco"
CSS = (STATIC / "steerco.css").read_text(encoding="utf-8")
RATINGS = ["green", "amber-green", "amber", "amber-red", "red", "none"]
PAGE = {"light": "#fafafa", "dark": "#171717"}  # Tabler's body ground, on which muted text may stand too
COMBINATIONS = [(theme, palette) for theme in ("light", "dark") for palette in ("classic", "safe")]


def blocks() -> list[tuple[set[str], dict[str, str]]]:
    plain = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
    return [
        (
            {selector.strip() for selector in head.split(",")},
            dict(re.findall(r"(--sc-[\w-]+):\s*(#\w+)", body)),
        )
        for head, body in re.findall(r"([^{}]+)\{([^{}]*)\}", plain)
    ]


def tokens(theme: str, palette: str) -> dict[str, str]:
    """Return the tokens that apply, by the cascade: plain selectors in their order, then the compound one."""
    applying = {":root", f'[data-sc-palette="{palette}"]'}
    if theme == "dark":
        applying.add('[data-bs-theme="dark"]')
    compound = '[data-bs-theme="dark"][data-sc-palette="safe"]'
    found: dict[str, str] = {}
    for selectors, values in blocks():
        if selectors & applying:
            found |= values
    for selectors, values in blocks():
        if compound in selectors and (theme, palette) == ("dark", "safe"):
            found |= values
    return found


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    light = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other))]
    return (max(light) + 0.05) / (min(light) + 0.05)


@pytest.mark.parametrize(("theme", "palette"), COMBINATIONS)
def test_contrast(theme: str, palette: str) -> None:
    found = tokens(theme, palette)
    surfaces = [found["--sc-surface"], found["--sc-zebra"], PAGE[theme]]
    ratios: dict[str, tuple[float, float]] = {}
    for rating in RATINGS:
        pale, text, fill, on = (found[f"--sc-{rating}-{part}"] for part in ("bg", "fg", "fill", "on"))
        ratios[f"{rating} pill"] = contrast(pale, text), 7.0
        ratios[f"{rating} cell"] = contrast(fill, on), 4.5
        # A mark has its outline in the text's colour, so that amber is seen on white.
        ratios[f"{rating} outline"] = min(contrast(text, surface) for surface in surfaces), 4.5
    for index in range(1, 9):
        colour = found[f"--sc-series-{index}"]
        ratios[f"series {index}"] = min(contrast(colour, surface) for surface in surfaces), 3.0
        ratios[f"on series {index}"] = contrast(colour, found["--sc-series-on"]), 4.5
    for name in ("muted", "old", "new", "focus"):
        ratios[name] = min(contrast(found[f"--sc-{name}"], surface) for surface in surfaces), 4.5
    ratios["editing"] = contrast(found["--sc-edit"], "#404040" if theme == "light" else "#e5e5e5"), 7.0
    assert {name: ratio for name, (ratio, wanted) in ratios.items() if ratio < wanted} == {}


def seen_without_green(colour: str) -> tuple[float, ...]:
    """Return CIE L*a*b* of a colour as seen in deuteranopia (Machado, Oliveira, Fernandes 2009, severity 1)."""
    rows = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
    r, g, b = (max(0.0, sum(w * c for w, c in zip(row, linear(colour), strict=True))) for row in rows)
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
    )
    x, y, z = (part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116 for part in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_safe_palette_stays_apart_without_red_and_green(theme: str) -> None:
    found = tokens(theme, "safe")
    seen = {rating: seen_without_green(found[f"--sc-{rating}-fill"]) for rating in RATINGS[:5]}
    three = [dist(seen[a], seen[b]) for a, b in (("green", "amber"), ("amber", "red"), ("green", "red"))]
    assert min(three) >= 40
    assert min(dist(seen[a], seen[b]) for a, b in pairwise(RATINGS[:5])) >= 15


def test_the_search_for_tokens_finds_the_themes_different() -> None:
    assert tokens("light", "classic")["--sc-surface"] == "#ffffff"
    assert tokens("dark", "safe")["--sc-green-fill"] != tokens("dark", "classic")["--sc-green-fill"]
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_own_classes_begin_with_sc_and_files_are_local() -> None:
    own = set(
        re.findall(
            r"\.([a-zA-Z][\w-]*)", re.sub(r"/\*.*?\*/|url\([^)]*\)|[\d.]+rem", "", CSS, flags=re.DOTALL)
        )
    )
    tabler = {"card", "card-title", "navbar", "navbar-vertical", "navbar-nav", "nav-link", "subheader", "btn",
              "page-wrapper", "htmx-indicator", "htmx-request", "htmx-swapping"}  # fmt: skip
    assert {name for name in own if not name.startswith("sc-")} <= tabler
    for address in re.findall(r"url\(\"?([^\")]+)", CSS):
        assert (STATIC / address).is_file(), address


@pytest.mark.parametrize("script", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.name)
def test_scripts_need_no_eval_and_import_what_exists(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert not re.search(
        r"\beval\(|new Function|innerHTML\s*=|\.style\.(?!left|top)|setAttribute\(\"style\"", text
    )
    for module in re.findall(r"from \"(\./[^\"]+)\"", text):
        assert (script.parent / module).is_file(), module


def test_documents_have_the_colours_of_the_light_theme() -> None:
    found = tokens("light", "classic")
    for rating, tone in RATING_TONES.items():
        assert tone == tuple(found[f"--sc-{rating}-{part}"] for part in ("fill", "on", "fg"))
    assert list(SERIES_TONES) == [found[f"--sc-series-{index}"] for index in range(1, 9)]
    assert (found["--sc-muted"], found["--sc-line"], found["--sc-surface"]) == (MUTED, GRID, PAPER)
