"""Who leaves with what, and the page on which the office offers it to successors."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from steerco.apps.handover.models import Part
from steerco.apps.handover.selectors import Belongings, belongings, leavers, open_doors, shared_views
from steerco.apps.handover.services import offer
from steerco.apps.people.models import Party, Person
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import ReferenceField
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import register_by_key, register_of
from steerco.kit.registers.views.finding import actor_of


class OfferForm(forms.Form):
    """A successor for each initiative; one for all that have none of their own."""

    note = forms.CharField(
        label=gettext_lazy("Note for the successors"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )

    def __init__(self, actor: Actor, groups: list[Belongings], views: int, data: Any = None) -> None:
        super().__init__(data)
        self.groups = [group for group in groups if group.initiative is not None]

        def successor(label: Any) -> ReferenceField:
            return ReferenceField(reference("party"), actor, label=label, required=False)

        self.fields["everything"] = successor(_("Successor for all"))
        if views:
            self.fields["views"] = successor(_("Who gets the shared lists"))
        for group in self.groups:
            if group.initiative is not None:
                field = self.fields[f"to-{group.initiative.pk}"] = successor(_("Successor"))
                field.widget.attrs["aria-label"] = f"{_('Successor')}: {group.initiative.name}"
        for every in self.fields.values():
            every.widget.attrs["class"] = "form-control"

    def clean(self) -> dict[str, Any]:
        """People only: a post or a body is no successor."""
        cleaned = super().clean() or {}
        for name, party in cleaned.items():
            if isinstance(party, Party) and party.kind != Party.Kind.PERSON:
                self.add_error(name, _("Name a person."))
        return cleaned

    def rows(self) -> list[tuple[Belongings, Any]]:
        """Each group with its field."""
        return [(group, self[f"to-{group.initiative.pk}"]) for group in self.groups if group.initiative]

    def successors(self) -> dict[int, Person]:
        """The successors that were named, by initiative."""
        everything = self.cleaned_data.get("everything")
        found: dict[int, Person] = {}
        for group in self.groups:
            if group.initiative is not None:
                party = self.cleaned_data.get(f"to-{group.initiative.pk}") or everything
                if party is not None:
                    found[group.initiative.pk] = party.person
        return found


@require_GET
@guard("person.edit", "the organisation")
def leaving(request: HttpRequest) -> HttpResponse:
    """Those who left or leave soon and still have something."""
    actor = actor_of(request)
    require(actor, "person.edit")
    return page(request, "handover/leaving.html", {"leavers": leavers(actor)})


@require_http_methods(["GET", "POST"])
@guard("person.edit", "the organisation")
@answered_once
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """All that somebody has, in one list, and to whom it is offered."""
    actor = actor_of(request)
    if not can(actor, "person.edit"):
        raise Http404
    person = Person.objects.visible_to(actor).select_related("party", "user").filter(pk=pk).first()
    if person is None:
        raise Http404
    groups, views = belongings(actor, person), shared_views(person)
    form = OfferForm(actor, groups, views, request.POST if request.method == "POST" else None)
    if form.is_valid():
        successors, to = form.successors(), form.cleaned_data.get("views")
        try:
            if not successors and not to:
                raise Invalid({0: {"successor": [_("Name a successor.")]}})
            offered = offer(
                actor, person, successors, note=form.cleaned_data["note"], views_to=to.person if to else None
            )
        except Invalid as error:
            form.add_error(None, error.errors[0]["successor"][0])
        else:
            n = len(offered)
            messages.success(request, ngettext("%d part offered.", "%d parts offered.", n) % n)
            return redirect_to(request, request.path)
    parts = Part.objects.visible_to(actor).filter(person=person).select_related("initiative", "successor")
    context = {
        "person": person,
        "groups": [(group, field, _named(group)) for group, field in form.rows()],
        "outside": [(group, _named(group)) for group in groups if group.initiative is None],
        "form": form,
        "views": views,
        "doors": open_doors(person),
        "parts": parts.order_by("-pk"),
    }
    return page(request, "handover/hand_over.html", context, status=422 if form.is_bound else 200)


def _named(group: Belongings) -> str:
    """What it is, in words: "runs it · 2 Actions · 1 Risk"."""
    found = [(key, n) for key, n in group.records.items() if register_by_key(key) is not None]
    named = [f"{n} {register_of(key).label if n == 1 else register_of(key).label_plural}" for key, n in found]
    said = [
        _("runs it") if group.leads else "",
        _("sponsors it") if group.sponsors else "",
        *(holding.post.title for holding in group.posts),
        *named,
        _("owes %(n)s") % {"n": group.owes} if group.owes else "",
        _("waits for %(n)s") % {"n": group.awaits} if group.awaits else "",
    ]
    return " · ".join(part for part in said if part)
