"""Saved lists of somebody who leaves: those that everybody sees pass to somebody else."""

from django.db import transaction
from django.db.models import QuerySet

from steerco.kit.registers.models import SavedView


def shared_views_of(user_id: int) -> QuerySet[SavedView]:
    """The lists of one account that everybody sees."""
    return SavedView.objects.filter(owner=user_id, shared=True)


def give_shared_views(user_id: int, to: int) -> int:
    """Pass the shared lists of one account to another; one whose name is taken there gets a number. How many."""
    with transaction.atomic():
        rows = list(shared_views_of(user_id).order_by("pk"))
        for row in rows:
            taken = set(
                SavedView.objects.filter(register=row.register, owner=to).values_list("name", flat=True)
            )
            number, name = 2, row.name
            while name in taken:
                name, number = f"{row.name[:74]} ({number})", number + 1
            SavedView.objects.filter(pk=row.pk).update(owner=to, name=name, default=False)
    return len(rows)
