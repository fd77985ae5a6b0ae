"""The dashboard's and the history's drawings: data classes in, SVG out; every mark leads to its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from steerco.apps.indicators.amounts import days_signed, money_short, month_text
from steerco.apps.indicators.dashboard import Band, Costly, Point, Share, rating_label
from steerco.apps.indicators.indicators import RATINGS, rating_word
from steerco.apps.indicators.selectors import Headline, Line
from steerco.engine.charts.axes import date_axis
from steerco.engine.charts.bars import Row, Segment, stacked_bar, stacked_bars
from steerco.engine.charts.lines import Line as Course
from steerco.engine.charts.lines import line_chart
from steerco.engine.charts.marks import rule
from steerco.engine.charts.scales import Dates
from steerco.engine.charts.sparkline import Step, rating_steps, sparkline
from steerco.engine.charts.svg import Svg, chart, element, label, link, rect, shortened, titled
from steerco.engine.charts.treemap import Tile, treemap
from steerco.exchange.tables.money import minor_digits

Address = Callable[..., str]


def _svg(drawing: str) -> SafeString:
    return mark_safe(drawing)  # noqa: S308  every text in it was escaped where it was drawn


def _count(value: float) -> str:
    return str(round(value))


def _segment(rating: str, count: int, address: Address) -> Segment:
    word = rating_word(rating)
    short = str(word.letter) if word.place else ""
    return Segment(str(word.label), count, word.tone, short, address(rating=rating or "none"))


def ratings_now(shares: Sequence[Share], address: Address) -> SafeString:
    """One bar of the ratings held now; `address` gives the list of a rating."""
    segments = [_segment(s.rating, s.now, address) for s in shares if s.now]
    return _svg(stacked_bar(segments, title=_("Initiatives by rating"), width=640, height=34, write=_count))


def ratings_over_time(points: Sequence[Point], address: Address) -> SafeString:
    """One bar of shares per date; `address` gives the list of a date and rating."""
    order = list(RATINGS)
    rows = []
    for point in points:
        held = sorted(
            point.ratings.items(), key=lambda item: order.index(item[0]) if item[0] in RATINGS else 99
        )

        def at(rating: str, day: date = point.as_of) -> str:
            return address(rating=rating, as_of=day, compare=None)

        segments = [_segment(rating, count, at) for rating, count in held]
        rows.append(Row(month_text(point.as_of), segments, address(as_of=point.as_of, compare=None)))
    title = _("Shares of the ratings at each date")
    return _svg(stacked_bars(rows, title=title, share=True, gutter=84, write=_count))


def bands(counted: Sequence[tuple[Band, int]], title: str, address: Callable[[str], str]) -> SafeString:
    """A distribution as named bars; `address` gives the list of a band by its key."""
    rows = [
        Row(str(band.label), [Segment(str(band.label), count, band.tone, "", address(band.key))])
        for band, count in counted
    ]
    return _svg(stacked_bars(rows, title=title, gutter=210, width=560, write=_count))


def cost_map(costly: Costly, page: Callable[[str], str]) -> SafeString:
    """Areas in proportion to whole-life cost in one currency, toned by rating; `page` leads to an initiative."""
    tiles = []
    for line in costly.lines:
        word = rating_word(line.latest.rating)
        short = str(word.letter) if word.place else str(word.label)
        cost = line.latest.whole_life_cost or 0
        tiles.append(Tile(line.latest.name, cost, word.tone, short, page(line.code)))
    if costly.smaller:
        words = _("%(n)s smaller ones") % {"n": costly.smaller}
        tiles.append(Tile(words, costly.smaller_amount, "sc-rag-none"))
    return _svg(
        treemap(
            tiles,
            title=_("Whole-life cost by initiative"),
            width=1120,
            height=400,
            write=lambda value: money_short(round(value), costly.currency),
        )
    )


def rating_course(past: Sequence[Headline], days: Sequence[date]) -> SafeString:
    """The steps of an initiative's rating at the dates of its portfolio, oldest first; a gap where it has none."""
    reports = {report.as_of: report for report in past}
    steps = []
    for day in days:
        word = rating_word(reports[day].rating if day in reports else "")
        steps.append(Step(word.place, word.tone, f"{month_text(day)}: {word.label}") if word.place else None)
    words = ", ".join(f"{month_text(r.as_of)} {rating_label(r.rating)}" for r in past)
    return _svg(rating_steps(steps, title=_("Ratings: %(course)s") % {"course": words}))


def cost_course(past: Sequence[Headline], days: Sequence[date]) -> SafeString:
    """The course of an initiative's whole-life cost at the same dates; "" where fewer than two are known."""
    costs = {report.as_of: report.whole_life_cost for report in past}
    values = [costs.get(day) for day in days]
    if sum(value is not None for value in values) < 2:
        return SafeString("")
    words = ", ".join(
        f"{month_text(r.as_of)} {money_short(r.whole_life_cost, r.currency)}"
        for r in past
        if r.whole_life_cost is not None
    )
    return _svg(sparkline(values, title=_("Whole-life cost: %(course)s") % {"course": words}))


def cost_lines(past: Sequence[Headline]) -> SafeString:
    """Whole-life cost of one initiative over its reports, in major units; one currency."""
    currency = next((r.currency for r in reversed(past) if r.currency), "")
    scale = 10 ** minor_digits(currency or "EUR")
    of_currency = [r if r.currency == currency else None for r in past]

    def course(name: str) -> list[float | None]:
        amounts = [getattr(r, name) if r else None for r in of_currency]
        return [None if amount is None else amount / scale for amount in amounts]

    lines = [Course(_("Whole-life cost"), course("whole_life_cost"), "sc-series-1")]
    return _svg(
        line_chart(
            [r.as_of for r in past],
            lines,
            title=_("Whole-life cost as reported"),
            height=220,
            write=lambda value: money_short(round(value * scale), currency),
            write_date=month_text,
        )
    )


@dataclass(frozen=True)
class Bar:
    """A lane of the timeline: from start to end as reported now, and as the report compared with had it."""

    label: str
    start: date | None
    end: date | None
    start_before: date | None
    end_before: date | None
    tone: str
    href: str | None = None

    @property
    def said(self) -> str:
        """The bar in words."""
        moved = days_signed((self.end - self.end_before).days) if self.end and self.end_before else ""
        dates = " – ".join(day.isoformat() for day in (self.start, self.end) if day)
        return " · ".join(part for part in (self.label, dates, moved) if part)


def bar_of(line: Line, href: str | None) -> Bar:
    """The lane of an initiative."""
    now, before = line.latest, line.before
    return Bar(
        now.name, now.starts, now.ends,
        before.starts if before else None, before.ends if before else None,
        rating_word(now.rating).tone, href,
    )  # fmt: skip


def schedule(
    bars: Sequence[Bar],
    today: date,
    title: str | Promise,
    today_label: str,
    width: float = 1120,
    gutter: float = 300,
) -> SafeString:
    """Bars from start to end with what was reported before as a ghost below; `today` across."""
    lane, top = 26.0, 20.0
    days = [day for bar in bars for day in (bar.start, bar.end, bar.start_before, bar.end_before) if day]
    first, last = min([*days, today]), max([*days, today])
    across = Dates(first, last, gutter, width - 40)
    bottom = top + max(len(bars), 1) * lane
    parts: list[Svg] = [date_axis(across, top, bottom, month_text, 12)]
    for index, bar in enumerate(bars):
        y = top + index * lane
        name = label(shortened(bar.label, gutter - 14), gutter - 8, y + 16, anchor="end")
        drawn = [element("g", {}, titled("g", {}, bar.said), name)]
        if bar.end_before and (bar.end_before, bar.start_before) != (bar.end, bar.start):
            drawn.append(_span(bar.start_before or first, bar.end_before, across, y + 15, 5, "sc-hollow", ""))
        if bar.end:
            drawn.append(
                _span(bar.start or first, bar.end, across, y + 5, 9, f"sc-fill {bar.tone}", bar.said)
            )
        parts.append(link(bar.href, bar.said, *drawn))
    parts.append(rule(across(today), top - 4, across(today), bottom, "sc-chart-now"))
    parts.append(label(today_label, across(today), top - 8, css="sc-chart-value", anchor="middle"))
    return _svg(chart("schedule", width, bottom + 22, str(title), "", *parts))


def _span(start: date, end: date, across: Dates, y: float, height: float, css: str, said: str) -> Svg:
    left, right = across(min(start, end)), across(end)
    return rect(css, left, y, max(right - left, 3.0), height, radius=2.0, title=said)
