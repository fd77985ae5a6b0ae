"""Words that people put over columns and into cells: folded for comparison, levels by name, yes and no."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from steerco.kit.fields import sort_key

# Words of one meaning in headers; the first is the one that they are folded to.
_SAME = (
    ("current", "residual", "net", "present", "aktuell", "aktuelle", "now"),
    ("inherent", "gross", "initial", "raw", "brutto", "before"),
    ("target", "desired", "appetite", "ziel"),
    ("probability", "likelihood", "prob", "wahrscheinlichkeit", "eintrittswahrscheinlichkeit"),
    ("impact", "consequence", "consequences", "auswirkung", "schadenshohe"),
    ("owner", "owned", "verantwortlich", "verantwortlicher", "responsible", "eigentumer"),
    ("date", "datum", "day"),
    ("description", "beschreibung", "details", "detail"),
    ("category", "kategorie", "risikokategorie"),
    ("initiative", "projekt", "vorhaben"),
    ("mitigation", "massnahme", "massnahmen", "gegenmassnahme", "gegenmassnahmen"),
    ("due", "fallig", "frist"),
    ("no", "nr", "number", "id", "ref", "reference", "key", "nummer", "identifier"),
)
_FOLDED = {word: group[0] for group in _SAME for word in group}
_EMPTY_WORDS = frozenset(
    {"lfd", "laufende", "the", "of", "a", "an", "in", "on", "by", "for", "and", "der", "die", "das", "am"}
)

YES = frozenset({"yes", "y", "true", "1", "x", "on", "ja", "j", "wahr", "✓", "✔", "☑"})
NO = frozenset({"no", "n", "false", "0", "off", "nein", "falsch", "✗", "☐", "-"})

# Names of the steps of a scale, lowest first. Five and three steps are what registers use.
_STEPS = {
    5: (
        "very low|rare|remote|negligible|insignificant|minimal|vl|v low|very unlikely|highly unlikely|improbable|none"
        "|sehr gering|sehr niedrig|unwesentlich|sehr unwahrscheinlich|unbedeutend|vernachlassigbar|selten",
        "low|unlikely|minor|small|l|seldom|slight|marginal|gering|niedrig|unwahrscheinlich|klein",
        "medium|moderate|possible|med|m|average|occasional|even|mod|mittel|moglich|massig|mittelmassig|spurbar",
        "high|likely|major|significant|h|probable|serious|considerable|hoch|wahrscheinlich|erheblich|gross|ernst",
        "very high|almost certain|certain|severe|critical|catastrophic|extreme|vh|v high|very likely|highly likely"
        "|near certain|nearly certain|frequent|expected|sehr hoch|nahezu sicher|kritisch|sehr wahrscheinlich|sicher"
        "|katastrophal|schwerwiegend|gravierend|existenzbedrohend|extrem",
    ),
    4: (
        "low|minor|trivial|l|niedrig|gering",
        "medium|moderate|normal|med|m|mittel",
        "high|major|h|hoch|important|wichtig",
        "critical|very high|urgent|severe|vh|showstopper|blocker|kritisch|dringend|sehr hoch",
    ),
    3: (
        "low|unlikely|minor|l|niedrig|gering|unwahrscheinlich",
        "medium|moderate|possible|med|m|mittel|moglich",
        "high|likely|major|h|hoch|wahrscheinlich",
    ),
}
LEVELS: Mapping[int, tuple[frozenset[str], ...]] = {
    size: tuple(frozenset(step.split("|")) for step in steps) for size, steps in _STEPS.items()
}
_LEADING_NUMBER = re.compile(r"^\(?(\d{1,2}(?:[.,]0+)?)\)?\s*(?:[-–—:=.)(/]|\s)\s*\(?\s*\D")
_TRAILING_NUMBER = re.compile(r"^\D+[-–—:=(\s]\s*(\d{1,2})\)?$")


def folded(text: str | Promise) -> str:
    """A text without case, accents, punctuation and double spaces."""
    return sort_key(str(text), 400)


@lru_cache(maxsize=4096)
def folded_header(text: str) -> str:
    """A header without units, in words of one meaning: "Residual Likelihood (1-5)" is "current probability"."""
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", text).replace("#", " no ")
    words = [w for w in folded(bare if bare.strip() else text).split() if w not in _EMPTY_WORDS]
    return " ".join(_FOLDED.get(w, w) for w in words)


def in_every_language(text: str | Promise) -> set[str]:
    """A translatable text in each language of the product."""
    texts = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            texts.add(str(text))
    return texts


def whole_number(text: str) -> int | None:
    """The number that a text is, or that leads ("4 - Likely") or ends it ("Likely (4)"); None without one."""
    stripped = text.strip()
    try:
        number = Decimal(stripped.replace(",", "."))
    except InvalidOperation:
        found = _LEADING_NUMBER.match(stripped) or _TRAILING_NUMBER.match(stripped)
        if found is None:
            return None
        number = Decimal(found[1].replace(",", "."))
    if not number.is_finite() or number != number.to_integral_value() or abs(number) > 10**9:
        return None
    return int(number)
