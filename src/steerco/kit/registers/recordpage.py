"""The page of one record: sections, what may be done, and its history in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from steerco.kit.history.versions import sequence_at, version_model
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.forms import SOURCES
from steerco.kit.registers.references import texts
from steerco.kit.registers.register import Register, Section
from steerco.kit.states import Transition

EVENT_LIMIT = 100
KINDS = {
    "created": _("added"),
    "changed": _("changed"),
    "deleted": _("deleted"),
    "restored": _("restored"),
    "restricted": _("restricted"),
    "undone": _("import undone"),
}


@dataclass(frozen=True)
class FieldView:
    """One field of the page."""

    column: Column
    html: Any


@dataclass(frozen=True)
class SectionView:
    """One section of the page."""

    section: Section
    fields: list[FieldView]


@dataclass(frozen=True)
class ChangeView:
    """One changed field in words; `name` is the model's."""

    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class EventView:
    """One event in words. `behalf` is the party for whom it was entered."""

    at: datetime
    who: str
    behalf: str
    source: str
    kind: str
    reason: str
    changes: list[ChangeView]

    @property
    def kind_label(self) -> str:
        """What was done, in a word."""
        return str(KINDS.get(self.kind, self.kind.replace("_", " ")))

    @property
    def source_label(self) -> str:
        """How it came, in words."""
        return str(dict(SOURCES).get(self.source, self.source))


def sections(register: Register, row: Any) -> list[SectionView]:
    """The sections of the register with the values of `row`; the organisation's own fields last."""
    columns = register.all_columns()
    views = [
        SectionView(s, [FieldView(columns[n], _in_full(columns[n], row)) for n in s.fields])
        for s in register.sections
    ]
    own = [FieldView(c, c.as_html(row)) for c in columns.values() if c.custom]
    if own:
        views.append(SectionView(Section("", ()), own))
    return views


def _in_full(column: Column, row: Any) -> Any:
    """The value on the record's own page: a long text is not cut as in a list."""
    return column.as_text(row) if column.kind is Kind.LONG and not column.html else column.as_html(row)


def open_transitions(register: Register, actor: Actor, row: Any) -> list[Transition]:
    """The ways out of the row's state that the actor may take."""
    if register.states is None:
        return []
    ways = [t for t in register.states.leaving(row.state) if can(actor, t.action, row)]
    withheld = register.withheld(row) if ways else {}
    return [t for t in ways if t.key not in withheld]


def held_at(register: Register, row: Any, moment: datetime) -> Any | None:
    """What the system held of `row` at `moment`: its version as an unsaved row of the model, or None."""
    sequence = sequence_at(moment)
    versions = version_model(register.model)._default_manager
    version = versions.filter(Q(until=None) | Q(until__gt=sequence), id=row.pk, since__lte=sequence).first()
    if version is None:
        return None
    return register.model(
        **{f.attname: getattr(version, f.attname) for f in register.model._meta.concrete_fields}
    )


def history(register: Register, actor: Actor, row: Any) -> list[EventView]:
    """What happened to `row`, newest first, in words. The caller has checked that `actor` sees the row."""
    events = list(
        Event.objects.filter(model=register.model._meta.label_lower, object_id=row.pk).order_by("-sequence")[
            :EVENT_LIMIT
        ]
    )
    words = _Words(register, actor, events, row)
    events = [e for e in events if not e.changes or e.changes.keys() - words.untold]
    return [
        EventView(
            at=e.at,
            who=e.actor_label,
            behalf=words.party(e.behalf_of),
            source=e.behalf_source,
            kind=e.kind.rpartition(".")[2],
            reason=e.reason,
            changes=words.changes(e.changes),
        )
        for e in events
    ]


class _Words:
    """Turns what the journal keeps into what people read, with one query per referenced model."""

    def __init__(self, register: Register, actor: Actor, events: Iterable[Event], row: Any) -> None:
        self.columns = {c.model_field.name: c for c in register.all_columns().values() if c.model_field}
        self.register, self.actor = register, actor
        self.fields: dict[str, Any] = {f.name: f for f in register.model._meta.concrete_fields}
        self.names: dict[type[Model], dict[int, str]] = {}
        wanted: dict[type[Model], set[int]] = {}
        for event in events:
            for name, pair in event.changes.items():
                found = self.fields.get(name)
                if found is not None and found.is_relation:
                    wanted.setdefault(found.related_model, set()).update(
                        pk for pk in pair if isinstance(pk, int)
                    )
            if event.behalf_of and "owner" in self.fields:
                wanted.setdefault(self.fields["owner"].related_model, set()).add(event.behalf_of)
        for model, pks in wanted.items():
            self.names[model] = texts(model, pks, actor)
        self.untold = self._untold(events, row)

    def _untold(self, events: Iterable[Event], row: Any) -> set[str]:
        """The columns that say something of a row that the reader may not see, now or at any time."""
        whole = self.register.whole
        found = {n for n, needs in whole.confidential.items() if not can(self.actor, needs, row)}
        found |= set(getattr(row, "withheld", ()))
        for column in self.columns.values():
            named = self.fields.get(column.hidden_with)
            if named is not None:
                pairs = (event.changes.get(named.name, ()) for event in events)
                ever = {pk for pair in pairs for pk in pair if isinstance(pk, int)}
                if ever - self.names.get(named.related_model, {}).keys():
                    found.add(column.name)
        return found

    def party(self, pk: int | None) -> str:
        """The name of a party, "" for none."""
        if pk is None or "owner" not in self.fields:
            return ""
        return self.names.get(self.fields["owner"].related_model, {}).get(pk, "—")

    def changes(self, changes: dict[str, Any]) -> list[ChangeView]:
        """The changed fields in the order of the register's columns."""
        views = []
        for name, pair in changes.items():
            found = self.fields.get(name)
            if name in self.untold or found is None or not isinstance(pair, list) or len(pair) != 2:
                continue
            column = self.columns.get(name)
            label = str(column.label if column else found.verbose_name)
            views.append(
                ChangeView(
                    name, label, self._text(found, column, pair[0]), self._text(found, column, pair[1])
                )
            )
        return views

    def _text(self, found: Any, column: Column | None, value: Any) -> str:
        if value in (None, ""):
            return ""
        if found.is_relation:
            return self.names.get(found.related_model, {}).get(value, "—")
        if column is None:
            in_words = getattr(found, "in_words", None)
            return str(in_words(value) if in_words else value)
        probe = found.model(**{found.name: found.to_python(value)})
        if column.kind is Kind.STATE:
            state = found.model.states.by_key.get(value)
            return str(state.label) if state else str(value)
        return column.as_text(probe)
