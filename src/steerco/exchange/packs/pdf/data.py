"""The pack as plain data for the Typst template: every text formatted, every place computed."""

from typing import Any

from steerco.engine.charts.scales import Linear, fair_range
from steerco.exchange.packs.content import Change, ChangeKind, PackContent, ProjectPage
from steerco.exchange.packs.figures import major_units, stand_text
from steerco.exchange.packs.messages import (
    AMBER_DAYS,
    changes_of,
    decisions_message,
    ratings_message,
)
from steerco.exchange.packs.overview import tiles
from steerco.exchange.packs.project_report import project_section
from steerco.exchange.packs.ratings import SHAPES, RatingValue, ink
from steerco.exchange.packs.report import (
    LINE,
    SHORT,
    Entry,
    Grid,
    Heading,
    Line,
    Section,
    bounded,
    clipped,
    cover_lines,
    notes,
    score_ink,
    sections,
)
from steerco.exchange.packs.timeline import chosen, milestone_words, rows_by_project, span_of, standing, ticks
from steerco.exchange.packs.values import Wording, change_text, kind_name, value_text

_SIGNS = frozenset("".join(SHAPES.values())) - {"–"}
_TRACK = {"late": "◆", "slipping": "▲", "on_time": "●", "done": "■"}
MOVERS = (
    (ChangeKind.RATING_WORSE, 3),
    (ChangeKind.END_LATER, 3),
    (ChangeKind.COST_UP, 3),
    (ChangeKind.RATING_BETTER, 3),
)


def pack_data(content: PackContent) -> dict[str, Any]:
    """What pack.typ prints; `content` must be printable."""
    words = Wording.of(content)
    labels = words.labels
    foot = clipped(" · ".join(part for part in (content.marking, content.organisation) if part), LINE)
    return {
        "title": clipped(content.title, LINE) or labels.pack,
        "lang": content.locale[:2],
        "organisation": clipped(content.organisation, LINE),
        "marking": clipped(content.marking, LINE),
        "footer": labels.as_of.format(date=words.figures.day(content.as_of)),
        "foot": foot,
        "alone": content.alone,
        "cover": cover_lines(content),
        "overview": _overview(words),
        "sections": [] if content.alone else [_section(words, section) for section in sections(content)],
        "projects": [_project(words, page) for page in content.projects],
        "notes": {"topic": labels.notes, "message": labels.msg_notes, "texts": notes(content)},
        "labels": {"no_narrative": labels.no_narrative},
    }


def _entry(entry: Entry) -> dict[str, Any]:
    """Leading shapes are drawn, not printed: no typeface holds them all."""
    text = entry.text
    signs = []
    while text and text[0] in _SIGNS:
        signs.append(text[0])
        text = text[1:].lstrip()
    return {
        "text": text,
        "signs": signs,
        "bold": entry.bold,
        "fill": f"#{entry.ink.fill}" if entry.ink else None,
        "ink": f"#{entry.ink.text}" if entry.ink else None,
    }


def _grid(grid: Grid) -> dict[str, Any]:
    grid = bounded(grid)
    return {
        "name": grid.name,
        "columns": [{"title": c.title, "share": c.share, "align": c.align} for c in grid.columns],
        "lines": [
            {"group": line.group, "entries": [_entry(entry) for entry in line.entries]} for line in grid.lines
        ],
    }


def _overview(words: Wording) -> dict[str, Any]:
    content, labels = words.content, words.labels
    movers = [change for kind, count in MOVERS for change in changes_of(content, kind)[:count]]
    return {
        "topic": labels.overview,
        "message": ratings_message(content),
        "tiles": [{"name": n, "value": v, "words": w} for n, v, w in tiles(words)],
        "bars": _bars(words),
        "grids": [_grid(_movers(words, movers))] if movers else [],
        "asked": decisions_message(content),
    }


def _bars(words: Wording) -> dict[str, Any] | None:
    content, labels = words.content, words.labels
    shares = [share for share in content.distribution if share.now or share.compared]
    if not shares:
        return None
    named = [(stand_text(content, content.as_of), [share.now for share in shares])]
    if content.compare and any(share.compared is not None for share in shares):
        named.append((stand_text(content, content.compare), [share.compared or 0 for share in shares]))
    colours = [ink(share.value, content.palette) for share in shares]
    rows = [
        {
            "name": name,
            "total": sum(counts),
            "parts": [
                {"count": count, "fill": f"#{colour.fill}", "ink": f"#{colour.text}"}
                for count, colour in zip(counts, colours, strict=True)
                if count
            ],
        }
        for name, counts in named
    ]
    key = [
        {"name": f"{labels.letter(share.value)} {labels.name(share.value)}", "fill": f"#{colour.fill}"}
        for share, colour in zip(shares, colours, strict=True)
    ]
    alt = "; ".join(
        f"{name}: " + ", ".join(f"{labels.name(s.value)} {n}" for s, n in zip(shares, counts, strict=True))
        for name, counts in named
    )
    most = max(sum(counts) for _, counts in named)
    return {"name": labels.rating_distribution, "rows": rows, "key": key, "alt": alt, "most": most}


def _movers(words: Wording, changes: list[Change]) -> Grid:
    labels = words.labels
    columns = (
        Heading(labels.project, 40),
        Heading(labels.what, 20),
        Heading(labels.before, 0, "c"),
        Heading(labels.after, 0, "c"),
        Heading(labels.change, 0, "r"),
    )
    lines = []
    for change in changes:
        after = change.after
        colours = ink(after, words.content.palette) if isinstance(after, RatingValue) else None
        entries = (
            Entry(change.project, bold=True),
            Entry(kind_name(labels, change.kind)),
            Entry(value_text(words, change.before)),
            Entry(value_text(words, after), colours, colours is not None),
            Entry(change_text(words, change)),
        )
        lines.append(Line(entries))
    return Grid(labels.biggest_movers, columns, tuple(lines))


def _section(words: Wording, section: Section) -> dict[str, Any]:
    timeline = _timeline(words) if section.key == "milestones" else None
    remark = section.remark
    if timeline is not None:
        remark = words.labels.milestone_key.format(amber=AMBER_DAYS)
    return {
        "topic": section.topic,
        "message": section.message,
        "grids": [_grid(grid) for grid in section.grids],
        "remark": remark,
        "timeline": timeline,
        "heat": _heat(words) if section.key == "risks" else None,
    }


def _timeline(words: Wording) -> dict[str, Any] | None:
    """The first projects that fit a page; the table after it holds all milestones."""
    content = words.content
    items = chosen(content.milestones, content.as_of)
    if not items:
        return None
    span = span_of(items, content.as_of)
    rows = rows_by_project(items)[:25]
    colours = {
        "late": ink(RatingValue.RED, content.palette).fill,
        "slipping": ink(RatingValue.AMBER, content.palette).fill,
        "on_time": ink(RatingValue.GREEN, content.palette).fill,
        "done": "56616D",
    }
    drawn = []
    for project, own in rows:
        marks = []
        for item in own:
            if item.expected is None:
                continue
            state = standing(item)
            moved = item.baseline is not None and item.baseline != item.expected and span.shows(item.baseline)
            marks.append(
                {
                    "x": span.share(item.expected),
                    "base": span.share(item.baseline) if moved and item.baseline else None,
                    "sign": _TRACK[state],
                    "fill": f"#{colours[state]}",
                }
            )
        drawn.append({"name": clipped(project, SHORT), "marks": marks})
    alt = "; ".join(
        f"{project}: " + ", ".join(milestone_words(words, i) for i in own) for project, own in rows
    )
    return {
        "rows": drawn,
        "ticks": [{"x": span.share(day), "name": name} for day, name in ticks(words.figures, span)],
        "today": span.share(content.as_of) if span.shows(content.as_of) else None,
        "alt": alt,
    }


def _heat(words: Wording) -> dict[str, Any]:
    content, labels = words.content, words.labels
    counts: dict[tuple[int, int], int] = {}
    for risk in content.risks:
        counts[risk.probability, risk.impact] = counts.get((risk.probability, risk.impact), 0) + 1
    rows = []
    for probability in range(5, 0, -1):
        cells = []
        for impact in range(1, 6):
            colours = score_ink(words, probability * impact)
            count = counts.get((probability, impact), 0)
            cells.append({"count": str(count or ""), "fill": f"#{colours.fill}", "ink": f"#{colours.text}"})
        rows.append({"name": str(probability), "cells": cells})
    alt = ", ".join(
        f"{labels.probability} {p} × {labels.impact} {i}: {n}" for (p, i), n in sorted(counts.items())
    )
    axes = f"{labels.probability} ↑   {labels.impact} →"
    return {"name": labels.heat_map, "rows": rows, "alt": alt, "axes": axes}


def _project(words: Wording, page: ProjectPage) -> dict[str, Any]:
    section = project_section(words.content, page)
    return {
        "name": section.name,
        "message": section.message,
        "topic": section.topic,
        "ratings": [[name, _entry(entry)] for name, entry in section.ratings],
        "reason": section.reason,
        "grids": [_grid(grid) for grid in section.grids],
        "lists": [_grid(grid) for grid in section.lists],
        "passages": [
            {"heading": p.heading, "text": p.text.split("\n"), "source": p.source} for p in section.passages
        ],
        "chart": _sparkline(words, page),
    }


def _sparkline(words: Wording, page: ProjectPage) -> dict[str, Any] | None:
    points = sorted(page.history, key=lambda point: point.as_of)
    amounts = [point.whole_life for point in points if point.whole_life]
    if len(amounts) < 2 or len({amount.currency for amount in amounts}) > 1:
        return None
    values = [float(major_units(amount)) for amount in amounts]
    height = Linear(*fair_range(values), 0, 1)
    first, last = points[0].as_of, points[-1].as_of
    days = max((last - first).days, 1)
    drawn = [
        {
            "x": (point.as_of - first).days / days,
            "y": height(float(major_units(point.whole_life))) if point.whole_life else None,
            "name": words.figures.month(point.as_of),
            "value": words.figures.money(point.whole_life) if point.whole_life else "",
        }
        for point in points
    ]
    alt = "; ".join(f"{item['name']} {item['value']}" for item in drawn)
    return {"name": words.labels.whole_life, "points": drawn, "alt": f"{words.labels.whole_life}: {alt}"}
