"""Which stored row a row of a file means: by its hidden id, by number, by a naming column, by its exact title."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from steerco.kit.imports.words import folded, whole_number
from steerco.kit.permissions import Actor
from steerco.kit.registers.masking import mask
from steerco.kit.registers.register import Register

BATCH = 500


@dataclass(frozen=True)
class Found:
    """The id of the stored row (None: a new one) and what was assumed to find it."""

    pk: int | None
    note: str = ""


@dataclass
class Stored:
    """The rows that rows of a file may mean, read in one go, and taken from one after the other."""

    register: Register
    titles: dict[tuple[int | None, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[tuple[int | None, int], int] = field(default_factory=dict)
    names: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    title_of: dict[int, str] = field(default_factory=dict)
    taken: dict[int, str] = field(default_factory=dict)  # pk -> where the file meant it first

    @classmethod
    def read(cls, register: Register, actor: Actor, places: Iterable[int]) -> "Stored":
        """What `actor` may see, within the places for records; in order of creation."""
        found = cls(register)
        rows = register.rows(actor).order_by("pk")
        if place_column(register):
            rows = rows.filter(**{f"{register.scope_path}__in": set(places)})
        scoped = place_column(register) is not None
        naming = naming_columns(register)
        wanted = ["pk", register.title_column, *naming]
        wanted += [f"{register.scope_path}_id"] if scoped else []
        numbered = any(f.name == "number" for f in register.model._meta.concrete_fields)
        wanted += ["number"] if numbered else []
        for values in rows.select_related(None).values(*wanted):
            pk, place = values["pk"], values[f"{register.scope_path}_id"] if scoped else None
            title = folded(values[register.title_column] or "")
            found.title_of[pk] = title
            found.titles[place, title].append(pk)
            if numbered:
                found.numbers[place, values["number"]] = pk
            for name in naming:
                if values[name]:
                    found.names[name, folded(values[name])].append(pk)
        return found

    def find(self, place: int | None, title: str, number: str, names: dict[str, str], match: str) -> Found:
        """The row meant by what stands in a row of the file; `names` are the texts of the naming columns."""
        if match == "none":
            return Found(None)
        title = folded(title)
        if match == "number" and number and (found := self._by_number(place, title, number)):
            return found
        for name, text in names.items():
            rows = self._free(self.names.get((name, folded(text)), []))
            if len(rows) == 1:
                return Found(rows[0])
        rows = self._free(self.titles.get((place, title), [])) if title else []
        if not rows:
            return Found(None)
        if len(rows) > 1:
            return Found(rows[0], _("Several entries have exactly this title: taken in their order."))
        if self.register.is_records or naming_columns(self.register):
            return Found(rows[0], _("Recognised by its exact title."))
        return Found(rows[0])

    def _by_number(self, place: int | None, title: str, number: str) -> Found | None:
        """By a full reference (R-12); by a bare number only where the title is the same: it may be the file's own."""
        prefix, _dash, digits = number.strip().rpartition("-")
        ours = prefix == getattr(self.register.model, "number_prefix", "") and prefix != ""
        bare = whole_number(digits if ours else number)
        pk = self.numbers.get((place, bare)) if bare is not None else None
        if pk is None or pk in self.taken:
            return None
        same = not title or self.title_of[pk] == title
        if same and ours:
            return Found(pk)
        if same:
            return Found(pk, _("Recognised by number and title."))
        if ours and not self.titles.get((place, title)):
            return Found(pk, _("Recognised by its number, although the title differs."))
        return None

    def _free(self, rows: list[int]) -> list[int]:
        return [pk for pk in rows if pk not in self.taken]


def naming_columns(register: Register) -> list[str]:
    """The columns that name a row on their own: unique ones, then those that the register says."""
    unique = [
        n
        for n, c in register.all_columns().items()
        if c.model_field is not None and c.model_field.unique and not c.model_field.primary_key
    ]
    return [*unique, *(n for n in register.match if n not in unique)]


def place_column(register: Register) -> str | None:
    """The column that says where a row belongs (its initiative); None for lists outside the tree."""
    return register.scope_path if register.scope_path in register.editable_columns() else None


def rows_by_pk(register: Register, actor: Actor, pks: Iterable[int]) -> dict[int, Any]:
    """The visible rows with those ids, with what their columns need but the names behind hidden references."""
    wanted = sorted(set(pks))
    rows: dict[int, Any] = {}
    for start in range(0, len(wanted), BATCH):
        chunk = register.rows(actor).filter(pk__in=wanted[start : start + BATCH])
        rows |= {row.pk: row for row in mask(register, actor, list(chunk))}
    return rows
