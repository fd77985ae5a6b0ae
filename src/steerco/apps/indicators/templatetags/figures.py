"""Template tags of figures and ratings."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from steerco.apps.indicators import amounts
from steerco.apps.indicators.indicators import SCALES, rating_word
from steerco.kit.registers.columns import money_text

register = template.Library()


@register.simple_tag
def rag(value: str, scale: str = "", previous: str | None = None, previous_scale: str = "") -> SafeString:
    """A rating as a pill: shape, letter, colour, and its word for those who hear it; with `previous`, the trend.

    A rating on another scale than the one before has no trend: the step may be the scale's.
    """
    word = rating_word(value or "")
    shown = word.label if word.place is None else word.letter
    pill = format_html(
        '<span class="sc-rag {}" title="{}">{}<span class="visually-hidden"> {}</span></span>',
        word.tone,
        word.label,
        shown,
        word.label if word.place is not None else "",
    )
    trend = trend_of(value, scale, previous, previous_scale or scale)
    return format_html("{}{}", pill, trend_arrow(*trend)) if trend else pill


def trend_of(value: str, scale: str, previous: str | None, previous_scale: str) -> tuple[str, str] | None:
    """("better" | "worse" | "same", the sentence) of a rating against the one before; None where there is none."""
    if not previous or not value or scale != previous_scale:
        return None
    order = SCALES[scale].order if scale in SCALES else {}
    if value not in order or previous not in order:
        return None
    before = rating_word(previous).label
    steps = order[value] - order[previous]
    if steps == 0:
        return "same", _("as before")
    way = "worse" if steps > 0 else "better"
    sentence = _("worse, was %(before)s") if steps > 0 else _("better, was %(before)s")
    return way, sentence % {"before": before}


def trend_arrow(way: str, sentence: str) -> SafeString:
    """The arrow of a trend with its sentence."""
    return format_html(
        ' <span class="sc-trend sc-trend-{}" title="{}"><span class="visually-hidden">{}</span></span>',
        way,
        sentence,
        sentence,
    )


# A template hands "" to a filter for what is not there: a line that was not reported before has no "before".


@register.filter
def short_money(minor: int | str | None, currency: str = "") -> str:
    """An amount to three figures."""
    return amounts.money_short(minor, currency) if isinstance(minor, int) else ""


@register.filter
def whole_money(minor: int | str | None, currency: str = "") -> str:
    """An amount in full."""
    return money_text(minor, currency) if isinstance(minor, int) else ""


@register.filter
def signed_percent(value: Decimal | float | str | None) -> str:
    """A change in percent."""
    return "" if isinstance(value, str) else amounts.percent_signed(value)


@register.filter
def signed_days(days: int | str | None) -> str:
    """A moved date."""
    return amounts.days_signed(days) if isinstance(days, int) else ""


@register.filter
def day(value: date | str | None) -> str:
    """A date."""
    return amounts.day_text(value) if isinstance(value, date) else ""


@register.filter
def rating_name(value: Any) -> str:
    """The word for a rating."""
    return str(rating_word(value or "").label)


@register.filter
def rating_place(value: Any) -> int | None:
    """The place of a rating from best to worst; None for a state."""
    return rating_word(value or "").place


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    """`mapping[key]`, or nothing."""
    return mapping.get(key, ()) if mapping else ()
