"""Writing the options of a paper, and recording what was decided elsewhere."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from steerco.apps.escalation.deciding import may_record, record
from steerco.apps.escalation.papers import ASPECT_LIMIT, ASPECTS, MOST_OPTIONS, Paper
from steerco.kit import clock
from steerco.kit.history import Change, Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.columns import typed_amount
from steerco.kit.registers.inputs import DateInput, MoneyField, MoneyForm
from steerco.kit.registers.register import Register
from steerco.kit.registers.views.finding import actor_of, find_row


class OptionForm(MoneyForm, forms.Form):
    """One option; without a name it is left out."""

    title = forms.CharField(label=gettext_lazy("Option"), max_length=200, required=False)
    days = forms.IntegerField(
        label=gettext_lazy("Later by, days"), required=False, min_value=-9999, max_value=9999
    )
    money = MoneyField(label=gettext_lazy("Costs more"), beside="currency", required=False)

    def __init__(self, *given: Any, currency: str, **options: Any) -> None:
        super().__init__(*given, **options)
        self.currency = currency
        for name, label in ASPECTS.items():
            self.fields[name] = forms.CharField(label=str(label), max_length=ASPECT_LIMIT, required=False)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"

    def currency_of(self, name: str) -> str:
        """That of the whole paper."""
        return self.currency

    def clean(self) -> dict[str, Any]:
        """Consequences belong to a named option."""
        values = super().clean() or {}
        if not values.get("title") and any(v not in (None, "") for n, v in values.items() if n != "title"):
            self.add_error("title", _("Name the option."))
        return values


class RecordForm(forms.Form):
    """What was decided, when, where it is written."""

    verdict = forms.ChoiceField(label=gettext_lazy("What was decided"))
    decided_on = forms.DateField(label=gettext_lazy("Day of the meeting or decision"), widget=DateInput)
    source = forms.CharField(
        label=gettext_lazy("Where it is written"),
        max_length=300,
        help_text=gettext_lazy("For example: minutes of 12 May, item 4."),
    )
    forum = forms.CharField(label=gettext_lazy("Where it was decided"), max_length=200, required=False)
    conditions = forms.CharField(
        label=gettext_lazy("Conditions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
    )
    rationale = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
    )

    def __init__(self, row: Paper, data: Any = None) -> None:
        initial = {"decided_on": clock.today(), "forum": row.decider.name if row.decider else ""}
        super().__init__(data, initial=initial)
        choice: Any = self.fields["verdict"]
        choice.choices = [("", "—"), *((v.key, v.label) for v in row.verdicts() if not v.back)]
        for field in self.fields.values():
            css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = css

    def clean_decided_on(self) -> Any:
        """A day that has come."""
        day = self.cleaned_data["decided_on"]
        if day > clock.today():
            raise forms.ValidationError(_("The day of a decision cannot lie ahead."))
        return day


def _find(request: HttpRequest, slug: str, pk: int) -> tuple[Register, Any]:
    """The register and the paper that the actor sees. Raises Http404 for what is no paper."""
    register, row = find_row(request, slug, pk)
    if not isinstance(row, Paper):
        raise Http404
    return register, row


@require_http_methods(["GET", "POST"])
@guard("record.edit", "the paper")
@answered_once
def options_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The options of a paper with their consequences, all in one form."""
    register, row = _find(request, slug, pk)
    actor = actor_of(request)
    require(actor, "record.edit", row)
    posted = request.method == "POST"
    options = row.choices
    currency = request.POST.get("currency", row.currency).strip().upper()[:3]
    shown = [
        OptionForm(
            request.POST if posted else None,
            prefix=f"o{number}",
            currency=currency,
            initial=_initial(options[number], row.currency) if number < len(options) else None,
        )
        for number in range(MOST_OPTIONS)
    ]
    problem = ""
    if not row.is_open_to_writers:
        problem = _("This was put to the decision as it stands. Take the paper back to change it.")
    valid = [form.is_valid() for form in shown]
    if posted and all(valid):
        values = [form.cleaned_data for form in shown]
        keys = [option.key for option in options]
        keys += [f"o{number + 1}" for number in range(len(keys), MOST_OPTIONS)]
        rows = [_option(key, one) for key, one in zip(keys, values, strict=True) if one["title"]]
        change = Change({"options": rows, "currency": currency}, pk=row.pk, version=_version(request))
        try:
            register.write(actor, [change], reason=request.POST.get("reason", "")[:2000])
        except Invalid as error:
            problem = error.text
        except Conflict:
            problem = _("Somebody changed this meanwhile. Open the page again.")
        else:
            messages.success(request, _("Saved."))
            return redirect_to(request, register.url(row))
    context = {
        "register": register,
        "row": row,
        "forms": shown,
        "filled": max(len(options), 2),
        "currency": currency,
        "problem": problem,
        "is_open": row.is_open_to_writers,
    }
    return page(request, "escalation/options.html", context, status=422 if posted else 200)


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() and len(text) < 10 else None


def _initial(option: Any, currency: str) -> dict[str, Any]:
    money = "" if option.money is None else typed_amount(option.money, currency)
    return {"title": option.title, "days": option.days, "money": money, **dict(option.words)}


def _option(key: str, values: dict[str, Any]) -> dict[str, Any]:
    """An option as it is kept: without what nobody filled in."""
    return {"key": key, **{name: value for name, value in values.items() if value not in (None, "")}}


@require_http_methods(["GET", "POST"])
@guard("record.transition", "the paper, or a seat of the body that decides")
@answered_once
def record_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Record what was decided elsewhere: in a room, on the phone, by mail."""
    register, row = _find(request, slug, pk)
    actor = actor_of(request)
    if not may_record(actor, row):
        require(actor, "record.transition", row)
        raise Http404
    form = RecordForm(row, request.POST if request.method == "POST" else None)
    if form.is_valid():
        values = dict(form.cleaned_data)
        key = values.pop("verdict")
        try:
            record(actor, row, key, values)
        except Invalid as error:
            for name, texts in error.errors[0].items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, _("Recorded. It counts once it is confirmed."))
            return redirect_to(request, register.url(row))
    context = {"register": register, "row": row, "form": form}
    return page(request, "escalation/record.html", context, status=422 if form.is_bound else 200)
