"""The page that changes the shape of the tree: where else an initiative reports, merging into it, splitting it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import find_initiative
from steerco.apps.initiatives.services import merge_initiatives, report_also_to, split_initiative
from steerco.apps.initiatives.views import crumbs
from steerco.kit.history import Change, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import ReferenceField
from steerco.kit.registers.references import reference
from steerco.kit.registers.views.finding import actor_of

REASON = gettext_lazy("Reason")


class OtherForm(forms.Form):
    """Another initiative, and why."""

    reason = forms.CharField(label=REASON, max_length=500)

    def __init__(
        self, actor: Actor, row: Initiative, label: str, data: Any = None, *, reasoned: bool = True
    ) -> None:
        super().__init__(data, auto_id="merge-%s" if reasoned else "also-%s")
        self.row = row
        self.fields["other"] = ReferenceField(reference("initiative"), actor, label=label)
        self.order_fields(["other", "reason"])
        if not reasoned:
            del self.fields["reason"]
        _dress(self)

    def clean_other(self) -> Initiative:
        """Not itself."""
        other: Initiative = self.cleaned_data["other"]
        if other.pk == self.row.pk:
            raise forms.ValidationError(_("That is this initiative itself."))
        return other


class SplitForm(forms.Form):
    """The names of the parts, and why."""

    names = forms.CharField(
        label=gettext_lazy("Its parts, one name a line"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )
    reason = forms.CharField(label=REASON, max_length=500)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="split-%s")
        _dress(self)

    def clean_names(self) -> list[str]:
        """Two parts or more, each with a name of its own."""
        names = [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]
        if len(names) < 2 or len({name.casefold() for name in names}) < len(names):
            raise forms.ValidationError(_("Name two parts or more, each differently."))
        return names


def _dress(form: forms.Form) -> None:
    for field in form.fields.values():
        field.widget.attrs["class"] = "form-control"


@require_http_methods(["GET", "POST"])
@guard("initiative.move", "the initiative")
@answered_once
def structure_page(request: HttpRequest, code: str) -> HttpResponse:
    """Set where else an initiative reports, merge another one into it, or split it into parts."""
    actor = actor_of(request)
    row = find_initiative(actor, code)
    if row is None:
        raise Http404
    require(actor, "initiative.move", row)
    asked = request.POST.get("do", "") if request.method == "POST" else ""
    also = list(
        Initiative.objects.visible_to(actor).filter(also_hears_from__initiative=row).order_by("sort_name")
    )
    given = {name: request.POST if asked == name else None for name in ("also", "merge", "split")}
    forms_ = {
        "also": OtherForm(actor, row, _("Reports to this one too"), given["also"], reasoned=False),
        "merge": OtherForm(actor, row, _("The initiative that becomes part of this one"), given["merge"]),
        "split": SplitForm(given["split"]),
    }
    if asked == "drop":
        report_also_to(actor, row, _others(row, drop=request.POST.get("place", "")))
        return _saved(request, row)
    form = forms_.get(asked)
    if form is not None and form.is_valid():
        values = form.cleaned_data
        try:
            if asked == "also":
                report_also_to(actor, row, [*_others(row), values["other"]])
            elif asked == "merge":
                merge_initiatives(actor, [values["other"]], row, reason=values["reason"])
            else:
                parts = [Change(values={"name": name}) for name in values["names"]]
                split_initiative(actor, row, parts, reason=values["reason"])
            return _saved(request, row)
        except Invalid as error:
            found = [texts for fields in error.errors.values() for texts in fields.values()]
            form.add_error(None, [text for texts in found for text in texts])
    context = {"row": row, "crumbs": crumbs(actor, row), "also": also, "forms": forms_}
    return page(
        request, "initiatives/structure.html", context, status=422 if request.method == "POST" else 200
    )


def _others(row: Initiative, drop: str = "") -> list[Initiative]:
    """Where `row` reports to besides its place, those that the actor may not see included; without the code `drop`."""
    return list(Initiative.objects.filter(also_hears_from__initiative=row).exclude(code=drop or None))


def _saved(request: HttpRequest, row: Initiative) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect_to(request, reverse("initiatives:page", args=[row.code]))
