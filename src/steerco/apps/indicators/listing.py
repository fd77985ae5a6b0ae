"""The list of initiatives at a date: what the address asks for, applied to the compared lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.indicators.computed import disagrees
from steerco.apps.indicators.dashboard import (
    GROWTH_BANDS,
    OFF_TRACK,
    SLIP_BANDS,
    Basis,
    UnitKey,
    growth,
    rank_lines,
    rating_label,
)
from steerco.apps.indicators.indicators import rating_word
from steerco.apps.indicators.selectors import Line
from steerco.kit.fields import sort_key

OFF_TRACK_LABEL = _("Red and amber/red")
PRESENCE = {
    "both": _("Reported both times"),
    "appeared": _("New since then"),
    "left": _("No longer reported"),
}
MOVED = {
    "worse": _("Rating worse"),
    "better": _("Rating better"),
    "any": _("Anything moved"),
    "end": _("End date moved"),
    "later": _("End date later"),
    "cost": _("Cost moved"),
}
MISSING = {
    "whole_life_cost": _("No whole-life cost"),
    "year_budget": _("No budget of the year"),
    "ends": _("No end date"),
}
SORTS = {
    "name": _("Name"),
    "rating": _("Rating, worst first"),
    "moved": _("What moved most"),
    "slip": _("Latest against before"),
    "end": _("End date"),
    "cost": _("Whole-life cost, largest first"),
    "growth": _("Growth of cost"),
}
BANDS = {band.key: band for band in (*SLIP_BANDS, *GROWTH_BANDS)}


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; "" asks for all. The dates are those of the reports, already chosen."""

    as_of: date | None = None
    compare: date | None = None
    basis: Basis = "published"
    rating: str = ""
    unit: str = ""
    slip: str = ""
    growth: str = ""
    presence: str = ""
    moved: str = ""
    missing: str = ""
    disagrees: str = ""
    also: str = ""
    q: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: QueryDict, as_of: date | None, compare: date | None) -> "Wanted":
        """The wish in a query string; values that are none are left out."""
        known: dict[str, Any] = {
            "slip": {b.key for b in SLIP_BANDS},
            "growth": {b.key for b in GROWTH_BANDS},
            "presence": PRESENCE,
            "moved": MOVED,
            "missing": MISSING,
            "sort": SORTS,
        }
        values = {name: query.get(name, "") for name in (*known, "rating", "unit", "disagrees", "also", "q")}
        values = {name: value for name, value in values.items() if name not in known or value in known[name]}
        basis: Basis = "restated" if query.get("basis") == "restated" else "published"
        return cls(as_of=as_of, compare=compare, basis=basis, **values)

    def url(self, code: str, **changes: Any) -> str:
        """The address of the list with these wishes, some changed ("" or None takes one away)."""
        wanted = replace(self, **changes)
        pairs = {
            "as_of": wanted.as_of.isoformat() if wanted.as_of else "",
            "compare": wanted.compare.isoformat() if wanted.compare else "",
            "basis": "" if wanted.basis == "published" else wanted.basis,
            **{name: getattr(wanted, name) for name in FILTERS},
            "sort": wanted.sort,
        }
        address = reverse("indicators:initiatives", args=[code])
        query = urlencode({name: value for name, value in pairs.items() if value})
        return f"{address}?{query}" if query else address

    def chips(self, code: str) -> list[tuple[str, str]]:
        """(what is asked for, the address without it) of every wish, for taking it away."""
        words: dict[str, Callable[[str], str | Promise]] = {
            "rating": lambda v: (
                OFF_TRACK_LABEL if v == "off-track" else rating_label("" if v == "none" else v)
            ),
            "unit": lambda v: v,
            "slip": lambda v: BANDS[v].label,
            "growth": lambda v: BANDS[v].label,
            "presence": lambda v: PRESENCE[v],
            "moved": lambda v: MOVED[v],
            "missing": lambda v: MISSING[v],
            "disagrees": lambda v: _("Declared green, the figures say red"),
            "also": lambda v: _("Belongs elsewhere, reports here too"),
            "q": lambda v: f"“{v}”",
        }
        return [
            (str(words[name](value)), self.url(code, **{name: ""}))
            for name in FILTERS
            if (value := getattr(self, name))
        ]


FILTERS = ("rating", "unit", "slip", "growth", "presence", "moved", "missing", "disagrees", "also", "q")


def wanted_lines(lines: Sequence[Line], wanted: Wanted, key_of: UnitKey) -> list[Line]:
    """The lines asked for, in the order asked for. What is no longer reported shows only when asked for."""
    words = sort_key(wanted.q)
    kept = [line for line in lines if _is_wanted(line, wanted, key_of, words)]
    match wanted.sort:
        case "moved":
            ranked = rank_lines(kept)
            moved = {line.initiative for line in ranked}
            return [*ranked, *(line for line in kept if line.initiative not in moved)]
        case "rating":
            return sorted(kept, key=lambda line: -(rating_word(line.latest.rating).place or 0))
        case "slip":
            return sorted(kept, key=lambda line: -(line.movement.end_days or 0))
        case "end":
            return sorted(kept, key=lambda line: line.latest.ends or date.max)
        case "cost":
            return sorted(kept, key=lambda line: -(line.latest.whole_life_cost or 0))
        case "growth":
            return sorted(kept, key=lambda line: -(growth(line) or 0))
    return kept


def _is_wanted(line: Line, wanted: Wanted, key_of: UnitKey, words: str) -> bool:
    movement = line.movement
    if wanted.presence:
        if movement.presence != wanted.presence:
            return False
    elif line.now is None:
        return False
    if words and words not in f"{line.latest.sort_name} {sort_key(line.code)}":
        return False
    if wanted.rating and not _rated(line.latest.rating, wanted.rating):
        return False
    if wanted.unit and key_of(line.latest)[0] != wanted.unit:
        return False
    if wanted.slip and not BANDS[wanted.slip].holds(movement.end_days):
        return False
    if wanted.growth and not BANDS[wanted.growth].holds(growth(line)):
        return False
    if wanted.missing and getattr(line.latest, wanted.missing) is not None:
        return False
    if wanted.also and not line.also:
        return False
    if wanted.moved and not _moved(line, wanted.moved):
        return False
    baseline = line.before.baseline if line.before else None
    return not wanted.disagrees or disagrees(line.latest.rating, line.now, baseline)


def _rated(rating: str, asked: str) -> bool:
    if asked == "off-track":
        return rating in OFF_TRACK
    return rating == ("" if asked == "none" else asked)


def _moved(line: Line, how: str) -> bool:
    movement = line.movement
    return {
        "worse": (movement.rating_steps or 0) > 0,
        "better": (movement.rating_steps or 0) < 0,
        "any": movement.moved,
        "end": bool(movement.end_days),
        "later": (movement.end_days or 0) > 0,
        "cost": bool(movement.cost),
    }[how]
