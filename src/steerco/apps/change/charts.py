"""The drawing of what approved changes add up to."""

from datetime import date, timedelta

from django.utils import formats
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from steerco.apps.change.selectors import Tally
from steerco.apps.indicators.amounts import money_short, month_text
from steerco.engine.charts.lines import Line, line_chart

DAY = timedelta(days=1)


def course(found: Tally, currency: str, today: date) -> SafeString | str:
    """The running total as a line: of days for currency "", else of that money; "" with nothing to draw."""
    by_day: dict[date, float] = {}
    for effect in found.effects:
        if effect.row.decided_on:
            by_day[effect.row.decided_on] = effect.money.get(currency, 0) if currency else effect.days
    if not by_day:
        return ""
    days = sorted({*by_day, *(day - DAY for day in by_day), today})  # each one is a step on its day
    values, last = [], 0.0
    for day in days:
        last = by_day.get(day, last)
        values.append(last)
    title = (
        _("Approved changes: cost added, %(currency)s") % {"currency": currency}
        if currency
        else _("Approved changes: working days added")
    )

    def write(value: float) -> str:
        return money_short(round(value), currency) if currency else formats.number_format(round(value))

    line = Line(title, values, "sc-series-1")
    drawing = line_chart(days, [line], title=title, write=write, write_date=month_text, height=200)
    return mark_safe(drawing)  # noqa: S308  every text in it was escaped where it was drawn
