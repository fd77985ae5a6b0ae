"""Words of finance in English and German: months, kinds of figures, capital and revenue."""

import re
from datetime import date

from steerco.engine.finance.sheet import Kind, Nature
from steerco.exchange.tables.dates import MONTHS

_MONTHS = {**MONTHS, "mrz": 3}
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_NAMED = re.compile(rf"^({_NAME})\.?[\s,\-/]*['’]?(\d{{4}}|\d{{2}})$", re.IGNORECASE)
_NAMED_LAST = re.compile(rf"^(\d{{4}})[\s\-/]*({_NAME})\.?$", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ].*)?$")
_YEAR_LAST = re.compile(r"^(?:(\d{1,2})[./-])?(\d{1,2})[./-](\d{4})$")
_PLAIN = re.compile(r"^(20\d{2})(0[1-9]|1[0-2])$")

KINDS: dict[Kind, frozenset[str]] = {
    Kind.APPROVED: frozenset(
        ["approved", "approval", "budget", "budgeted", "plan", "planned", "soll", "genehmigt", "bewilligt"]
    ),
    Kind.ACTUAL: frozenset(["actual", "actuals", "ist", "istkosten", "spent", "paid", "gebucht"]),
    Kind.ACCRUAL: frozenset(["accrual", "accruals", "accrued", "abgrenzung", "abgrenzungen", "abgegrenzt"]),
    Kind.FORECAST: frozenset(["forecast", "forecasts", "prognose", "vorschau", "hochrechnung", "erwartet"]),
}
NATURES: dict[Nature, frozenset[str]] = {
    Nature.CAPITAL: frozenset(["capital", "capex", "investition", "investitionen", "investiv", "investive"]),
    Nature.REVENUE: frozenset(
        ["revenue", "opex", "aufwand", "aufwendungen", "konsumtiv", "konsumtive", "laufend"]
    ),
}
SUMS = frozenset(
    [
        "total",
        "totals",
        "sum",
        "summe",
        "gesamt",
        "insgesamt",
        "variance",
        "abweichung",
        "contingency",
        "reserve",
    ]
)


def words_in(text: str) -> list[str]:
    """The words of a text, folded."""
    return re.findall(r"[^\W\d_]+", text.casefold())


def parse_month(text: str) -> date | None:
    """The month that a heading names, as its first day: "Apr 26", "April 2026", "2026-04", "04/2026", "Mrz 26",
    "01.04.2026"; None for anything else. A day other than the first is no month."""
    plain = " ".join(text.split())
    year, month, day = 0, 0, 1
    if match := _NAMED.match(plain):
        month, year = _MONTHS[match[1].lower()], int(match[2])
    elif match := _NAMED_LAST.match(plain):
        year, month = int(match[1]), _MONTHS[match[2].lower()]
    elif match := _YEAR_FIRST.match(plain):
        year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
    elif match := _YEAR_LAST.match(plain):
        day, month, year = int(match[1] or 1), int(match[2]), int(match[3])
    elif match := _PLAIN.match(plain):
        year, month = int(match[1]), int(match[2])
    if year and year < 100:
        year += 2000
    return date(year, month, 1) if 1 <= month <= 12 and day == 1 and 1990 <= year < 2100 else None


def kind_in(text: str) -> Kind | None:
    """The kind that a text names; None where it names none or several, or a sum."""
    said = set(words_in(text))
    found = [kind for kind, words in KINDS.items() if said & words]
    return found[0] if len(found) == 1 and not said & SUMS else None


def nature_in(text: str) -> Nature | None:
    """Capital or revenue, as a text names it; None where it names neither or both."""
    said = set(words_in(text))
    found = [nature for nature, words in NATURES.items() if said & words]
    return found[0] if len(found) == 1 else None
