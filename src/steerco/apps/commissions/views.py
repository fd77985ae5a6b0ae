"""Pages of those who ask: the list, the draft with its preview and its cost, the answers as one table."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.commissions.choosing import choose, filters_from, units
from steerco.apps.commissions.exporting import export_answers
from steerco.apps.commissions.models import Commission
from steerco.apps.commissions.prefill import KNOWN
from steerco.apps.commissions.questions import CHOICE, KINDS, MOST, TEXT, Question, questions_of
from steerco.apps.commissions.services import (
    copy_commission,
    end_commission,
    send_commission,
    write_commission,
)
from steerco.apps.commissions.showing import results, tallies
from steerco.apps.initiatives.states import InitiativeType, LifecycleStatus
from steerco.kit.history import Change, Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.downloads import download
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import DateInput, ReferenceField
from steerco.kit.registers.references import reference
from steerco.kit.registers.views.finding import actor_of

BLANK_ROWS = 3


class CommissionForm(forms.Form):
    """The words of a commission; its questions and filters stand in rows of their own."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    why = forms.CharField(
        label=gettext_lazy("Why it is asked"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    due = forms.DateField(label=gettext_lazy("Due"), widget=DateInput())
    whom = forms.ChoiceField(label=gettext_lazy("Who answers"), choices=Commission.Whom.choices)

    def __init__(self, actor: Actor, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["initiative"] = ReferenceField(reference("initiative"), actor, label=_("Below"))
        self.fields["asked_by"] = ReferenceField(reference("party"), actor, label=_("Who asks"))
        for field in self.fields.values():
            chosen = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if chosen else "form-control"


def _find(actor: Actor, pk: int) -> Commission:
    """A commission that the actor may read. Raises Http404."""
    rows = Commission.objects.visible_to(actor).select_related("initiative", "asked_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _problems(error: Invalid) -> str:
    texts = [m for errors in error.errors.values() for ms in errors.values() for m in ms]
    return " ".join(dict.fromkeys(texts))


@require_GET
@guard("commission.ask", "the places where the reader may ask")
def overview(request: HttpRequest) -> HttpResponse:
    """All commissions that the actor may read, newest first."""
    actor = actor_of(request)
    if not can(actor, "commission.ask", anywhere=True):
        require(actor, "commission.ask")
    rows = list(Commission.objects.visible_to(actor).select_related("initiative", "asked_by")[:200])
    return page(request, "commissions/overview.html", {"rows": tallies(actor, rows)})


@require_http_methods(["GET", "POST"])
@guard("commission.ask", "the initiative below which it asks")
@answered_once
def new(request: HttpRequest) -> HttpResponse:
    """A new draft."""
    actor = actor_of(request)
    if not can(actor, "commission.ask", anywhere=True):
        require(actor, "commission.ask")
    return _edit(request, actor, None)


@require_http_methods(["GET", "POST"])
@guard("commission.ask", "the initiative below which it asks")
@answered_once
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    actor = actor_of(request)
    row = _find(actor, pk)
    if row.state != Commission.State.DRAFT:
        messages.info(request, _("It has been asked already: copy it to ask otherwise."))
        return redirect_to(request, reverse("commissions:page", args=[row.pk]))
    return _edit(request, actor, row)


def _edit(request: HttpRequest, actor: Actor, row: Commission | None) -> HttpResponse:
    post = request.POST if request.method == "POST" else None
    form = CommissionForm(actor, post, _initial(actor, row))
    problem, status = "", 200
    questions = questions_of(row.questions) if row else []
    filters = row.filters if row else filters_from({"types": ["project"], "statuses": ["delivering"]})
    if post is not None:
        questions = _questions(post)
        without = filters.get("without", []) if row else []
        filters = {**filters_from({key: post.getlist(key) for key in post}), "without": without}
        status = 422
        if form.is_valid():
            values = {**form.cleaned_data, "questions": [q.as_json() for q in questions], "filters": filters}
            version = post.get("version", "")
            seen = int(version) if row and version.isdecimal() and len(version) < 9 else None
            try:
                saved = write_commission(actor, Change(values, pk=row.pk if row else None, version=seen))
            except Invalid as error:
                problem = _problems(error)
            except Conflict:
                problem, status = _("Somebody changed it meanwhile. Nothing was written: look again."), 409
            else:
                name = "commissions:edit" if "more" in post else "commissions:page"
                return redirect_to(request, reverse(name, args=[saved.pk]))
    blanks = [Question("", "")] * max(0, min(BLANK_ROWS, MOST - len(questions)))
    context = {
        "commission": row,
        "form": form,
        "problem": problem,
        "rows": list(enumerate([*questions, *blanks])),
        "kinds": KINDS.items(),
        "known": [(key, one.label) for key, one in KNOWN.items()],
        "filters": filters,
        "tags": ", ".join(filters.get("tags", ())),
        "types": InitiativeType.choices,
        "statuses": LifecycleStatus.choices,
        "units": units(actor),
    }
    return page(request, "commissions/edit.html", context, status=status)


def _initial(actor: Actor, row: Commission | None) -> dict[str, Any]:
    if row is None:
        return {"asked_by": actor.label if actor.person_id else ""}
    return {
        "title": row.title,
        "why": row.why,
        "due": row.due,
        "whom": row.whom,
        "asked_by": row.asked_by.name,
        "initiative": f"{row.initiative.code} · {row.initiative.name}",
    }


def _questions(post: QueryDict) -> list[Question]:
    """The questions of a form, in order; a row without words is none."""
    found: list[Question] = []
    for number in range(MOST + BLANK_ROWS):
        label = str(post.get(f"q-{number}-label", "")).strip()[:300]
        if not label:
            continue
        prefill = str(post.get(f"q-{number}-prefill", ""))
        kind = KNOWN[prefill].kind if prefill in KNOWN else str(post.get(f"q-{number}-kind", TEXT))
        said = str(post.get(f"q-{number}-choices", "")).split(";")
        choices = tuple(dict.fromkeys(one.strip()[:80] for one in said if one.strip()))
        found.append(
            Question(
                f"q{len(found) + 1}",
                label,
                kind,
                choices[:20] if kind == CHOICE else (),
                prefill if prefill in KNOWN else "",
                f"q-{number}-needed" in post,
            )
        )
    return found[:MOST]


@require_http_methods(["GET", "POST"])
@guard("commission.ask", "the initiative below which it asks")
@answered_once
def commission_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft with whom it would ask (a post says who is left out), or what was answered."""
    actor = actor_of(request)
    row = _find(actor, pk)
    if request.method == "POST":
        require(actor, "commission.ask", row.initiative)
        keep = {int(one) for one in request.POST.getlist("keep") if one.isdecimal() and len(one) < 12}
        chosen = choose(actor, row)
        listed = [place for places in chosen.asked.values() for place in places] + chosen.left_out
        filters = {**row.filters, "without": [place.pk for place in listed if place.pk not in keep]}
        try:
            write_commission(actor, Change({"filters": filters}, pk=row.pk))
        except Invalid as error:
            messages.error(request, _problems(error))
        return redirect_to(request, request.path)
    context: dict[str, Any] = {"commission": row, "questions": questions_of(row.questions), "known": KNOWN}
    context["kinds"] = KINDS
    if row.state == Commission.State.DRAFT:
        context["chosen"] = choose(actor, row)
        return page(request, "commissions/draft.html", context)
    context["results"] = results(actor, row)
    return page(request, "commissions/results.html", context)


@require_POST
@guard("commission.ask", "the initiative below which it asks")
@answered_once
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask everybody now."""
    actor = actor_of(request)
    row = _find(actor, pk)
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() and len(version) < 9 else None
    try:
        chosen = send_commission(actor, row, version=seen)
    except Invalid as error:
        messages.error(request, _problems(error))
    except Conflict:
        messages.warning(request, _("Somebody changed it meanwhile. Nothing was written: look again."))
    else:
        messages.success(request, _("%(n)s people are asked now.") % {"n": len(chosen.asked)})
    return redirect_to(request, reverse("commissions:page", args=[row.pk]))


@require_POST
@guard("commission.ask", "the initiative below which it asks")
@answered_once
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Close or cancel it."""
    actor = actor_of(request)
    row = _find(actor, pk)
    state = Commission.State.CANCELLED if "cancel" in request.POST else Commission.State.CLOSED
    try:
        open_ones = end_commission(actor, row, state)
    except Invalid as error:
        messages.error(request, _problems(error))
    else:
        messages.success(request, _("Ended. %(n)s are asked no longer.") % {"n": open_ones})
    return redirect_to(request, reverse("commissions:page", args=[row.pk]))


@require_POST
@guard("commission.ask", "the initiative below which it asks")
@answered_once
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A new draft out of it."""
    actor = actor_of(request)
    made = copy_commission(actor, _find(actor, pk))
    return redirect_to(request, reverse("commissions:edit", args=[made.pk]))


@require_GET
@guard("commission.ask", "the initiative below which it asks")
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The answers as a workbook."""
    actor = actor_of(request)
    row = _find(actor, pk)
    return download(export_answers(actor, row), f"commission-{row.pk}.xlsx")
