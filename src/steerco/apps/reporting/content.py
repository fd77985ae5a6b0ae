"""What a pack shows: snapshots, registers and milestones below an initiative, as one reader sees them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from steerco.apps.indicators.dashboard import REASONS, Mover, rank_lines, reasons
from steerco.apps.indicators.dimensions import dimension_label
from steerco.apps.indicators.models import Value
from steerco.apps.indicators.selectors import (
    Headline,
    Line,
    choose_points,
    compared_lines,
    courses,
    points,
    portfolio_scope,
    reports_below,
)
from steerco.apps.initiatives.models import Ancestry, Initiative
from steerco.apps.organisation.selectors import organisation
from steerco.apps.reporting.money_content import Sheets, sheets_below
from steerco.apps.reporting.registers_content import (
    decisions_wanted,
    escalations_wanted,
    milestones_below,
    open_conflicts,
    top_risks,
)
from steerco.apps.reporting.words import labels_for, rating_value
from steerco.exchange.packs.content import (
    Change,
    ChangeKind,
    Coverage,
    DateLine,
    Exclusion,
    HistoryPoint,
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
from steerco.kit import clock
from steerco.kit.permissions import Actor

MOST_RISKS = 12
NARRATIVES = ("rating_comment", "schedule_comment", "budget_comment", "cost_comment", "benefits_comment")


def pack_content(
    actor: Actor,
    initiative: Initiative,
    as_of: date | None = None,
    compare: date | None = None,
    *,
    audience: str = "",
    attribution: str = "",
) -> PackContent:
    """Everything that the pack of `initiative` shows to `actor`, in the active language.

    The dates are the last ones with reports not after those asked for; without any report the registers alone make
    the pack, as of today. A dozen queries, whatever the size of the portfolio.
    """
    scope, also = pack_scope(actor, initiative)
    known = [day for day, _count in points(actor, scope)]
    now, before = choose_points(known, as_of, compare)
    lines = compared_lines(actor, scope, also, now, before).lines if now else []
    reported = [line for line in lines if line.now]
    settings_row = organisation()
    below = Initiative.objects.visible_to(actor).filter(
        pk__in=Ancestry.objects.filter(ancestor=initiative).values("descendant")
    )
    rows = {row.pk: row for row in below.select_related("lead", "sponsor", "unit")}
    day = now or as_of or clock.today()
    risks = top_risks(actor, rows)
    milestones = milestones_below(actor, rows, day)
    sheets = sheets_below(
        actor, initiative, [line.initiative for line in reported], day, is_newest=now in known[-1:]
    )
    return PackContent(
        title=_("Steering pack"),
        initiative_code=initiative.code,
        initiative_name=initiative.name,
        as_of=day,
        compare=before,
        generated_at=clock.now(),
        organisation=settings_row.name,
        coverage=_coverage(lines, reported, audience, sheets),
        marking=settings_row.marking,
        audience=audience,
        attribution=attribution,
        locale=(translation.get_language() or "en")[:2],
        palette=Palette(settings_row.palette),
        scale=_scale(reported),
        dimensions=(dimension_label("overall"),),
        labels=labels_for(translation.get_language() or "en"),
        decisions=(*decisions_wanted(actor, rows), *escalations_wanted(actor, initiative)),
        conflicts=tuple(open_conflicts(actor, initiative)),
        changes=tuple(_changes(actor, lines)) if before else (),
        ratings=tuple(_rating_row(line) for line in reported),
        distribution=tuple(_distribution(lines, before is not None)),
        milestones=tuple(milestones),
        money_totals=tuple(sheets.totals(_money_totals(reported))),
        money=tuple(sheets.row(_money_row(line), line.initiative) for line in reported)
        or tuple(sheets.parts()),
        money_year=max((line.now.year for line in reported if line.now), default="") or sheets.year_label,
        money_date=sheets.data_date,
        risks=tuple(sorted(risks, key=lambda r: -r.score)[:MOST_RISKS]),
        projects=tuple(_project_pages(actor, reported, rows, day, risks, milestones, sheets)),
    )


def pack_scope(actor: Actor, initiative: Initiative) -> tuple[QuerySet[Ancestry], set[int]]:
    """What a pack tells of, as `portfolio_scope`: all that is reported below, or else its own reports."""
    scope, also = portfolio_scope(initiative)
    if reports_below(actor, scope).exists():
        return scope, also
    return Ancestry.objects.filter(descendant=initiative, depth=0), set()


def _scale(reported: Sequence[Line]) -> RatingScale:
    scales = {line.now.scale for line in reported if line.now}
    return RatingScale.THREE_POINT if scales and scales <= {"three_point", ""} else RatingScale.FIVE_POINT


def _scale_of(headline: Headline) -> RatingScale:
    return RatingScale.THREE_POINT if headline.scale == "three_point" else RatingScale.FIVE_POINT


def _rating(line: Line) -> Rating | None:
    """The rating of a line against the compared one."""
    if line.now is None:
        return None
    previous = rating_value(line.before.rating) if line.before else None
    before_scale = _scale_of(line.before) if line.before else None
    return compared(rating_value(line.now.rating), previous, _scale_of(line.now), before_scale)


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _coverage(lines: Sequence[Line], reported: Sequence[Line], audience: str, sheets: Sheets) -> Coverage:
    exempt = sum(1 for line in reported if line.now and line.now.rating == Value.State.EXEMPT)
    excluded = [Exclusion(_("rating exempt from publication"), exempt)] if exempt else []
    missing = sum(1 for line in reported if line.now and line.now.whole_life_cost is None)
    if missing:
        excluded.append(Exclusion(_("no whole-life cost published"), missing))
    if silent := sheets.without(line.initiative for line in reported):
        excluded.append(Exclusion(_("no figures by month: not in the actual"), silent))
    return Coverage(
        projects=len(reported),
        official=False,
        reader=audience,
        excluded=tuple(excluded),
        oldest_data=min(
            (day for day in (sheets.data_date, *(line.now.as_of for line in reported if line.now)) if day),
            default=None,
        ),
    )


def _changes(actor: Actor, lines: Sequence[Line]) -> Iterable[Change]:
    """All that moved, biggest first, with the words of the source: a project whose rating fell and whose end moved
    out is counted in both."""
    texts = reasons(actor, lines)
    for line in rank_lines(lines):
        now, before, movement = line.now, line.before, line.movement
        subject = (line.latest.name, line.code)
        if now is None or before is None:
            yield Change(ChangeKind.LEFT if now is None else ChangeKind.ENTERED, *subject)
            continue
        said = {what: texts.get((now.snapshot, key), "") for what, key in REASONS.items()}
        if movement.rating_steps:
            kind = ChangeKind.RATING_WORSE if movement.rating_steps > 0 else ChangeKind.RATING_BETTER
            pair = (rating_value(before.rating), rating_value(now.rating))
            yield Change(kind, *subject, *pair, reason=said["rating"])
        if movement.end_days:
            kind = ChangeKind.END_LATER if movement.end_days > 0 else ChangeKind.END_EARLIER
            yield Change(kind, *subject, before.ends, now.ends, reason=said["end"])
        if movement.cost and Mover(line).shows_cost:
            kind = ChangeKind.COST_UP if movement.cost > 0 else ChangeKind.COST_DOWN
            old, new = (_money(h.whole_life_cost, h.currency) for h in (before, now))
            yield Change(kind, *subject, old, new, reason=said["cost"])


def _rating_row(line: Line) -> RatingRow:
    now, before = line.now, line.before
    if now is None:
        raise ValueError(line.code)
    computed = line.computed
    return RatingRow(
        code=line.code,
        project=now.name,
        unit=now.unit_name,
        cells=(_rating(line),),
        end=now.ends,
        end_compared=before.ends if before else None,
        cost=_money(now.whole_life_cost, now.currency),
        cost_compared=_money(before.whole_life_cost, before.currency) if before else None,
        computed=rating_value(computed.colour.value) if computed else None,
    )


def _distribution(lines: Sequence[Line], with_compared: bool) -> Iterable[RatingShare]:
    now: dict[RatingValue, int] = defaultdict(int)
    before: dict[RatingValue, int] = defaultdict(int)
    for line in lines:
        if line.now:
            now[rating_value(line.now.rating)] += 1
        if line.before:
            before[rating_value(line.before.rating)] += 1
    order = [v for v in RatingValue if v not in STATES] + list(STATES)
    for value in order:
        if now[value] or before[value]:
            yield RatingShare(value, now[value], before[value] if with_compared else None)


def _money_row(line: Line) -> MoneyRow:
    now, before = line.now, line.before
    if now is None:
        raise ValueError(line.code)
    return MoneyRow(
        project=now.name,
        code=line.code,
        budget=_money(now.year_budget, now.currency),
        forecast=_money(now.year_forecast, now.currency),
        whole_life=_money(now.whole_life_cost, now.currency),
        whole_life_compared=_money(before.whole_life_cost, before.currency) if before else None,
    )


def _money_totals(reported: Sequence[Line]) -> Iterable[MoneyRow]:
    """One row per currency. The change of the whole-life cost is of those that have one at both dates."""
    for currency in sorted({line.now.currency for line in reported if line.now and line.now.currency}):
        own = [line for line in reported if line.now and line.now.currency == currency]

        def total(name: str, own: Sequence[Line] = own) -> int | None:
            amounts = [getattr(line.now, name) for line in own if getattr(line.now, name) is not None]
            return sum(amounts) if amounts else None

        life = total("whole_life_cost")
        moved = [line.movement.cost for line in own if line.movement.cost is not None]
        yield MoneyRow(
            project=currency,
            budget=_money(total("year_budget"), currency),
            forecast=_money(total("year_forecast"), currency),
            whole_life=_money(life, currency),
            whole_life_compared=_money(life - sum(moved), currency) if life is not None and moved else None,
        )


def _project_pages(
    actor: Actor,
    reported: Sequence[Line],
    rows: dict[int, Initiative],
    day: date,
    risks: Sequence[Risk],
    milestones: Sequence[Milestone],
    sheets: Sheets,
) -> Iterable[ProjectPage]:
    """One page per reported project, in the order of the list."""
    texts = _narratives(actor, [line.now.snapshot for line in reported if line.now])
    past = courses(actor, [line.initiative for line in reported], day)
    own_risks: dict[str, list[Risk]] = defaultdict(list)
    for risk in risks:
        own_risks[risk.project].append(risk)
    own_milestones: dict[str, list[Milestone]] = defaultdict(list)
    for milestone in milestones:
        own_milestones[milestone.project].append(milestone)
    for line in reported:
        now, row = line.now, rows.get(line.initiative)
        if now is None:
            continue
        name = row.name if row else now.name
        values = texts.get(now.snapshot, {})
        yield ProjectPage(
            code=line.code,
            name=now.name,
            unit=now.unit_name,
            sponsor=str(row.sponsor or "") if row else "",
            manager=str(row.lead or "") if row else "",
            description=values.get("description", "") or (row.summary if row else ""),
            ratings=(_rating(line),),
            computed=rating_value(line.computed.colour.value) if line.computed else None,
            dates=(
                DateLine(
                    _("Start"), compared=line.before.starts if line.before else None, forecast=now.starts
                ),
                DateLine(_("End"), compared=line.before.ends if line.before else None, forecast=now.ends),
            ),
            money=sheets.row(_money_row(line), line.initiative),
            narratives=tuple(
                Narrative(heading, values[key]) for key, heading in _headings().items() if values.get(key)
            ),
            history=tuple(
                HistoryPoint(h.as_of, rating_value(h.rating), h.ends, _money(h.whole_life_cost, h.currency))
                for h in past.get(line.initiative, [])
            ),
            risks=tuple(own_risks.get(name, ())[:5]),
            milestones=tuple(own_milestones.get(name, ())[:8]),
        )


def _headings() -> dict[str, str]:
    return {
        "rating_comment": _("On the rating"),
        "schedule_comment": _("On the schedule"),
        "budget_comment": _("On the budget of the year"),
        "cost_comment": _("On the whole-life cost"),
        "benefits_comment": _("On the benefits"),
    }


def _narratives(actor: Actor, snapshots: Sequence[int]) -> dict[int, dict[str, str]]:
    """The texts of each snapshot by indicator. One query."""
    rows = Value.objects.visible_to(actor).filter(
        snapshot__in=snapshots, indicator__in=("description", *NARRATIVES), state=""
    )
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for snapshot, key, text in rows.values_list("snapshot", "indicator", "text"):
        found[snapshot][key] = text
    return found
