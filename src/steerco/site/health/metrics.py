"""The figures of the whole installation, read from the database when they are asked for.

One process answers for all: nothing is counted in memory, so that several web processes tell the same.
"""

import shutil

from django.conf import settings
from django.db.models import Count
from prometheus_client import CollectorRegistry, Gauge

from steerco import __version__
from steerco.kit import clock
from steerco.kit.jobs.models import Job, Lease
from steerco.kit.journal.models import Event, OutboxMessage
from steerco.kit.journal.seals import head


def registry() -> CollectorRegistry:
    """The figures now."""
    made = CollectorRegistry()

    def gauge(name: str, told: str, value: float) -> None:
        Gauge(f"steerco_{name}", told, registry=made).set(value)

    Gauge("steerco_info", "The running version", ["version"], registry=made).labels(__version__).set(1)
    states = Gauge("steerco_jobs", "Jobs by state", ["state"], registry=made)
    counts = dict(Job.objects.order_by().values_list("state").annotate(n=Count("pk")))
    for state in Job.State:
        states.labels(state).set(counts.get(state, 0))
    messages = Gauge("steerco_outbox_messages", "Messages by state", ["state"], registry=made)
    counts = dict(OutboxMessage.objects.order_by().values_list("state").annotate(n=Count("pk")))
    for kind in OutboxMessage.State:
        messages.labels(kind).set(counts.get(kind, 0))
    now = clock.now()
    tail = Event.objects.filter(position=None).order_by("sequence")
    oldest = tail.values_list("at", flat=True).first()
    gauge("audit_position", "Sealed events", head().position)
    gauge("audit_unsealed_events", "Events that are not sealed yet", tail.count())
    gauge(
        "audit_unsealed_seconds",
        "Age of the oldest unsealed event",
        (now - oldest).total_seconds() if oldest else 0,
    )
    beat = Lease.objects.filter(name="schedules").values_list("beat_at", flat=True).first()
    gauge("worker_beat_seconds", "Since the worker's last sign", (now - beat).total_seconds() if beat else -1)
    gauge("disk_free_bytes", "Free where the data lies", shutil.disk_usage(settings.DATA_DIR).free)
    return made
