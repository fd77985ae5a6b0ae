"""Pages of packs: ask, watch, download; the organisation's templates."""

from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.cycles.selectors import find_report
from steerco.apps.indicators.selectors import points
from steerco.apps.initiatives.models import Initiative
from steerco.apps.reporting.content import pack_scope
from steerco.apps.reporting.jobs import make_pack
from steerco.apps.reporting.models import Pack, PackTemplate
from steerco.apps.reporting.publishing import note_opened
from steerco.apps.reporting.selectors import corrections_in
from steerco.apps.reporting.services import add_template, drop_template, fail_pack, request_pack
from steerco.apps.reporting.template_report import told
from steerco.exchange.packs.formats import FORMATS
from steerco.kit.history import Invalid
from steerco.kit.jobs.models import Job
from steerco.kit.jobs.tasks import enqueue, request_cancel
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.downloads import type_of
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.scopes import find_scope
from steerco.kit.registers.views.finding import actor_of


class PackForm(forms.Form):
    """What pack is wanted."""

    as_of = forms.ChoiceField(label=_("As of"), required=False)
    compare = forms.ChoiceField(label=_("Compared with"), required=False)
    formats = forms.MultipleChoiceField(
        label=_("Formats"),
        choices=[("pptx", "PowerPoint"), ("pdf", "PDF"), ("docx", "Word"), ("xlsx", "Excel")],
        initial=["pptx", "pdf"],
        widget=forms.CheckboxSelectMultiple,
    )
    audience = forms.ChoiceField(
        label=_("For whom"), choices=Pack.Audience.choices, initial=Pack.Audience.READERS
    )

    def __init__(self, days: list[date], data: Any = None) -> None:
        super().__init__(data)
        choices = [(d.isoformat(), d.isoformat()) for d in reversed(days)]
        for name in ("as_of", "compare"):
            self.fields[name].choices = choices or [("", _("today"))]  # type: ignore[attr-defined]
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["audience"].widget.attrs["class"] = "form-select"
        if len(days) > 1:
            self.fields["compare"].initial = days[-2].isoformat()

    def day(self, name: str) -> date | None:
        """A chosen date of the valid form."""
        return date.fromisoformat(self.cleaned_data[name]) if self.cleaned_data[name] else None


@require_GET
@guard("pack.view", "the packs that the actor may read")
def packs_page(request: HttpRequest) -> HttpResponse:
    """The packs, newest first."""
    actor = actor_of(request)
    packs = Pack.objects.visible_to(actor).select_related("initiative").prefetch_related("files")[:100]
    context = {
        "packs": packs,
        "may_build": can(actor, "pack.build", anywhere=True),
        "may_template": can(actor, "pack.template"),
    }
    return page(request, "reporting/packs.html", context)


@require_http_methods(["GET", "POST"])
@guard("pack.build", "the initiative")
@answered_once
def ask_page(request: HttpRequest) -> HttpResponse:
    """Ask for a pack of an initiative; it is built in the background."""
    actor = actor_of(request)
    code = request.GET.get("in", "") or request.POST.get("in", "")
    scope = find_scope(actor, code)
    if scope is None:
        if code:
            raise Http404
        rows = Initiative.objects.visible_to(actor).filter(type__in=("portfolio", "programme"))
        status = 422 if request.method == "POST" else 200  # nothing says of what
        return page(request, "reporting/choose.html", {"rows": rows[:200]}, status=status)
    require(actor, "pack.build", scope.row)
    form = PackForm(_days(actor, scope.row), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            pack = request_pack(
                actor,
                scope.row,
                as_of=form.day("as_of"),
                compare=form.day("compare"),
                formats=form.cleaned_data["formats"],
                audience=form.cleaned_data["audience"],
            )
            Pack.objects.filter(pk=pack.pk).update(job_id=enqueue(actor, make_pack, pack.pk).pk)
        return redirect_to(request, reverse("reporting:pack", args=[pack.pk]))
    status = 422 if form.is_bound else 200
    return page(request, "reporting/ask.html", {"form": form, "scope": scope}, status=status)


def _days(actor: Actor, initiative: Initiative) -> list[date]:
    scope, _also = pack_scope(actor, initiative)
    return [day for day, _count in points(actor, scope)]


def _find(request: HttpRequest, pk: int) -> Pack:
    rows = Pack.objects.visible_to(actor_of(request)).select_related("initiative", "frozen__report")
    pack = rows.filter(pk=pk).first()
    if pack is None:
        raise Http404
    return pack


@require_GET
@guard("pack.view", "the pack")
def pack_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One pack: its progress while it is built, then its files."""
    pack = _find(request, pk)
    job = Job.objects.filter(pk=pack.job_id or 0).first() if pack.state == Pack.State.WAITING else None
    context = {
        "pack": pack,
        "job": job,
        "files": pack.files.all(),
        "outdated": corrections_in(pack.frozen) if pack.frozen else [],
        "mine": pack.requested_by_id == actor_of(request).user_id,
    }
    return page(request, "reporting/pack.html", context, fragment="reporting/_pack.html")


@require_POST
@guard("pack.build", "the initiative of the frozen report")
@answered_once
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """The documents of a frozen report, in every format, for everybody who reads its initiative."""
    actor = actor_of(request)
    report = find_report(actor, pk)
    frozen = report.frozen.order_by("number").last() if report else None
    if report is None or frozen is None:
        raise Http404
    require(actor, "pack.build", report.initiative)
    with transaction.atomic():
        pack = request_pack(
            actor, report.initiative, as_of=report.period_end, formats=list(FORMATS), frozen=frozen
        )
        Pack.objects.filter(pk=pack.pk).update(job_id=enqueue(actor, make_pack, pack.pk).pk)
    return redirect_to(request, reverse("reporting:pack", args=[pack.pk]))


@require_POST
@guard("pack.build", "own pack")
def cancel_pack(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop building one's own pack: one that waits ends now, one that is being built at its next step."""
    actor = actor_of(request)
    pack = _find(request, pk)
    if pack.requested_by_id != actor.user_id:
        raise Http404
    job = pack.job_id or 0
    if request_cancel(actor, job) and Job.objects.filter(pk=job, state=Job.State.CANCELLED).exists():
        fail_pack(pack, "cancelled")
    return redirect_to(request, reverse("reporting:pack", args=[pk]))


@require_GET
@guard("pack.view", "the pack")
def download(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """One file of a pack, as an attachment."""
    pack = _find(request, pk)
    file = pack.files.filter(format=name).first()
    if file is None or name not in FORMATS:
        raise Http404
    if pack.frozen is not None:
        note_opened(actor_of(request), pack.frozen)
    path = Path(settings.MEDIA_ROOT) / file.path
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=file.name, content_type=type_of(f".{name}")
    )
    response["Content-Security-Policy"] = "sandbox"
    return response


@require_http_methods(["GET", "POST"])
@guard("pack.template", "the organisation")
@answered_once
def templates_page(request: HttpRequest) -> HttpResponse:
    """The organisation's own templates: what was found in each, upload, back to ours."""
    actor = actor_of(request)
    require(actor, "pack.template")
    problems: list[str] = []
    if request.method == "POST":
        if "drop" in request.POST:
            found = (
                PackTemplate.objects.visible_to(actor).filter(pk=request.POST["drop"], active=True).first()
            )
            if found is None:
                raise Http404
            drop_template(actor, found)
            return redirect_to(request, reverse("reporting:templates"))
        upload = request.FILES.get("file")
        if upload is None:
            problems = [str(_("Choose a file."))]
        else:
            try:
                add_template(actor, upload.name or "", upload.read())
            except Invalid as error:
                problems = error.errors[0]["file"]
            else:
                return redirect_to(request, reverse("reporting:templates"))
    rows = PackTemplate.objects.visible_to(actor).filter(active=True)
    context = {"templates": [(row, told(row.report)) for row in rows], "problems": problems}
    return page(request, "reporting/templates.html", context, status=422 if problems else 200)
