"""Reading a brought plan in the background; the sweep of plans that were never taken."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from steerco.apps.planning.models import PlanRevision
from steerco.apps.planning.services import read_revision
from steerco.kit import clock
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.schedules import declare_schedule
from steerco.kit.jobs.tasks import job


@job(max_attempts=2)
def read_plan(context: JobContext, revision_id: int) -> dict[str, Any]:
    """Read the file of a revision with the rights that its owner has now. One that was dropped meanwhile is done."""
    revision = PlanRevision.objects.select_related("initiative").filter(pk=revision_id).first()
    if revision is None or revision.state != PlanRevision.State.READING:
        return {"revision": revision_id, "state": "over"}
    read_revision(context.actor, revision)
    return {"revision": revision.pk, "state": revision.state}


@job()
def purge_plans(context: JobContext) -> dict[str, int]:
    """Remove plans that were brought more than KEEP_DAYS["staged imports"] ago and not taken, with their files."""
    before = clock.now() - timedelta(days=settings.KEEP_DAYS["staged imports"])
    old = PlanRevision.objects.exclude(state=PlanRevision.State.TAKEN).filter(at__lt=before)
    _total, removed = old.delete()
    return {"removed": removed.get(PlanRevision._meta.label, 0)}


declare_schedule("planning.purge", purge_plans, timedelta(days=1), timedelta(hours=4))
