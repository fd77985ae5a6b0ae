"""What figures add to the page of an initiative: the dashboard of what is below, the history of its own reports."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.indicators import charts
from steerco.apps.indicators.amounts import day_text, money_short, percent_signed
from steerco.apps.indicators.dashboard import (
    DEPENDS_ON,
    OFF_TRACK,
    Basis,
    Dashboard,
    dashboard,
)
from steerco.apps.indicators.indicators import INDICATORS, RATINGS, Kind, rating_word
from steerco.apps.indicators.listing import Wanted
from steerco.apps.indicators.selectors import Line, Past, courses, history
from steerco.apps.indicators.wording import finding_words
from steerco.apps.initiatives.models import Initiative
from steerco.engine.charts.heat import Heading, heat_rows
from steerco.kit import clock
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor, can

MOST_UNITS = 16


@dataclass(frozen=True)
class Figure:
    """A number at the top: what it is, how it stood before, where its rows are."""

    label: str | Promise
    value: str
    note: str = ""
    url: str = ""


Context = dict[str, Any] | None
Shown = Callable[[Actor, Initiative, Dashboard, Wanted], Context]


def _dashboard(actor: Actor, initiative: Initiative, state: PageState) -> Dashboard | None:
    """The dashboard that the address asks for, computed once for all panels of the page."""
    basis: Basis = "restated" if state.query.get("basis") == "restated" else "published"
    key = f"dashboard {initiative.pk} {state.as_of} {state.compare} {basis}"
    if key not in actor.cache:
        actor.cache[key] = dashboard(actor, initiative, state.as_of, state.compare, basis)
    found: Dashboard | None = actor.cache[key]
    return found


def _on_dashboard(show: Shown) -> Callable[[Actor, Initiative, PageState], Context]:
    def load(actor: Actor, initiative: Initiative, state: PageState) -> Context:
        board = _dashboard(actor, initiative, state)
        if board is None:
            return None
        wanted = Wanted(as_of=board.as_of, compare=board.compare, basis=board.basis)
        context = show(actor, initiative, board, wanted)
        return None if context is None else {"board": board, "initiative": initiative, **context}

    return load


def load_overview(actor: Actor, initiative: Initiative, state: PageState) -> Context:
    """The dates looked at, and the figures of the whole. Without reports: how to bring some in."""
    board = _dashboard(actor, initiative, state)
    may_import = can(actor, "snapshot.import", initiative)
    if board is None:
        empty = initiative.type == Initiative.Type.PORTFOLIO and may_import
        return {"board": None, "initiative": initiative} if empty else None
    wanted = Wanted(as_of=board.as_of, compare=board.compare, basis=board.basis)
    return {
        "board": board,
        "initiative": initiative,
        "figures": _figures(board, partial(wanted.url, initiative.code)),
        "days": [p.as_of for p in reversed(board.points)],
        "earlier": [p.as_of for p in reversed(board.points) if p.as_of < board.as_of],
        "notes": _notes(board, partial(wanted.url, initiative.code)),
        "may_import": may_import,
        "list_url": wanted.url(initiative.code),
    }


def _figures(board: Dashboard, url: charts.Address) -> list[Figure]:
    held = {share.rating: share for share in board.shares}
    off = [share for rating, share in held.items() if rating in OFF_TRACK]
    figures = [
        Figure(
            _("Initiatives reported"),
            str(board.reports),
            _("%(new)s new, %(left)s no longer reported") % {"new": board.appeared, "left": board.left}
            if board.compare
            else "",
            url(),
        ),
        Figure(
            _("Red and amber/red"),
            str(sum(s.now for s in off)),
            _("%(n)s before") % {"n": sum(s.before or 0 for s in off)} if board.compare else "",
            url(rating="off-track", sort="rating"),
        ),
    ]
    if board.compare:
        later = sum(count for band, count in board.slips if band.low > 0)
        figures += [
            Figure(
                _("Rating worse"),
                str(board.worse),
                _("%(n)s better") % {"n": board.better},
                url(moved="worse"),
            ),
            Figure(
                _("End date later"),
                str(later),
                _("of %(n)s with both dates") % {"n": board.slip_known},
                url(moved="later", sort="slip"),
            ),
            Figure(
                _("Declared green, figures red"),
                str(board.disagreeing),
                _("the two disagree"),
                url(disagrees="1"),
            ),
        ]
    figures += _money_figures(board, url)
    return figures


def _money_figures(board: Dashboard, url: charts.Address) -> list[Figure]:
    figures = []
    grown = {currency: (before, now) for currency, before, now, _count in board.like_for_like}
    for total in board.totals["whole_life_cost"]:
        note = _("%(known)s of %(of)s report it") % {"known": total.known, "of": total.of}
        if total.currency in grown and grown[total.currency][0] > 0:
            before, now = grown[total.currency]
            change = percent_signed((now - before) * 100 / before)
            note = _("like for like %(change)s; %(note)s") % {"change": change, "note": note}
        figures.append(
            Figure(_("Whole-life cost"), money_short(total.amount, total.currency), note, url(sort="cost"))
        )
    forecasts = {total.currency: total for total in board.totals["year_forecast"]}
    for total in board.totals["year_budget"]:
        forecast = forecasts.get(total.currency)
        note = _("%(known)s of %(of)s report it") % {"known": total.known, "of": total.of}
        if forecast:
            note = _("forecast %(amount)s; %(note)s") % {
                "amount": money_short(forecast.amount, forecast.currency),
                "note": note,
            }
        figures.append(
            Figure(_("Budget of the year"), money_short(total.amount, total.currency), note, url())
        )
    return figures


def _notes(board: Dashboard, url: charts.Address) -> list[tuple[str, str]]:
    """What makes the figures incomplete: (sentence, address of the rows)."""
    notes = []
    if board.exempt:
        text = _("%(n)s ratings are exempt from publication.") % {"n": board.exempt}
        notes.append((text, url(rating="exempt")))
    if board.without_cost:
        text = _("%(n)s report no whole-life cost; they are not in its total.") % {"n": board.without_cost}
        notes.append((text, url(missing="whole_life_cost")))
    if board.without_end:
        notes.append((_("%(n)s report no end date.") % {"n": board.without_end}, url(missing="ends")))
    if board.also:
        text = _("%(n)s belong elsewhere and report here too; each is counted once.") % {"n": board.also}
        notes.append((text, url(also="1")))
    if board.scales_differ:
        notes.append((_("The two dates were rated on different scales: a step may be the scale's."), ""))
    return notes


def _show_ratings(actor: Actor, initiative: Initiative, board: Dashboard, wanted: Wanted) -> Context:
    url = partial(wanted.url, initiative.code)
    off = sum(share.now for share in board.shares if share.rating in OFF_TRACK)
    return {
        "title": _("%(n)s of %(all)s are red or amber/red") % {"n": off, "all": board.reports},
        "chart": charts.ratings_now(board.shares, url),
        "shares": [(share, url(rating=share.rating or "none")) for share in board.shares],
    }


def _show_course(actor: Actor, initiative: Initiative, board: Dashboard, wanted: Wanted) -> Context:
    if len(board.points) < 2:
        return None
    held = {rating for point in board.points for rating in point.ratings}
    ratings = [rating for rating in RATINGS if rating in held]
    return {
        "title": _("Ratings since %(day)s") % {"day": day_text(board.points[0].as_of)},
        "chart": charts.ratings_over_time(board.points, partial(wanted.url, initiative.code)),
        "ratings": ratings,
        "rows": [(p.as_of, [p.ratings[rating] for rating in ratings], p.reports) for p in board.points],
    }


def _show_movers(actor: Actor, initiative: Initiative, board: Dashboard, wanted: Wanted) -> Context:
    if not board.compare:
        return None
    url = partial(wanted.url, initiative.code)
    return {
        "title": _("What moved since %(day)s") % {"day": day_text(board.compare)},
        "more": url(moved="any", sort="moved"),
        "new_url": url(presence="appeared"),
        "left_url": url(presence="left"),
    }


def _show_slip(actor: Actor, initiative: Initiative, board: Dashboard, wanted: Wanted) -> Context:
    if not board.slip_known:
        return None
    later = sum(count for band, count in board.slips if band.low > 0)
    values = {"n": later, "all": board.slip_known}
    return _distribution(
        _("The end date of %(n)s of %(all)s moved later") % values,
        board.slips,
        lambda key: wanted.url(initiative.code, slip=key, sort="slip"),
    )


def _show_growth(actor: Actor, initiative: Initiative, board: Dashboard, wanted: Wanted) -> Context:
    if not board.growth_known:
        return None
    dearer = sum(count for band, count in board.growths if band.low > 2)
    values = {"n": dearer, "all": board.growth_known}
    return _distribution(
        _("%(n)s of %(all)s are dearer by more than 2 %%") % values,
        board.growths,
        lambda key: wanted.url(initiative.code, growth=key, sort="growth"),
    )


def _distribution(title: str, counted: Any, address: Callable[[str], str]) -> dict[str, Any]:
    return {
        "title": title,
        "chart": charts.bands(counted, title, address),
        "rows": [(band.label, count, address(band.key)) for band, count in counted],
    }


def _show_units(actor: Actor, initiative: Initiative, board: Dashboard, wanted: Wanted) -> Context:
    if len(board.units) < 2:
        return None
    held = {rating for row in board.units for rating in row.ratings}
    ratings = [rating for rating in RATINGS if rating in held]
    values = {(row.key, rating): count for row in board.units for rating, count in row.ratings.items()}
    rows = heat_rows(
        [Heading(row.key, str(row.label)) for row in board.units[:MOST_UNITS]],
        [Heading(rating, str(rating_word(rating).label)) for rating in ratings],
        {key: count for key, count in values.items() if key[0] in {r.key for r in board.units[:MOST_UNITS]}},
        tone=lambda unit, rating, value: rating_word(rating).tone,
        href=lambda unit, rating: wanted.url(initiative.code, unit=unit, rating=rating or "none"),
        absent=0,
    )
    totals: Mapping[str, int] = {row.key: row.total for row in board.units}
    return {
        "title": _("Units and ratings"),
        "ratings": [rating_word(rating) for rating in ratings],
        "rows": [
            (row, totals[row.heading.key], wanted.url(initiative.code, unit=row.heading.key)) for row in rows
        ],
        "hidden": len(board.units) - len(rows),
    }


def _show_costs(actor: Actor, initiative: Initiative, board: Dashboard, wanted: Wanted) -> Context:
    if board.costly is None:
        return None
    total = board.totals["whole_life_cost"][0]
    largest = [line.now.whole_life_cost or 0 for line in board.costly.lines[:10] if line.now]
    share = round(100 * sum(largest) / total.amount) if total.amount > 0 else 0
    return {
        "title": _("The ten dearest are %(share)s %% of the whole-life cost") % {"share": share},
        "chart": charts.cost_map(board.costly, _page),
        "rows": board.costly.lines[:20],
        "more": wanted.url(initiative.code, sort="cost"),
    }


def _page(code: str) -> str:
    return reverse("initiatives:page", args=[code])


def _show_timeline(actor: Actor, initiative: Initiative, board: Dashboard, wanted: Wanted) -> Context:
    if not board.timeline:
        return None
    title = _("Start to end, those first whose end moved most") if board.compare else _("Start to end")
    bars = [charts.bar_of(line, _page(line.code)) for line in board.timeline]
    return {
        "title": title,
        "chart": charts.schedule(bars, board.as_of, title, day_text(board.as_of)),
        "rows": board.timeline,
        "more": wanted.url(initiative.code, sort="slip"),
    }


def _show_list(actor: Actor, initiative: Initiative, board: Dashboard, wanted: Wanted) -> Context:
    days = [p.as_of for p in board.points if p.as_of <= board.as_of]
    return {
        "title": _("The reddest"),
        "rows": with_courses(actor, board.reddest, days),
        "more": wanted.url(initiative.code, sort="rating"),
        "compare": board.compare,
    }


@dataclass
class Row:
    """A line of a list with its courses and what the figures say."""

    line: Line
    ratings: Any
    costs: Any
    why: list[str]


def with_courses(actor: Actor, lines: list[Line], days: list[date]) -> list[Row]:
    """Lines with the courses of their rating and cost over the dates given. One query for all."""
    found = courses(actor, [line.initiative for line in lines], days[-1])
    rows = []
    for line in lines:
        past = found.get(line.initiative, [])
        why = [finding_words(f) for f in line.computed.because] if line.computed else []
        rows.append(Row(line, charts.rating_course(past, days), charts.cost_course(past, days), why))
    return rows


def load_history(actor: Actor, initiative: Initiative, state: PageState) -> Context:
    """Its own reports: declared beside computed, dates, cost, narratives, newest first."""
    past = [p for p in history(actor, initiative) if not state.as_of or p.snapshot.as_of <= state.as_of]
    if not past:
        return None
    newest = past[-1]
    bars = [_own_bar(before, one) for before, one in zip([None, *past], past, strict=False)]
    known = sum(p.headline.whole_life_cost is not None for p in past)
    return {
        "past": list(reversed(past)),
        "newest": newest,
        "why": [finding_words(finding) for finding in newest.computed.because] if newest.computed else [],
        "findings": {
            p.snapshot.pk: [finding_words(f) for f in p.computed.because] for p in past if p.computed
        },
        "cost_chart": charts.cost_lines([p.headline for p in past]) if known > 1 else "",
        "schedule_chart": charts.schedule(
            bars, clock.today(), _("Start and end as each report had them"), _("today"), 620, 96
        )
        if any(bar.end for bar in bars)
        else "",
        "since_first": _since_first(past),
        "texts": [(INDICATORS[v.indicator].label, v.text) for v in newest.texts()],
        "states": [(INDICATORS[v.indicator].label, v.get_state_display(), v.text) for v in newest.states()],
        "others": _other_values(newest),
    }


def _own_bar(before: Past | None, one: Past) -> charts.Bar:
    headline, earlier = one.headline, before.headline if before else None
    return charts.Bar(
        day_text(headline.as_of), headline.starts, headline.ends,
        earlier.starts if earlier else None, earlier.ends if earlier else None,
        rating_word(headline.rating).tone,
    )  # fmt: skip


def _since_first(past: list[Past]) -> tuple[date, int | None, float | None] | None:
    """(first date, days that the end moved since, growth of cost in percent since)."""
    if len(past) < 2:
        return None
    first, last = past[0].headline, past[-1].headline
    days = (last.ends - first.ends).days if first.ends and last.ends else None
    growth = None
    if first.whole_life_cost and last.whole_life_cost and first.currency == last.currency:
        growth = (last.whole_life_cost - first.whole_life_cost) * 100 / first.whole_life_cost
    return first.as_of, days, growth


def _other_values(newest: Past) -> list[tuple[str | Promise, Any]]:
    """Values that no headline column shows: further ratings, benefits, changes."""
    counted: Counter[str] = Counter(v.indicator for v in newest.values)
    return [
        (INDICATORS[v.indicator].label, v)
        for v in newest.values
        if not v.state
        and INDICATORS[v.indicator].kind in {Kind.MONEY, Kind.NUMBER, Kind.RATING}
        and (
            not INDICATORS[v.indicator].headline
            or counted[v.indicator] > 1
            or v.indicator == "current_budget"
        )
    ]


def declare_panels() -> None:
    """Add the panels to the page of an initiative."""
    declare_panel(
        Panel("figures", "initiative", 10, "indicators/_overview.html", load_overview, reads=DEPENDS_ON)
    )
    for key, rank, show, width in (
        ("ratings", 20, _show_ratings, 5),
        ("course", 22, _show_course, 7),
        ("movers", 24, _show_movers, 7),
        ("units", 26, _show_units, 5),
        ("slip", 28, _show_slip, 6),
        ("growth", 30, _show_growth, 6),
        ("reddest", 32, _show_list, 12),
        ("costs", 34, _show_costs, 12),
        ("timeline", 36, _show_timeline, 12),
    ):
        template = f"indicators/_{key}.html"
        load = _on_dashboard(show)
        declare_panel(Panel(key, "initiative", rank, template, load, width=width, reads=DEPENDS_ON))
    declare_panel(
        Panel(
            "reports",
            "initiative",
            50,
            "indicators/_history.html",
            load_history,
            gettext_lazy("Reports"),
            reads=DEPENDS_ON,
        )
    )
