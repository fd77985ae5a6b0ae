"""Which layouts of a template the pack stands on: by name, type or placeholders, else its own geometry."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from zipfile import BadZipFile

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PackageNotFoundError
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.slide import SlideLayout

from steerco.exchange.packs.archive import ArchiveError, inspect_archive
from steerco.exchange.packs.fit.metrics import measured
from steerco.exchange.packs.pptx.drawing import Box

OWN_TEMPLATE = Path(__file__).with_name("template.pptx")
MARGIN = 30.0
FOOTER = 26.0
LEAST_WIDTH, LEAST_HEIGHT = 480.0, 270.0
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


class LayoutRole(StrEnum):
    """What a page of the pack asks of a layout."""

    COVER = "cover"
    PAGE = "page"
    PROJECT = "project"
    BLANK = "blank"


_NAMES = {
    LayoutRole.COVER: ("steerco cover", "title slide", "titelfolie", "cover", "title", "deckblatt"),
    LayoutRole.PAGE: ("steerco page", "title only", "nur titel", "nur überschrift"),
    LayoutRole.PROJECT: ("steerco project", "project", "projekt", "title only", "nur titel"),
    LayoutRole.BLANK: ("steerco blank", "blank", "leer", "empty"),
}
_TYPES = {
    LayoutRole.COVER: ("title",),
    LayoutRole.PAGE: ("titleOnly",),
    LayoutRole.PROJECT: ("titleOnly",),
    LayoutRole.BLANK: ("blank",),
}
_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
_FRAME = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)


@dataclass(frozen=True, slots=True)
class MappedLayout:
    """A role, the layout that it stands on ("" : our own geometry), and how that was found."""

    role: LayoutRole
    layout: str
    by: str


@dataclass(frozen=True, slots=True)
class TemplateReport:
    """What an uploaded template offers: `problems` are codes, `usable` that a pack can stand on it."""

    usable: bool
    found: tuple[str, ...] = ()
    mapped: tuple[MappedLayout, ...] = ()
    missing: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class TemplateError(ValueError):
    """A template that no pack can stand on; `report` says why."""

    def __init__(self, report: TemplateReport) -> None:
        super().__init__(", ".join(report.problems))
        self.report = report


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a page puts things on a layout; a None place means a text box of our own."""

    layout: SlideLayout
    title: Box | None
    body: Box


@dataclass(frozen=True, slots=True)
class House:
    """An opened template: its deck without slides, its layouts by role, its text face."""

    deck: Deck
    stands: dict[LayoutRole, Stand]
    family: str
    width: float
    height: float


def describe_template(path: Path) -> TemplateReport:
    """What a pack would make of the .pptx at `path`: layouts found, mapped, missing; problems as codes.

    Problems: those of `inspect_archive`, "not-a-presentation", "no-layouts", "page-too-small",
    "theme-font-unknown:NAME" (text is then measured with a wide face), "own-geometry:ROLE" (the layout leaves
    too little room).
    """
    try:
        deck = _opened(path)
    except ArchiveError as error:
        return TemplateReport(False, problems=(str(error),))
    if deck is None:
        return TemplateReport(False, problems=("not-a-presentation",))
    names = tuple(layout.name for layout in _layouts(deck))
    if not names:
        return TemplateReport(False, problems=("no-layouts",))
    width, height = _points(deck.slide_width), _points(deck.slide_height)
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return TemplateReport(False, names, problems=("page-too-small",))
    mapped, missing, problems = [], [], []
    for role in LayoutRole:
        layout, by = _choose(deck, role)
        mapped.append(MappedLayout(role, layout.name, by))
        if by == "any":
            missing.append(role.value)
        if (
            role is not LayoutRole.COVER
            and _stand(layout, role, width, height).title is None
            and _title(layout)
        ):
            problems.append(f"own-geometry:{role.value}")
    family = _family(deck)
    if not measured(family):
        problems.append(f"theme-font-unknown:{family}")
    return TemplateReport(True, names, tuple(mapped), tuple(missing), tuple(problems))


def open_house(path: Path | None) -> House:
    """The template at `path`, or our own, ready for slides.

    Raises:
        TemplateError: the file cannot carry a pack.
    """
    if path is not None:
        report = describe_template(path)
        if not report.usable:
            raise TemplateError(report)
    deck = Presentation(str(path or OWN_TEMPLATE))
    _remove_slides(deck)
    width, height = _points(deck.slide_width), _points(deck.slide_height)
    stands = {role: _stand(_choose(deck, role)[0], role, width, height) for role in LayoutRole}
    return House(deck, stands, _family(deck), width, height)


def _opened(path: Path) -> Deck | None:
    inspect_archive(path)
    try:
        deck = Presentation(str(path))
        # A file that only opens lazily shows its faults here, not in the middle of a pack.
        for layout in _layouts(deck):
            list(layout.placeholders)
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, AttributeError, etree.XMLSyntaxError):
        return None
    return deck


def _layouts(deck: Deck) -> list[SlideLayout]:
    return [layout for master in deck.slide_masters for layout in master.slide_layouts]


def _points(value: int | None) -> float:
    return (value or 0) / 12_700


def _title(layout: SlideLayout) -> object | None:
    return next((item for item in layout.placeholders if item.placeholder_format.type in _TITLES), None)


def _choose(deck: Deck, role: LayoutRole) -> tuple[SlideLayout, str]:
    layouts = _layouts(deck)
    for name in _NAMES[role]:
        for layout in layouts:
            if layout.name.strip().casefold() == name:
                return layout, "name"
    for layout in layouts:
        if layout._element.get("type") in _TYPES[role]:
            return layout, "type"
    if role is not LayoutRole.BLANK:
        titled = [layout for layout in layouts if _title(layout) is not None]
        if titled:
            return min(titled, key=lambda layout: len(_content(layout.placeholders))), "placeholders"
    return min(layouts, key=lambda layout: len(list(layout.placeholders))), "any"


def _content(placeholders: Iterable) -> list:
    return [item for item in placeholders if item.placeholder_format.type not in (*_TITLES, *_FRAME)]


def _box(shape: object) -> Box | None:
    places = [getattr(shape, name) for name in ("left", "top", "width", "height")]
    if any(place is None for place in places):
        return None
    return Box(*(place / 12_700 for place in places))


def _stand(layout: SlideLayout, role: LayoutRole, width: float, height: float) -> Stand:
    """The room under the title and above the footers, or our own margins if the layout leaves too little."""
    floor = height - MARGIN - 6
    for item in layout.placeholders:
        place = _box(item)
        if item.placeholder_format.type in _FRAME and place and place.top > height * 0.8:
            floor = min(floor, place.top - 6)
    own = Box(MARGIN, 88, width - 2 * MARGIN, floor - 88)
    title = _title(layout)
    place = _box(title) if title is not None else None
    if place is None:
        return Stand(layout, None, own)
    if role is LayoutRole.COVER:
        return Stand(layout, place, own)
    top = place.bottom + 10
    left, right = max(place.left, 12), min(place.right, width - 12)
    inside = place.left >= 0 and place.top >= 0 and place.right <= width + 1
    fits = floor - top >= height * 0.62 and right - left >= width * 0.8
    if not (inside and fits):
        return Stand(layout, None, own)
    return Stand(layout, place, Box(left, top, right - left, floor - top))


def _family(deck: Deck) -> str:
    theme = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(theme.blob, parser)
    latin = root.find(f".//{_DRAWING}minorFont/{_DRAWING}latin")
    return (latin.get("typeface") if latin is not None else "") or "Calibri"


def _remove_slides(deck: Deck) -> None:
    """Takes the sample slides out, and the sections and shows that name them: PowerPoint would miss them."""
    listed = deck.slides._sldIdLst
    for entry in list(listed):
        deck.part.drop_rel(entry.rId)
        listed.remove(entry)
    root = deck.part._element
    for name in ("custShowLst", "extLst"):
        for element in root.findall(qn(f"p:{name}")):
            root.remove(element)
