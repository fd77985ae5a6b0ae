"""What hangs on rows that are to be taken away: every reference to them, now or in the past, whoever made it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from steerco.kit.history.versions import version_model, versioned_models
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.masking import mask
from steerco.kit.registers.register import Register, registers

BATCH = 500
NAMED = 3

Model = type[models.Model]
Owners = dict[Model, dict[int, int]]  # ids of the rows and of their parts, to the ids of the rows


def held(register: Register, actor: Actor, rows: Sequence[Any], batch: str) -> dict[int, str]:
    """For each of `rows` that something hangs on: what, in words, without what `actor` may not see.

    A part of a row (a person's party, an initiative's entry) counts as the row. Nothing hangs by what says nothing
    of its own: parts, the register's companions, somebody's own marks, the journal; nor by past versions that the
    import `batch` wrote itself.
    """
    owners: Owners = {register.model: {row.pk: row.pk for row in rows}}
    for name in register.parts:
        part: Any = register.model._meta.get_field(name).related_model
        owners[part] = {getattr(row, f"{name}_id"): row.pk for row in rows}
    words: dict[int, list[str]] = defaultdict(list)
    for target, ids in owners.items():
        for source, reference in _references_to(register, target):
            naming: dict[int, list[int]] = defaultdict(list)  # row -> the rows that name it
            for pk, named in _pairs(source, reference, ids):
                if pk not in owners.get(source, ()):
                    naming[ids[named]].append(pk)
            for row, pks in naming.items():
                words[row].append(_in_words(actor, source, pks))
    for row in _named_in_the_past(owners, batch) - words.keys():
        words[row].append(_("the history of other entries"))
    return {row: "; ".join(dict.fromkeys(texts)) for row, texts in words.items()}


def _references_to(register: Register, target: Model) -> Iterator[tuple[Model, Any]]:
    """(model, its reference) of everything that can hang on a row of `target`."""
    silent: set[Any] = {Event, *register.companions}
    silent |= {r.model._meta.get_field(name).related_model for r in registers() for name in r.parts}
    for relation in target._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or not hasattr(relation, "field"):
            continue
        source: Any = relation.related_model
        is_part = source is register.model and relation.field.name in register.parts
        if source not in silent and source.access.rule != "own" and not is_part:
            yield source, relation.field


def _pairs(source: Model, reference: Any, ids: dict[int, int]) -> Iterator[tuple[int, int]]:
    """(id of a row of `source`, what it names) for every reference to one of `ids`."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), BATCH):
        rows = source._base_manager.filter(**{f"{reference.attname}__in": wanted[start : start + BATCH]})
        yield from rows.order_by("pk").values_list("pk", reference.attname)


def _in_words(actor: Actor, source: Model, pks: list[int]) -> str:
    """What some rows of a model are called; those that the actor may not see are only said to be there."""
    seen = list(visible_to(source._default_manager.filter(pk__in=pks[:BATCH]), actor).order_by("pk"))
    if not seen:
        return _("something that you may not see")
    register = next((r for r in registers() if r.model is source), None)
    label = register.label_plural if register else source._meta.verbose_name_plural
    text = f"{label} ({len(seen)})"
    if register is not None:
        names = [register.title(row) for row in mask(register, actor, seen[:NAMED])]
        text = f"{text}: {', '.join(names)}{' …' if len(seen) > NAMED else ''}"
    return text


def _named_in_the_past(owners: Owners, batch: str) -> set[int]:
    """The rows that a version of another row names, unless the import itself wrote that version."""
    own = Event.objects.filter(batch=batch).values("sequence")
    found = set()
    for model in versioned_models():
        versions = version_model(model)._default_manager.exclude(since__in=own)
        for reference in model._meta.concrete_fields:
            ids = owners.get(reference.related_model) if reference.is_relation else None  # type: ignore[arg-type]
            if ids is None:
                continue
            wanted = sorted(ids)
            for start in range(0, len(wanted), BATCH):
                rows = versions.filter(**{f"{reference.attname}__in": wanted[start : start + BATCH]})
                rows = rows.exclude(id__in=owners.get(model, ()))
                found |= {ids[pk] for pk in rows.values_list(reference.attname, flat=True)}
    return found
