"""The pack of a frozen report: what was frozen, and nothing else. The same frozen data gives the same pack."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steerco.apps.cycles.consolidation import read_line
from steerco.apps.cycles.kinds import PARTS
from steerco.apps.cycles.models import FrozenReport
from steerco.apps.cycles.showing import replay_words, shown_second
from steerco.apps.cycles.wording import fact_words, finding_words, short_date
from steerco.apps.escalation.papers import effect_in_words, options_of
from steerco.apps.indicators.dimensions import dimension_label
from steerco.apps.indicators.indicators import rating_word
from steerco.apps.organisation.selectors import organisation
from steerco.apps.reporting.answers import question_narratives
from steerco.apps.reporting.words import labels_for, rating_value
from steerco.exchange.packs.content import (
    Change,
    ChangeKind,
    Coverage,
    DateLine,
    Decision,
    Exclusion,
    Milestone,
    Money,
    MoneyRow,
    Narrative,
    PackContent,
    ProjectPage,
    RatingRow,
    RatingShare,
    Risk,
)
from steerco.exchange.packs.ratings import STATES, Palette, Rating, RatingScale, RatingValue, compared

Content = dict[str, Any]
# Of what is asked in words, and in reports that were frozen before papers told more than their question.
NOTHING_PUT: Content = {"options": (), "recommendation": "", "days": None, "money": None, "currency": ""}


@dataclass(frozen=True)
class Told:
    """One initiative of the level below: its line in the consolidated report, and its own report, if it gave one."""

    line: Content
    content: Content | None


def published_content(frozen: FrozenReport, *, audience: str = "", attribution: str = "") -> PackContent:
    """Everything that the pack of a frozen report shows, in the active language. A consolidated one shows what those
    below said, another one itself on a page. Three queries."""
    content: Content = json.loads(frozen.content)
    many = bool(content.get("below"))
    told = list(_told(content, frozen)) if many else [Told(_line_of_itself(content), content)]
    dimensions = _dimensions(content, told)
    settings_row = organisation()
    start = _day(content["period"]["start"])
    as_of = _day(content["period"]["end"]) or frozen.frozen_at.date()
    has_before = any(one.line["before"] for one in told)
    scale = RatingScale.FIVE_POINT if _five(told) else RatingScale.THREE_POINT
    parts = {part["key"]: part for part in content["parts"]}
    place = content["initiative"]
    return PackContent(
        title=content["title"],
        initiative_code=place["code"],
        initiative_name=place["name"],
        as_of=as_of,
        compare=start - timedelta(days=1)
        if start and has_before
        else None,  # up to which the one before told
        generated_at=frozen.frozen_at,
        organisation=settings_row.name,
        coverage=_coverage(told, audience, as_of),
        marking=settings_row.marking,
        audience=audience,
        attribution=attribution,
        locale=(translation.get_language() or "en")[:2],
        palette=Palette(settings_row.palette),
        scale=scale,
        dimensions=tuple(dimension_label(key) for key in dimensions),
        labels=labels_for(translation.get_language() or "en", of_projects=_of_projects(told)),
        money_totals=tuple(_money(content)),
        money=tuple(row for one in told if one.content for row in _money(one.content, one.line["name"])),
        money_date=_money_date(content),
        decisions=tuple(_decisions(_facts(parts, "asked", "help"))),
        changes=tuple(_changes(told)),
        ratings=tuple(_row(one, dimensions, scale) for one in told),
        distribution=tuple(_distribution(told, has_before)),
        milestones=tuple(_milestones(parts)),
        risks=tuple(_risks(_facts(parts, "top_risks", "risks"))),
        projects=(
            _page(content, dimensions, scale, content["title"] if not many else ""),
            *(_page(one.content, dimensions, scale) for one in told if one.content and many),
        ),
        alone=not many,
    )


def _told(content: Content, frozen: FrozenReport) -> Iterable[Told]:
    """The editions that stood when the consolidated report was frozen."""
    lines = [read_line(line) for line in content["below"]]
    wanted = [line["report"] for line in lines if line["current"]]
    rows = FrozenReport.objects.filter(report__in=wanted, frozen_at__lte=frozen.frozen_at).order_by("number")
    editions = {row.report_id: json.loads(row.content) for row in rows}
    for line in lines:
        yield Told(line, editions.get(line["report"]) if line["current"] else None)


def _line_of_itself(content: Content) -> Content:
    """The line of a report that consolidates nothing: what it says of its own initiative."""
    overall = content["ratings"][0] if content["ratings"] else {}
    said = {key: overall.get(key, "") for key in ("value", "before", "computed")}
    place = content["initiative"]
    return read_line(
        {
            "report": None,
            "code": place["code"],
            "name": place["name"],
            "age": 0,
            "headline": content["headline"],
            **said,
        }
    )


def _facts(parts: dict[str, Content], *keys: str) -> list[Content]:
    """The facts of the first of these parts that the report has."""
    return next((parts[key]["facts"] for key in keys if key in parts), [])


def _dimensions(content: Content, told: Sequence[Told]) -> list[str]:
    """Every dimension that anybody rated, the overall one first, in the order of the reports."""
    every = [content, *(one.content for one in told if one.content)]
    found = dict.fromkeys(r["dimension"] for one in every for r in one["ratings"] if r["value"])
    return ["overall", *(key for key in found if key != "overall")]


def _of_projects(told: Sequence[Told]) -> bool:
    known = {one.content["initiative"]["type"] for one in told if one.content}
    return known == {"project"}


def _five(told: Sequence[Told]) -> bool:
    return any("-" in one.line["value"] for one in told)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _rating(said: Content | None, scale: RatingScale) -> Rating | None:
    if said is None or not said["value"]:
        return None
    before = rating_value(said["before"]) if said["before"] else None
    return compared(rating_value(said["value"]), before, scale, scale if before else None)


def _cells(
    content: Content | None, dimensions: Sequence[str], scale: RatingScale
) -> tuple[Rating | None, ...]:
    said = {r["dimension"]: r for r in content["ratings"]} if content else {}
    return tuple(_rating(said.get(key), scale) for key in dimensions)


def _row(one: Told, dimensions: Sequence[str], scale: RatingScale) -> RatingRow:
    place = one.content["initiative"] if one.content else {}
    cells = _cells(one.content, dimensions, scale)
    if one.content is None:
        cells = (compared(RatingValue.NOT_REPORTED, None, scale, None), *cells[1:])
    return RatingRow(
        code=one.line["code"],
        project=_named_with_age(one.line),
        unit=place.get("unit", ""),
        cells=cells,
        end=_day(place.get("forecast_end")),
        computed=_computed(one.line["computed"]),
    )


def _named_with_age(line: Content) -> str:
    """The name, with the day that the report is about where that is not the last of this period."""
    told, second, name = _day(line["told"]) if line["age"] else None, line["assurance"], str(line["name"])
    if second:
        name = _("%(name)s (reviewers: %(rating)s)") % {
            "name": name,
            "rating": rating_word(second["value"]).label,
        }
    if told is None:
        return name
    return _("%(name)s (report of %(day)s)") % {"name": name, "day": short_date(told)}


def _computed(key: str) -> RatingValue | None:
    return rating_value(key) if key in ("green", "amber", "red") else None


def _coverage(told: Sequence[Told], audience: str, as_of: date) -> Coverage:
    missing = sum(one.content is None for one in told)
    return Coverage(
        projects=len(told) - missing,
        official=True,
        reader=audience,
        excluded=(Exclusion(_("not reported"), missing),) if missing else (),
        oldest_data=as_of,
    )


def _decisions(facts: Iterable[Content]) -> Iterable[Decision]:
    """What waits for a decision, and what those below ask for in their own words."""
    for fact in facts:
        put = {**NOTHING_PUT, **fact.get("put", {})}
        yield Decision(
            number=fact["ref"],
            question=fact["title"],
            options=tuple(one.in_words for one in options_of(put["options"], put["currency"])),
            recommendation=put["recommendation"],
            consequence=effect_in_words(put),
            decider=fact.get("decider", ""),
            deadline=_day(fact.get("after")),
            project=fact["place"],
        )


def _changes(told: Sequence[Told]) -> Iterable[Change]:
    for one in told:
        line = one.line
        now, before = rating_value(line["value"]), rating_value(line["before"])
        if one.content is None or now.rank is None or before.rank is None or now == before:
            continue
        kind = ChangeKind.RATING_WORSE if now.rank > before.rank else ChangeKind.RATING_BETTER
        yield Change(kind, line["name"], line["code"], before, now, line["headline"])


def _distribution(told: Sequence[Told], has_before: bool) -> Iterable[RatingShare]:
    now = [rating_value(one.line["value"]) if one.content else RatingValue.NOT_REPORTED for one in told]
    before = [rating_value(one.line["before"]) for one in told if one.line["before"]]
    for value in [v for v in RatingValue if v not in STATES] + list(STATES):
        if value in now or value in before:
            yield RatingShare(value, now.count(value), before.count(value) if has_before else None)


def _money(content: Content, name: str = "") -> Iterable[MoneyRow]:
    """What a report says of the money of the whole life, a row for each currency; of a sum, named after it."""
    found: dict[str, dict[str, Content]] = {}
    for fact in _money_facts(content):
        if not fact["place"]:  # not one of those below
            found.setdefault(fact["title"], {})[fact["kind"]] = fact
    for currency, facts in found.items():
        expected, kept = facts.get("money_expected", {}), facts.get("money_contingency", {})
        yield MoneyRow(
            project=name or currency,
            code=content["initiative"]["code"],
            contingency=_amount(kept.get("after"), currency),
            whole_life=_amount(expected.get("after"), currency),
            whole_life_compared=_amount(expected.get("before"), currency),
        )


def _money_facts(content: Content) -> list[Content]:
    return [fact for part in content["parts"] if part["key"] == "money" for fact in part["facts"]]


def _money_date(content: Content) -> date | None:
    """The oldest day that a figure of the level was right for."""
    days = [fact["data_date"] for fact in _money_facts(content) if fact.get("data_date")]
    return _day(min(days)) if days else None


def _amount(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _milestones(parts: dict[str, Content]) -> Iterable[Milestone]:
    """Those ahead, each with where it stood before if it moved."""
    moved = {
        fact["entry"]: fact for fact in parts.get("moved", {}).get("facts", ()) if fact["kind"] == "moved"
    }
    for fact in parts.get("ahead", {}).get("facts", ()):
        was = moved.get(fact["entry"], {}).get("before")
        yield Milestone(
            project=fact["place"],
            name=fact["title"],
            baseline=_day(fact.get("before")),
            forecast=_day(fact.get("after")),
            compared=_day(was),
            tier=fact.get("tier", ""),
        )


def _risks(facts: Iterable[Content]) -> Iterable[Risk]:
    for fact in facts:
        if fact.get("probability") and fact.get("impact"):
            yield Risk(
                number=fact["ref"],
                project=fact["place"],
                title=fact["title"],
                probability=fact["probability"],
                impact=fact["impact"],
                owner=fact["owner"],
                response=fact.get("response", ""),
                due=_day(fact.get("review")),
                opportunity=fact.get("direction") == "opportunity",
            )


def _page(content: Content, dimensions: Sequence[str], scale: RatingScale, title: str = "") -> ProjectPage:
    """A page of its own for each report: the sentence, the path to green, and every part with its facts in words."""
    place = content["initiative"]
    overall = content["ratings"][0] if content["ratings"] else None
    end = _day(place.get("forecast_end"))
    return ProjectPage(
        code=place["code"],
        name=f"{place['name']}, {title}" if title else place["name"],
        unit=place["unit"],
        sponsor=place["sponsor"],
        manager=place["lead"],
        ratings=_cells(content, dimensions, scale),
        computed=_computed(overall["computed"]) if overall else None,
        computed_reason=" ".join(map(finding_words, overall["because"])) if overall else "",
        dates=(DateLine(_("End"), forecast=end),) if end else (),
        narratives=tuple(_narratives(content)),
    )


def _second(content: Content) -> Iterable[Narrative]:
    """What the reviewers say beside what is declared, and for how long the figures have said otherwise."""
    overall: Content = content["ratings"][0] if content["ratings"] else {}
    lines: list[str] = []
    second = shown_second(content.get("assurance"), overall.get("value", ""))
    if second:
        named = {"rating": rating_word(second["value"]).label, "ref": second["ref"]}
        said = _("The reviewers say %(rating)s (%(ref)s, %(day)s).")
        lines.append(said % {**named, "day": short_date(second["day"])})
        if second["far"]:
            lines.append(_("That is two steps or more from what is declared."))
    lines += [words for words in (replay_words(overall),) if words]
    lines += [
        f"{line['name']}: {words}"
        for line in map(read_line, content.get("below", ()))
        if line["current"] and (words := replay_words(line))
    ]
    if lines:
        yield Narrative(_("Assurance"), "\n".join(lines))


def _narratives(content: Content) -> Iterable[Narrative]:
    path = content["path"]
    if content["headline"]:
        yield Narrative(_("In a sentence"), content["headline"])
    if path.get("text"):
        yield Narrative(_("Path to green"), path["text"])
    yield from _second(content)
    since = [line for line in map(read_line, content.get("below", ())) if line["bridge"]]
    if since:
        text = "\n".join(f"{line['name']}: {line['bridge']}" for line in since)
        yield Narrative(str(PARTS["bridge"].label), text)
    for part in content["parts"]:
        lines = [part["text"]] if part["text"] else []
        for fact in part["facts"]:
            words = fact_words(fact)
            lines.append(f"{fact['ref']} {fact['title']}{f': {words}' if words else ''}")
        if part.get("more"):
            lines.append(
                ngettext("and %(n)s more, not shown", "and %(n)s more, not shown", part["more"])
                % {"n": part["more"]}
            )
        if lines:
            known = PARTS.get(part["key"])
            yield Narrative(str(known.label) if known else part["key"], "\n".join(lines))
    yield from question_narratives(content)
