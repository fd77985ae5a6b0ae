"""Asking the office, and what became of what one asked."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from steerco.apps.initiatives.models import Initiative
from steerco.apps.links.files import TooLarge
from steerco.apps.links.kinds import Refused
from steerco.apps.links.models import Comment
from steerco.apps.links.prose import as_plain
from steerco.apps.links.services import Upload
from steerco.apps.office.contacts import contact_of
from steerco.apps.office.models import RequestCategory, SupportRequest
from steerco.apps.office.registers import REQUESTS
from steerco.apps.office.selectors import own_requests
from steerco.apps.office.services import ask_office, say_as_asker, withdraw_as_asker
from steerco.apps.office.settings import office_place
from steerco.apps.office.states import GOING, WAITING
from steerco.apps.office.views import place_of, said
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.history import Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, Denied
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import DateInput, ReferenceField
from steerco.kit.registers.references import reference
from steerco.kit.registers.views.finding import actor_of

SHOWN = 100
MOST_FILES = 10
REFUSALS = {
    "empty": gettext_lazy("A file is empty. Nothing was sent: take it out and send again."),
    "program": gettext_lazy("A file is a program. Nothing was sent: take it out and send again."),
    "other": gettext_lazy(
        "A file is not what its name says it is. Nothing was sent: take it out and send again."
    ),
}


class AskForm(forms.Form):
    """What is asked of the office."""

    title = forms.CharField(label=gettext_lazy("What do you need?"), max_length=300)
    description = forms.CharField(
        label=gettext_lazy("Say more"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"),
        required=False,
        queryset=RequestCategory.objects.none(),
        empty_label="—",
    )
    wanted_by = forms.DateField(label=gettext_lazy("Wanted by"), required=False, widget=DateInput)
    field_order = ("title", "description", "category", "wanted_by", "place")

    def __init__(self, actor: Actor, place: Initiative | None, data: Any = None) -> None:
        super().__init__(data)
        start = reference("initiative").text(place) if place else ""
        self.fields["place"] = ReferenceField(
            reference("initiative"),
            actor,
            label=_("For which initiative"),
            required=False,
            initial=start,
            help_text=_("Empty: the office in general."),
        )
        # Those outside of the organisation may choose too, though they read none of its lists.
        category: Any = self.fields["category"]
        category.queryset = RequestCategory.objects.filter(in_use=True)
        self.order_fields(self.field_order)
        for field in self.fields.values():
            css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = css

    def clean_wanted_by(self) -> Any:
        """Nothing is wanted in the past."""
        day = self.cleaned_data["wanted_by"]
        if day and day < clock.today():
            raise forms.ValidationError(_("That day is past."))
        return day


@require_http_methods(["GET", "POST"])
@guard("initiative.view", "the initiative; in general: anybody who signs in")
@answered_once
def ask_page(request: HttpRequest) -> HttpResponse:
    """Ask the office for something: what, of which category, by when, with files."""
    actor = actor_of(request)
    if not actor.parties:
        raise Denied("initiative.view")
    place = place_of(actor, request.GET)
    posted = request.method == "POST"
    form = AskForm(actor, place, request.POST if posted else None)
    problem = ""
    if form.is_valid():
        row, problem = _ask(actor, form, request)
        if row is not None:
            messages.success(request, _("The office has it: %(reference)s.") % {"reference": row.reference})
            return redirect_to(request, reverse("office:own", args=[row.pk]))
    context = {
        "form": form,
        "problem": problem,
        "place": place,
        "contact": contact_of(place) if place else None,
        "most_files": MOST_FILES,
    }
    return page(request, "office/ask.html", context, status=422 if posted else 200)


def _ask(actor: Actor, form: AskForm, request: HttpRequest) -> tuple[SupportRequest | None, str]:
    """The request, or what is wrong."""
    values = dict(form.cleaned_data)
    files = request.FILES.getlist("files")
    if len(files) > MOST_FILES:
        return None, _("Send at most %(count)s files.") % {"count": MOST_FILES}
    uploads = [Upload(file.name or "", file.chunks()) for file in files]
    try:
        return ask_office(actor, values, uploads, place=values.pop("place")), ""
    except Invalid as error:
        return None, said(error)
    except Refused as error:
        return None, str(REFUSALS[error.code])
    except TooLarge as error:
        return None, _("A file is too large: %(limit)s fit here.") % {"limit": filesizeformat(error.limit)}


@require_GET
@guard("record.view", "what the actor asked for")
def mine_page(request: HttpRequest) -> HttpResponse:
    """What one asked for, the latest first."""
    actor = actor_of(request)
    rows = list(own_requests(actor)[: SHOWN + 1])
    context = {"rows": _shown(actor, rows[:SHOWN]), "is_more": len(rows) > SHOWN}
    return page(request, "office/mine.html", context)


def _shown(actor: Actor, rows: list[SupportRequest]) -> list[dict[str, Any]]:
    """Requests with the names that whoever asked may see: a place that they do not is the office."""
    visible = Initiative.objects.visible_to(actor).filter(pk__in={row.initiative_id for row in rows})
    places = set(visible.values_list("pk", flat=True))
    return [
        {
            "row": row,
            "state": row.states.by_key[row.state],
            "where": row.initiative if row.initiative_id in places else None,
            "promised": row.done_due if row.state in GOING and row.state != WAITING else None,
            "url": reverse("office:own", args=[row.pk]),
        }
        for row in rows
    ]


@require_http_methods(["GET", "POST"])
@guard("record.view", "what the actor asked for")
@answered_once
def own_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own request: where it stands, what was said; add some words, or take it back."""
    actor = actor_of(request)
    row = own_requests(actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            if "withdraw" in request.POST:
                withdraw_as_asker(actor, row)
                messages.success(request, _("Withdrawn."))
            else:
                say_as_asker(actor, row, request.POST.get("text", "")[:20_000])
                messages.success(request, _("Sent to the office."))
            return redirect_to(request, request.path)
        except (Invalid, Conflict) as error:
            problem = said(error)
    comments = Comment.objects.filter(entry=row.entry_id, deleted=False).order_by("pk")
    [shown] = _shown(actor, [row])
    general = office_place()
    context = {
        **shown,
        "is_open": row.state in GOING,
        "is_waiting": row.state == WAITING,
        "in_general": general is not None and general.pk == row.initiative_id,
        "comments": [(comment, as_plain(comment.text, {})) for comment in comments],
        "problem": problem,
        "text": request.POST.get("text", ""),
        "record_url": REQUESTS.url(row) if REQUESTS.find(actor, row.pk) else "",
        "looked_after": _looked_after(actor, row),
    }
    return page(request, "office/own.html", context, status=422 if problem else 200)


def _looked_after(actor: Actor, row: SupportRequest) -> str:
    """Who looks after it, where the asker may know that person; else nothing."""
    if row.owner_id is None:
        return ""
    person = Person.objects.visible_to(actor).filter(party=row.owner_id).first()
    return person.name if person else ""
