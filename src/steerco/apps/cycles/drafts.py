"""What is written in a report before it is frozen: opened already filled, saved while typed, built when submitted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from steerco.apps.assurance.selectors import second_ratings
from steerco.apps.cycles.computing import Computed, compute
from steerco.apps.cycles.consolidation import Below, compute_below, gather_below
from steerco.apps.cycles.entering import Entered, read_source
from steerco.apps.cycles.facts import Fact, Span, gather, milestones_ahead, money_facts
from steerco.apps.cycles.kinds import CONSOLIDATED, LONGEST, Part, ReportKind
from steerco.apps.cycles.layouts import frozen_answers, read_answer
from steerco.apps.cycles.models import RATINGS, SCHEMA, Draft, FrozenReport, Report
from steerco.apps.cycles.replay import weeks_of
from steerco.apps.cycles.summing import is_money
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.readers import as_readers
from steerco.kit import clock
from steerco.kit.history import Conflict, Invalid
from steerco.kit.permissions import Actor, visible_to

SENTENCE = 500
MOST_SECONDS = 600  # counted for one saving: a page that is left open is no work
RATING_KEYS = frozenset(key for key, _label in RATINGS)
NEEDS_PATH = frozenset({"amber", "amber-red", "red"})

Content = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """A report that is being written, as its page shows it: what was typed, the facts, what the figures say, the
    last report."""

    report: Report
    draft: Draft
    facts: dict[str, list[Fact]]
    computed: Computed
    last: Content | None
    below: tuple[Below, ...] = ()  # of a consolidated report
    second: Content | None = None  # what the newest issued review says
    weeks: dict[str, int] = field(default_factory=dict)  # for how long the figures have said so
    of_last: dict[str, list[Fact]] = field(
        default_factory=dict
    )  # of a level, by part: told last time, by nobody now

    @property
    def content(self) -> Content:
        """What was typed, over what the last report rated."""
        return {**start_of(self.last), **self.draft.content}

    @property
    def differences(self) -> list[str]:
        """The dimensions that are declared better than the figures are."""
        ratings = self.content["ratings"]
        return [d for d, said in ratings.items() if self.computed.is_better(d, said.get("value", ""))]


@dataclass
class Typed:
    """What came from the page: texts by part, ratings by dimension, the sentence, the path to green."""

    headline: str = ""
    ratings: dict[str, dict[str, str]] = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    promoted: list[str] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)
    seconds: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    entered: Entered | None = None

    @classmethod
    def of(cls, post: Mapping[str, Any], report: Report, what: ReportKind | None = None) -> "Typed":
        """From the fields of a form; `what` was asked, where that is not what is asked now.

        Raises Invalid where nothing came, Unreadable for what no report takes.
        """
        what = what or report.what
        if not any(f"text-{key}" in post for key in what.parts):
            raise Invalid({0: {"": [_("Nothing came. Load the page again.")]}})
        errors: dict[str, list[str]] = {}
        ratings = {}
        for dimension in what.dimensions:
            value = str(post.get(f"rating-{dimension}", ""))
            if value and value not in RATING_KEYS:
                errors[f"rating-{dimension}"] = [_("There is no such rating.")]
            ratings[dimension] = {"value": value, "why": _text(post, f"why-{dimension}", SENTENCE, errors)}
        by = str(post.get("path-by", "")).strip()
        if by:
            try:
                date.fromisoformat(by)
            except ValueError:
                errors["path-by"] = [_("This is no date.")]
        typed = cls(
            headline=_text(post, "headline", SENTENCE, errors),
            ratings=ratings,
            path={"text": _text(post, "path-text", LONGEST, errors), "by": by},
            texts={key: _text(post, f"text-{key}", what.longest(key), errors) for key in what.parts},
            dropped=_keys(post, "drop"),
            promoted=_keys(post, "promote"),
            carried=_keys(post, "carry"),
            seconds=_seconds(post),
            answers=_answers(post, what, errors),
            entered=read_source(post, errors),
        )
        if errors:
            raise Unreadable(typed, errors)
        return typed

    @property
    def content(self) -> Content:
        """As a draft keeps it."""
        return {
            "headline": self.headline,
            "ratings": self.ratings,
            "path": self.path,
            "texts": self.texts,
            "dropped": self.dropped,
            "promoted": self.promoted,
            "carried": self.carried,
            "answers": self.answers,
            **({"entered": self.entered} if self.entered is not None else {}),
        }


class Unreadable(Invalid):
    """What was typed cannot be taken as it is; `typed` keeps it for the page that comes back."""

    def __init__(self, typed: Typed, errors: dict[str, list[str]]) -> None:
        super().__init__({0: errors})
        self.typed = typed


def with_typed(page: "Page", typed: Typed) -> "Page":
    """The page with what was typed in place of what is saved; nothing is written."""
    page.draft.content = {**page.draft.content, **typed.content}
    return page


def _text(post: Mapping[str, Any], name: str, longest: int, errors: dict[str, list[str]]) -> str:
    text = str(post.get(name, "")).replace("\r\n", "\n").strip()
    if len(text) > longest:
        errors[name] = [_("At most %(n)s characters; these are %(m)s.") % {"n": longest, "m": len(text)}]
    return text


def _answers(post: Mapping[str, Any], what: ReportKind, errors: dict[str, list[str]]) -> dict[str, str]:
    found = {}
    for question in what.questions:
        name = f"answer-{question.key}"
        try:
            found[question.key] = read_answer(question, str(post.get(name, "")))
        except ValueError as refusal:
            errors[name] = [str(refusal)]
    return found


def _keys(post: Mapping[str, Any], name: str) -> list[str]:
    found = post.getlist(name) if isinstance(post, QueryDict) else post.get(name, ())
    return sorted({str(key)[:60] for key in found})


def key_of(fact: Fact) -> str:
    """What tells a fact from the others of a report: for leaving it out or putting it first."""
    currency = f":{fact['title']}" if fact["kind"].startswith("money_") else ""
    return f"{fact['kind']}:{fact['entry']}{currency}"


def _seconds(post: Mapping[str, Any]) -> int:
    said = str(post.get("seconds", "0"))
    return min(int(said), MOST_SECONDS) if said.isdecimal() and len(said) < 7 else 0


def last_before(report: Report) -> FrozenReport | None:
    """The last edition of the last report of the same initiative and kind that was frozen before this period."""
    rows = FrozenReport.objects.filter(
        report__initiative=report.initiative_id,
        report__kind=report.kind,
        report__state="frozen",
        report__deleted=False,
    ).exclude(report=report)
    if report.period_end:
        rows = rows.filter(report__period_end__lt=report.period_end)
    return rows.order_by("-report__period_end", "-number").first()


def start_of(last: Content | None) -> Content:
    """What a new report starts with: the ratings and the path of the last one, and no text."""
    ratings = (
        {r["dimension"]: {"value": r["value"], "why": r["why"]} for r in last["ratings"]} if last else {}
    )
    return {
        "headline": "",
        "ratings": ratings,
        "path": dict(last["path"]) if last else {"text": "", "by": ""},
        "texts": {},
        "dropped": [],
        "promoted": [],
        "carried": [],
        "answers": {},
    }


def open_page(actor: Actor, report: Report) -> Page:
    """The report as it is now, with fresh facts. The caller may read it."""
    frozen = last_before(report)
    last = json.loads(frozen.content) if frozen else None
    draft = Draft.objects.filter(report=report).first() or Draft(report=report, changed_at=clock.now())
    reader = as_readers(actor, report.initiative)
    start = report.period_start or clock.today()
    end = report.period_end or clock.today()
    since = datetime.fromisoformat(last["told_until"]) if last else None
    told = date.fromisoformat(last["period"]["end"]) if last and last["period"]["end"] else None
    span = Span.of(start, end, since, told)
    if report.kind == CONSOLIDATED and report.cycle is not None:
        lines, facts = gather_below(reader, report)
        if not facts["money"]:  # nobody below reports money this time: the sheets say it
            facts["money"] = money_facts(reader, report.initiative, span.since)
        of_last = _only_told_last(reader, last, facts) if last else {}
        return Page(report, draft, facts, compute_below(lines), last, tuple(lines), of_last=of_last)
    facts = gather(reader, report.initiative, span)
    if "next" in report.what.parts:
        facts["next"] = milestones_ahead(reader, report.initiative, end)[:1]
    day = min(end, clock.today())
    place, computed = report.initiative, compute(reader, report.initiative, day)
    weeks = weeks_of(reader, place, day, computed.colours.get("overall", ""))
    second = second_ratings(reader, [place.pk], day).get(place.pk)
    return Page(report, draft, facts, computed, last, second=second.content if second else None, weeks=weeks)


def _only_told_last(
    reader: Actor, last: Content, facts: Mapping[str, Sequence[Fact]]
) -> dict[str, list[Fact]]:
    """What the last report of a level told and nobody tells now, by part, as far as `reader` may still read it: it may
    be carried forward, with the day that it is from. Money and milestones ahead stand in each report anew."""
    now = {key_of(fact) for group in facts.values() for fact in group}
    told = {
        part["key"]: [fact for fact in part["facts"] if key_of(fact) not in now and not is_money(fact)]
        for part in last["parts"]
        if part["key"] != "ahead"
    }
    about = {fact["entry"] for rows in told.values() for fact in rows}
    seen = set(visible_to(Entry.objects.filter(pk__in=about), reader).values_list("pk", flat=True))
    day = last["period"]["end"]
    return {
        key: [{"carried": day, **fact} for fact in rows if fact["entry"] in seen]
        for key, rows in told.items()
    }


def save_draft(actor: Actor, report: Report, typed: Typed, seen: str = "") -> Draft:
    """Keep what was typed. `seen` is when the page last saw the draft saved.

    Raises Conflict where somebody else has saved it since; what they wrote stays.
    """
    with transaction.atomic():
        draft = Draft.objects.select_for_update().filter(report=report).first()
        if draft is None:
            draft = Draft(report=report)
        elif seen and draft.changed_at.isoformat() != seen and draft.changed_by != actor.label:
            raise Conflict(report, [])
        before = draft.content.get("entered", {})
        draft.content = {**draft.content, **typed.content}
        if typed.entered is not None:
            draft.content["entered"] = {**before, **typed.entered}
        draft.seconds += typed.seconds
        draft.changed_at, draft.changed_by = clock.now(), actor.label[:200]
        draft.save()
        return draft


def check(page: Page) -> dict[str, list[str]]:
    """What is still missing before it can be submitted, by field."""
    errors = missing(page.report.what, page.content, page.differences)
    by = page.content["path"].get("by")
    if by and date.fromisoformat(by) < clock.today() and _needs_path(page.report.what, page.content):
        errors["path-by"] = [_("That day is over: say by when it is green again.")]
    return errors


def missing(what: ReportKind, content: Content, differences: Sequence[str]) -> dict[str, list[str]]:
    """What a report of that kind still lacks, by field: its overall rating, why a rating is better than the figures
    (`differences`, dimensions), the path to green of an amber or red one, words where nothing is rated."""
    errors: dict[str, list[str]] = {}
    ratings = content["ratings"]
    for dimension in what.dimensions[:1]:
        if not ratings.get(dimension, {}).get("value"):
            errors[f"rating-{dimension}"] = [_("Say how it stands.")]
    for dimension in differences:
        if not ratings[dimension].get("why"):
            errors[f"why-{dimension}"] = [_("The figures say worse. Explain the difference in a sentence.")]
    if _needs_path(what, content):
        if not content["path"].get("text"):
            errors["path-text"] = [_("Say how it gets back to green.")]
        if not content["path"].get("by"):
            errors["path-by"] = [_("Say by when.")]
    for key in what.required:
        if not content["texts"].get(key):
            errors[f"text-{key}"] = [_("Say something here.")]
    for question in what.questions:
        if question.required and not content["answers"].get(question.key):
            errors[f"answer-{question.key}"] = [_("Answer this.")]
    if not what.dimensions and not any(content["texts"].values()):
        errors[f"text-{what.parts[0]}"] = [_("Say something here.")]
    return errors


def _needs_path(what: ReportKind, content: Content) -> bool:
    return what.path and content["ratings"].get("overall", {}).get("value", "") in NEEDS_PATH


def may_stay(page: Page) -> bool:
    """Whether “no change” is an honest answer: there is a last report, the figures contradict nothing in it, nobody
    has written or sent anything back, and where it consolidates, nobody below had a change."""
    untouched = not page.draft.content and page.report.state == "due"
    calm = all(one.content is not None and one.content["unchanged"] for one in page.below)
    return page.last is not None and untouched and calm and not check(page)


def build(page: Page, *, unchanged: bool = False) -> Content:
    """The whole report as it will be frozen: no language in its facts, names as they are now."""
    report, content = page.report, page.content
    place = report.initiative
    before = {r["dimension"]: r["value"] for r in page.last["ratings"]} if page.last else {}
    return {
        "schema": SCHEMA,
        "kind": report.kind,
        "title": report.title,
        "initiative": {
            "id": place.pk,
            "code": place.code,
            "name": place.name,
            "type": place.type,
            "status": place.status,
            "unit": str(place.unit or ""),
            "lead": str(place.lead or ""),
            "sponsor": str(place.sponsor or ""),
            "forecast_end": place.forecast_end.isoformat() if place.forecast_end else None,
        },
        "period": {
            "start": report.period_start.isoformat() if report.period_start else None,
            "end": report.period_end.isoformat() if report.period_end else None,
        },
        "reporter": str(report.owner or ""),
        "told_until": clock.now().isoformat(),
        "unchanged": unchanged,
        "headline": page.last["headline"] if unchanged and page.last else content["headline"],
        "ratings": [
            {
                "dimension": dimension,
                "value": content["ratings"].get(dimension, {}).get("value", ""),
                "why": content["ratings"].get(dimension, {}).get("why", ""),
                "before": before.get(dimension, ""),
                "computed": page.computed.colours.get(dimension, ""),
                "because": page.computed.why.get(dimension, []),
                **({"weeks": page.weeks} if dimension == "overall" and page.weeks else {}),
            }
            for dimension in report.what.dimensions
        ],
        "path": content["path"],
        "parts": [_part(page, part) for part in report.what.shown_parts],
        "below": [one.line for one in page.below],
        "assurance": page.second,
        **({"questions": frozen_answers(report.what, content["answers"])} if report.what.questions else {}),
    }


def told_facts(page: Page, part: Part) -> tuple[list[Fact], list[Fact]]:
    """The facts of a part as they will stand in the report, those first that were put first, those last that were
    carried forward; and those that it has no room for. What was left out by hand is in neither."""
    dropped, promoted = set(page.content["dropped"]), set(page.content["promoted"])
    kept = [f for group in part.facts for f in page.facts.get(group, []) if key_of(f) not in dropped]
    first = [fact for fact in kept if key_of(fact) in promoted]
    rest = [fact for fact in kept if key_of(fact) not in promoted]
    room = max(0, part.most - len(first))
    carried = [fact for fact in page.of_last.get(part.key, ()) if key_of(fact) in page.content["carried"]]
    return [*first, *rest[:room], *carried], rest[room:]


def _part(page: Page, part: Part) -> Content:
    facts, more = told_facts(page, part)
    text = page.content["texts"].get(part.key, "")
    return {"key": part.key, "text": text, "facts": facts, "more": len(more)}


def canonical(content: Content) -> str:
    """The content as one text that is the same for the same data: sorted keys, no spaces, UTF-8 (RFC 8785 in its
    spirit; the data holds no fractions)."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
