"""The monthly reports of the example city's projects: snapshots as of the last day of each month."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from steerco.apps.indicators.following import follow_newest, newest_of
from steerco.apps.indicators.indicators import (
    END,
    OVERALL,
    RATING,
    START,
    WHOLE_LIFE_COST,
    YEAR_BUDGET,
    YEAR_FORECAST,
)
from steerco.apps.indicators.models import Value
from steerco.apps.indicators.services import Report, record_snapshots
from steerco.apps.initiatives.models import Initiative
from steerco.engine.performance.movement import FIVE_POINT
from steerco.kit.permissions import Actor
from steerco.site.demo.story import ProjectText, ReportText
from steerco.site.demo.timeline import Timeline

MONTHS = 18
K = 100_000  # a thousand pounds in pence
EARLIER_YEAR = 85  # percent of this year's budget that a year before had
DAYS_TO_REPORT = 4


def month_ends(today: date) -> list[date]:
    """The last days of the months before this one, newest first."""
    found, day = [], today
    for _month in range(MONTHS):
        day = day.replace(day=1) - timedelta(days=1)
        found.append(day)
    return found


def tell_reports(
    timeline: Timeline, projects: Iterable[ProjectText], office: str, currency: str, year_starts: int
) -> None:
    """Put the reports of every month on the timeline: the office enters them a few days after its end."""
    told = list(projects)
    for month, as_of in enumerate(month_ends(timeline.today)):
        reported = [(p, text) for p in told if (text := _standing(p, month)) is not None]

        def enter(
            actor: Actor,
            as_of: date = as_of,
            reported: list[tuple[ProjectText, ReportText]] = reported,
            month: int = month,
        ) -> None:
            _record(actor, timeline, reported, as_of, month, currency, year_starts)

        entered = (as_of - timeline.today).days + DAYS_TO_REPORT
        timeline.call(entered, 16, office, enter)


def _standing(project: ProjectText, month: int) -> ReportText | None:
    """What was said last, as of that month; None before the first report."""
    said = [text for text in project.report if text.month >= month]
    return min(said, key=lambda text: text.month) if said else None


def _record(
    actor: Actor,
    timeline: Timeline,
    reported: list[tuple[ProjectText, ReportText]],
    as_of: date,
    month: int,
    currency: str,
    year_starts: int,
) -> None:
    reports = []
    for project, text in reported:
        row: Initiative = timeline.rows[project.code]
        fields: dict[str, Any] = {
            "name": row.name,
            "code": row.code,
            "unit": row.unit,
            "unit_name": row.unit.name if row.unit else "",
            "category": row.category,
        }
        values = list(_values(timeline, project, text, as_of, currency, year_starts))
        if text.month == month:
            values += _comments(text)
        reports.append(Report(row, as_of, fields, values))
    ids = [report.initiative.pk for report in reports]
    before = newest_of(ids)
    record_snapshots(actor, reports, source="Monthly reports")
    follow_newest(actor, ids, before, reason="Monthly reports")


def _values(
    timeline: Timeline, project: ProjectText, text: ReportText, as_of: date, currency: str, year_starts: int
) -> Iterable[Value]:
    for dimension, rating in (
        (OVERALL, text.rating),
        ("schedule", text.schedule),
        ("cost", text.cost),
        ("benefits", text.benefits),
    ):
        yield Value(indicator=RATING, dimension=dimension, scale=FIVE_POINT.code, rating=rating)
    yield Value(indicator=START, day=timeline.day(project.start))
    yield Value(indicator=END, day=timeline.day(text.end))
    year = as_of.year - (as_of.month < year_starts)
    now = timeline.today.year - (timeline.today.month < year_starts)
    budget = project.year_budget * (100 if year == now else EARLIER_YEAR) // 100 * K
    forecast = round(budget * (100 + text.over) / 100 / K) * K
    label = f"{year}/{(year + 1) % 100:02d}" if year_starts > 1 else str(year)
    for indicator, amount in ((YEAR_BUDGET, budget), (YEAR_FORECAST, forecast)):
        yield Value(indicator=indicator, amount=amount, currency=currency, year=label)
    yield Value(indicator=WHOLE_LIFE_COST, amount=text.cost_k * K, currency=currency)
    yield Value(indicator="benefits", amount=project.benefits * K, currency=currency)
    yield Value(indicator="description", text=project.summary)


def _comments(text: ReportText) -> list[Value]:
    said = {
        "rating_comment": text.comment,
        "schedule_comment": text.schedule_comment,
        "cost_comment": text.cost_comment,
        "budget_comment": text.budget_comment,
    }
    return [Value(indicator=indicator, text=words) for indicator, words in said.items() if words]
