"""A table of versions beside each table that has history.

`@versioned` on a model generates `<Model>Version`: the model's own columns, foreign keys without constraints, and
`since` / `until`, the event sequences between which the version was the truth. As-at is one range condition.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import Max, Q

from steerco.kit.journal.models import Event
from steerco.kit.permissions import Access


class Versioned(models.Model):
    """Base of every row that people edit: `version` for the optimistic check, times, and history."""

    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)

    class Meta:
        abstract = True

    stored: Any = None  # the row as it stood before the write that is going on

    # Columns that history does not repeat and a diff does not show.
    bookkeeping = frozenset({"version", "created_at", "changed_at"})

    @classmethod
    def prepare_write(cls, instances: list[Any], creating: bool) -> None:
        """Set what is derived from other columns, and write what must stand beside the rows (a record's entry), inside
        the same transaction. What it sets on the rows is written with them.
        """

    @property
    def event_entry_id(self) -> int | None:
        """The entry that events about this row point at; None for rows that are no entry."""
        return None


def differing(rows: Iterable[Versioned], fields: Iterable[Any]) -> set[str]:
    """The names of those `fields` that are no longer in every row what its `stored` row has."""
    rows = list(rows)
    return {
        f.name for f in fields if any(getattr(r, f.attname) != getattr(r.stored, f.attname) for r in rows)
    }


V = TypeVar("V", bound=type[Versioned])
_version_models: dict[type[models.Model], type[models.Model]] = {}


def versioned(model: V) -> V:
    """Class decorator: generate the version table of `model`."""
    attributes: dict[str, Any] = {
        "__module__": model.__module__,
        "version_id": models.BigAutoField(primary_key=True),
        "since": models.BigIntegerField(),
        "until": models.BigIntegerField(null=True),
        "access": Access(rule="internal"),
        "Meta": type(
            "Meta",
            (),
            {
                "app_label": model._meta.app_label,
                "indexes": (
                    models.Index(fields=("id", "since"), name=f"{model._meta.model_name}_v_id"[:30]),
                    models.Index(fields=("until", "since"), name=f"{model._meta.model_name}_v_until"[:30]),
                ),
            },
        ),
        "__str__": lambda self: f"{model.__name__} {self.id} from {self.since}",
        "__doc__": f"The versions of {model.__name__}.",
    }
    for field in model._meta.concrete_fields:
        if field.primary_key:
            attributes[field.name] = models.BigIntegerField()
        elif isinstance(field, models.ForeignKey):
            attributes[field.attname] = models.BigIntegerField(null=True)
        else:
            copy = field.clone()
            copy._unique = False  # type: ignore[attr-defined]
            copy.db_index = False  # type: ignore[attr-defined]
            attributes[field.name] = copy
    _version_models[model] = type(f"{model.__name__}Version", (models.Model,), attributes)
    return model


def version_model(model: type[models.Model]) -> type[models.Model]:
    """The version table of `model`. Raises KeyError when it has none."""
    return _version_models[model]


def versioned_models() -> list[type[models.Model]]:
    """Every model that has history."""
    return list(_version_models)


def sequence_at(moment: datetime) -> int:
    """The last event sequence at or before `moment` (aware); 0 when the journal begins later."""
    return Event.objects.filter(at__lte=moment).aggregate(last=Max("sequence"))["last"] or 0


def as_at(model: type[models.Model], moment: datetime) -> models.QuerySet[Any]:
    """The versions of `model` that were the truth at `moment` (aware). One row per record that then existed."""
    sequence = sequence_at(moment)
    versions = version_model(model)._default_manager
    return versions.filter(Q(until=None) | Q(until__gt=sequence), since__lte=sequence)
