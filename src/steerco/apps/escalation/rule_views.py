"""The escalation rules in words, and what they would do today."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from steerco.apps.escalation.evaluation import dry_run
from steerco.apps.escalation.measures import measures
from steerco.apps.escalation.models import EscalationRule
from steerco.apps.escalation.proposals import Proposal
from steerco.apps.escalation.rules import CONFIGURE, Rule, is_shipped, rule_by_key, rules, write_rule
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.records import addresses_of
from steerco.apps.people.models import Party
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.register import register_by_key
from steerco.kit.registers.views.finding import actor_of

LISTED = 200


@dataclass(frozen=True)
class Trial:
    """What a proposal would be: the record, why, to whom."""

    title: str
    url: str
    place: str
    reason: str
    receiver: str


def _administrator(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require(actor, CONFIGURE)
    return actor


@require_GET
@guard(CONFIGURE, "the organisation")
def rules_page(request: HttpRequest) -> HttpResponse:
    """Every rule in words; with `try`, what those in use would propose today among what the reader may see."""
    actor = _administrator(request)
    context: dict[str, Any] = {"rules": [(rule, is_shipped(rule.key)) for rule in rules()]}
    if "try" in request.GET:
        context |= _trial(actor)
    return page(request, "escalation/rules.html", context)


def _trial(actor: Actor) -> dict[str, Any]:
    outcome = dry_run()
    proposals = {p.entry_id: p for p in outcome.proposals}
    visible = Entry.objects.visible_to(actor).filter(pk__in=list(proposals))
    entries = list(visible.select_related("initiative").order_by("register", "title", "pk"))
    counts = Counter(entry.register for entry in entries)
    shown = entries[:LISTED]
    addresses = addresses_of(shown)
    receivers = {proposals[entry.pk].step.receiver for entry in shown}
    names = dict(Party.objects.filter(pk__in=receivers).values_list("pk", "name"))
    return {
        "tried": True,
        "counts": [(_label(key, count), count) for key, count in counts.items()],
        "total": len(entries),
        "trials": [_of(entry, proposals[entry.pk], addresses, names) for entry in shown],
        "more": len(entries) - len(shown),
        "nobody": Entry.objects.visible_to(actor).filter(pk__in=outcome.nobody).count(),
    }


def _label(register: str, count: int) -> str:
    found = register_by_key(register)
    if found is None:
        return register
    return str(found.label if count == 1 else found.label_plural)


def _of(entry: Entry, proposal: Proposal, addresses: dict[int, str], names: dict[int, str]) -> Trial:
    measure = measures()[proposal.measure]
    return Trial(
        entry.title,
        addresses.get(entry.pk, ""),
        entry.initiative.name if entry.initiative else "",
        measure.said(proposal.value or 0, proposal.limit),
        names.get(proposal.step.receiver, ""),
    )


class RuleForm(forms.Form):
    """A rule."""

    measure = forms.ChoiceField(label=gettext_lazy("What is measured"))
    threshold = forms.IntegerField(label=gettext_lazy("From which value on"), min_value=0, max_value=1000)
    to = forms.ChoiceField(label=gettext_lazy("Who is asked"), choices=EscalationRule.To.choices)
    answer_days = forms.IntegerField(
        label=gettext_lazy("Working days to answer"), min_value=1, max_value=60, initial=5
    )
    again_days = forms.IntegerField(
        label=gettext_lazy("Working days until it may come again after a return"),
        min_value=1,
        max_value=250,
        initial=10,
    )
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, rule: Rule | None, data: Any = None) -> None:
        fields = ("measure", "threshold", "to", "answer_days", "again_days", "active")
        super().__init__(data, initial={name: getattr(rule, name) for name in fields} if rule else None)
        self.fields["measure"].choices = [(m.key, m.label) for m in measures().values()]  # type: ignore[attr-defined]
        if rule is not None:
            del self.fields["measure"]
            if not rule.what.has_threshold:
                del self.fields["threshold"]
        else:
            self.fields["threshold"].initial = 1
        for field in self.fields.values():
            widget = field.widget
            css = "form-select" if isinstance(widget, forms.Select) else "form-control"
            widget.attrs["class"] = "form-check-input" if isinstance(widget, forms.CheckboxInput) else css


@require_http_methods(["GET", "POST"])
@guard(CONFIGURE, "the organisation")
@answered_once
def rule_page(request: HttpRequest, key: str) -> HttpResponse:
    """Change a rule, or take it out of use."""
    actor = _administrator(request)
    rule = rule_by_key(key)
    if rule is None:
        raise Http404
    return _rule_form(request, actor, rule)


@require_http_methods(["GET", "POST"])
@guard(CONFIGURE, "the organisation")
@answered_once
def new_rule_page(request: HttpRequest) -> HttpResponse:
    """Add a rule."""
    return _rule_form(request, _administrator(request), None)


def _rule_form(request: HttpRequest, actor: Actor, rule: Rule | None) -> HttpResponse:
    form = RuleForm(rule, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            write_rule(actor, rule.key if rule else "", form.cleaned_data)
        except Invalid as error:
            for name, texts in error.errors[0].items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, _("Saved."))
            return redirect_to(request, reverse("escalation:rules"))
    context = {"rule": rule, "form": form}
    return page(request, "escalation/rule.html", context, status=422 if form.is_bound else 200)
