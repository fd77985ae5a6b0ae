"""How deciding goes: what is overdue, how long it takes; and what is done about a decision."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from steerco.apps.governance.blocking import PERIODS, blocked_days
from steerco.apps.governance.blocking import SHOWN as PLACES
from steerco.apps.governance.models import Decision
from steerco.apps.governance.selectors import (
    TITLE,
    conversion,
    decisions_in,
    latencies,
    wanted,
)
from steerco.apps.governance.services import add_action
from steerco.apps.initiatives.selectors import find_initiative
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import DateInput, ReferenceField
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import register_of
from steerco.kit.registers.scopes import find_scope
from steerco.kit.registers.views.finding import actor_of, find_row

SHOWN = 50


@require_GET
@guard("record.view", "the decisions that the actor may read")
def overview_page(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, how long deciding takes by the sort of decider, what came of it."""
    actor, today, register = actor_of(request), clock.today(), register_of("decision")
    queryset = decisions_in(actor, request.GET)
    asked = request.GET.get("days", "")
    period = next((days for days in PERIODS if str(days) == asked), PERIODS[1])
    place = find_initiative(actor, request.GET.get("in", ""))
    blocked = blocked_days(actor, place, today - timedelta(days=period), today)
    waiting = list(wanted(queryset)[: SHOWN + 1])
    context = {
        "register": register,
        "scope": find_scope(actor, request.GET.get("in", "")),
        "rows": [
            {
                "row": row,
                "url": register.url(row),
                "title": register.title(row),
                "is_late": row.is_late(today),
                "days": (today - row.asked_on).days if row.asked_on else None,
            }
            for row in waiting[:SHOWN]
        ],
        "more": len(waiting) > SHOWN,
        "latencies": latencies(queryset, today),
        "conversion": conversion(queryset),
        "periods": PERIODS,
        "period": period,
        "blocked": blocked[:PLACES],
        "places": len(blocked),
        "list_url": f"{register.list_url()}?{request.GET.urlencode()}",
    }
    return page(request, "governance/overview.html", context)


class ActionForm(forms.Form):
    """An action that follows from a decision: what, who, by when, and where."""

    title = forms.CharField(label=gettext_lazy("Action"), max_length=TITLE)
    due_on = forms.DateField(label=gettext_lazy("Due"), required=False, widget=DateInput)

    def __init__(self, actor: Actor, row: Decision, data: Any = None, title: str = "") -> None:
        super().__init__(data, initial={"initiative": row.initiative.code, "title": title[:TITLE]})
        self.fields["owner"] = ReferenceField(reference("party"), actor, label=_("Owner"), required=False)
        self.fields["initiative"] = ReferenceField(
            reference("initiative"),
            actor,
            label=_("Where"),
            help_text=_("The initiative that does it: this one, or one below it."),
        )
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


@require_http_methods(["GET", "POST"])
@guard("record.edit", "the decision")
@answered_once
def add_action_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an action that follows from a decision."""
    register, row = find_row(request, "decisions", pk)
    actor = actor_of(request)
    require(actor, "record.edit", row)
    data = request.POST if request.method == "POST" else None
    form = ActionForm(actor, row, data, request.GET.get("title", ""))
    if form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if value}
        where = values.pop("initiative")
        try:
            add_action(actor, row, where, values)
        except Invalid as error:
            for name, texts in error.errors[0].items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, _("Saved."))
            return redirect_to(request, register.url(row))
    context = {"register": register, "row": row, "form": form}
    return page(request, "governance/action.html", context, status=422 if form.is_bound else 200)
