"""What of the journal an actor may not read."""

from typing import Any

from django.db.models import QuerySet

from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, visible_to


def hidden_entries(actor: Actor) -> QuerySet[Any]:
    """The ids of the restricted entries that `actor` may not read."""
    model: Any = Event._meta.get_field("entry").related_model
    rows = model._default_manager.filter(**{f"{model.access.restricted_by}__isnull": False})
    return rows.exclude(pk__in=visible_to(model._default_manager.all(), actor).values("pk")).values("pk")


def hidden_batches(actor: Actor) -> QuerySet[Event, str]:
    """The batches in which something was done to a restricted entry that `actor` may not read."""
    rows = Event.objects.filter(entry__in=hidden_entries(actor)).exclude(batch="")
    return rows.order_by().values("batch")  # type: ignore[return-value]
