"""Reads of the organisation's settings, words, scales and fields."""

import time
from copy import copy
from datetime import date

from django.utils.translation import get_language

from steerco.apps.organisation.days_off import all_days_off
from steerco.apps.organisation.models import FieldDefinition, Organisation, Term
from steerco.engine.performance.rag import WorkWeek
from steerco.kit import clock
from steerco.kit.fields import CustomField, FieldKind
from steerco.kit.journal.unchanged import while_unchanged
from steerco.kit.once import is_one_request, once_per_request
from steerco.kit.pages.letterhead import Letterhead


@once_per_request
def organisation() -> Organisation:
    """The settings; their defaults before anybody has saved them."""
    stored = while_unchanged((Organisation._meta.label_lower,), "settings", Organisation.objects.first)
    return copy(stored) if stored else Organisation(created_at=clock.now(), changed_at=clock.now())


def own_letterhead() -> Letterhead:
    """Name and protective marking, as they stand on documents."""
    own = organisation()
    return Letterhead(own.name, own.marking)


DAYS_SECONDS = 5.0  # how far behind another process's setting a job may be
_days_off: dict[str, tuple[float, frozenset[date]]] = {}


def days_off() -> frozenset[date]:
    """The organisation's public holidays and own days off; none before anybody has set them.

    In a request they are read with the settings; a job, which asks for every row, keeps them for a few seconds.
    """
    if is_one_request():
        return _set_days_off()
    held = _days_off.get("")
    if held is None or time.monotonic() - held[0] > DAYS_SECONDS:
        held = _days_off[""] = (time.monotonic(), _set_days_off())
    return held[1]


def _set_days_off() -> frozenset[date]:
    row = organisation()
    return all_days_off(row.holiday_country, row.holiday_region, row.own_days_off)


def forget_days_off() -> None:
    """Read the days off anew: after they are set, in the process that set them."""
    _days_off.clear()


def work_week() -> WorkWeek:
    """Monday to Friday without the organisation's days off: what every working day is counted by."""
    return WorkWeek(holidays=days_off())


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
