"""The form of a record that follows from another one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from steerco.apps.initiatives.records import record_of
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.links.openings import INITIATIVE, Opening, open_from, opening_for, place_of
from steerco.apps.links.selectors import find_entry
from steerco.kit.history import Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.forms import RecordForm, started_with
from steerco.kit.registers.masking import mask
from steerco.kit.registers.register import Register, register_by_key, register_of
from steerco.kit.registers.views.finding import actor_of


@require_http_methods(["GET", "POST"])
@guard("record.edit", "the record, and record.create where the new one stands")
@answered_once
def open_page(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """GET: the new record as it would start. POST: write it, link the two, end the old one."""
    actor = actor_of(request)
    source, row, opening = _find(actor, pk, key)
    target = register_of(opening.target)
    posted = request.method == "POST"
    form = RecordForm(target, actor, request.POST if posted else None, initial=_initial(target, opening, row))
    if posted and form.is_valid():
        reason = request.POST.get("reason", "")[:2000]
        try:
            new = open_from(actor, opening, row, form.change(), reason=reason)
        except Invalid as error:
            form.add_refusals(error.errors[0])
        except Conflict:
            form.add_error(None, _("The record was changed meanwhile. Look at it and try again."))
        else:
            messages.success(request, _("Opened: %s") % target.title(new))
            return redirect_to(request, target.url(new))
    context = {
        "register": target,
        "row": row,
        "source": source,
        "source_title": source.title(row),
        "source_url": source.url(row),
        "opening": opening,
        "ending": _ending(source, opening, row),
        "form": form,
    }
    return page(request, "links/open.html", context, status=422 if posted else 200)


def _find(actor: Actor, pk: int, key: str) -> tuple[Register, Any, Opening]:
    """The register and the record that the actor may see, and what may be opened from it. Raises Http404."""
    entry = find_entry(actor, pk)
    if entry is None:
        raise Http404
    row: Any = entry.as_initiative if entry.register == INITIATIVE else record_of(entry)
    source = register_by_key(entry.register)
    if row is None or source is None or entry.state_group == StateGroup.DELETED:
        raise Http404
    mask(source, actor, [row])
    opening = opening_for(actor, row, key)
    if opening is None:
        raise Http404
    return source, row, opening


def _initial(target: Register, opening: Opening, row: Any) -> dict[str, Any]:
    """What the form starts with, as its fields show it: the model's defaults, then what the opening says."""
    return started_with(target, {"initiative": place_of(row), **opening.start(row)})


def _ending(source: Register, opening: Opening, row: Any) -> list[tuple[Any, str]]:
    """What happens to the old record, in words: (field, value)."""
    columns = source.all_columns()
    values = dict(opening.ends(row))
    probe = source.model(**values)
    return [(columns[name].label, columns[name].as_text(probe)) for name in values if name in columns]
