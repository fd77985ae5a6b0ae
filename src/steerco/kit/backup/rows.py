"""Rows of a table as lines of text and back, the same on every database engine."""

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils.duration import duration_string

from steerco.kit.journal.canonical import canonical

# Made anew by the migrations of the restoring installation, or meaningless there.
LEFT_OUT = frozenset(
    {
        *("contenttypes.contenttype", "auth.permission", "sessions.session", "jobs.lease"),
        *("search.text", "search.recipe"),
    }
)


def tables() -> list[type[models.Model]]:
    """The models whose rows are backed up, in the order of their names."""
    every = apps.get_models(include_auto_created=True)
    kept = [m for m in every if m._meta.managed and not m._meta.proxy and m._meta.label_lower not in LEFT_OUT]
    return sorted(kept, key=lambda m: m._meta.label_lower)


def columns(model: type[models.Model]) -> list[str]:
    """The columns of a model's lines, in order."""
    return [field.attname for field in model._meta.concrete_fields]


def lines(model: type[models.Model]) -> Iterator[bytes]:
    """The rows of a model, by primary key, streamed."""
    rows = model._base_manager.order_by("pk").values_list(*columns(model))
    for row in rows.iterator(chunk_size=2000):
        yield canonical([_plain(value) for value in row]).encode() + b"\n"


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case timedelta():
            return duration_string(value)
        case bytes() | memoryview():
            return base64.b64encode(value).decode()
        case _:
            return value


def instance(model: type[models.Model], names: list[str], values: list[Any]) -> models.Model:
    """The row of a line, unsaved."""
    by_attname = {field.attname: field for field in model._meta.concrete_fields}
    return model(**{name: _value(by_attname[name], value) for name, value in zip(names, values, strict=True)})


def _value(field: models.Field[Any, Any], value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    return field.to_python(value)
