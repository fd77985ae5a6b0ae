"""Writes of the organisation's settings."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django.db import transaction

from steerco.apps.organisation.models import FieldDefinition, Organisation, Term
from steerco.apps.organisation.selectors import forget_days_off, forget_words, organisation
from steerco.kit.history import Write, save
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, require


def configure(actor: Actor, values: Mapping[str, Any]) -> Organisation:
    """Change settings. Raises Denied, Invalid."""
    require(actor, "organisation.configure")
    row = copy(organisation())
    for name, value in values.items():
        setattr(row, name, value)
    save(actor, [Write(row, fields=frozenset(values) if row.pk else None)], kind="organisation.changed")
    forget_days_off()
    transaction.on_commit(forget_days_off)  # what was read meanwhile was from before
    return row


def rename_term(actor: Actor, key: str, language: str, singular: str, plural: str) -> None:
    """Use the organisation's own word for `key`; empty words go back to ours. Raises Denied."""
    require(actor, "organisation.configure")
    before = Term.objects.filter(key=key, language=language).values_list("singular", "plural").first()
    singular, plural = singular.strip()[:80], plural.strip()[:80]
    after = (singular, plural or singular) if singular else None
    if before == after:
        return
    with transaction.atomic():
        if after is None:
            Term.objects.filter(key=key, language=language).delete()
        else:
            Term.objects.update_or_create(
                key=key, language=language, defaults={"singular": after[0], "plural": after[1]}
            )
        changes = {key: [before and [language, *before], after and [language, *after]]}
        append_events(actor, [Event(kind="term.renamed", model="organisation.term", changes=changes)])
    forget_words()
    transaction.on_commit(forget_words)  # what was read meanwhile was from before


def define_field(actor: Actor, subject: str, values: Mapping[str, Any]) -> FieldDefinition:
    """Add or change an own field of `subject`. The key never changes; a field is retired, not deleted."""
    require(actor, "organisation.configure")
    key = values["key"]
    rest = {k: v for k, v in values.items() if k != "key"}
    with transaction.atomic():
        row, _made = FieldDefinition.objects.update_or_create(subject=subject, key=key, defaults=rest)
        append_events(
            actor,
            [
                Event(
                    kind="field.defined",
                    model="organisation.fielddefinition",
                    object_id=row.pk,
                    changes={f"{subject}.{key}": [None, {k: str(v) for k, v in rest.items()}]},
                )
            ],
        )
    return row
