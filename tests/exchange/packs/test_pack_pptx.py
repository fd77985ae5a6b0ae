import dataclasses
import io
import random
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pptx.presentation import Presentation as Deck
from pptx.util import Pt
from tests.exchange.packs.contents import pack, risk
from tests.exchange.packs.hostile import TEXTS, hostile

from steerco.exchange.packs.content import PackContent
from steerco.exchange.packs.pptx.build_template import build
from steerco.exchange.packs.pptx.check import check_fit
from steerco.exchange.packs.pptx.deck import render_pptx
from steerco.exchange.packs.pptx.house import OWN_TEMPLATE
from steerco.exchange.packs.ratings import Palette, RatingScale


@pytest.fixture(scope="module")
def content() -> PackContent:
    return pack(12)


@pytest.fixture(scope="module")
def path(content: PackContent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("deck") / "pack.pptx"
    render_pptx(content, target)
    return target


@pytest.fixture(scope="module")
def deck(path: Path) -> Deck:
    return Presentation(str(path))


def words(slide: object) -> str:
    return "\n".join(
        node.text or ""
        for node in slide._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}t")  # type: ignore[attr-defined]
    )


def titles(deck: Deck) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in deck.slides]


def test_pages_come_in_reading_order_with_message_titles(deck: Deck, content: PackContent) -> None:
    found = titles(deck)
    assert found[0] == content.title
    assert "projects are rated red or amber/red" in found[1]
    assert found[2].startswith("2 decisions are wanted")
    assert found[3] == "2 conflicts between projects are open; the first is to be resolved by 14 Oct 2019"
    assert "since Sep 2018" in found[4]
    assert found[-1] == "What these figures rest on"
    for page in content.projects:
        assert sum(title.startswith(page.name + ": ") for title in found) == 1
    # cover, overview, decisions, conflicts, changes 1-2, ratings, milestones, money, risks, 12 projects, notes
    assert len(found) == 23


def test_nothing_overflows(path: Path) -> None:
    assert check_fit(path) == []


def test_charts_are_native_with_their_numbers_in_a_workbook(deck: Deck, content: PackContent) -> None:
    charts = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 2 + len(content.projects)
    for shape in charts:
        blob = shape.chart.part.chart_workbook.xlsx_part.blob
        assert load_workbook(io.BytesIO(blob)).active.max_row >= 2
        assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
    first = charts[0].chart
    assert first.plots[0].series[0].name == "green"
    counts = [sum(series.values[0] for series in first.plots[0].series)]
    assert counts == [12]


def test_every_chart_table_and_group_has_words_for_screen_readers(deck: Deck) -> None:
    namespace = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
    for slide in deck.slides:
        for frame in slide._element.iter(f"{namespace}graphicFrame"):
            assert frame.nvGraphicFramePr.cNvPr.get("descr")
        for group in slide._element.iter(f"{namespace}grpSp"):
            mark = group.find(f".//{namespace}cNvPr")
            assert mark.get("descr") or mark.get("name") == "Time axis"


def test_marking_date_and_number_stand_on_every_slide(deck: Deck, content: PackContent) -> None:
    for slide in deck.slides:
        text = words(slide)
        assert content.marking in text
        assert "As of 30 Sep 2019" in text
        assert slide._element.findall(".//{*}fld[@type='slidenum']")


def test_no_theme_style_and_no_empty_placeholder(deck: Deck) -> None:
    for slide in deck.slides:
        assert not slide._element.findall(
            ".//{http://schemas.openxmlformats.org/presentationml/2006/main}style"
        )
        for shape in slide.placeholders:
            assert shape.text_frame.text.strip() or shape.placeholder_format.type in (13, 15, 16)


def test_shape_numbers_are_unique_on_each_slide(deck: Deck) -> None:
    for slide in deck.slides:
        numbers = [node.get("id") for node in slide._element.iter("{*}cNvPr")]
        assert len(numbers) == len(set(numbers))


def test_ratings_carry_shape_and_letters(deck: Deck) -> None:
    table = next(
        s.table for slide in deck.slides for s in slide.shapes if s.has_table and s.name == "Ratings"
    )
    cells = [cell.text for row in list(table.rows)[1:] for cell in row.cells]
    assert any(text.startswith("◆ R") for text in cells)
    assert any(text.startswith("▲◆ AR") for text in cells)


def test_milestones_are_one_group_per_project(deck: Deck, content: PackContent) -> None:
    names = [s.name for slide in deck.slides for s in slide.shapes if s.name.startswith("Milestones: ")]
    assert len(names) == len(set(names))
    assert {name.removeprefix("Milestones: ") for name in names} <= {page.name for page in content.projects}


def test_a_text_that_is_cut_stands_whole_in_the_notes(tmp_path: Path) -> None:
    content = pack(1, text=5000)
    render_pptx(content, tmp_path / "long.pptx")
    deck = Presentation(str(tmp_path / "long.pptx"))
    slide = next(slide for slide in deck.slides if slide.has_notes_slide)
    notes = slide.notes_slide.notes_text_frame.text
    assert content.projects[0].narratives[0].text in notes
    assert "Full text" in words(slide)


def test_equal_content_gives_equal_bytes(path: Path, content: PackContent, tmp_path: Path) -> None:
    render_pptx(content, tmp_path / "again.pptx")
    assert (tmp_path / "again.pptx").read_bytes() == path.read_bytes()


def test_many_rows_continue_without_an_orphan(tmp_path: Path) -> None:
    render_pptx(pack(45, text=80), tmp_path / "many.pptx")
    deck = Presentation(str(tmp_path / "many.pptx"))
    sizes = [
        len(s.table.rows) - 1
        for slide in deck.slides
        for s in slide.shapes
        if s.has_table and s.name == "Ratings"
    ]
    assert sum(sizes) == 45
    assert len(sizes) >= 2
    assert min(sizes) >= max(sizes) - 3
    assert f"Ratings (1/{len(sizes)})" in "".join(words(slide) for slide in deck.slides)


def test_columns_in_which_nothing_stands_are_left_out(tmp_path: Path) -> None:
    content = pack(5)
    bare = [dataclasses.replace(row, unit="", end=None, end_compared=None) for row in content.ratings]
    render_pptx(dataclasses.replace(content, ratings=tuple(bare)), tmp_path / "bare.pptx")
    deck = Presentation(str(tmp_path / "bare.pptx"))
    table = next(
        s.table for slide in deck.slides for s in slide.shapes if s.has_table and s.name == "Ratings"
    )
    titles = [cell.text for cell in table.rows[0].cells]
    assert not {"Unit", "End", "Moved"} & set(titles)
    assert {"Project", "Was", "Whole-life cost"} <= set(titles)
    assert len(table.rows[1].cells) == len(titles)


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_breaks_a_page(name: str, tmp_path: Path) -> None:
    render_pptx(hostile(TEXTS[name]), tmp_path / "deck.pptx")
    assert check_fit(tmp_path / "deck.pptx") == []


@pytest.mark.parametrize(
    "changed",
    [
        {"compare": None},
        {"decisions": (), "conflicts": (), "changes": ()},
        {"scale": RatingScale.THREE_POINT, "dimensions": ("Overall",)},
        {"locale": "de", "marking": "", "audience": "", "attribution": ""},
    ],
    ids=["nothing to compare", "nothing asked or changed", "three-point", "German, unmarked"],
)
def test_what_is_missing_leaves_no_hole(changed: dict[str, object], tmp_path: Path) -> None:
    render_pptx(pack(3, **changed), tmp_path / "deck.pptx")  # type: ignore[arg-type]
    assert check_fit(tmp_path / "deck.pptx") == []


def test_an_empty_portfolio_still_has_a_pack(tmp_path: Path) -> None:
    render_pptx(pack(0, decisions=(), conflicts=(), distribution=()), tmp_path / "deck.pptx")
    assert len(Presentation(str(tmp_path / "deck.pptx")).slides) == 3


def test_sixty_risks_show_the_highest_and_count_the_rest(tmp_path: Path) -> None:
    chance = random.Random(3)
    risks = tuple(risk(chance, "Courts Reform", str(number)) for number in range(60))
    render_pptx(pack(2, risks=risks), tmp_path / "deck.pptx")
    assert check_fit(tmp_path / "deck.pptx") == []
    deck = Presentation(str(tmp_path / "deck.pptx"))
    slide = next(s for s in deck.slides if "score" in s.shapes.title.text_frame.text)
    shown = next(shape.table for shape in slide.shapes if shape.has_table and shape.name == "Top risks")
    rest = 60 - (len(shown.rows) - 1)
    assert f"{rest} more in the workbook" in words(slide)
    scores = [int(row.cells[3].text) for row in list(shown.rows)[1:]]
    assert scores == sorted((r.score for r in risks), reverse=True)[: len(scores)]


def test_progress_is_told_and_may_cancel(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    render_pptx(pack(2), tmp_path / "deck.pptx", progress=lambda done, total: steps.append((done, total)))
    assert [done for done, _ in steps] == list(range(1, steps[-1][1] + 1))

    class Cancelled(Exception):
        pass

    def cancel(done: int, total: int) -> None:
        if done == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        render_pptx(pack(2), tmp_path / "cancelled.pptx", progress=cancel)
    assert not (tmp_path / "cancelled.pptx").exists()


def test_the_check_finds_what_overflows(path: Path, content: PackContent, tmp_path: Path) -> None:
    deck = Presentation(str(path))
    title = deck.slides[3].shapes.title
    title.text_frame.paragraphs[0].runs[0].text = "far too long " * 40
    table = next(shape.table for shape in deck.slides[5].shapes if shape.has_table)
    table.cell(1, 1).text_frame.paragraphs[0].runs[0].text = (
        "a name that needs more lines than its row has " * 4
    )
    tile = next(shape for shape in deck.slides[1].shapes if shape.name == "Projects")
    tile.left = Pt(900)
    deck.save(str(tmp_path / "bad.pptx"))
    found = check_fit(tmp_path / "bad.pptx")
    assert {(item.slide, item.kind) for item in found} >= {(4, "text"), (6, "row"), (2, "slide")}
    assert all(item.needs > item.has for item in found if item.kind != "slide")


def test_the_committed_template_is_what_its_builder_makes() -> None:
    built, kept = (zipfile.ZipFile(io.BytesIO(data)) for data in (build(), OWN_TEMPLATE.read_bytes()))
    assert built.namelist() == kept.namelist()
    for name in built.namelist():
        assert built.read(name) == kept.read(name), name


def test_colours_of_the_safe_palette_are_used(tmp_path: Path) -> None:
    content = dataclasses.replace(pack(2), palette=Palette.COLOUR_BLIND_SAFE)
    render_pptx(content, tmp_path / "deck.pptx")
    slide = zipfile.ZipFile(tmp_path / "deck.pptx").read("ppt/slides/slide2.xml")
    assert b"BE2F37" not in slide
