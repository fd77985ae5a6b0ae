"""What the pages of a report show: facts and ratings in words, and the fields of the form."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import ngettext

from steerco.apps.assurance.selectors import FAR_APART, steps_apart
from steerco.apps.cycles.consolidation import read_line
from steerco.apps.cycles.drafts import Content, Page, key_of, told_facts
from steerco.apps.cycles.entering import entered_words
from steerco.apps.cycles.facts import Fact
from steerco.apps.cycles.kinds import CONSOLIDATED, KINDS, LONGEST, PARTS, Part, Question
from steerco.apps.cycles.layouts import answer_words
from steerco.apps.cycles.models import RATINGS
from steerco.apps.cycles.replay import weeks_said
from steerco.apps.cycles.wording import fact_words, finding_words
from steerco.apps.indicators.dimensions import dimension_label


@dataclass(frozen=True)
class FactLine:
    """A fact in words. `tone`: what it means for the reader."""

    ref: str
    title: str
    words: str
    place: str
    entry: int
    tone: str
    key: str = ""
    dropped: bool = False
    promoted: bool = False
    may_ask: bool = False  # a decision paper may be made of it, or there is one


BAD = frozenset({"missed", "risk_new", "risk_worse", "issue_new", "issue_worse"})
GOOD = frozenset({"reached", "delivered", "signed_off", "done", "risk_better", "risk_closed", "issue_closed"})


def fact_lines(
    facts: Sequence[Fact], dropped: Collection[str] = (), promoted: Collection[str] = ()
) -> list[FactLine]:
    """Facts as they are shown; on the page of a consolidated report with whether they are left out or put first."""
    return [
        FactLine(
            f["ref"],
            f["title"],
            fact_words(f),
            f.get("place", ""),
            f["entry"],
            _tone(f),
            key_of(f),
            key_of(f) in dropped,
            key_of(f) in promoted,
        )
        for f in facts
    ]


def offer_papers(parts: Iterable[Any], entries: Collection[int]) -> None:
    """Mark in parts as they are shown what is asked in the reports with these entries."""
    for part in parts:
        lines = part["facts"] if isinstance(part, dict) else part.facts
        lines[:] = [replace(line, may_ask=line.entry in entries) for line in lines]


def _tone(fact: Fact) -> str:
    if fact["kind"] == "moved":
        return "bad" if fact["days"] > 0 else "good"
    if fact["kind"] == "money_expected" and fact.get("before") is not None:
        return "bad" if fact["after"] > fact["before"] else "good" if fact["after"] < fact["before"] else ""
    return "bad" if fact["kind"] in BAD else "good" if fact["kind"] in GOOD else ""


@dataclass
class RatingField:
    """A dimension to be rated: what is declared, what the figures say and why, what it was."""

    dimension: str
    label: str
    value: str
    why: str
    computed: str
    because: list[str]
    before: str
    differs: bool
    choices: list[tuple[str, str | Promise]]
    errors: list[str] = field(default_factory=list)
    better: str = ""  # the ratings that look better than the figures do: each has to be explained


@dataclass
class PartField:
    """A part: its facts, those that it has no room for, what was typed, and what the last report said."""

    key: str
    label: str | Promise
    help: str | Promise
    facts: list[FactLine]
    more: list[FactLine]
    of_last: list[FactLine]  # told last time alone; `promoted`: carried forward
    text: str
    last: str
    errors: list[str] = field(default_factory=list)
    longest: int = LONGEST
    required: bool = False


@dataclass
class QuestionField:
    """A question of the calendar's own: what was answered, and what the last report said."""

    question: Question
    value: str
    last: str
    errors: list[str] = field(default_factory=list)


def question_fields(page: Page, errors: dict[str, list[str]]) -> list[QuestionField]:
    """The calendar's own questions as they are asked on the page."""
    said = {
        one["key"]: answer_words(one["type"], one["value"]) for one in (page.last or {}).get("questions", ())
    }
    return [
        QuestionField(
            one,
            page.content["answers"].get(one.key, ""),
            said.get(one.key, ""),
            errors.get(f"answer-{one.key}", []),
        )
        for one in page.report.what.questions
    ]


def answer_table(below: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The answers of those below as a table: the questions in order, and a row for each that answered; None without
    questions."""
    labels: dict[str, str] = {}
    for line in below:
        for one in line["questions"]:
            labels.setdefault(one["label"], one["label"])
    if not labels:
        return None
    rows = []
    for line in below:
        said = {one["label"]: answer_words(one["type"], one["value"]) for one in line["questions"]}
        if said:
            rows.append(
                {
                    "name": line["name"],
                    "report": line["report"],
                    "cells": [said.get(label, "") for label in labels],
                }
            )
    return {"labels": list(labels), "rows": rows}


def shown_form(page: Page, errors: dict[str, list[str]]) -> dict[str, Any]:
    """The fields of the page on which a report is written."""
    content, last = page.content, page.last or {}
    before = {r["dimension"]: r["value"] for r in last.get("ratings", ())}
    said_last = {p["key"]: p["text"] for p in last.get("parts", ())}
    ratings = []
    for dimension in page.report.what.dimensions:
        said = content["ratings"].get(dimension, {})
        ratings.append(
            RatingField(
                dimension,
                dimension_label(dimension),
                said.get("value", ""),
                said.get("why", ""),
                page.computed.colours.get(dimension, ""),
                [finding_words(one) for one in page.computed.why.get(dimension, ())],
                before.get(dimension, ""),
                dimension in page.differences,
                rating_choices(before.values(), five=page.report.what.five),
                [*errors.get(f"rating-{dimension}", ()), *errors.get(f"why-{dimension}", ())],
                " ".join(key for key, _label in RATINGS if page.computed.is_better(dimension, key)),
            )
        )
    parts = [
        _part_field(page, part, said_last.get(part.key, ""), errors)
        for part in page.report.what.shown_parts
        if not _is_idle(page, part)
    ]
    return {
        "ratings": ratings,
        "parts": parts,
        "headline": content["headline"],
        "last_headline": last.get("headline", ""),
        "path": content["path"],
        "below": [_shown_line(one.line) for one in page.below],
        "answers": answer_table([one.line for one in page.below]),
        "questions": question_fields(page, errors),
        "has_path": page.report.what.path,
        "is_consolidated": page.report.kind == CONSOLIDATED,
        "assurance": shown_second(page.second, content["ratings"].get("overall", {}).get("value", "")),
        "replay": replay_words({**content["ratings"].get("overall", {}), "weeks": page.weeks}),
        "path_errors": [*errors.get("path-text", ()), *errors.get("path-by", ())],
    }


def _is_idle(page: Page, part: Part) -> bool:
    """Money is asked of a level only where somebody below told of some."""
    is_level = page.report.kind == CONSOLIDATED and part.key == "money"
    return is_level and not page.facts.get("money") and not page.content["texts"].get("money")


def _part_field(page: Page, part: Part, last: str, errors: dict[str, list[str]]) -> PartField:
    content = page.content
    _told, more = told_facts(page, part)
    left = {key_of(fact) for fact in more}
    every = [fact for group in part.facts for fact in page.facts.get(group, [])]
    chosen = (content["dropped"], content["promoted"])
    return PartField(
        part.key,
        part.label,
        part.help,
        fact_lines([fact for fact in every if key_of(fact) not in left], *chosen),
        fact_lines(more, *chosen),
        fact_lines(page.of_last.get(part.key, []), promoted=content["carried"]),
        content["texts"].get(part.key, ""),
        last,
        errors.get(f"text-{part.key}", []),
        page.report.what.longest(part.key),
        part.key in page.report.what.required,
    )


def shown_second(second: Content | None, declared: str) -> dict[str, Any] | None:
    """What the reviewers say beside what is declared: `far` where the two are two steps of five apart or more."""
    if not second:
        return None
    far = steps_apart(declared, second["value"]) >= FAR_APART
    return {**second, "day": date.fromisoformat(second["on"]), "far": far}


def replay_words(one: Mapping[str, Any]) -> str:
    """For how long the figures have contradicted what is declared; "" where they do not."""
    colour, weeks = weeks_said(one)
    if not weeks:
        return ""
    text = ngettext(
        "Declared %(declared)s; by the figures %(computed)s or worse for %(n)s week.",
        "Declared %(declared)s; by the figures %(computed)s or worse for %(n)s weeks.",
        weeks,
    )
    labels = dict(RATINGS)
    words = {"declared": str(labels[one["value"]]).lower(), "computed": str(labels[colour]).lower()}
    return text % {**words, "n": weeks}


def _shown_line(line: dict[str, Any]) -> dict[str, Any]:
    """A line of a consolidated report with its second rating and how long the figures have said otherwise."""
    second = shown_second(line.get("assurance"), line["value"])
    return {**line, "second": second, "replay": replay_words(line) if line["current"] else ""}


def rating_choices(used: Iterable[str], *, five: bool = False) -> list[tuple[str, str | Promise]]:
    """The ratings that are offered: in five steps where that is asked, or one of the two between was used before."""
    five = five or any("-" in value for value in used)
    return [(key, label) for key, label in RATINGS if five or "-" not in key]


def shown_content(content: Content, *, every_part: bool = False) -> dict[str, Any]:
    """A submitted or frozen report as it is read; with `every_part`, the empty ones too."""
    kind = KINDS.get(content["kind"])
    by = content["path"].get("by")
    below = [read_line(line) for line in content.get("below", ())]
    overall = content["ratings"][0] if content["ratings"] else {}
    return {
        "content": content,
        "kind": kind.label if kind else content["kind"],
        "ratings": [
            {
                **one,
                "label": dimension_label(one["dimension"]),
                "because": [finding_words(finding) for finding in one["because"]],
            }
            for one in content["ratings"]
        ],
        "answers": answer_table(below),
        "questions": [
            {**one, "words": answer_words(one["type"], one["value"])} for one in content.get("questions", ())
        ],
        "entered": entered_words(content["entered"]) if content.get("entered") else "",
        "entered_note": content["entered"]["note"] if content.get("entered") else "",
        "below": [_shown_line(line) for line in below],
        "assurance": shown_second(content.get("assurance"), overall.get("value", "")),
        "replay": replay_words(overall),
        "path_by": date.fromisoformat(by) if by else None,
        "parts": [
            {
                "key": part["key"],
                "label": PARTS[part["key"]].label if part["key"] in PARTS else part["key"],
                "text": part["text"],
                "facts": fact_lines(part["facts"]),
                "more": part.get("more", 0),
            }
            for part in content["parts"]
            if every_part or part["text"] or part["facts"]
        ],
    }
