"""Bulk edit: choose rows (or all that match), see how many would change, then change them in one action."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from steerco.kit.history import Change, Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import can, read_ahead
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.forms import RecordForm
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.register import Register
from steerco.kit.registers.views.finding import actor_of, find_register

LIMIT = 2000


@require_POST
@guard("record.edit", "each chosen record")
@answered_once
def bulk(request: HttpRequest, slug: str) -> HttpResponse:
    """Step 1: choose a field and a value; step 2 (`confirm`): write. Both show what will be left alone and why."""
    register = find_register(slug, actor_of(request))
    actor = actor_of(request)
    columns = {
        n: c for n, c in register.editable_columns().items() if c.kind is not Kind.LONG and not c.custom
    }
    name = request.POST.get("field", "")
    rows, left_out = _chosen(register, request, columns.get(name))
    form = RecordForm(
        register, actor, request.POST if name in columns and "apply" in request.POST else None, names=[name]
    )
    if name in columns:
        form.fields[name].required = False
    context: dict[str, Any] = {
        "register": register,
        "rows": rows,
        "left_out": left_out,
        "columns": columns,
        "form": form,
        "field": form[name] if name in columns else None,
        "name": name,
        "query": request.POST.get("query", ""),
        "everything": bool(request.POST.get("everything")),
        "limit": LIMIT,
        "problems": [],
    }
    if not rows:
        context["problems"] = [_("Choose entries that you may change.")]
    if context["problems"] or not form.is_bound or not form.is_valid():
        refused = form.is_bound or not rows
        return page(request, "registers/bulk.html", context, status=422 if refused else 200)
    value = form.change().values.get(name)
    column = columns[name]
    value = value if value is not None or column.model_field.null else ""
    attname = column.model_field.attname
    changing = [r for r in rows if getattr(r, attname) != getattr(value, "pk", value)]
    context |= {"changing": changing, "value": str(value or "—")}
    if "confirm" in request.POST:
        try:
            changes = [Change({name: value}, pk=row.pk) for row in changing]
            register.write(actor, changes, reason=request.POST.get("reason", "")[:2000])
        except Invalid as error:
            context["problems"] = [
                f"{register.title(changing[i])}: {'; '.join(m for ms in e.values() for m in ms)}"
                for i, e in error.errors.items()
            ]
        except Conflict as error:
            context["problems"] = [_("%s was changed meanwhile. Try again.") % register.title(error.instance)]
        else:
            count = len(changing)
            messages.success(request, ngettext("%d entry changed.", "%d entries changed.", count) % count)
            return redirect_to(request, f"{register.list_url()}?{context['query']}")
    return page(request, "registers/bulk.html", context, status=422 if context["problems"] else 200)


def _chosen(register: Register, request: HttpRequest, column: Column | None) -> tuple[list[Any], int]:
    """The chosen rows in which the actor may edit the column, and how many of the choice they may not."""
    actor = actor_of(request)
    queryset, _scope, _filters = queryset_for(register, actor, QueryDict(request.POST.get("query", "")))
    if not request.POST.get("everything"):
        ids = [int(pk) for pk in request.POST.getlist("pk") if pk.isdigit()][:LIMIT]
        queryset = register.rows(actor).filter(pk__in=ids)
    rows = list(queryset.order_by("pk")[: LIMIT + 1])
    if len(rows) > LIMIT:
        raise Http404
    read_ahead(actor, rows)
    allowed = [row for row in rows if register.allows(actor, "edit", row)]
    if column is not None and column.needs:
        allowed = [row for row in allowed if can(actor, column.needs, row)]
    return allowed, len(rows) - len(allowed)
