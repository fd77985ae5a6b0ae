"""A small organisation: a portfolio, a project, a hidden project, and people."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rest_framework.test import APIClient

from steerco.apps.initiatives.models import Initiative
from steerco.apps.people.models import Person
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Register, register_by_key

Calls = Callable[..., APIClient]


@dataclass
class World:
    """The portfolio holds a project; a second project is restricted to Rita. Everybody else's role is their name."""

    operator: Actor
    portfolio: Initiative
    project: Initiative
    hidden: Initiative
    people: dict[str, Person] = field(default_factory=dict)

    def register(self, key: str) -> Register:
        """The register with that key."""
        found = register_by_key(key)
        assert found is not None
        return found

    def make(self, key: str, **values: Any) -> Any:
        """A row, written by the operator."""
        return self.register(key).write(self.operator, [Change(values)])[0]

    def values(self, key: str, n: int) -> dict[str, Any]:
        """A body that makes the n-th row of the register, every writable column filled as its kind wants it."""
        return {name: self._value(column, n) for name, column in self._needed(key).items()}

    def _needed(self, key: str) -> dict[str, Column]:
        register = self.register(key)
        columns = register.editable_columns()
        skipped = {"state", "type", "parent", "risk", "issue", "archived", "leaves", "valid_to"}
        if key == "tolerance":  # each area has its own measure: that of time is in days
            skipped |= {"percent", "money", "currency", "score"}
        if key == "cadence":  # only a calendar on own dates has them
            skipped |= {"own_ends", "contact", "body"}
        if key == "meeting":  # a time, a length and an address have their own forms
            skipped |= {"begins", "minutes", "link"}
        if "silence_verdict" in columns:  # needs its options and a clause
            skipped |= {"silence_verdict", "silence_clause", "silence_on"}
        return {
            name: column
            for name, column in columns.items()
            if name not in skipped and not column.custom and not column.needs and _is_known(column)
        }

    def _value(self, column: Column, n: int) -> Any:
        found = column.model_field
        if column.name == "email":
            return f"p{n}@example.org"
        if column.name == "currency":
            return "EUR"
        if column.name == "members":  # people who are here, one a line
            return "Manager"
        if column.name == "party":  # nobody gives a right to themselves
            return "Rita"
        if column.name in ("giver", "other"):  # the other end of what stands between two
            return self.portfolio.code
        match column.kind:
            case Kind.REFERENCE:
                return {
                    "initiative": self.project.code,
                    "unit": "Estates",
                    "party": "Manager",
                }[found.related_model._meta.model_name]
            case Kind.CHOICE:
                return found.flatchoices[0][0]
            case Kind.DATE:
                return date(2036, 3, 1 + n % 27).isoformat()  # no rating depends on today
            case Kind.MONEY:
                return 123_456 + n
            case Kind.NUMBER:
                return 1 + n % 5
            case Kind.YES_NO:
                return False
        return f"{column.name} {n}"


def _is_known(column: Column) -> bool:
    """Whether the world has a row that the column may name."""
    related = column.model_field.related_model if column.kind is Kind.REFERENCE else None
    return related is None or related._meta.model_name in ("initiative", "unit", "party")
