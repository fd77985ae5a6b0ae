"""The administrator's pages of accounts and roles."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.access.accounts import accounts, invite_user, password_link, people, renew_link, set_open
from steerco.apps.access.models import User
from steerco.apps.access.roles import ROLES
from steerco.kit.history import Invalid
from steerco.kit.journal import outbox
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, all_actions, can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.views.finding import actor_of

SHOWN = 200


class InviteForm(forms.Form):
    """Who is invited, and the role that they get for the whole organisation."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    role = forms.ChoiceField(label=gettext_lazy("Role for the whole organisation"), required=False)

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        none = ("", _("none: posts are given on initiatives"))
        roles = [none, *((key, role.label) for key, role in ROLES.items())]
        self.fields["role"] = forms.ChoiceField(
            label=self.fields["role"].label, choices=roles, required=False
        )
        for field in self.fields.values():
            css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = css


@dataclass(frozen=True)
class AccountView:
    """One account of the list."""

    user: User
    name: str
    posts: list[str]
    has_password: bool


def _listed(actor: Actor, text: str) -> tuple[list[AccountView], bool]:
    rows = list(accounts(actor, text)[: SHOWN + 1])
    ids = [row.pk for row in rows]
    names, posts = people().names(ids), people().posts(ids)
    views = [
        AccountView(row, names.get(row.pk, ""), list(posts.get(row.pk, ())), row.has_usable_password())
        for row in rows[:SHOWN]
    ]
    return views, len(rows) > SHOWN


@require_http_methods(["GET", "POST"])
@guard("user.edit", "the organisation")
@answered_once
def users_page(request: HttpRequest) -> HttpResponse:
    """Every account; a form that invites."""
    actor = actor_of(request)
    require(actor, "user.edit")
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            user = invite_user(actor, values["email"], values["name"], values["role"])
        except Invalid as error:
            for name, said in error.errors[0].items():
                form.add_error(name if name in form.fields else None, said)
        else:
            return _show_link(request, user)
    text = request.GET.get("q", "").strip()[:100]
    rows, more = _listed(actor, text)
    context = {"rows": rows, "more": more, "form": form, "text": text, "actor_user": actor.user_id}
    return page(request, "access/users.html", context, status=422 if form.is_bound else 200)


def _show_link(request: HttpRequest, user: User) -> HttpResponse:
    """The one-time link on a page of its own: shown now and never again."""
    context = {"account": user, "link": password_link(user), "by_mail": outbox.is_configured()}
    response = page(request, "access/link.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _account(request: HttpRequest, pk: int) -> User:
    user = accounts(actor_of(request)).filter(pk=pk).first()
    if user is None:
        raise Http404
    return user


@require_POST
@guard("user.edit", "the organisation")
@answered_once
def send_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link to set a password."""
    user = _account(request, pk)
    renew_link(actor_of(request), user)
    return _show_link(request, user)


@require_POST
@guard("user.edit", "the organisation")
@answered_once
def switch_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account or open it."""
    user = _account(request, pk)
    try:
        set_open(actor_of(request), user, not user.is_active)
    except Invalid as error:
        messages.error(request, error.errors[0]["__all__"][0])
    else:
        said = (
            _("%s is closed. Its sessions and tokens ended with it.")
            if user.is_active
            else _("%s is open again.")
        )
        messages.success(request, said % user.email)
    return redirect_to(request, reverse("access:users"))


@require_GET
@guard("user.edit", "the organisation; the roles are the same for all")
def roles_page(request: HttpRequest) -> HttpResponse:
    """What each role may do."""
    actor = actor_of(request)
    if not can(actor, "organisation.configure"):
        require(actor, "user.edit")
    used = set().union(*(role.actions for role in ROLES.values()))
    rows = [
        (action, [action.key in role.actions for role in ROLES.values()])
        for action in sorted(all_actions().values(), key=lambda a: a.key)
        if action.key in used
    ]
    return page(request, "access/roles.html", {"roles": list(ROLES.values()), "rows": rows})
