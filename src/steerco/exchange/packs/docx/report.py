"""Fills the report's template, in a sandbox: an uploaded template is code of somebody else."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx.document import Document as Report
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docxtpl import DocxTemplate, RichText
from jinja2 import TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from steerco.exchange.packs.archive import ArchiveError, inspect_archive, stamp
from steerco.exchange.packs.content import PackContent, ProjectPage
from steerco.exchange.packs.figures import stand_text
from steerco.exchange.packs.fit.wrap import SLACK, Style
from steerco.exchange.packs.messages import decisions_message, ratings_message
from steerco.exchange.packs.printable import printable_content, right_to_left
from steerco.exchange.packs.project_report import project_section
from steerco.exchange.packs.ratings import ink
from steerco.exchange.packs.report import (
    LINE,
    Entry,
    Grid,
    Heading,
    Line,
    bounded,
    clipped,
    cover_lines,
    notes,
    score_ink,
    sections,
)
from steerco.exchange.packs.values import Wording, rating_text

OWN_TEMPLATE = Path(__file__).with_name("template.docx")
FIELDS = (
    "title",
    "marking",
    "organisation",
    "audience",
    "footer",
    "foot",
    "cover",
    "overview",
    "sections",
    "projects",
    "notes",
)
_SIZE = 18  # half points
_BLOCK = "█"
_BLOCKS = 40
_ROOM = 756.0  # points between the margins of our template
_PAD, _LEAST = 12.0, 34.0
_ALIGN = {"l": "left", "r": "right", "c": "center"}


@dataclass(frozen=True, slots=True)
class DocumentTemplateReport:
    """What an uploaded .docx uses of the pack: known fields, unknown ones, problems as codes."""

    usable: bool
    used: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class DocumentTemplateError(ValueError):
    """A .docx that no report can be written on; `report` says why."""

    def __init__(self, report: DocumentTemplateReport) -> None:
        super().__init__(", ".join(report.problems))
        self.report = report


def describe_document(path: Path) -> DocumentTemplateReport:
    """What a report would make of the .docx at `path`.

    Problems: those of `inspect_archive`, "not-a-document", "syntax:MESSAGE", "no-fields" (nothing of the pack would
    appear), "unknown-field:NAME" (prints nothing; still usable).
    """
    try:
        inspect_archive(path)
        template = DocxTemplate(str(path))
        names = template.get_undeclared_template_variables(jinja_env=_environment())
    except ArchiveError as error:
        return DocumentTemplateReport(False, problems=(str(error),))
    except TemplateSyntaxError as error:
        return DocumentTemplateReport(False, problems=(f"syntax:{error.message}",))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, AttributeError, etree.XMLSyntaxError):
        return DocumentTemplateReport(False, problems=("not-a-document",))
    used = tuple(sorted(names & set(FIELDS)))
    unknown = tuple(sorted(names - set(FIELDS)))
    if not used:
        return DocumentTemplateReport(False, (), unknown, ("no-fields",))
    return DocumentTemplateReport(True, used, unknown, tuple(f"unknown-field:{name}" for name in unknown))


def render_docx(
    content: PackContent,
    path: Path,
    *,
    template: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Writes the report of `content` to `path`, on `template` or on our own; equal content gives equal bytes.

    `progress` is told (done, total) after each step and may raise to cancel: nothing is written then.

    Raises:
        DocumentTemplateError: the template cannot carry a report.
    """
    if template is not None:
        report = describe_document(template)
        if not report.usable:
            raise DocumentTemplateError(report)
    content = printable_content(content)
    total = len(content.projects) + 3
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    fields = document_fields(content, step)
    step()
    document = DocxTemplate(str(template or OWN_TEMPLATE))
    try:
        document.render(fields, jinja_env=_environment(), autoescape=True)
    except (TemplateError, TypeError, ValueError, ArithmeticError, etree.XMLSyntaxError) as error:
        if template is None:
            raise
        found = DocumentTemplateReport(False, problems=(f"render:{error}",))
        raise DocumentTemplateError(found) from error
    step()
    _fit_grids(document.docx)
    properties = document.docx.core_properties
    properties.title, properties.author = content.title[:255], content.organisation[:255]
    properties.subject, properties.keywords = content.initiative_name[:255], content.marking[:255]
    properties.language = content.locale
    written = io.BytesIO()
    document.save(written)
    path.write_bytes(stamp(written.getvalue(), content.generated_at))
    step()


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(autoescape=True)


def document_fields(content: PackContent, step: Callable[[], None]) -> dict[str, Any]:
    """The values of a report's fields: plain texts, lists and dictionaries under the names in `FIELDS`."""
    words = Wording.of(content)
    labels = words.labels
    projects = []
    for page in content.projects:
        projects.append(_project(words, page))
        step()
    return {
        "title": clipped(content.title, LINE),
        "marking": clipped(content.marking, LINE),
        "organisation": clipped(content.organisation, LINE),
        "audience": content.audience,
        "footer": labels.as_of.format(date=words.figures.day(content.as_of)),
        "foot": clipped(" · ".join(part for part in (content.marking, content.organisation) if part), LINE),
        "cover": cover_lines(content),
        "overview": {
            "topic": labels.overview,
            "message": content.title if content.alone else ratings_message(content),
            "grids": [] if content.alone else [_grid(_distribution(words))],
            "asked": decisions_message(content),
        },
        "sections": [
            {
                "topic": section.topic,
                "message": section.message,
                "grids": [
                    _grid(grid)
                    for grid in (*section.grids, *((_heat(words),) if section.key == "risks" else ()))
                ],
                "remark": section.remark,
            }
            for section in (() if content.alone else sections(content))
        ],
        "projects": projects,
        "notes": {"topic": labels.notes, "message": labels.msg_notes, "texts": notes(content)},
    }


def _distribution(words: Wording) -> Grid:
    """Counts now and then with a bar of blocks: text, so that it reads aloud and prints sharp."""
    content, labels = words.content, words.labels
    compared = content.compare is not None
    columns = [Heading(labels.rating), Heading(stand_text(content, content.as_of), 0, "r")]
    if content.compare:
        columns.append(Heading(stand_text(content, content.compare), 0, "r"))
    columns.append(Heading(labels.rating_distribution, 1))
    most = max((share.now for share in content.distribution), default=1) or 1
    lines = []
    for share in content.distribution:
        colours = ink(share.value, content.palette)
        entries = [
            Entry(f"{rating_text(labels, share.value)} {labels.name(share.value)}", colours, True),
            Entry(str(share.now), bold=True),
        ]
        if compared:
            entries.append(Entry(str(share.compared or 0)))
        entries.append(Entry(_BLOCK * round(_BLOCKS * share.now / most)))
        lines.append(Line(tuple(entries)))
    return Grid(labels.rating_distribution, tuple(columns), tuple(lines))


def _heat(words: Wording) -> Grid:
    """How many risks stand on each field of probability × impact."""
    labels, risks = words.labels, words.content.risks
    columns = (
        Heading(f"{labels.probability} ↓  {labels.impact} →"),
        *(Heading(str(impact), 0, "c") for impact in range(1, 6)),
    )
    lines = []
    for probability in range(5, 0, -1):
        entries = [Entry(str(probability), bold=True)]
        for impact in range(1, 6):
            count = sum(risk.probability == probability and risk.impact == impact for risk in risks)
            entries.append(Entry(str(count or ""), score_ink(words, probability * impact), True))
        lines.append(Line(tuple(entries)))
    return Grid(labels.heat_map, columns, tuple(lines))


def _rich(text: str, *, bold: bool = False, colour: str = "") -> RichText:
    return RichText(text, bold=bold, color=colour or None, size=_SIZE, rtl=right_to_left(text))


def _widths(grid: Grid) -> list[int]:
    """Widths of the columns in twentieths of a point: values as wide as they need, texts share the rest."""
    bold = Style(_SIZE / 2, bold=True)
    natural = []
    for index, column in enumerate(grid.columns):
        texts = [line.entries[index].text for line in grid.lines if not line.group]
        widest = max((bold.width(text) for text in (column.title, *texts)), default=0.0)
        natural.append(max(widest / SLACK + _PAD, _LEAST))
    if sum(natural) <= _ROOM:
        return [round(20 * value) for value in natural]
    fixed = [
        0.0 if column.share else min(value, _ROOM * 0.2)
        for column, value in zip(grid.columns, natural, strict=True)
    ]
    if sum(fixed) > _ROOM * 0.7:
        fixed = [value * _ROOM * 0.7 / sum(fixed) for value in fixed]
    shares = sum(column.share for column in grid.columns) or 1
    rest = _ROOM - sum(fixed)
    return [
        round(20 * (rest * column.share / shares if column.share else value))
        for column, value in zip(grid.columns, fixed, strict=True)
    ]


def _fit_grids(document: Report) -> None:
    """The grid of a table follows the widths of its first row: some programs read only the grid."""
    for table in document.element.body.iter(qn("w:tbl")):
        row = table.find(qn("w:tr"))
        columns = table.findall(f"{qn('w:tblGrid')}/{qn('w:gridCol')}")
        cells = row.findall(qn("w:tc")) if row is not None else []
        widths = [cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}") for cell in cells]
        if len(columns) == len(widths) and all(
            w is not None and w.get(qn("w:type")) == "dxa" for w in widths
        ):
            for column, width in zip(columns, widths, strict=True):
                column.set(qn("w:w"), width.get(qn("w:w")))


def _grid(grid: Grid) -> dict[str, Any]:
    grid = bounded(grid)
    width, widths = len(grid.columns), _widths(grid)
    aligns = [_ALIGN[column.align] for column in grid.columns]
    lines = []
    for line in grid.lines:
        entries = [
            {
                "text": _rich(entry.text, bold=entry.bold, colour=entry.ink.text if entry.ink else ""),
                "fill": entry.ink.fill if entry.ink else "F1F4F7" if line.group else "auto",
                "span": width if line.group else 1,
                "width": sum(widths) if line.group else widths[index],
                "align": aligns[index],
            }
            for index, entry in enumerate(line.entries)
        ]
        lines.append({"entries": entries})
    titles = [
        {"title": _rich(column.title, bold=True, colour="56616D"), "width": size, "align": align}
        for column, size, align in zip(grid.columns, widths, aligns, strict=True)
    ]
    return {"name": grid.name, "columns": titles, "lines": lines}


def _project(words: Wording, page: ProjectPage) -> dict[str, Any]:
    section = project_section(words.content, page)
    grids = [grid for grid in (*section.grids, *section.lists) if grid.lines]
    if section.ratings:
        names = tuple(Heading(name, 1) for name, _ in section.ratings)
        strip = Line(tuple(entry for _, entry in section.ratings))
        grids.insert(0, Grid(words.labels.ratings, names, (strip,)))
    source = words.labels.source
    return {
        "name": section.name,
        "message": section.message,
        "topic": section.topic,
        "grids": [_grid(grid) for grid in grids],
        "passages": [
            {
                "heading": item.heading,
                "text": [RichText(line, rtl=right_to_left(line)) for line in item.text.split("\n")],
                "source": f"{source}: {item.source}" if item.source else "",
            }
            for item in section.passages
        ],
    }
