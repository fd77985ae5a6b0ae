"""The page that says, of one initiative, how far it may deviate and who decides what."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from steerco.apps.escalation.authority import Authority, authority_for, right_in_words, rights_on
from steerco.apps.escalation.models import DecisionRight, Tolerance
from steerco.apps.escalation.services import may_set
from steerco.apps.escalation.tolerances import default_in_words, tolerance_in_words, tolerances_of
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import find_initiative
from steerco.apps.initiatives.views import crumbs
from steerco.apps.organisation.selectors import organisation
from steerco.kit.pages.htmx import page
from steerco.kit.permissions import Actor
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import MoneyField, MoneyForm
from steerco.kit.registers.register import register_by_key
from steerco.kit.registers.views.finding import actor_of


@dataclass(frozen=True)
class Held:
    """A tolerance or right in force, where it comes from, and the address of its page."""

    row: Any
    words: str
    where: str
    is_own: bool
    url: str


class CaseForm(MoneyForm, forms.Form):
    """A case: what would be decided, and how big it is."""

    subject = forms.ChoiceField(label=_("About"), choices=DecisionRight.Subject.choices)
    money = MoneyField(label=_("Amount"), beside="currency", required=False)
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    days = forms.IntegerField(label=_("Working days"), min_value=0, max_value=10000, required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"currency": organisation().currency})
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"


@require_GET
@guard("initiative.view", "the initiative")
def authority_page(request: HttpRequest, code: str) -> HttpResponse:
    """The tolerances and decision rights in force on an initiative, and who would decide a given case."""
    actor = actor_of(request)
    row = find_initiative(actor, code)
    if row is None:
        raise Http404
    form = CaseForm(request.GET if "subject" in request.GET else None)
    answer: Authority | None = None
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        answer = authority_for(
            values["subject"], row, values["money"], values["currency"].upper(), values["days"]
        )
    context = {
        "row": row,
        "crumbs": crumbs(actor, row),
        "tolerances": _tolerances(actor, row),
        "rights": _rights(actor, row),
        "form": form,
        "answer": answer,
        "may_set": may_set(actor, row),
    }
    return page(request, "escalation/authority.html", context, status=422 if form.errors else 200)


def _tolerances(actor: Actor, row: Initiative) -> list[tuple[str, Held | None, str]]:
    """(area, what is in force, what holds where nothing is) for every area."""
    held = tolerances_of(row)
    names = _visible_names(actor, row, [t.initiative_id for t in held.values()])
    return [
        (
            str(area.label),
            _held(held[area], tolerance_in_words(held[area]), row, names) if area in held else None,
            default_in_words(area),
        )
        for area in Tolerance.Area
    ]


def _rights(actor: Actor, row: Initiative) -> list[tuple[str, list[Held]]]:
    """The rights in force by what they are about."""
    rights = rights_on(row)
    names = _visible_names(actor, row, [r.initiative_id for r in rights if r.initiative_id])
    groups: dict[str, list[Held]] = {}
    for right in rights:
        subject = str(DecisionRight.Subject(right.subject).label)
        groups.setdefault(subject, []).append(_held(right, right_in_words(right), row, names))
    return list(groups.items())


def _visible_names(actor: Actor, row: Initiative, ids: list[int]) -> dict[int, str]:
    """The names of the levels above that the actor may read."""
    above = Initiative.objects.visible_to(actor).filter(pk__in=set(ids) - {row.pk})
    return dict(above.values_list("pk", "name"))


def _held(row: Any, words: str, place: Initiative, names: dict[int, str]) -> Held:
    register = register_by_key("tolerance" if isinstance(row, Tolerance) else "decision_right")
    own = row.initiative_id == place.pk
    if row.initiative_id is None:
        where = str(_("the whole organisation"))
    else:
        where = "" if own else names.get(row.initiative_id, str(_("a level above")))
    readable = own or row.initiative_id in names
    return Held(row, words, where, own, register.url(row) if register and readable else "")
