"""The records of the example city that stand in `northwind/registers.toml`, each with the steps of its life.

A date is a number of days from today, a party the first name that the texts know it by, an initiative its code, and
an amount thousand units of the organisation's currency.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import models

from steerco.apps.initiatives.models import Initiative
from steerco.apps.people.models import Party
from steerco.kit.registers.register import register_by_key
from steerco.site.demo.story import EntryText, PersonText
from steerco.site.demo.timeline import Row, Timeline

THOUSAND = 100_000  # minor units


def tell_entries(
    timeline: Timeline,
    entries: list[EntryText],
    people: Mapping[str, PersonText],
    parties: Mapping[str, Party],
    currency: str,
) -> None:
    """Put every entry with its steps on the timeline. Raises LookupError for a register that there is not."""
    for number, text in enumerate(entries, 1):
        register = register_by_key(text.register)
        if register is None:
            raise LookupError(text.register)
        model, key = register.model, f"{text.register}/{number}"
        values = _values(timeline, model, text.values, parties, currency)
        values |= {"title": text.title, "initiative": Row(text.place)}
        if text.owner:
            values["owner"] = parties[text.owner]
        author = people[text.by or text.owner].name
        timeline.create(text.made, author, model, key, values)
        for day, who, changes in text.steps:
            changed = _values(timeline, model, changes, parties, currency)
            timeline.change(day, people[who].name, model, key, changed)


def _values(
    timeline: Timeline,
    model: type[models.Model],
    texts: Mapping[str, Any],
    parties: Mapping[str, Party],
    currency: str,
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, text in texts.items():
        field = model._meta.get_field(name)
        values[name] = _value(timeline, field, text, parties)
        if isinstance(field, models.BigIntegerField):
            values["currency"] = currency
    return values


def _value(timeline: Timeline, field: Any, text: Any, parties: Mapping[str, Party]) -> Any:
    if isinstance(field, models.DateField):
        day: date = timeline.day(text)
        return day
    if isinstance(field, models.ForeignKey):
        return Row(text) if field.related_model is Initiative else parties[text]
    return text * THOUSAND if isinstance(field, models.BigIntegerField) else text
