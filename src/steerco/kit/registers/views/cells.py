"""Click-to-edit: one cell as an editor, saved alone, with both values shown when somebody else was faster."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from steerco.kit.history import Conflict, Invalid
from steerco.kit.permissions import Denied
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.forms import RecordForm
from steerco.kit.registers.listing import Cell
from steerco.kit.registers.masking import is_masked, mask
from steerco.kit.registers.register import Register
from steerco.kit.registers.views.finding import actor_of, find_row


@require_http_methods(["GET", "POST"])
@guard("record.edit", "the record")
def cell(request: HttpRequest, slug: str, pk: int, name: str) -> HttpResponse:
    """GET: the editor (or with `show`, the cell as it is). POST: save it."""
    register, row = find_row(request, slug, pk)
    actor = actor_of(request)
    column = register.editable_columns().get(name)
    if column is None or is_masked(column, row):
        raise Http404
    if "show" in request.GET:
        return _shown(request, register, row, name)
    if not register.allows(actor, "edit", row):
        raise Denied(register.actions["edit"])
    form = RecordForm(register, actor, request.POST or None, row=row, names=[name])
    context: dict[str, Any] = {"register": register, "row": row, "column": column, "field": form[name]}
    if request.method == "GET":
        return render(request, "registers/_cell_editor.html", {**context, "version": row.version})
    version, status = request.POST.get("version", ""), 422
    if form.is_valid():
        try:
            row = register.write(actor, [form.change()])[0]
        except Invalid as error:
            form.add_refusals(error.errors[0])
        except Conflict as error:
            context["theirs"] = column.as_text(error.instance)
            version, status = str(error.instance.version), 409
        else:
            fresh = register.find(actor, row.pk) or row
            mask(register, actor, [fresh])
            return _shown(request, register, fresh, name, saved=True)
    return render(request, "registers/_cell_editor.html", {**context, "version": version}, status=status)


def _shown(
    request: HttpRequest, register: Register, row: Any, name: str, *, saved: bool = False
) -> HttpResponse:
    column = register.all_columns()[name]
    editable = register.allows(actor_of(request), "edit", row)
    found = Cell(column, column.as_html(row), editable=editable)
    context = {"register": register, "row": row, "cell": found, "saved": saved}
    return render(request, "registers/_cell.html", context)
