"""Exports that are too long for one request; the sweep of imports that were never finished."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils import translation

from steerco.kit import clock
from steerco.kit.imports.exporting import export_list
from steerco.kit.imports.models import ImportRun
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.schedules import declare_schedule
from steerco.kit.jobs.tasks import job
from steerco.kit.registers.register import register_of


@job(max_attempts=2)
def write_export(
    context: JobContext, register_key: str, query: str, form: str, everything: bool, language: str
) -> dict[str, Any]:
    """Write the list at an address into a file, with the rights that the requester has now."""
    register = register_of(register_key)
    with translation.override(language or None):
        file = export_list(register, context.actor, QueryDict(query), form, everything=everything)
    context.keep_file(file.name, file.content)
    return {"rows": file.rows}


@job()
def purge_staged(context: JobContext) -> dict[str, int]:
    """Remove imports that were staged more than KEEP_DAYS["staged imports"] ago and not imported, with their files."""
    before = clock.now() - timedelta(days=settings.KEEP_DAYS["staged imports"])
    old = ImportRun.objects.filter(state=ImportRun.State.STAGED, created_at__lt=before)
    _, removed = old.delete()
    return {"removed": removed.get(ImportRun._meta.label, 0)}


declare_schedule("imports.purge", purge_staged, timedelta(days=1), timedelta(hours=4))
