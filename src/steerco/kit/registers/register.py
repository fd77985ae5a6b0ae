"""A register: the one class from which a kind of record gets its pages, exports, imports, API and tests.

A new register is a model, a Register with columns, filters and sections, and a migration: see
docs/develop/add-a-register.md.
"""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from django.utils.functional import Promise

from steerco.kit.fields import custom_fields
from steerco.kit.history import Change
from steerco.kit.pages.addresses import address
from steerco.kit.pages.words import Word, declare_word, lazy_word
from steerco.kit.permissions import Actor, can, require, visible_to
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.search.finding import holding
from steerco.kit.search.indexing import declare_source
from steerco.kit.states import States


@dataclass(frozen=True)
class Section:
    """A part of the form and of the page of one record."""

    title: str | Promise
    fields: tuple[str, ...]
    help: str | Promise = ""


@dataclass(frozen=True)
class View:
    """A list that the product ships: its name and what stands in the address."""

    label: str | Promise
    query: str


class Register:
    """Base of all registers. Subclasses set the attributes and override as little as possible.

    `actions` maps what a page asks ("create", "edit", "delete", "transition") to the action that the policy knows.
    `match` are columns by which imports recognise a row, before its title ("email" of a person).
    `due` is the date column that something is owed by, `weight` the number column that says how much it matters.
    `high` is the weight from which something must be done about a row, `remedies` the relation whose rows do it
    ("mitigations" of a risk), `outcome` the column that says how a row ended.
    `parts` are references to rows that exist only for this one ("party" of a person); `companions` are models whose
    rows stand beside it and say nothing of their own. Both matter to what hangs on a row (kit/imports/holding).
    `reads` are the models that decide which rows stand where in the lists, its own first: with them the ids of a page
    and the counts are found again only after a write to one of them.
    `called` are other words that files have for the register; `detail` is the long text that a file's description goes
    to, and what a title cannot hold.
    `begins` are the values that the form of a new row offers in a choice ("state", "kind") where that is not all.
    `scope_path` is the lookup from a row to the place it belongs to ("initiative"); "" for lists outside the tree.
    """

    key: ClassVar[str]
    slug: ClassVar[str]
    label: str | Promise
    label_plural: str | Promise
    explanation: ClassVar[str | Promise] = ""
    model: ClassVar[type[models.Model]]
    columns: ClassVar[Sequence[Column]]
    shown: ClassVar[Sequence[str]]
    filters: ClassVar[Sequence[str]] = ()
    sections: ClassVar[Sequence[Section]]
    groups: ClassVar[Sequence[str]] = ()
    views: ClassVar[Sequence[View]] = ()
    search: ClassVar[Sequence[str]] = ("title",)
    order: ClassVar[Sequence[str]] = ("-id",)
    related: ClassVar[Sequence[str]] = ()
    match: ClassVar[Sequence[str]] = ()
    parts: ClassVar[Sequence[str]] = ()
    companions: ClassVar[Sequence[type[models.Model]]] = ()
    called: ClassVar[Sequence[str]] = ()
    detail: ClassVar[str] = ""
    states: ClassVar[States | None] = None
    due: ClassVar[str] = ""
    weight: ClassVar[str] = ""
    high: ClassVar[int] = 0
    remedies: ClassVar[str] = ""
    outcome: ClassVar[str] = ""
    reads: ClassVar[tuple[str, ...]] = ()
    begins: ClassVar[Mapping[str, Collection[str]]] = {}
    scope_path: ClassVar[str] = "initiative"
    title_column: ClassVar[str] = "title"
    menu: ClassVar[str] = "registers"
    actions: ClassVar[dict[str, str]] = {
        "view": "record.view",
        "create": "record.create",
        "edit": "record.edit",
        "delete": "record.delete",
        "transition": "record.transition",
    }

    # -- columns ------------------------------------------------------------------------------------------------

    @cached_property
    def model_columns(self) -> dict[str, Column]:
        """The columns that the register names, without the organisation's own fields."""
        return {c.name: self._told_in_order(c.bound_to(self.model)) for c in self.columns}

    def _told_in_order(self, column: Column) -> Column:
        """A reference whose row may be hidden while this one is not sorts nothing: order and cursor would name it."""
        if column.hidden_with:
            return replace(column, sort="")
        related = column.model_field.related_model if column.kind is Kind.REFERENCE else None
        if related is not None and column.name != self.scope_path and related.access.rule == "scope":
            return replace(column, sort="")
        return column

    def all_columns(self) -> dict[str, Column]:
        """Every column by name, the organisation's own fields last."""
        own = [Column.of_custom(d) for d in custom_fields(self.key)] if self.has_custom_fields else []
        return {**self.model_columns, **{c.name: c for c in own}}

    @cached_property
    def has_custom_fields(self) -> bool:
        """Whether the model keeps fields that the organisation adds."""
        return any(f.name == "custom" for f in self.model._meta.concrete_fields)

    def editable_columns(self) -> dict[str, Column]:
        """The columns that a form shows, in the order of the sections, own fields last."""
        columns = self.all_columns()
        names = [name for section in self.sections for name in section.fields]
        names += [n for n, c in columns.items() if c.custom]
        return {n: columns[n] for n in names if not columns[n].read_only}

    # -- confidential columns -----------------------------------------------------------------------------------

    @cached_property
    def confidential(self) -> dict[str, str]:
        """{column: the action that it needs} of the columns that not every reader of a row may see."""
        return {column.name: column.needs for column in self.columns if column.needs}

    @property
    def whole(self) -> "Register":
        """The register with all of its columns."""
        return self.__dict__.get("_whole", self)

    def seen_by(self, actor: Actor) -> "Register":
        """The register without the confidential columns that `actor` may see nowhere: for them there are none."""
        hidden = frozenset(
            n for n, needs in self.confidential.items() if not can(actor, needs, anywhere=True)
        )
        if not hidden:
            return self
        known: dict[frozenset[str], Register] = self.__dict__.setdefault("_narrowed", {})
        if hidden not in known:
            known[hidden] = self._without(hidden)
        return known[hidden]

    def _without(self, hidden: frozenset[str]) -> "Register":
        narrowed = copy(self)
        kept = {
            n for one in type(self).__mro__ for n, v in vars(one).items() if isinstance(v, cached_property)
        }
        for name in (*kept, "_narrowed"):
            narrowed.__dict__.pop(name, None)

        def left(names: Sequence[str]) -> tuple[str, ...]:
            return tuple(name for name in names if name not in hidden)

        narrowed.__dict__ |= {
            "_whole": self.whole,
            "columns": tuple(column for column in self.columns if column.name not in hidden),
            "shown": left(self.shown),
            "filters": left(self.filters),
            "groups": left(self.groups),
            "sections": tuple(
                replace(section, fields=left(section.fields))
                for section in self.sections
                if left(section.fields)
                or not section.fields  # a heading above nothing tells what is withheld
            ),
            "views": tuple(view for view in self.views if not any(name in view.query for name in hidden)),
        }
        return narrowed

    def require_confidential(self, actor: Actor, changes: Sequence[Change]) -> None:
        """Before writing: who writes a confidential value may read it where it stands. Raises Denied."""
        named = [c for c in changes if self.confidential.keys() & c.values.keys()]
        if not named or actor.trusted:
            return
        rows = self.model._default_manager.in_bulk([c.pk for c in named if c.pk])
        for change in named:
            targets = [rows[change.pk]] if change.pk else []
            if self.scope_path in change.values:
                targets.append(change.values[self.scope_path])
            for needs in {
                self.confidential[name] for name in self.confidential.keys() & change.values.keys()
            }:
                for target in targets:
                    require(actor, needs, target)

    # -- reading ------------------------------------------------------------------------------------------------

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """Every row that `actor` may read, deleted ones left out, with what its columns need."""
        queryset = visible_to(self.model._default_manager.all(), actor)
        if self.has_deleted:
            queryset = queryset.filter(deleted=False)
        return queryset.select_related(*self.related)

    @cached_property
    def has_deleted(self) -> bool:
        """Whether rows are deleted by a mark."""
        return any(f.name == "deleted" for f in self.model._meta.concrete_fields)

    @cached_property
    def is_records(self) -> bool:
        """Whether the rows have an entry: comments, links, attachments and history hang on it."""
        return any(f.name == "entry" for f in self.model._meta.concrete_fields)

    def find(self, actor: Actor, pk: int, *, deleted: bool = False) -> Any:
        """The row that `actor` may read, or None. `deleted`: deleted rows too, for those who may restore them."""
        queryset = visible_to(self.model._default_manager.all(), actor).select_related(*self.related)
        row = queryset.filter(pk=pk).first()
        if row is not None and getattr(row, "deleted", False):
            return row if deleted and can(actor, self.actions["delete"], row) else None
        return row

    def searched(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        """The rows of `queryset` in whose searched columns, or number, every word of `text` begins some word."""
        return holding(queryset, text)

    # -- rights -------------------------------------------------------------------------------------------------

    def allows(self, actor: Actor, what: str, row: Any = None, *, anywhere: bool = False) -> bool:
        """Whether `actor` may do `what` ("create", "edit", ...) with `row` or at all."""
        return can(actor, self.actions[what], row, anywhere=anywhere)

    def withheld(self, row: Any) -> Mapping[str, str]:
        """The transitions that are not open now although the state allows them: why not in words, by their keys."""
        return {}

    # -- writing: subclasses say which service ------------------------------------------------------------------

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change rows through the app's service."""
        raise NotImplementedError

    def delete(
        self, actor: Actor, pks: Sequence[int], *, restore: bool = False, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Delete or restore rows through the app's service. Only where the model has a `deleted` mark."""
        raise NotImplementedError

    def remove(self, actor: Actor, rows: Sequence[Any], *, reason: str = "", batch: str = "") -> None:
        """Take away rows that nothing hangs on, for undoing the import that made them: through the app's service.

        Only where the model has no `deleted` mark.
        """
        raise NotImplementedError

    def undo_refusal(self, actor: Actor, row: Any, values: dict[str, Any], batch: str) -> str:
        """Why an undo may not write `values` back into `row`, beyond the right to edit it; "" where it may."""
        return ""

    # -- addresses ----------------------------------------------------------------------------------------------

    def list_url(self) -> str:
        """The list's address."""
        return address("registers:list", self.slug)

    def url(self, row: Any) -> str:
        """The address of one row's page."""
        return address("registers:record", self.slug, row.pk)

    def title(self, row: Any) -> str:
        """What one row is called: "R-12 Supplier insolvency"."""
        text = self.model_columns[self.title_column].as_text(row)
        return f"{row.reference} {text}" if hasattr(row, "reference") else text


_registers: dict[str, Register] = {}


# What addresses and bodies of the API say of a list or of a write, whatever the register: never a column.
RESERVED = frozenset(
    {
        "as_at",
        "behalf_of",
        "behalf_source",
        "by",
        "compare",
        "cursor",
        "group",
        "id",
        "in",
        "rows",
        "q",
        "reason",
        "size",
        "sort",
        "version",
    }
)


def declare_register(register: Register) -> None:
    """Add a register.

    Raises ValueError when its key or slug is taken, a named column does not exist, or a column has a reserved name.
    """
    if register.slug in {r.slug for k, r in _registers.items() if k != register.key}:
        raise ValueError(f"slug taken: {register.slug}")
    known = {c.name for c in register.columns}
    if known & RESERVED:
        raise ValueError(f"{register.key}: reserved names {sorted(known & RESERVED)}")
    named = {*register.shown, *register.groups, *register.filters}
    named |= {name for section in register.sections for name in section.fields}
    if named - known:
        raise ValueError(f"{register.key}: no such columns {sorted(named - known)}")
    if {c.name for c in register.columns if c.needs} & {
        *register.search,
        register.title_column,
        *register.match,
    }:
        raise ValueError(f"{register.key}: what everybody searches and is told cannot be confidential")
    telling = {c.name for c in register.columns if c.hidden_with} & {*register.filters, *register.groups}
    if telling:
        raise ValueError(
            f"{register.key}: filters and groups would tell of what is hidden: {sorted(telling)}"
        )
    _registers[register.key] = register
    declare_source(register.model, register.search)
    _use_own_words(register)


def _use_own_words(register: Register) -> None:
    """Let the organisation replace the names of the register, its states and its choices."""
    own, name = f"{register.key}.register", register.label
    declare_word(Word(own, name, name, register.label_plural))
    register.label_plural = lazy_word(own, register.label_plural, plural=True)
    register.label = lazy_word(own, name)
    if register.states is not None:
        prefix = f"{register.key}.state"
        for state in register.states.states:
            declare_word(Word(f"{prefix}.{state.key}", name, state.label))
        register.states.name_by(prefix)
    for column in register.model_columns.values():
        if column.kind is Kind.CHOICE and column.model_field is not None:
            for value, label in column.model_field.flatchoices:
                declare_word(Word(column.word_key(value), name, label))


def registers() -> list[Register]:
    """Every register in order of declaration."""
    return list(_registers.values())


def register_by_slug(slug: str) -> Register | None:
    """The register at that address."""
    return next((r for r in _registers.values() if r.slug == slug), None)


def register_by_key(key: str) -> Register | None:
    """The register with that key."""
    return _registers.get(key)


def register_of(key: str) -> Register:
    """The register with that key. Raises LookupError when its app is not there."""
    found = register_by_key(key)
    if found is None:
        raise LookupError(key)
    return found


__all__ = [
    "Column",
    "Kind",
    "Register",
    "Section",
    "View",
    "declare_register",
    "register_by_key",
    "register_by_slug",
    "register_of",
    "registers",
]
