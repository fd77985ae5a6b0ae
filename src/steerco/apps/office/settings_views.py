"""The office's settings, and whom the people of an initiative ask."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from steerco.apps.initiatives.selectors import find_initiative
from steerco.apps.office.contacts import contact_of, party_named, set_contact
from steerco.apps.office.models import OfficeSettings
from steerco.apps.office.registers import CATEGORIES
from steerco.apps.office.services import reckon_again
from steerco.apps.office.settings import office_place, office_settings, set_office
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import ReferenceField
from steerco.kit.registers.references import reference
from steerco.kit.registers.views.finding import actor_of


def _party(actor: Actor, label: str, start: Any, help_text: str) -> ReferenceField:
    return ReferenceField(
        reference("party"),
        actor,
        label=label,
        required=False,
        initial=reference("party").text(start) if start else "",
        help_text=help_text,
    )


class OfficeForm(forms.Form):
    """The office's own settings."""

    opens = forms.TimeField(
        label=gettext_lazy("The office works from"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    closes = forms.TimeField(
        label=gettext_lazy("The office works until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    field_order = ("place", "party", "opens", "closes")

    def __init__(self, actor: Actor, row: OfficeSettings, data: Any = None) -> None:
        super().__init__(data, initial={"opens": row.opens, "closes": row.closes})
        self.fields["place"] = ReferenceField(
            reference("initiative"),
            actor,
            label=_("Where requests to the office in general stand"),
            required=False,
            initial=reference("initiative").text(row.place) if row.place else "",
            help_text=_(
                "Who reads that initiative reads them. Empty: the top of the tree, if it has one only."
            ),
        )
        self.fields["party"] = _party(
            actor,
            _("Who answers where nobody else does"),
            row.party,
            _("A post of the office. It is reminded of what nobody looks after."),
        )
        self.order_fields(self.field_order)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


@require_http_methods(["GET", "POST"])
@guard("organisation.configure", "the organisation")
@answered_once
def settings_page(request: HttpRequest) -> HttpResponse:
    """Where general requests stand, who answers for the office, when it works; the way to the categories."""
    actor = actor_of(request)
    require(actor, "organisation.configure")
    posted = request.method == "POST"
    form = OfficeForm(actor, office_settings(), request.POST if posted else None)
    if form.is_valid():
        try:
            set_office(actor, **form.cleaned_data)
            reckon_again(None, actor)
        except Invalid as error:
            for name, texts in error.errors[0].items():
                form.add_error(name, texts)
        else:
            messages.success(request, _("Saved."))
            return redirect_to(request, request.path)
    context = {"form": form, "categories": CATEGORIES.list_url(), "place": office_place()}
    return page(request, "office/settings.html", context, status=422 if posted else 200)


@require_http_methods(["GET", "POST"])
@guard("initiative.edit", "the initiative")
@answered_once
def contact_page(request: HttpRequest, code: str) -> HttpResponse:
    """Name whom the people of an initiative ask."""
    actor = actor_of(request)
    row = find_initiative(actor, code)
    if row is None:
        raise Http404
    require(actor, "initiative.edit", row)
    posted = request.method == "POST"
    form = forms.Form(request.POST if posted else None)
    hint = _("A post or a person. Empty: whoever is named above, else the office.")
    form.fields["party"] = _party(actor, _("Contact"), party_named(row), hint)
    form.fields["party"].widget.attrs["class"] = "form-control"
    if form.is_valid():
        set_contact(actor, row, form.cleaned_data["party"])
        messages.success(request, _("Saved."))
        return redirect_to(request, reverse("initiatives:page", args=[row.code]))
    context = {"form": form, "row": row, "contact": contact_of(row)}
    return page(request, "office/contact.html", context, status=422 if posted else 200)
