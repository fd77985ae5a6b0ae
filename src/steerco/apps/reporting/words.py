"""The words of a pack in the reader's language, and ratings as a pack knows them."""

import dataclasses
from functools import lru_cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from steerco.exchange.packs.labels import OF_INITIATIVES, PackLabels, Plural
from steerco.exchange.packs.ratings import RatingValue

RATING_VALUES = {
    "green": RatingValue.GREEN,
    "amber-green": RatingValue.AMBER_GREEN,
    "amber": RatingValue.AMBER,
    "amber-red": RatingValue.AMBER_RED,
    "red": RatingValue.RED,
    "exempt": RatingValue.EXEMPT,
    "reset": RatingValue.RESET,
    "not_started": RatingValue.NOT_STARTED,
    "on_hold": RatingValue.ON_HOLD,
    "complete": RatingValue.COMPLETE,
}


def rating_value(key: str) -> RatingValue:
    """The rating or state of an indicator as a pack shows it; what is no rating counts as not reported."""
    return RATING_VALUES.get(key, RatingValue.NOT_REPORTED)


@lru_cache(maxsize=8)
def labels_for(language: str, *, of_projects: bool = True) -> PackLabels:
    """The pack's own words in `language`, of projects or of initiatives of any kind: every English default through
    the catalogue."""
    plain = dataclasses.replace(PackLabels(), **({} if of_projects else OF_INITIATIVES))  # type: ignore[arg-type]
    with translation.override(language):
        values: dict[str, Any] = {
            f.name: _translated(getattr(plain, f.name)) for f in dataclasses.fields(PackLabels)
        }
    return PackLabels(**{**values, "language": language[:2]})


def _translated(value: object) -> object:
    if isinstance(value, str):
        return _(value) if value else value
    if isinstance(value, Plural):
        return Plural(_(value.one), _(value.other))
    if isinstance(value, dict):
        return {key: _translated(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_translated(item) for item in value)
    return value
