"""Lists as files: at once up to some thousand rows, above that by a job."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from steerco.kit.imports.exporting import (
    FORMS,
    INLINE_ROWS,
    count_rows,
    export_list,
    template,
)
from steerco.kit.imports.jobs import write_export
from steerco.kit.imports.printing import MOST_ROWS, print_list
from steerco.kit.jobs.models import Job
from steerco.kit.jobs.tasks import enqueue
from steerco.kit.pages.downloads import download, type_of
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Denied
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.views.finding import actor_of, find_register


@require_GET
@guard("record.view", "the rows that the actor may read")
def export_page(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The list at the same address as a file or a document; a long file by a job."""
    register = find_register(slug, actor_of(request))
    actor = actor_of(request)
    if form not in (*FORMS, "pdf"):
        raise Http404
    everything = bool(request.GET.get("all_columns"))
    count = count_rows(register, actor, request.GET)
    if form == "pdf":
        if count <= MOST_ROWS:
            file = print_list(register, actor, request.GET)
            return download(file.content, file.name)
        said = _(
            "A document holds at most %(most)s entries, this list has %(count)s. Filter it, or take Excel."
        )
        messages.error(request, said % {"most": MOST_ROWS, "count": count})
        return redirect_to(request, f"{reverse('registers:list', args=[slug])}?{request.GET.urlencode()}")
    if count <= INLINE_ROWS:
        file = export_list(register, actor, request.GET, form, everything=everything)
        return download(file.content, file.name)
    job = enqueue(
        actor,
        write_export,
        register.key,
        request.GET.urlencode(),
        form,
        everything,
        translation.get_language() or "",
    )
    return redirect_to(request, reverse("imports:export_job", args=[job.pk]))


@require_GET
@guard("import.run", "the register, some place")
def template_file(request: HttpRequest, slug: str) -> HttpResponse:
    """An empty workbook to fill in."""
    register = find_register(slug, actor_of(request))
    if not register.allows(actor_of(request), "create", anywhere=True):
        raise Denied(register.actions["create"])
    file = template(register)
    return download(file.content, file.name)


def _job(request: HttpRequest, pk: int) -> Job:
    """One of the actor's own exports. Raises Http404."""
    job = Job.objects.visible_to(actor_of(request)).filter(pk=pk, task=write_export.module_path).first()
    if job is None:
        raise Http404
    return job


@require_GET
@guard("record.view", "own export")
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a long export is; its download once it is there."""
    return page(request, "imports/job.html", {"job": _job(request, pk)}, fragment="imports/_job.html")


@require_GET
@guard("record.view", "own export")
def job_file(request: HttpRequest, pk: int) -> FileResponse:
    """The finished file of an own export."""
    job = _job(request, pk)
    if job.state != Job.State.DONE or not job.result_file:
        raise Http404
    stored = Path(settings.MEDIA_ROOT) / job.result_file
    answer = FileResponse(
        stored.open("rb"), as_attachment=True, filename=stored.name, content_type=type_of(stored.name)
    )
    answer["Cache-Control"] = "private, no-store"
    return answer
