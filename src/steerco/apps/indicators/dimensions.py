"""What a rating can be about, in words that an organisation may replace."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.kit.pages.words import Word, declare_word, word

DIMENSIONS: dict[str, str | Promise] = {
    "overall": _("Overall"),
    "schedule": _("Schedule"),
    "cost": _("Cost"),
    "scope": _("Scope"),
    "resources": _("Resources"),
    "benefits": _("Benefits"),
    "risk": _("Risk"),
}

for _key, _label in DIMENSIONS.items():
    declare_word(Word(f"rating.dimension.{_key}", _("Dimension of the rating"), _label))


def dimension_label(key: str) -> str:
    """What a dimension is called; one that only a file names is called as the file has it."""
    return word(f"rating.dimension.{key}", DIMENSIONS[key]) if key in DIMENSIONS else key
