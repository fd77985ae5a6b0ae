"""Leases: one row per thing that only one process may do, taken by conditional update."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from steerco.kit import clock
from steerco.kit.jobs.models import Lease


def take(name: str, holder: str, seconds: float) -> bool:
    """Take or keep the lease `name` for `holder`; returns whether it holds it now.

    Inside a transaction the row stays locked until its end, so that what is done there is done by one alone.
    """
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    free = Q(holder=holder) | Q(until__lt=now)
    if Lease.objects.filter(free, name=name).update(holder=holder, until=until, beat_at=now):
        return True
    made = Lease(name=name, holder=holder, until=until, beat_at=now)
    Lease.objects.bulk_create([made], ignore_conflicts=True)
    return Lease.objects.filter(name=name, holder=holder, until=until).exists()


def give_back(name: str, holder: str) -> None:
    """End the lease now, if `holder` has it."""
    with transaction.atomic():
        Lease.objects.filter(name=name, holder=holder).update(until=clock.now() - timedelta(seconds=1))
