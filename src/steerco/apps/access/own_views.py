"""Everybody's own account: language, colours, and the tokens of their programs."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from steerco.apps.access.accounts import change_own_account, own_account, people
from steerco.apps.access.models import Token, User
from steerco.apps.access.tokens import issue_token, revoke_token
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.pages.panels import buttons_at
from steerco.kit.permissions import all_actions
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.views.finding import actor_of

LIVES = ((30, gettext_lazy("30 days")), (90, gettext_lazy("90 days")), (365, gettext_lazy("a year")))


class AccountForm(forms.Form):
    """What somebody sets for themselves."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    palette = forms.ChoiceField(
        label=gettext_lazy("Colours"), choices=User._meta.get_field("palette").flatchoices
    )


class TokenForm(forms.Form):
    """A new key for a program."""

    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=100)
    days = forms.TypedChoiceField(label=gettext_lazy("Works for"), choices=LIVES, coerce=int, initial=90)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Limited to"),
        required=False,
        help_text=gettext_lazy("Nothing chosen: everything that you may do."),
    )

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        actions = [(action.key, action.label) for action in all_actions().values()]
        old = self.fields["scopes"]
        self.fields["scopes"] = forms.MultipleChoiceField(
            label=old.label,
            help_text=old.help_text,
            choices=actions,
            required=False,
            widget=forms.SelectMultiple(attrs={"size": 8}),
        )


def _dress(form: forms.Form) -> forms.Form:
    for field in form.fields.values():
        css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
        field.widget.attrs["class"] = css
    return form


@require_http_methods(["GET", "POST"])
@guard("person.view", "the actor's own account")
@answered_once
def account_page(request: HttpRequest) -> HttpResponse:
    """Language, colours, and what one holds."""
    actor = actor_of(request)
    user = own_account(actor)
    if user is None:
        raise Http404
    initial = {"language": user.language or settings.LANGUAGE_CODE, "palette": user.palette}
    form = AccountForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        change_own_account(actor, form.cleaned_data["language"], form.cleaned_data["palette"])
        messages.success(request, _("Saved."))
        response = redirect_to(request, request.path)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"], samesite="Lax")
        return response
    context = {
        "form": _dress(form),
        "account": user,
        "posts": people().posts([user.pk]).get(user.pk, ()),
        "page_buttons": buttons_at("account", actor, user),
    }
    return page(request, "access/account.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@guard("person.view", "the actor's own tokens")
@answered_once
def tokens_page(request: HttpRequest) -> HttpResponse:
    """The actor's tokens; a new one's secret is shown once, here and now."""
    actor = actor_of(request)
    form, secret = TokenForm(request.POST if request.method == "POST" else None), ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        until = clock.now() + timedelta(days=values["days"])
        try:
            _token, secret = issue_token(actor, values["name"], values["scopes"] or None, until)
        except Invalid as error:
            for name, said in error.errors[0].items():
                form.add_error(name if name in form.fields else None, said)
        else:
            form = TokenForm()
    labels = {action.key: str(action.label) for action in all_actions().values()}
    tokens = Token.objects.visible_to(actor).filter(revoked_at=None, expires_at__gt=clock.now())
    rows = [(token, [labels.get(key, key) for key in token.scopes or ()]) for token in tokens.order_by("-pk")]
    context = {"rows": rows, "form": _dress(form), "secret": secret}
    response = page(request, "access/tokens.html", context, status=422 if form.is_bound else 200)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@guard("person.view", "the actor's own token")
@answered_once
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a token useless."""
    actor = actor_of(request)
    token = Token.objects.visible_to(actor).filter(pk=pk).first()
    if token is None:
        raise Http404
    revoke_token(actor, token)
    return redirect_to(request, reverse("access:tokens"))
