"""Reads of the organisation's settings, words, scales and fields."""

import time
from copy import copy

from django.utils.translation import get_language

from steerco.apps.organisation.models import FieldDefinition, Organisation, Term
from steerco.kit import clock
from steerco.kit.fields import CustomField, FieldKind
from steerco.kit.journal.unchanged import while_unchanged
from steerco.kit.once import once_per_request


@once_per_request
def organisation() -> Organisation:
    """The settings; their defaults before anybody has saved them."""
    stored = while_unchanged((Organisation._meta.label_lower,), "settings", Organisation.objects.first)
    return copy(stored) if stored else Organisation(created_at=clock.now(), changed_at=clock.now())


def definitions(subject: str) -> list[CustomField]:
    """The organisation's own fields of `subject`, retired ones too, in order."""
    models = (FieldDefinition._meta.label_lower,)
    return while_unchanged(models, ("fields", subject), lambda: _definitions(subject))


def _definitions(subject: str) -> list[CustomField]:
    return [
        CustomField(
            key=d.key,
            label=d.label,
            kind=FieldKind(d.kind),
            choices=tuple(d.choices),
            required=d.required,
            help=d.help,
            active=d.active,
        )
        for d in FieldDefinition.objects.filter(subject=subject)
    ]


def terms(language: str) -> dict[str, tuple[str, str]]:
    """The organisation's own words by key: (singular, plural)."""
    return {t.key: (t.singular, t.plural) for t in Term.objects.filter(language=language)}


WORDS_SECONDS = 5.0  # how far behind another process's rename a process may be
_words: dict[str, tuple[float, dict[str, tuple[str, str]]]] = {}


def own_words() -> dict[str, tuple[str, str]]:
    """The organisation's own words in the reader's language, kept for a few seconds in each process."""
    language = get_language() or ""
    held = _words.get(language)
    if held is None or time.monotonic() - held[0] > WORDS_SECONDS:
        held = _words[language] = (time.monotonic(), terms(language))
    return held[1]


def forget_words() -> None:
    """Read the words anew: after a rename, in the process that made it."""
    _words.clear()
