"""What runs by the clock for the jobs themselves: the sweep of those that ended long ago."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from steerco.kit import clock
from steerco.kit.backup.media import named_paths
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.models import Job
from steerco.kit.jobs.schedules import declare_schedule
from steerco.kit.jobs.tasks import job


@job()
def purge_jobs(context: JobContext) -> dict[str, int]:
    """Remove jobs that ended KEEP_DAYS["finished jobs"] ago, and their files unless something else has them."""
    before = clock.now() - timedelta(days=settings.KEEP_DAYS["finished jobs"])
    with transaction.atomic():
        old = Job.objects.filter(finished_at__lt=before).exclude(
            state__in=(Job.State.WAITING, Job.State.RUNNING)
        )
        files = set(old.exclude(result_file="").values_list("result_file", flat=True))
        removed, _ = old.delete()
    for path in files - set(named_paths()):
        (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)
    return {"removed": removed}


declare_schedule("jobs.purge", purge_jobs, timedelta(days=1), timedelta(hours=4))
