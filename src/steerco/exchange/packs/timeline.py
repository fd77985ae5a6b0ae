"""Milestones on a time line: which ones, over which days, and how each stands to its baseline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from steerco.exchange.packs.content import Milestone
from steerco.exchange.packs.figures import Figures
from steerco.exchange.packs.messages import AMBER_DAYS
from steerco.exchange.packs.ratings import RatingValue
from steerco.exchange.packs.values import Wording, day_text

BACK, AHEAD = timedelta(days=183), timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a time line shows."""

    first: date
    last: date

    def share(self, day: date) -> float:
        """Where `day` lies between the first (0) and last (1) day, kept inside."""
        return min(max((day - self.first).days / max((self.last - self.first).days, 1), 0.0), 1.0)

    def shows(self, day: date | None) -> bool:
        """True if the line reaches `day`."""
        return day is not None and self.first <= day <= self.last


def near(day: date | None, today: date) -> bool:
    """Half a year back to two years ahead: what a board looks at."""
    return day is not None and today - BACK <= day <= today + AHEAD


def chosen(items: Sequence[Milestone], today: date) -> list[Milestone]:
    """The milestones near `today`; if there are none, all dated ones."""
    dated = [item for item in items if item.expected]
    return [item for item in dated if near(item.expected, today)] or dated


def rows_by_project(items: Sequence[Milestone]) -> list[tuple[str, list[Milestone]]]:
    """Milestones under their project, in the order in which projects first come."""
    grouped: dict[str, list[Milestone]] = {}
    for item in items:
        grouped.setdefault(item.project, []).append(item)
    return [
        (project, sorted(own, key=lambda item: (item.expected or date.max, item.name)))
        for project, own in grouped.items()
    ]


def span_of(items: Sequence[Milestone], today: date) -> Span:
    """The days from the first to the last of `items` with a margin; at least one must have a date."""
    days = [item.expected for item in items if item.expected]
    days += [item.baseline for item in items if item.baseline and near(item.baseline, today)]
    margin = timedelta(days=max(7, (max(days) - min(days)).days // 25))
    # Names stand right of their sign: the last needs some room too.
    return Span(min(days) - margin, max(days) + 3 * margin)


def ticks(figures: Figures, span: Span) -> list[tuple[date, str]]:
    """First days of months, quarters or years inside `span` with their names."""
    days = (span.last - span.first).days
    step = 1 if days <= 400 else 3 if days <= 1250 else 12
    found = []
    day = date(span.first.year, 1, 1)
    while day <= span.last:
        if day >= span.first:
            found.append((day, str(day.year) if step == 12 else figures.month(day)))
        month = day.month - 1 + step
        day = date(day.year + month // 12, month % 12 + 1, 1)
    return found


def standing(item: Milestone) -> str:
    """ "done", "on_time", "slipping" (up to `AMBER_DAYS` late) or "late" (more, or rated red)."""
    if item.actual:
        return "done"
    late = item.days_late or 0
    if late > AMBER_DAYS or item.rating is RatingValue.RED:
        return "late"
    return "slipping" if late > 0 else "on_time"


def milestone_words(words: Wording, item: Milestone) -> str:
    """Contract award, 1 Apr 2020, late 45 days"""
    late = item.days_late or 0
    state = words.labels.done if item.actual else words.labels.on_time
    if late > 0:
        state = f"{words.labels.late} {words.labels.days(late)}"
    return f"{item.name}, {day_text(words.figures, item.expected)}, {state}"
