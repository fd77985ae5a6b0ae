"""The job that builds a pack in the background."""

from typing import Any

from steerco.apps.reporting.models import Pack
from steerco.apps.reporting.services import build_pack, fail_pack
from steerco.kit.jobs.context import Cancelled, JobContext
from steerco.kit.jobs.tasks import job
from steerco.kit.permissions import Denied


@job(max_attempts=2)
def make_pack(context: JobContext, pack_id: int) -> dict[str, Any]:
    """Build one pack as its requester's present rights allow. Idempotent: a second run builds the same."""
    pack = Pack.objects.select_related("initiative", "frozen").get(pk=pack_id)
    try:
        built = build_pack(context.actor, pack, context.progress)
    except Cancelled:
        fail_pack(pack, "cancelled")
        raise
    except Denied:
        fail_pack(pack, "denied")
        raise
    return {"pack": built.pk, "fingerprint": built.fingerprint}
