"""Other rows that a field can name: how they are read, written as text, searched and found again.

Apps declare one Reference per model. What an actor may not see can be neither found nor shown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from steerco.kit.permissions import Actor, visible_to

LIMIT = 12


@dataclass(frozen=True)
class Reference:
    """How rows of `model` are named by people.

    `text(row)` is what stands in a field and in an export; `matching(queryset, text)` narrows to the rows that a
    typed text may mean, the best first; `exact(queryset, text)` to those that it names exactly; `url(row)` is
    their page or "".
    """

    key: str
    model: type[models.Model]
    text: Callable[[Any], str]
    matching: Callable[[QuerySet[Any], str], QuerySet[Any]]
    exact: Callable[[QuerySet[Any], str], QuerySet[Any]]
    url: Callable[[Any], str] = lambda row: ""

    def suggest(self, actor: Actor, text: str) -> list[Any]:
        """The first visible rows that `text` may mean."""
        rows = visible_to(self.model._default_manager.all(), actor)
        return list(self.matching(rows, text.strip())[:LIMIT])

    def resolve(self, actor: Actor, text: str) -> Any:
        """The one visible row that `text` names. Raises ValidationError: none or several, with what is near."""
        rows = visible_to(self.model._default_manager.all(), actor)
        found = list(self.exact(rows, text.strip())[:3])
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            raise ValidationError(_("“%(text)s” is not one only: choose from the list.") % {"text": text})
        near = [self.text(row) for row in self.suggest(actor, text)[:3]]
        if near:
            raise ValidationError(
                _("“%(text)s” is not known. Did you mean %(near)s?")
                % {"text": text, "near": " / ".join(near)}
            )
        raise ValidationError(_("“%(text)s” is not known.") % {"text": text})


_references: dict[str, Reference] = {}


def declare_reference(reference: Reference) -> None:
    """Add a reference. One per model."""
    _references[reference.key] = reference


def reference(key: str) -> Reference:
    """The reference with that key. Raises KeyError."""
    return _references[key]


def reference_to(model: type[models.Model]) -> Reference | None:
    """The reference for rows of `model`, if an app declared one."""
    return next((r for r in _references.values() if r.model is model), None)


def texts(model: type[models.Model], pks: Iterable[int], actor: Actor) -> dict[int, str]:
    """The names of those rows that `actor` may see, by id: for histories, which keep ids."""
    known = reference_to(model)
    if known is None:
        return {}
    rows = visible_to(model._default_manager.filter(pk__in=set(pks)), actor)
    return {row.pk: known.text(row) for row in rows}
