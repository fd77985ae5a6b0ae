"""Monthly money of the example city's projects, in step with what their reports say of the year and the whole life."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from steerco.apps.finance.models import MoneyChange
from steerco.apps.finance.services import Wanted, close_months, write_figures
from steerco.engine.finance.years import fiscal_year, month_after, month_of, months_of
from steerco.kit.permissions import Actor
from steerco.site.demo.reports import DAYS_TO_REPORT, K, month_ends
from steerco.site.demo.story import ProjectText
from steerco.site.demo.timeline import Timeline

WITHOUT = frozenset({"NWC-LIB"})  # has not handed in any figures
LATE = {"NWC-BUS": 2}  # its last figures are so many months old
BUILDING = {"TRA": 85, "PLA": 80, "EDU": 70}  # percent of capital by unit; the others buy more services
CAPITAL = 40
ACCRUED = 8  # percent of the last month that is not invoiced yet


@dataclass(frozen=True)
class Told:
    """What a report says: budget and forecast of the year, cost approved and expected over the whole life (pence)."""

    approved: int
    expected: int
    year_budget: int
    year_forecast: int
    last: date


def tell_money(
    timeline: Timeline, projects: Sequence[ProjectText], who: str, currency: str, starts: int
) -> None:
    """Put two rounds of figures of every project on the timeline: as of the month before last, and as of the last."""
    ends = month_ends(timeline.today)
    for project in projects:
        late = LATE.get(project.code, 0)
        for number in (late + 1, late):
            text = min((t for t in project.report if t.month >= number), key=lambda t: t.month, default=None)
            if project.code in WITHOUT or text is None:
                continue
            as_of = ends[number]
            budget = project.year_budget * K
            told = Told(
                max(project.report, key=lambda report: report.month).cost_k * K,
                text.cost_k * K,
                budget,
                round(budget * (100 + text.over) / 100 / K) * K,
                timeline.day(text.end),
            )
            cells = _cells(project, told, timeline.day(project.start), as_of, starts)
            entered = (as_of - timeline.today).days + DAYS_TO_REPORT
            timeline.call(entered, 15, who, partial(_write, timeline, project.code, cells, as_of, currency))
    before = month_of(ends[1])
    codes = [project.code for project in projects if project.code not in WITHOUT]
    timeline.call(
        (ends[0] - timeline.today).days + DAYS_TO_REPORT, 17, who, partial(_close, timeline, codes, before)
    )


def _write(
    timeline: Timeline, code: str, cells: list[Wanted], as_of: date, currency: str, actor: Actor
) -> None:
    how = MoneyChange.How.FILE
    write_figures(
        actor,
        timeline.rows[code],
        cells,
        as_of=as_of,
        how=how,
        currency=currency,
        file_name=f"ledger {as_of:%Y-%m}.xlsx",
    )


def _close(timeline: Timeline, codes: Sequence[str], to: date, actor: Actor) -> None:
    close_months(actor, [timeline.rows[code] for code in codes], to)


def _cells(project: ProjectText, told: Told, start: date, as_of: date, starts: int) -> list[Wanted]:
    """Every figure of one round: the plan by month, the ledger up to the data date, the forecast after it."""
    cut = month_of(as_of)
    first, last = month_of(start), max(month_of(told.last), cut)
    life = [first]
    while life[-1] < last:
        life.append(month_after(life[-1]))
    year = set(months_of(fiscal_year(as_of, starts), starts))
    approved = _spread(life, year, told.approved, told.year_budget)
    expected = _spread(life, year, told.expected, told.year_forecast)
    share = BUILDING.get(project.unit, CAPITAL)
    cells = []
    for month in life:
        cells += _both(month, "approved", approved[month], share)
        spent = expected[month]
        if month > cut:
            cells += _both(month, "forecast", spent, share)
            continue
        accrued = spent * ACCRUED // 100 // K * K if month == cut else 0
        cells += _both(month, "actual", spent - accrued, share)
        if accrued:
            cells.append(Wanted(month, "accrual", "revenue", accrued))
        elif month == month_after(cut, -1):
            cells.append(Wanted(month, "accrual", "revenue", 0))  # invoiced by now
    return cells


def _spread(life: Sequence[date], year: set[date], total: int, of_year: int) -> dict[date, int]:
    """A total over its months: what belongs to the year within it, the rest before and after."""
    inside = [month for month in life if month in year]
    outside = [month for month in life if month not in year]
    within = min(of_year, total) if outside else total
    return {**_even(inside, within), **_even(outside, total - within)}


def _even(months: Sequence[date], total: int) -> dict[date, int]:
    """A sum over months in whole thousands, a little more in some than in others; together exactly `total`."""
    if not months:
        return {}
    weights = [90 + (month.month * 7 + month.year) % 21 for month in months]
    found, left, weight = {}, total, sum(weights)
    for month, own in zip(months, weights, strict=True):
        part = left if own == weight else left * own // weight // K * K
        found[month] = part
        left, weight = left - part, weight - own
    return found


def _both(month: date, kind: str, amount: int, share: int) -> list[Wanted]:
    capital = amount * share // 100 // K * K
    return [Wanted(month, kind, "capital", capital), Wanted(month, kind, "revenue", amount - capital)]
