"""One record: its page, its form, its transitions, deletion and return."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.kit.history import Change, Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.pages.panels import buttons_at, render_panels
from steerco.kit.permissions import Denied, can
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.columns import Column
from steerco.kit.registers.forms import BehalfForm, RecordForm
from steerco.kit.registers.masking import mask_past
from steerco.kit.registers.recordpage import held_at, history, open_transitions, sections
from steerco.kit.registers.register import Register
from steerco.kit.registers.scopes import find_scope
from steerco.kit.registers.views.finding import actor_of, find_register, find_row


@require_GET
@guard("record.view", "the record")
def record_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One record, now or as the system held it at an instant (`as_at`)."""
    register, row = find_row(request, slug, pk, deleted=True)
    actor = actor_of(request)
    moment = _moment(request.GET.get("as_at", ""))
    held = held_at(register, row, moment) if moment else row
    if moment and held is not None:
        mask_past(register, actor, held, row)
    context = {
        "register": register,
        "row": row,
        "title": register.title(held) if held is not None else register.title(row),
        "held": held,
        "moment": moment,
        "sections": sections(register, held) if held is not None else [],
        "transitions": [] if moment else open_transitions(register, actor, row),
        "page_buttons": [] if moment or getattr(row, "deleted", False) else buttons_at("record", actor, row),
        "events": history(register, actor, row),
        "first": [] if moment else render_panels("record.top", request, actor, row),
        "panels": [] if moment else render_panels("record", request, actor, row),
        "may_edit": register.allows(actor, "edit", row) and not getattr(row, "deleted", False),
        "may_delete": register.has_deleted and register.allows(actor, "delete", row),
        "may_open_scope": register.scope_path
        and can(actor, "initiative.view", getattr(row, "initiative", None)),
    }
    return page(request, "registers/record.html", context)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    if moment is not None and moment.tzinfo is None:
        moment = (
            moment.replace(hour=23, minute=59, second=59, tzinfo=UTC)
            if len(text) <= 10
            else moment.replace(tzinfo=UTC)
        )
    return moment


@require_http_methods(["GET", "POST"])
@guard("record.create", "the initiative chosen")
@answered_once
def add_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A form for a new record."""
    register = find_register(slug, actor_of(request))
    actor = actor_of(request)
    if not register.allows(actor, "create", anywhere=True):
        raise Denied(register.actions["create"])
    scope = find_scope(actor, request.GET.get("in", ""))
    initial = {register.scope_path: scope.code} if scope and register.scope_path else {}
    data = request.POST if request.method == "POST" else None
    form = RecordForm(register, actor, data, initial={**_defaults(register), **initial})
    return _form_page(request, register, form, None)


def _defaults(register: Register) -> dict[str, Any]:
    return {
        name: column.model_field.get_default()
        for name, column in register.editable_columns().items()
        if column.model_field is not None and column.model_field.has_default()
    }


@require_http_methods(["GET", "POST"])
@guard("record.edit", "the record")
@answered_once
def edit_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The form of a record."""
    register, row = find_row(request, slug, pk)
    actor = actor_of(request)
    if not register.allows(actor, "edit", row):
        raise Denied(register.actions["edit"])
    return edit_form_page(request, register, row)


def edit_form_page(request: HttpRequest, register: Register, row: Any) -> HttpResponse:
    """The form of `row`, read or written; for apps that have an address of their own for it."""
    form = RecordForm(
        register, actor_of(request), request.POST if request.method == "POST" else None, row=row
    )
    return _form_page(request, register, form, row)


def _form_page(request: HttpRequest, register: Register, form: RecordForm, row: Any) -> HttpResponse:
    actor = actor_of(request)
    behalf = (
        BehalfForm(actor, request.POST if request.method == "POST" else None) if register.is_records else None
    )
    conflict: list[tuple[Column, str, str]] = []
    if request.method == "POST" and form.is_valid() and (behalf is None or behalf.is_valid()):
        try:
            change = form.change()
            acting = behalf.acting() if behalf else actor
            saved = register.write(acting, [change], reason=request.POST.get("reason", "")[:2000])[0]
        except Invalid as error:
            form.add_refusals(error.errors[0])
        except Conflict as error:
            conflict = _conflict(register, form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect_to(request, register.url(saved))
    context = {
        "register": register,
        "row": row,
        "title": register.title(row) if row is not None else register.label,
        "form": form,
        "behalf": behalf,
        "conflict": conflict,
        "current_version": getattr(row, "version", 0),
        "beside": [] if row is not None else render_panels(f"form.{register.key}", request, actor, None),
    }
    refused = request.method == "POST"
    return page(request, "registers/form.html", context, status=409 if conflict else 422 if refused else 200)


def _conflict(register: Register, form: RecordForm, error: Conflict) -> list[tuple[Column, str, str]]:
    """(column, their value, my value) of each field that both changed, as people read it."""
    columns = register.all_columns()
    theirs = error.instance
    found = []
    for name in [f.name for f in error.fields]:
        column = columns.get(name)
        if column is not None:
            found.append((column, column.as_text(theirs), str(form.data.get(name, ""))))
    return found


@require_http_methods(["GET", "POST"])
@guard("record.transition", "the record")
@answered_once
def transition(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """GET: the fields that a transition asks for. POST: take it."""
    register, row = find_row(request, slug, pk)
    actor = actor_of(request)
    way = next((t for t in open_transitions(register, actor, row) if t.key == key), None)
    withheld = register.withheld(row).get(key) if way is None else None
    if withheld:  # a page that was opened before shows a button that is no longer there
        messages.error(request, withheld)
        return redirect_to(request, register.url(row))
    if way is None or register.states is None:
        raise Http404
    names = [n for n in way.asks if n in register.editable_columns()]
    posted = request.method == "POST"
    form = RecordForm(register, actor, request.POST if posted else None, row=row, names=names)
    if posted and form.is_valid():
        values = form.change().values
        change = Change({**values, "state": way.target}, pk=row.pk, version=row.version)
        try:
            register.write(actor, [change], reason=request.POST.get("reason", "")[:2000])
        except Invalid as error:
            form = RecordForm(register, actor, request.POST, row=row, names=names)
            form.is_valid()
            form.add_refusals(error.errors[0])
        else:
            messages.success(request, _("Now: %s") % register.states.by_key[way.target].label)
            return redirect_to(request, register.url(row))
    context = {"register": register, "row": row, "way": way, "form": form, "title": register.title(row)}
    return page(request, "registers/transition.html", context, status=422 if posted else 200)


@require_POST
@guard("record.delete", "the record")
def delete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Mark a record deleted, or take that back."""
    register, row = find_row(request, slug, pk, deleted=True)
    if not register.has_deleted:
        raise Http404
    restore = bool(getattr(row, "deleted", False))
    reason = request.POST.get("reason", "")[:2000]
    try:
        register.delete(actor_of(request), [row.pk], restore=restore, reason=reason)
    except Invalid as refusal:
        messages.error(request, refusal.text)
    else:
        done = _("Restored.") if restore else _("Deleted. It can be restored from this page.")
        messages.success(request, done)
    return redirect_to(request, register.url(row))
