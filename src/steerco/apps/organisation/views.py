"""Pages of the organisation's settings: what it is called, its words, its own fields, its risk scales."""

from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.organisation.forms import KINDS, FieldForm, ScaleForm, SettingsForm
from steerco.apps.organisation.models import FieldDefinition
from steerco.apps.organisation.scales import BANDS, PROBABILITY, set_scale, steps_of
from steerco.apps.organisation.selectors import organisation, terms
from steerco.apps.organisation.services import configure, define_field, rename_term
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.pages.words import replaceable_words
from steerco.kit.permissions import Actor, Denied, can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.register import register_by_key
from steerco.kit.registers.views.finding import actor_of

ACTION = "organisation.configure"
PLACES = ((ACTION, "organisation:settings"), ("user.edit", "access:users"), ("audit.read", "audit:journal"))


def _administrator(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require(actor, ACTION)
    return actor


@require_GET
@guard("organisation.configure", "the organisation; or user.edit, audit.read for their own pages")
def start(request: HttpRequest) -> HttpResponse:
    """The first page of administration that the actor may open."""
    for action, name in PLACES:
        if can(actor_of(request), action):
            return HttpResponseRedirect(reverse(name))
    raise Denied(ACTION)


@require_http_methods(["GET", "POST"])
@guard(ACTION, "the organisation")
@answered_once
def settings_page(request: HttpRequest) -> HttpResponse:
    """The settings."""
    actor = _administrator(request)
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=organisation())
    if request.method == "POST" and form.is_valid():
        configure(actor, form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect_to(request, request.path)
    return page(request, "organisation/settings.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@guard(ACTION, "the organisation")
@answered_once
def words_page(request: HttpRequest) -> HttpResponse:
    """Own words for registers, states, types and choices, in each language."""
    actor = _administrator(request)
    language = request.GET.get("language") or translation.get_language() or settings.LANGUAGE_CODE
    if language not in dict(settings.LANGUAGES):
        raise Http404
    if request.method == "POST":
        for word in replaceable_words():
            if f"one:{word.key}" in request.POST:
                many = request.POST.get(f"many:{word.key}", "")
                rename_term(actor, word.key, language, request.POST[f"one:{word.key}"], many)
        messages.success(request, _("Saved."))
        return redirect_to(request, f"{request.path}?{urlencode({'language': language})}")
    context = {"groups": _word_groups(language), "language": language, "languages": settings.LANGUAGES}
    return page(request, "organisation/words.html", context)


def _word_groups(language: str) -> list[dict[str, Any]]:
    """The words by group, as (word, our singular, our plural, own singular, own plural), in `language`."""
    own = terms(language)
    groups = []
    with translation.override(language):
        for name, words in groupby(replaceable_words(), key=lambda word: str(word.group)):
            rows = [
                (word.key, str(word.singular), str(word.plural), *own.get(word.key, ("", "")))
                for word in words
            ]
            groups.append({"name": name, "rows": rows, "changed": sum(1 for row in rows if row[3])})
    return groups


@require_http_methods(["GET", "POST"])
@guard(ACTION, "the organisation")
@answered_once
def fields_page(request: HttpRequest) -> HttpResponse:
    """The organisation's own fields: all of them, and a form for one more."""
    actor = _administrator(request)
    form = FieldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        define_field(actor, values.pop("subject"), values)
        messages.success(request, _("Saved."))
        return redirect_to(request, request.path)
    kinds = dict(KINDS)
    groups = []
    for subject, rows in groupby(FieldDefinition.objects.all(), key=lambda row: row.subject):
        register = register_by_key(subject)
        label = register.label_plural if register else subject
        groups.append((label, [(row, kinds.get(row.kind, row.kind)) for row in rows]))  # type: ignore[call-overload]
    context = {"groups": groups, "form": form}
    return page(request, "organisation/fields.html", context, status=422 if form.is_bound else 200)


def _field(pk: int) -> FieldDefinition:
    row = FieldDefinition.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@require_http_methods(["GET", "POST"])
@guard(ACTION, "the organisation")
@answered_once
def field_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a field's label, choices, help and order."""
    actor = _administrator(request)
    row = _field(pk)
    form = FieldForm(request.POST if request.method == "POST" else None, row=row)
    if request.method == "POST" and form.is_valid():
        define_field(actor, row.subject, {**form.cleaned_data, "key": row.key})
        messages.success(request, _("Saved."))
        return redirect_to(request, reverse("organisation:fields"))
    context = {"form": form, "row": row}
    return page(request, "organisation/field.html", context, status=422 if form.is_bound else 200)


@require_POST
@guard(ACTION, "the organisation")
@answered_once
def retire_field(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a field out of use, or back into it; what was entered stays."""
    actor = _administrator(request)
    row = _field(pk)
    define_field(actor, row.subject, {"key": row.key, "active": not row.active})
    return redirect_to(request, reverse("organisation:fields"))


@require_http_methods(["GET", "POST"])
@guard(ACTION, "the organisation")
@answered_once
def scales_page(request: HttpRequest) -> HttpResponse:
    """The risk scales of one level of the tree."""
    actor = _administrator(request)
    levels = _levels()
    level = request.GET.get("level", "")
    if level not in dict(levels):
        raise Http404
    here = f"{request.path}?{urlencode({'level': level})}"
    asked = request.POST.get("axis", "")
    if request.method == "POST" and asked not in BANDS:
        raise Http404
    if "reset" in request.POST:
        set_scale(actor, level, asked, None)
        return redirect_to(request, here)
    scales = []
    for axis in BANDS:
        steps, owner = steps_of(level, axis)
        form = ScaleForm(axis, steps, request.POST if axis == asked else None)
        if form.is_bound and form.is_valid():
            try:
                set_scale(actor, level, axis, form.steps())
            except Invalid as error:
                form.add_error(None, error.errors[0]["steps"][0])
            else:
                messages.success(request, _("Saved."))
                return redirect_to(request, here)
        title = _("Probability") if axis == PROBABILITY else _("Impact")
        scales.append({"axis": axis, "title": title, "form": form, "owner": owner, "is_own": owner == level})
    context = {"scales": scales, "level": level, "levels": levels, "currency": organisation().currency}
    return page(request, "organisation/scales.html", context, status=422 if asked else 200)


def _levels() -> list[tuple[str, str]]:
    """The levels that may have scales of their own: all together, and each type of initiative."""
    register = register_by_key("initiative")
    types = register.all_columns()["type"].choices() if register else []
    return [("", _("all levels")), *types]
