"""What a workbook that was exported here knows of itself: signed, so that another installation's ids mean nothing."""

from dataclasses import dataclass
from typing import Any, Self

from django.core import signing
from django.db.models import QuerySet

from steerco.kit.history.versions import version_model
from steerco.kit.registers.register import Register

SALT = "steerco.export"
BATCH = 500


@dataclass(frozen=True)
class Identity:
    """The export that a workbook came from: headers to columns, row ids to the versions that were exported."""

    export: str
    register: str
    language: str
    as_of: int  # the last event sequence at the export
    columns: dict[str, str]
    versions: dict[int, int]

    def as_json(self) -> dict[str, Any]:
        """Plain data with a signature over what must not be mixed up."""
        return {
            "export": self.export,
            "register": self.register,
            "language": self.language,
            "as_of": self.as_of,
            "columns": self.columns,
            "versions": {str(pk): version for pk, version in self.versions.items()},
            "signature": _signature(self.export, self.register),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self | None:
        """The identity in plain data; None when it was signed by another installation or is damaged."""
        try:
            if data["signature"] != _signature(data["export"], data["register"]):
                return None
            return cls(
                export=str(data["export"]),
                register=str(data["register"]),
                language=str(data["language"]),
                as_of=int(data["as_of"]),
                columns={str(k): str(v) for k, v in data["columns"].items()},
                versions={int(pk): int(version) for pk, version in data["versions"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def base_rows(self, register: Register, pks: set[int]) -> dict[int, Any]:
        """What the rows were at the export: their versions as unsaved rows of the model, by id."""
        wanted = sorted(pks & set(self.versions))
        found: dict[int, Any] = {}
        for start in range(0, len(wanted), BATCH):
            ids = wanted[start : start + BATCH]
            versions: QuerySet[Any] = version_model(register.model)._default_manager.filter(
                id__in=ids, version__in={self.versions[pk] for pk in ids}
            )
            for version in versions:
                if version.version == self.versions[version.id]:
                    found[version.id] = _row_of(register, version)
        _attach_references(register, list(found.values()))
        return found


def _signature(export: str, register: str) -> str:
    return signing.Signer(salt=SALT).signature(f"{export}:{register}")


def _row_of(register: Register, version: Any) -> Any:
    fields = register.model._meta.concrete_fields
    return register.model(**{f.attname: getattr(version, f.attname) for f in fields})


def _attach_references(register: Register, rows: list[Any]) -> None:
    """Put the rows that the versions point at beside them, one query per reference."""
    for field in register.model._meta.concrete_fields:
        if not field.is_relation or field.name not in register.all_columns():
            continue
        ids = {getattr(row, field.attname) for row in rows} - {None}
        model: Any = field.related_model
        related = model._base_manager.in_bulk(ids) if ids else {}
        for row in rows:
            setattr(row, field.name, related.get(getattr(row, field.attname)))
