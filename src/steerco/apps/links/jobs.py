"""What runs by the clock: the sweep of files that nothing needs any more."""

from datetime import timedelta

from steerco.apps.links.files import old_files
from steerco.apps.links.models import StoredFile
from steerco.apps.links.watching import tell_of_changes
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.schedules import declare_schedule
from steerco.kit.jobs.tasks import job


@job()
def sweep_files(context: JobContext) -> dict[str, int]:
    """Remove files older than a day that no attachment has: left by an upload that never finished, or by a purge."""
    removed = 0
    for path in old_files():
        rows = StoredFile.objects.filter(digest=path.name)
        rows.filter(attachments__isnull=True).delete()
        if not rows.exists():
            path.unlink(missing_ok=True)
            removed += 1
    return {"removed": removed}


@job()
def tell_watchers(context: JobContext) -> dict[str, int]:
    """Note for those who watch what others changed since yesterday."""
    return {"told": tell_of_changes()}


declare_schedule("links.watchers", tell_watchers, timedelta(hours=1), timedelta(minutes=20))
declare_schedule("files.sweep", sweep_files, timedelta(days=1), timedelta(hours=3))
