"""Which units followed one after a re-organisation."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from steerco.apps.people.models import Unit
from steerco.apps.people.selectors import successions_of
from steerco.apps.people.services import succeed_unit
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import DateInput, ReferenceField
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import register_of
from steerco.kit.registers.views.finding import actor_of

MOST = 4  # successors of one unit


class SuccessionForm(forms.Form):
    """The units that took over, each with its share, and from when."""

    on = forms.DateField(label=gettext_lazy("on"), widget=DateInput)

    def __init__(self, actor: Actor, unit: Unit, data: Mapping[str, Any] | None = None) -> None:
        known = successions_of(unit)
        super().__init__(data, initial={"on": known[0].on if known else clock.today()})
        for number in range(1, MOST + 1):
            held = known[number - 1] if number <= len(known) else None
            self.fields[f"unit_{number}"] = ReferenceField(
                reference("unit"),
                actor,
                label=_("Successor %(number)s") % {"number": number},
                required=False,
                initial=held.successor.name if held else "",
            )
            self.fields[f"share_{number}"] = forms.IntegerField(
                label=_("Share of successor %(number)s, %%") % {"number": number},
                min_value=1,
                max_value=100,
                required=False,
                initial=held.share if held else None,
            )
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"

    def successors(self) -> list[tuple[Unit, int | None]]:
        """What the valid form says."""
        values = self.cleaned_data
        pairs = ((values[f"unit_{n}"], values[f"share_{n}"]) for n in range(1, MOST + 1))
        return [(unit, share) for unit, share in pairs if unit is not None]


@require_http_methods(["GET", "POST"])
@guard("person.edit", "the unit")
@answered_once
def succeed_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the units that took over from one, and from when: it ends then, and comparisons follow them."""
    actor = actor_of(request)
    register = register_of("unit")
    unit: Unit | None = register.find(actor, pk)
    if unit is None:
        raise Http404
    require(actor, "person.edit")
    form = SuccessionForm(actor, unit, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            succeed_unit(actor, unit, form.successors(), form.cleaned_data["on"])
        except Invalid as error:
            for name, texts in error.errors[0].items():
                form.add_error(name, texts)
        else:
            messages.success(request, _("Its successors are named. “Restated” comparisons follow them."))
            return redirect_to(request, register.url(unit))
    context = {"form": form, "unit": unit, "back": register.url(unit)}
    return page(request, "people/succeed.html", context, status=422 if form.is_bound else 200)
