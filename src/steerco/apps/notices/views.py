"""How I am told: my own choice."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from steerco.apps.notices.models import Preference
from steerco.apps.notices.services import preference_of, set_preference
from steerco.apps.people.models import Person
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.pages.panels import Button, declare_button
from steerco.kit.permissions import Actor
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import DateInput
from steerco.kit.registers.views.finding import actor_of

declare_button(
    Button(
        "account",
        gettext_lazy("Mails"),
        lambda actor, subject: reverse("notices:mine") if actor.person_id else "",
    )
)


TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PreferenceForm(forms.ModelForm):
    """When and how mails come."""

    working_days = forms.MultipleChoiceField(
        label=gettext_lazy("Working days"),
        choices=[(str(day + 1), name) for day, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Preference
        fields = ("delivery", "digest_at", "quiet_from", "quiet_to", "away_from", "away_to", "working_days")
        widgets = {
            **dict.fromkeys(
                ("digest_at", "quiet_from", "quiet_to"),
                TIME,
            ),
            **dict.fromkeys(("away_from", "away_to"), DateInput),
        }

    def __init__(self, row: Preference, data: Any = None) -> None:
        super().__init__(data, instance=row, initial={"working_days": list(row.working_days)})
        for name, field in self.fields.items():
            if name != "working_days":
                field.widget.attrs["class"] = "form-select" if name == "delivery" else "form-control"

    def clean_working_days(self) -> str:
        """As they are kept: "12345"."""
        return "".join(sorted(self.cleaned_data["working_days"]))


def _mine(actor: Actor) -> Person:
    if actor.person_id is None:
        raise Http404
    return Person.objects.get(pk=actor.person_id)


@require_http_methods(["GET", "POST"])
@guard("person.view", "the actor's own choice")
@answered_once
def mine(request: HttpRequest) -> HttpResponse:
    """One mail a day or each at once, when, on which days, and when not."""
    actor = actor_of(request)
    form = PreferenceForm(preference_of(_mine(actor)), request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            set_preference(actor, form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect_to(request, request.path)
        except ValidationError as error:
            form.add_error(None, error)
    return page(request, "notices/mine.html", {"form": form}, status=422 if form.is_bound else 200)
