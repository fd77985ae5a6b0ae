"""The course of a calendar: how many reports came in time."""

from collections.abc import Sequence

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from steerco.apps.cycles.watching import Round
from steerco.apps.cycles.wording import short_date
from steerco.engine.charts.lines import Line, line_chart


def in_time_course(rounds: Sequence[Round]) -> SafeString:
    """The share of reports that came in time, by the last day of the period; "" for fewer than two cycles."""
    known = [one for one in rounds if one.percent is not None]
    if len(known) < 2:
        return SafeString("")
    drawing = line_chart(
        [one.cycle.period_end for one in known],
        [Line(_("In time, %"), [one.percent for one in known], "sc-series-1")],
        title=_("Reports in time over the last cycles"),
        description=", ".join(f"{short_date(one.cycle.period_end)}: {one.percent} %" for one in known),
        height=180,
        write=lambda value: f"{round(value)} %",
        write_date=short_date,
    )
    return mark_safe(drawing)  # noqa: S308  every text in it was escaped where it was drawn
