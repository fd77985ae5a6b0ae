"""Amounts, percentages and days as a page writes them: short, by the reader's locale."""

from datetime import date
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from steerco.exchange.tables.money import SYMBOLS, minor_digits

MARKS = {code: symbol for symbol, code in SYMBOLS.items()}


def money_short(minor: int | None, currency: str) -> str:
    """An amount in minor units to three figures: "£12.3bn"; "" for none."""
    if minor is None:
        return ""
    major = Decimal(minor) / 10 ** minor_digits(currency or "EUR")
    size = abs(major)
    mark = MARKS.get(currency, f"{currency}\u00a0" if currency else "")
    if size >= 10**9 - 5 * 10**5:
        form = pgettext("amount in billions", "%(mark)s%(number)sbn")
        number = _three(major / 10**9)
    elif size >= 999_500:
        form = pgettext("amount in millions", "%(mark)s%(number)sm")
        number = _three(major / 10**6)
    else:
        form = pgettext("amount", "%(mark)s%(number)s")
        number = formats.number_format(major, 0, force_grouping=True)
    return (form % {"mark": mark, "number": number}).strip()


def _three(number: Decimal) -> str:
    """Three significant figures, none more than the number is worth."""
    size = abs(number)
    places = 2 if size < 10 else 1 if size < 100 else 0
    text = formats.number_format(round(number, places), places, force_grouping=True)
    separator = formats.get_format("DECIMAL_SEPARATOR")
    return text.rstrip("0").rstrip(separator) if separator in text else text


def percent_signed(value: Decimal | float | None) -> str:
    """A change in percent with its sign: "+12.4 %"; "" for none."""
    if value is None:
        return ""
    exact = Decimal(value)
    number = round(exact, 0 if abs(exact) >= 100 else 1)
    sign = "+" if number > 0 else "\u2212" if number < 0 else "±"
    return f"{sign}{formats.number_format(abs(number), force_grouping=True)}\u00a0%"


def days_signed(days: int | None) -> str:
    """A moved date in days, or in months and years from two months on: "+14 months"; "" for none."""
    if days is None:
        return ""
    if days == 0:
        return _("not moved")
    sign, size = ("+" if days > 0 else "\u2212"), abs(days)
    if size < 61:
        return sign + ngettext("%(n)s day", "%(n)s days", size) % {"n": size}
    months = round(size / 30.4375)
    if months < 24:
        return sign + ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    years = formats.number_format(round(Decimal(size) / Decimal("365.25"), 1))
    return sign + _("%(n)s years") % {"n": years}


def day_text(day: date | None) -> str:
    """A date as a table writes it; "" for none."""
    return (
        formats.date_format(day, pgettext("how a date is written", "j M Y")).replace(" ", "\u00a0")
        if day
        else ""
    )


def month_text(day: date) -> str:
    """A date on an axis."""
    return formats.date_format(day, "M Y")
