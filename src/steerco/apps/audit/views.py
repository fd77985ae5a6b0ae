"""Pages of the audit trail."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from steerco.apps.audit.selectors import Wanted, as_csv, as_jsonl, page_of_events
from steerco.kit import clock
from steerco.kit.journal.seals import head
from steerco.kit.pages.htmx import page
from steerco.kit.permissions import require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import DateInput
from steerco.kit.registers.views.finding import actor_of

SIZE = 100
FORMS = {"csv": (as_csv, "text/csv"), "jsonl": (as_jsonl, "application/x-ndjson")}


class WantedForm(forms.Form):
    """Which events."""

    who = forms.CharField(label=_("Who"), max_length=100, required=False)
    kind = forms.CharField(label=_("What happened"), max_length=80, required=False)
    entry = forms.IntegerField(label=_("Entry"), min_value=1, max_value=2**62, required=False)
    first = forms.DateField(label=_("From"), widget=DateInput, required=False)
    last = forms.DateField(label=_("To"), widget=DateInput, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"

    def wanted(self) -> Wanted:
        """What the address asks for; a field that cannot be read narrows nothing and says so beside itself."""
        self.is_valid()
        values = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return Wanted(**values)


@require_GET
@guard("audit.read", "the organisation; entries that the actor may not read are left out")
def journal_page(request: HttpRequest) -> HttpResponse:
    """What happened, newest first."""
    actor = actor_of(request)
    require(actor, "audit.read")
    form = WantedForm(request.GET)
    before = request.GET.get("before", "")
    lines, following = page_of_events(
        actor, form.wanted(), int(before[:18]) if before.isdigit() else None, SIZE
    )
    query = request.GET.copy()
    query.pop("before", None)
    context = {"lines": lines, "next": following, "form": form, "head": head(), "query": query.urlencode()}
    return page(request, "audit/journal.html", context)


@require_GET
@guard(
    "audit.read", "the organisation; what the actor may not read keeps its place with the content withheld"
)
def export(request: HttpRequest, form: str) -> HttpResponse | StreamingHttpResponse:
    """The events of the page's filters as a file, with the proof of the chain."""
    actor = actor_of(request)
    require(actor, "audit.read")
    if form not in FORMS:
        raise Http404
    write, media_type = FORMS[form]
    response = StreamingHttpResponse(write(actor, WantedForm(request.GET).wanted()), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="audit-{clock.today()}.{form}"'
    response["Cache-Control"] = "no-store"
    return response
