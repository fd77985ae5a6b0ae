"""Titles that state the message of a page, computed from what the page shows."""

from collections.abc import Iterable
from datetime import date

from steerco.exchange.packs.content import Change, ChangeKind, MoneyRow, PackContent, ProjectPage
from steerco.exchange.packs.figures import Figures, major_units, stand_text
from steerco.exchange.packs.ratings import OFF_TRACK, RatingScale, RatingValue, Trend

HIGH_SCORE = 15
DAYS_IN_MONTH = 30.44
AMBER_DAYS = 20


def joined(parts: Iterable[str]) -> str:
    """Parts as one title: first letter large, "; " between, no full stop."""
    text = "; ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def off_track(content: PackContent) -> int:
    """Projects rated amber/red or red."""
    return sum(share.now for share in content.distribution if share.value in OFF_TRACK)


def rated(content: PackContent) -> int:
    """All projects of the distribution, states included."""
    return sum(share.now for share in content.distribution)


def changes_of(content: PackContent, *kinds: ChangeKind) -> tuple[Change, ...]:
    """The changes of these kinds, biggest first; the order given breaks ties."""
    return tuple(
        sorted((item for item in content.changes if item.kind in kinds), key=lambda c: -magnitude(c))
    )


def magnitude(change: Change) -> float:
    """Rating steps, days or major currency units that a change amounts to; compare within one kind only."""
    before, after = change.before, change.after
    if isinstance(before, RatingValue) and isinstance(after, RatingValue):
        return abs((after.rank or 0) - (before.rank or 0))
    if isinstance(before, date) and isinstance(after, date):
        return abs((after - before).days)
    if before is None or after is None or isinstance(before, str | date) or isinstance(after, str | date):
        return 0.0
    return abs(float(major_units(after) - major_units(before)))


def ratings_message(content: PackContent) -> str:
    """27 of 125 projects are rated red or amber/red; 31 got worse since Sep 2018"""
    labels, figures = content.labels, Figures(content.locale)
    three = content.scale is RatingScale.THREE_POINT
    names = labels.off_track_three if three else labels.off_track
    names = names[:1].lower() + names[1:]
    count, total = off_track(content), rated(content)
    if count:
        rating = labels.msg_ratings_off(count, total=total, names=names)
    else:
        rating = labels.msg_ratings_none.format(names=names)
    return joined((rating, _worse(content, figures)))


def _worse(content: PackContent, figures: Figures) -> str:
    if content.compare is None:
        return ""
    since = stand_text(content, content.compare)
    worse = len(changes_of(content, ChangeKind.RATING_WORSE))
    if worse:
        return content.labels.msg_worse(worse, date=since)
    return content.labels.msg_none_worse.format(date=since)


def decisions_message(content: PackContent) -> str:
    """3 decisions are wanted; the first by 12 Oct 2019"""
    labels = content.labels
    if not content.decisions:
        return labels.no_decision
    due = [decision.deadline for decision in content.decisions if decision.deadline]
    first = labels.msg_decide_first.format(date=Figures(content.locale).day(min(due))) if due else ""
    return joined((labels.msg_decisions(len(content.decisions)), first))


def conflicts_message(content: PackContent) -> str:
    """3 conflicts between projects are open; 1 is overdue"""
    labels = content.labels
    due = [conflict.deadline for conflict in content.conflicts if conflict.deadline]
    late = sum(day < content.generated_at.date() for day in due)
    if late:
        rest = labels.msg_conflicts_late(late)
    else:
        rest = labels.msg_resolve_first.format(date=Figures(content.locale).day(min(due))) if due else ""
    return joined((labels.msg_conflicts(len(content.conflicts)), rest))


def changes_message(content: PackContent) -> str:
    """31 ratings fell and 18 rose, 40 end dates moved out since Sep 2018"""
    labels = content.labels
    if content.compare is None:
        return labels.no_earlier_data.rstrip(".")
    since = stand_text(content, content.compare)
    if not content.changes:
        return labels.msg_no_changes.format(date=since)
    return joined(
        (
            labels.msg_fell(len(changes_of(content, ChangeKind.RATING_WORSE))),
            labels.msg_rose(len(changes_of(content, ChangeKind.RATING_BETTER))),
            labels.msg_end_later(len(changes_of(content, ChangeKind.END_LATER)), date=since),
        )
    )


def milestones_message(content: PackContent) -> str:
    """7 of 30 open milestones are later than their baseline"""
    unfinished = [item for item in content.milestones if item.actual is None]
    late = sum((item.days_late or 0) > 0 for item in unfinished)
    if not late:
        return content.labels.msg_milestones_all
    return content.labels.msg_milestones(late, total=len(unfinished))


def variance(row: MoneyRow) -> float | None:
    """(forecast − budget) / budget of the year; None without both, in two currencies or without a budget."""
    if row.budget is None or row.forecast is None or row.budget.minor == 0:
        return None
    if row.budget.currency != row.forecast.currency:
        return None
    return (row.forecast.minor - row.budget.minor) / abs(row.budget.minor)


def money_message(content: PackContent) -> str:
    """The year is forecast £120m (4%) over its budget of £3,000m; one clause per currency, and the oldest data date"""
    said = joined(_money_clause(content, row) for row in content.money_totals) or content.labels.money
    if content.money_date is None:
        return said
    oldest = content.labels.oldest.format(date=Figures(content.locale).day(content.money_date))
    return f"{said} ({oldest})"


def _money_clause(content: PackContent, row: MoneyRow) -> str:
    labels, figures = content.labels, Figures(content.locale)
    share = variance(row)
    if share is None or row.budget is None or row.forecast is None:
        if row.whole_life is None:
            return ""
        return labels.msg_money_life.format(amount=figures.money(row.whole_life))
    budget = figures.money(row.budget)
    if abs(share) < 0.0005:
        return labels.msg_money_on.format(budget=budget)
    template = labels.msg_money_over if share > 0 else labels.msg_money_under
    difference = type(row.budget)(abs(row.forecast.minor - row.budget.minor), row.budget.currency)
    decimals = 1 if abs(share) < 0.1 else 0
    return template.format(
        amount=figures.money(difference), percent=figures.percent(abs(share), decimals), budget=budget
    )


def risks_message(content: PackContent) -> str:
    """4 risks score 15 or more; the highest stands at 20"""
    scores = [risk.score for risk in content.risks]
    high = sum(score >= HIGH_SCORE for score in scores)
    top = max(scores, default=0)
    return content.labels.msg_risks(high, top=top) if high else content.labels.msg_risks_low.format(top=top)


def project_message(content: PackContent, page: ProjectPage) -> str:
    """Amber/red, down from amber; end 14 months later than in Sep 2018 (the name stands above it)"""
    labels = content.labels
    parts = []
    rating = page.overall
    if rating is not None:
        text = labels.name(rating.value)
        if rating.previous is not None and rating.trend in (Trend.WORSE, Trend.BETTER):
            worse = rating.trend is Trend.WORSE
            moved = labels.msg_project_worse if worse else labels.msg_project_better
            text += ", " + moved.format(rating=labels.name(rating.previous))
        parts.append(text)
    parts.append(_end_moved(content, page))
    return joined(parts)


def _end_moved(content: PackContent, page: ProjectPage) -> str:
    line = page.dates[-1] if page.dates else None
    if content.compare is None or line is None or line.compared is None or line.forecast is None:
        return ""
    days = (line.forecast - line.compared).days
    if days == 0:
        return ""
    labels = content.labels
    template = labels.msg_project_end_later if days > 0 else labels.msg_project_end_earlier
    return template.format(span=span(content, days), date=stand_text(content, content.compare))


def span(content: PackContent, days: int) -> str:
    """A distance of calendar days as a person says it: days up to two months, then months."""
    if abs(days) < 2 * DAYS_IN_MONTH:
        return content.labels.days(abs(days))
    return content.labels.months(round(abs(days) / DAYS_IN_MONTH))
