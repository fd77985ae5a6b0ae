"""The change log with its effect on the baseline, and what a request does to it."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.change.charts import course
from steerco.apps.change.models import BaselineChange, ChangeRequest
from steerco.apps.change.selectors import changes_in, lines_of, tally
from steerco.apps.change.services import drop_baseline_change, set_baseline_change
from steerco.apps.change.states import CHANGE_STATES
from steerco.apps.change.touching import leave, touch, touched_by
from steerco.apps.finance.models import NATURE_CHOICES, MoneySheet
from steerco.apps.finance.selectors import months_to_plan
from steerco.apps.finance.wording import month_words
from steerco.apps.initiatives.models import Ancestry
from steerco.apps.planning.models import Milestone
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import DateInput, MoneyField
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import register_of
from steerco.kit.registers.scopes import find_scope
from steerco.kit.registers.views.finding import actor_of, find_row

MOST_MILESTONES = 300


@require_GET
@guard("record.view", "the change requests that the actor may read")
def effect_page(request: HttpRequest) -> HttpResponse:
    """What approved changes add up to: a chart and a table, for one initiative with all below or for everything."""
    actor, today, register = actor_of(request), clock.today(), register_of("change_request")
    found = tally(actor, changes_in(actor, request.GET))
    states = [
        (state.label, found.states[state.key]) for state in CHANGE_STATES.states if state.key in found.states
    ]
    context = {
        "register": register,
        "scope": find_scope(actor, request.GET.get("in", "")),
        "found": found,
        "states": states,
        "rows": [
            {"effect": effect, "url": register.url(effect.row), "title": register.title(effect.row)}
            for effect in reversed(found.effects)
        ],
        "charts": [chart for chart in (course(found, c, today) for c in ("", *found.money)) if chart],
        "list_url": f"{register.list_url()}?{request.GET.urlencode()}",
    }
    return page(request, "change/effect.html", context)


class BaselineForm(forms.Form):
    """One thing that the approval changes."""

    what = forms.ChoiceField(label=gettext_lazy("What changes"), choices=BaselineChange.What.choices)
    milestone = forms.ChoiceField(label=gettext_lazy("Milestone"), required=False)
    new_date = forms.DateField(label=gettext_lazy("New date"), required=False, widget=DateInput)
    new_text = forms.CharField(
        label=gettext_lazy("New description of the scope"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    month = forms.ChoiceField(label=gettext_lazy("Month"), required=False)
    nature = forms.ChoiceField(
        label=gettext_lazy("Capital or revenue"), required=False, choices=[("", "—"), *NATURE_CHOICES]
    )
    amount = MoneyField(
        label=gettext_lazy("Money to add"),
        required=False,
        help_text=gettext_lazy("What the approval adds to the month; with a minus: what it takes away."),
    )

    def __init__(self, actor: Actor, row: ChangeRequest, data: Any = None) -> None:
        super().__init__(data)
        self.rows = {str(m.pk): m for m in _milestones(actor, row)}
        choice: Any = self.fields["milestone"]
        choice.choices = [("", "—"), *((pk, _named(m)) for pk, m in self.rows.items())]
        self._offer_money(actor, row)
        for field in self.fields.values():
            css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = css

    def _offer_money(self, actor: Actor, row: ChangeRequest) -> None:
        """The months of the money sheet, to whoever may read that."""
        sheet = MoneySheet.objects.visible_to(actor).filter(initiative=row.initiative_id).first()
        if sheet is None:
            choices: Any = self.fields["what"]
            choices.choices = [one for one in choices.choices if one[0] != BaselineChange.What.MONEY]
            for name in ("month", "nature", "amount"):
                del self.fields[name]
            return
        months: Any = self.fields["month"]
        months.choices = [("", "—"), *((one.isoformat(), month_words(one)) for one in months_to_plan(sheet))]
        amount: Any = self.fields["amount"]
        amount.currency = sheet.currency
        amount.label = f"{amount.label} ({sheet.currency})"

    def values(self) -> dict[str, Any]:
        """What the valid form says, as the service takes it."""
        given = dict(self.cleaned_data)
        if given.get("month"):
            given["month"] = date.fromisoformat(given["month"])
        else:
            given.pop("month", None)
        return {**given, "milestone": self.rows.get(given["milestone"])}


def _milestones(actor: Actor, row: ChangeRequest) -> list[Milestone]:
    """The milestones of the initiative and below that the actor sees."""
    below = Ancestry.objects.filter(ancestor=row.initiative_id).values("descendant")
    rows = Milestone.objects.visible_to(actor).filter(initiative__in=below, deleted=False, state="planned")
    return list(rows.select_related("initiative").order_by("baseline", "sort_title", "pk")[:MOST_MILESTONES])


def _named(milestone: Milestone) -> str:
    return f"{milestone.initiative.code}/{milestone.reference} · {milestone.title}"


@require_http_methods(["GET", "POST"])
@guard("record.edit", "the change request")
@answered_once
def baseline_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Name what the approval of a request changes, one thing after the other; take one out again."""
    register, row = find_row(request, "changes", pk)
    actor = actor_of(request)
    require(actor, "record.edit", row)
    posted = request.method == "POST"
    form = BaselineForm(actor, row, request.POST if posted and "drop" not in request.POST else None)
    problem = ""
    try:
        if posted and "drop" in request.POST:
            drop_baseline_change(actor, row, _line(actor, row, request.POST["drop"]))
            return redirect_to(request, request.path)
        if form.is_valid():
            set_baseline_change(actor, row, form.values())
            messages.success(request, _("Saved."))
            return redirect_to(request, request.path)
    except Invalid as error:
        for name, texts in error.errors[0].items():
            if form.is_bound and name in form.fields:
                form.add_error(name, texts)
            else:
                problem = " ".join(texts)
    context = {
        "register": register,
        "row": row,
        "form": form,
        "problem": problem,
        "lines": lines_of(actor, [row]),
        "is_open": row.is_open_to_writers,
    }
    return page(request, "change/baseline.html", context, status=422 if posted else 200)


def _line(actor: Actor, row: ChangeRequest, text: str) -> BaselineChange:
    line = lines_of(actor, [row]).filter(pk=int(text)).first() if text.isdigit() and len(text) < 18 else None
    if line is None:
        raise Http404
    return line


@require_POST
@guard("record.edit", "the change request; the requirement must be visible")
@answered_once
def requirements(request: HttpRequest, pk: int) -> HttpResponse:
    """Name a requirement that the request touches, or take one off it."""
    actor = actor_of(request)
    register, row = find_row(request, register_of("change_request").slug, pk)
    require(actor, "record.edit", row)
    removed = request.POST.get("remove", "")
    if removed:
        named = {str(relation.pk): relation for relation in touched_by(actor, row)}
        if removed not in named:
            raise Http404
        leave(actor, row, named[removed])
        return redirect_to(request, register.url(row))
    try:
        named_one = reference("requirement").resolve(actor, request.POST.get("requirement", "")[:400])
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        touch(actor, row, named_one)
    return redirect_to(request, register.url(row))
