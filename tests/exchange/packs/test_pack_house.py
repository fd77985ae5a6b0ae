import zipfile
from pathlib import Path

import pytest
from pptx import Presentation
from pptx.util import Inches
from tests.exchange.packs.contents import pack

from steerco.exchange.packs.archive import ArchiveError, inspect_archive
from steerco.exchange.packs.pptx.check import check_fit
from steerco.exchange.packs.pptx.deck import render_pptx
from steerco.exchange.packs.pptx.house import OWN_TEMPLATE, TemplateError, describe_template


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A 4 : 3 template of somebody else with a sample slide and a section that names it."""
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    slide.shapes.title.text = "Sample slide of the house"
    path = tmp_path / "house.pptx"
    deck.save(str(path))
    return path


def test_our_own_template_has_every_layout() -> None:
    report = describe_template(OWN_TEMPLATE)
    assert report.usable
    assert {item.by for item in report.mapped} == {"name"}
    assert (report.missing, report.problems) == ((), ())


def test_layouts_are_found_by_name(house: Path) -> None:
    report = describe_template(house)
    assert report.usable
    assert {item.role.value: item.layout for item in report.mapped} == {
        "cover": "Title Slide",
        "page": "Title Only",
        "project": "Title Only",
        "blank": "Blank",
    }


def test_layouts_are_found_by_type_when_names_say_nothing(house: Path, tmp_path: Path) -> None:
    deck = Presentation(str(house))
    for number, layout in enumerate(deck.slide_layouts):
        layout._element.cSld.set("name", f"Layout {number}")
    deck.save(str(tmp_path / "typed.pptx"))
    report = describe_template(tmp_path / "typed.pptx")
    assert {item.by for item in report.mapped} == {"type"}


def test_a_deck_on_a_house_template_keeps_its_masters_and_drops_its_slides(
    house: Path, tmp_path: Path
) -> None:
    render_pptx(pack(4), tmp_path / "deck.pptx", template=house)
    assert check_fit(tmp_path / "deck.pptx") == []
    deck = Presentation(str(tmp_path / "deck.pptx"))
    assert deck.slide_width == Inches(10)
    assert {slide.slide_layout.name for slide in deck.slides} == {"Title Slide", "Title Only"}
    text = "".join(node.text or "" for slide in deck.slides for node in slide._element.iter("{*}t"))
    assert "Sample slide of the house" not in text
    names = zipfile.ZipFile(tmp_path / "deck.pptx").namelist()
    assert sum(name.startswith("ppt/slides/slide") for name in names) == len(deck.slides)
    for slide in deck.slides:
        assert "OFFICIAL" in "".join(node.text or "" for node in slide._element.iter("{*}t"))


def test_without_layouts_of_use_the_pack_brings_its_own_geometry(house: Path, tmp_path: Path) -> None:
    deck = Presentation(str(house))
    deck.part.drop_rel(deck.slides._sldIdLst[0].rId)
    deck.slides._sldIdLst.remove(deck.slides._sldIdLst[0])
    for layout in list(deck.slide_layouts):
        if layout.name != "Blank":
            deck.slide_layouts.remove(layout)
    deck.save(str(tmp_path / "blank.pptx"))
    report = describe_template(tmp_path / "blank.pptx")
    assert report.usable
    assert report.missing == ("cover", "page", "project")
    render_pptx(pack(3), tmp_path / "deck.pptx", template=tmp_path / "blank.pptx")
    assert check_fit(tmp_path / "deck.pptx") == []


def test_layouts_that_leave_no_room_are_reported(tmp_path: Path) -> None:
    deck = Presentation()
    # The placeholders of the 4 : 3 layouts stay where they were.
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    deck.save(str(tmp_path / "moved.pptx"))
    report = describe_template(tmp_path / "moved.pptx")
    assert report.usable
    assert report.problems == ("own-geometry:page", "own-geometry:project")
    render_pptx(pack(3), tmp_path / "deck.pptx", template=tmp_path / "moved.pptx")
    assert check_fit(tmp_path / "deck.pptx") == []


def test_a_stamp_sized_page_is_refused(tmp_path: Path) -> None:
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(3), Inches(2)
    deck.save(str(tmp_path / "small.pptx"))
    assert describe_template(tmp_path / "small.pptx").problems == ("page-too-small",)


def write(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return path


def test_hostile_files_are_refused_with_a_code(tmp_path: Path) -> None:
    plain = tmp_path / "plain.pptx"
    plain.write_bytes(b"no archive at all")
    cases = {
        plain: "not-a-zip",
        write(tmp_path / "a.pptx", **{"../evil": b"x"}): "unsafe-name",
        write(tmp_path / "b.pptx", big=b"0" * 5_000_000): "too-large",
        write(tmp_path / "c.pptx", ppt__vbaProject_dot_bin=b"x"): "macros",
        write(
            tmp_path / "d.pptx", a_dot_xml=b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a/>"
        ): "doctype",
        write(tmp_path / "e.pptx", inner_dot_zip=b"x"): "nested-archive",
        write(tmp_path / "f.pptx", **{f"part{number}": b"" for number in range(5_001)}): "too-many-parts",
    }
    for path, code in cases.items():
        with pytest.raises(ArchiveError, match=code):
            inspect_archive(path)
        report = describe_template(path)
        assert (report.usable, report.problems) == (False, (code,))


def test_an_archive_that_is_no_presentation_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "zip.pptx", readme_dot_txt=b"hello")
    assert describe_template(path).problems == ("not-a-presentation",)
    with pytest.raises(TemplateError, match="not-a-presentation"):
        render_pptx(pack(1), tmp_path / "deck.pptx", template=path)
    assert not (tmp_path / "deck.pptx").exists()
