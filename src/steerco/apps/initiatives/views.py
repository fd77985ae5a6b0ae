"""Pages of the tree: the tree, one initiative, its posts, its restriction."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from steerco.apps.access.roles import ROLES
from steerco.apps.initiatives.models import Entry, Holding, Initiative, Post
from steerco.apps.initiatives.policy import standing_of
from steerco.apps.initiatives.posts import appoint, create_post, end_holding
from steerco.apps.initiatives.registers import INITIATIVES
from steerco.apps.initiatives.selectors import (
    ancestors,
    find_initiative,
    former_names,
    tree_in_order,
)
from steerco.apps.initiatives.services import restrict
from steerco.apps.people.models import Person
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.pages.panels import buttons_at, render_panels
from steerco.kit.pages.words import word
from steerco.kit.permissions import Actor, can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import DateInput, ReferenceField
from steerco.kit.registers.masking import mask
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import registers
from steerco.kit.registers.views.finding import actor_of
from steerco.kit.registers.views.records import edit_form_page

TREE_ROWS = 100


def _find(request: HttpRequest, code: str) -> Initiative:
    row = find_initiative(actor_of(request), code)
    if row is None:
        raise Http404
    mask(INITIATIVES, actor_of(request), [row])
    return row


@require_GET
@guard("initiative.view", "the initiatives that the actor may read")
def tree_page(request: HttpRequest) -> HttpResponse:
    """The tree, a hundred rows at a time; a page that begins inside a branch repeats what stands above it."""
    actor = actor_of(request)
    paginator = Paginator(tree_in_order(actor), TREE_ROWS)
    chosen = paginator.get_page(request.GET.get("page"))
    nodes = list(chosen.object_list)
    above = nodes[0].above if nodes else None
    while above is not None:
        nodes.insert(0, above)
        above = above.above
    readable = Initiative.objects.visible_to(actor).select_related("unit", "lead", "sponsor")
    rows = readable.in_bulk([node.pk for node in nodes])
    words = {value: word(f"initiative.type.{value}", label) for value, label in Initiative.Type.choices}
    context = {
        "nodes": [(node, rows[node.pk], words[node.type]) for node in nodes],
        "chosen": chosen,
        "pages": paginator.get_elided_page_range(chosen.number),
        "may_create": can(actor, "initiative.create", anywhere=True),
        "may_import": _may_import(actor),
    }
    return page(request, "initiatives/tree.html", context)


def _may_import(actor: Actor) -> bool:
    """Whether `actor` may import a portfolio: into one that is there, or as a new one."""
    if can(actor, "initiative.create"):
        return True
    places = standing_of(actor).places("snapshot.import")
    if not places or None in places:
        return bool(places)
    kinds = (Initiative.Type.PORTFOLIO, Initiative.Type.PROGRAMME)
    return Initiative.objects.filter(type__in=kinds, archived=False, above__ancestor__in=places).exists()


@require_GET
@guard("initiative.view", "the initiative")
def page_of(request: HttpRequest, code: str) -> HttpResponse:
    """One initiative: facts, and the panels that the other apps add."""
    row = _find(request, code)
    if row.code != code:
        return HttpResponseRedirect(reverse("initiatives:page", args=[row.code]))
    actor = actor_of(request)
    context = {
        "row": row,
        "crumbs": crumbs(actor, row),
        "panels": render_panels("initiative", request, actor, row),
        "page_buttons": buttons_at("initiative", actor, row),
        "former": former_names({row.pk}).get(row.pk, []),
        "also": list(Initiative.objects.visible_to(actor).filter(also_hears_from__initiative=row)),
        "may_edit": can(actor, "initiative.edit", row),
        "may_appoint": can(actor, "initiative.appoint", row),
        "may_move": can(actor, "initiative.move", row),
        "may_restrict": can(actor, "initiative.restrict", row),
        "may_create": can(actor, "initiative.create", row),
        "tabs": [r for r in registers() if r.is_records and r.scope_path == "initiative"],
    }
    return page(request, "initiatives/page.html", context)


def crumbs(actor: Actor, row: Initiative) -> list[tuple[str, str]]:
    """The way down to `row`; what is above and hidden is left out."""
    visible = set(
        Initiative.objects.visible_to(actor).filter(below__descendant=row).values_list("pk", flat=True)
    )
    above = [(a.name, reverse("initiatives:page", args=[a.code])) for a in ancestors(row) if a.pk in visible]
    return [(_("Portfolio"), reverse("initiatives:tree")), *above, (row.name, "")]


@require_http_methods(["GET", "POST"])
@guard("initiative.edit", "the initiative")
@answered_once
def edit_page(request: HttpRequest, code: str) -> HttpResponse:
    """The form of an initiative."""
    row = _find(request, code)
    require(actor_of(request), "initiative.edit", row)
    return edit_form_page(request, INITIATIVES, row)


class AppointForm(forms.Form):
    """Who holds which post, from–to."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[(k, r.word) for k, r in ROLES.items()])
    title = forms.CharField(
        label=gettext_lazy("Title (if other than the role)"), max_length=120, required=False
    )
    kind = forms.ChoiceField(label=gettext_lazy("As"), choices=Holding.Kind.choices)
    starts = forms.DateField(label=gettext_lazy("From"), required=False, widget=DateInput)
    ends = forms.DateField(label=gettext_lazy("To"), required=False, widget=DateInput)
    field_order = ("person", "role", "title", "kind", "starts", "ends")

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data)
        self.fields["person"] = ReferenceField(reference("party"), actor, label=_("Person"))
        self.order_fields(self.field_order)
        for field in self.fields.values():
            field.widget.attrs["class"] = (
                "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            )

    def clean_person(self) -> Person:
        """A post is held by people, not by other posts."""
        person = Person.objects.filter(party=self.cleaned_data["person"]).first()
        if person is None:
            raise forms.ValidationError(_("Name a person."))
        return person


@require_http_methods(["GET", "POST"])
@guard("initiative.appoint", "the initiative")
@answered_once
def posts_page(request: HttpRequest, code: str) -> HttpResponse:
    """The posts on an initiative: who holds them, vacancies; fill and end."""
    row = _find(request, code)
    actor = actor_of(request)
    form = AppointForm(actor, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(actor, "initiative.appoint", row)
        if "end" in request.POST:
            holding = (
                Holding.objects.visible_to(actor).filter(pk=request.POST["end"], post__initiative=row).first()
            )
            if holding is None:
                raise Http404
            end_holding(actor, holding, _date(request.POST.get("last_day", "")))
            return redirect_to(request, reverse("initiatives:posts", args=[row.code]))
        if form.is_valid():
            _appoint(actor, row, form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect_to(request, reverse("initiatives:posts", args=[row.code]))
    posts = Post.objects.visible_to(actor).filter(initiative=row).prefetch_related("holdings__person")
    context = {
        "row": row,
        "crumbs": crumbs(actor, row),
        "posts": posts,
        "form": form,
        "may_appoint": can(actor, "initiative.appoint", row),
    }
    return page(request, "initiatives/posts.html", context, status=422 if request.method == "POST" else 200)


def _appoint(actor: Actor, row: Initiative, values: dict[str, Any]) -> None:
    title = values["title"] or str(ROLES[values["role"]].label)
    post = Post.objects.filter(initiative=row, role=values["role"], title=title).first()
    post = post or create_post(actor, row, values["role"], title)
    appoint(actor, post, values["person"], kind=values["kind"], starts=values["starts"], ends=values["ends"])


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
@guard("initiative.restrict", "the initiative")
@answered_once
def restrict_page(request: HttpRequest, code: str) -> HttpResponse:
    """Who alone may read an initiative and everything below it."""
    row = _find(request, code)
    actor = actor_of(request)
    require(actor, "initiative.restrict", row)
    entry = Entry.objects.get(pk=row.entry_id)
    readers = [r.party for r in entry.readers.select_related("party").order_by("party__sort_name")]
    field = ReferenceField(reference("party"), actor, label=_("Add a person or post"), required=False)
    form = forms.Form(request.POST if request.method == "POST" else None)
    form.fields["party"] = field
    field.widget.attrs["class"] = "form-control"
    if request.method == "POST" and form.is_valid():
        chosen = [r.pk for r in readers if f"keep-{r.pk}" in request.POST]
        if form.cleaned_data["party"]:
            chosen.append(form.cleaned_data["party"].pk)
        if chosen and actor.parties and not actor.parties & set(chosen):
            chosen.append(min(actor.parties))  # nobody locks themselves out by mistake
        restrict(actor, row, chosen)
        messages.success(request, _("Saved."))
        return redirect_to(request, reverse("initiatives:restrict", args=[row.code]))
    context = {"row": row, "crumbs": crumbs(actor, row), "readers": readers, "form": form}
    return page(request, "initiatives/restrict.html", context, status=422 if form.is_bound else 200)
