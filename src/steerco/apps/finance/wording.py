"""Months, lines and amounts in words, in the reader's language."""

from datetime import date
from decimal import Decimal

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from steerco.apps.finance.models import KIND_CHOICES, NATURE_CHOICES
from steerco.engine.finance.sheet import Kind, Nature, Outlook
from steerco.engine.performance.rag import STANDARD, Colour, judge_amount
from steerco.exchange.tables.money import minor_digits

KINDS: dict[str, str | Promise] = dict(KIND_CHOICES)
NATURES: dict[str, str | Promise] = dict(NATURE_CHOICES)
LINES: tuple[tuple[Kind, Nature], ...] = tuple((kind, nature) for kind in Kind for nature in Nature)


def month_words(month: date) -> str:
    """A month as a heading writes it: "Apr 2026"."""
    return formats.date_format(month, "M Y")


def line_label(kind: str, nature: str) -> str:
    """A line of the sheet: "actual, capital"."""
    return _("%(kind)s, %(nature)s") % {"kind": KINDS[kind], "nature": NATURES[nature]}


def amount_text(minor: int | None, currency: str) -> str:
    """An amount in major units, grouped, with its cents where it has any; "" for none."""
    if minor is None:
        return ""
    digits = minor_digits(currency)
    major = Decimal(minor) / 10**digits
    places = 0 if major == major.to_integral_value() else digits
    return formats.number_format(major, places, use_l10n=True, force_grouping=True)


def with_currency(minor: int | None, currency: str) -> str:
    """An amount with its currency; "–" for none."""
    return "–" if minor is None else f"{currency}\u00a0{amount_text(minor, currency)}"


def percent_of(part: int | None, whole: int | None) -> str:
    """A share as a signed percentage; "" where there is none."""
    if part is None or not whole:
        return ""
    share = round(Decimal(part) * 100 / abs(whole), 1)
    sign = "+" if share > 0 else "\u2212" if share < 0 else "±"
    return f"{sign}{formats.number_format(abs(share), 1)}\u00a0%"


def tone_of(one: Outlook) -> str:
    """The colour of a variance by the published rule on cost: "amber" or "red" as far as it goes beyond what was
    approved; "" within the limit, and where something is missing."""
    rule = STANDARD.rule("cost_at_completion")
    if rule is None or one.variance is None or one.variance <= 0:
        return ""
    colour = judge_amount(rule, one.approved, one.expected).colour
    return colour.value if colour in (Colour.AMBER, Colour.RED) else ""


def decimal_mark_here() -> str:
    """The decimal mark that the reader's language writes."""
    return str(formats.get_format("DECIMAL_SEPARATOR"))
