"""Days that people type, several at once."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def days_in(text: str) -> list[date]:
    """The days in `text`, one a line or with blanks between, as they are kept or as the reader's language writes them;
    in order, each once. Raises ValidationError."""
    try:
        return sorted({_day(one) for one in text.split()})
    except ValidationError:
        day = date_format(date(2026, 12, 31), "SHORT_DATE_FORMAT")
        raise ValidationError(_("Write one date a line, as %(day)s.") % {"day": day}) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        day = forms.DateField().clean(text)
        if day is None:
            raise
        return day
