"""Pages of money: the sheet of an initiative, what is below a place, closing months."""

import json
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.finance.models import MoneyChange
from steerco.apps.finance.selectors import Sheet, changes_of, places_below, present_year, roll_up, sheet_of
from steerco.apps.finance.services import (
    Place,
    Wanted,
    close_months,
    confirm_figures,
    write_figures,
)
from steerco.apps.finance.showing import place_of, sheet_context
from steerco.apps.finance.undoing import may_undo
from steerco.apps.finance.wording import (
    LINES,
    amount_text,
    decimal_mark_here,
    line_label,
    percent_of,
    tone_of,
)
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import find_initiative
from steerco.apps.organisation.selectors import organisation
from steerco.engine.finance.years import year_label
from steerco.exchange.finance.amounts import Refused, Written, mark_in, parse_minor
from steerco.exchange.tables.said import told
from steerco.kit import clock
from steerco.kit.history import Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, can, require, visible_to
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.views.finding import actor_of

MOST_CELLS = 500


def find_place(actor: Actor, code: str) -> Initiative:
    """The initiative whose money the actor may read. Raises Http404: hidden is missing."""
    found = find_initiative(actor, code)
    rows = Initiative.objects.filter(pk=found.pk if found else 0)
    if found is None or not visible_to(rows, actor, view="snapshot.view").exists():
        raise Http404
    return found


def year_of(request: HttpRequest) -> int:
    """The fiscal year that the address names, else the present one."""
    text = request.GET.get("year", "") or request.POST.get("year", "")
    return int(text) if text.isdigit() and len(text) == 4 and 1990 <= int(text) <= 2098 else present_year()


def day_of(text: str) -> date:
    """A day as a form sends it; today where it is empty. Raises Invalid."""
    if not text.strip():
        return clock.today()
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid({0: {"as_of": [_("“%(text)s” is no date.") % {"text": text[:40]}]}}) from None


def problems(error: Invalid) -> str:
    """What was refused, in sentences, each once."""
    texts = [m for errors in error.errors.values() for ms in errors.values() for m in ms]
    return " ".join(dict.fromkeys(texts))


@require_GET
@guard("snapshot.view", "any initiative that the reader sees")
def overview(request: HttpRequest) -> HttpResponse:
    """Money of everything that the reader sees."""
    return _roll_up(request, None)


@require_GET
@guard("snapshot.view", "the initiative")
def below(request: HttpRequest, code: str) -> HttpResponse:
    """Money at and below a place."""
    return _roll_up(request, find_place(actor_of(request), code))


def _roll_up(request: HttpRequest, initiative: Initiative | None) -> HttpResponse:
    actor = actor_of(request)
    found = roll_up(actor, initiative, year_of(request))
    starts = organisation().fiscal_year_start

    def shown(money: Any) -> dict[str, Any]:
        return {
            "currency": money.currency,
            "places": money.places,
            "data_date": money.data_date,
            "spent_to": money.spent_to,
            "parts": [_shown_outlook(one, money.currency) for one in (money.year, money.life)],
        }

    context = {
        "initiative": initiative,
        "found": found,
        "year": found.year,
        "years": [(one, year_label(one, starts)) for one in range(found.year - 1, found.year + 2)],
        "totals": [shown(money) for money in found.totals],
        "lines": [
            (line, [shown(line.money[currency]) for currency in sorted(line.money)]) for line in found.lines
        ],
        "may_upload": can(actor, "snapshot.import", anywhere=True),
        "may_close": can(actor, "money.close", initiative),
        "today": clock.today(),
    }
    return page(request, "finance/below.html", context)


def _shown_outlook(one: Any, currency: str) -> dict[str, Any]:
    return {
        "approved": amount_text(one.approved, currency),
        "spent": amount_text(one.spent, currency),
        "ahead": amount_text(one.ahead, currency),
        "expected": amount_text(one.expected, currency),
        "variance": amount_text(one.variance, currency),
        "percent": percent_of(one.variance, one.approved),
        "tone": tone_of(one),
    }


@require_http_methods(["GET", "POST"])
@guard("snapshot.view", "the initiative; snapshot.import to write")
@answered_once
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The money of one initiative by month; its cells are written here."""
    actor = actor_of(request)
    place = find_place(actor, code)
    if request.method == "POST":
        require(actor, "snapshot.import", place)
        return _save(request, actor, place)
    return _sheet_page(request, actor, place)


def _sheet_page(
    request: HttpRequest,
    actor: Actor,
    place: Initiative,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    found = sheet_of(actor, place)
    context = {
        **sheet_context(actor, found, year_of(request), typed, errors),
        "shown": json.dumps(_shown(found)),
        "changes": [(change, may_undo(actor, change)) for change in changes_of(actor, place)],
        "problem": problem,
        "typed_reason": request.POST.get("reason", ""),
        "has_below": places_below(actor, place).exclude(pk=place.pk).exists(),
        "lines": [(f"{kind}-{nature}", line_label(kind, nature)) for kind, nature in LINES],
    }
    return page(request, "finance/sheet.html", context, status=status)


def _shown(found: Sheet) -> dict[str, int]:
    """What stands in the cells of a sheet, by their names; a form sends it back to tell what was changed meanwhile."""
    return {f"c-{f.month:%Y-%m}-{f.kind}-{f.nature}": f.minor for f in found.figures}


def _save(request: HttpRequest, actor: Actor, place: Initiative) -> HttpResponse:
    """Write the cells that were changed, all or none."""
    post = request.POST
    before = sheet_of(actor, place)
    currency = (post.get("currency", "").strip().upper() if not before.figures else "") or before.currency
    wanted, shown, errors = _typed(post, currency)
    if errors:
        text = _("Nothing was written: some amounts cannot be read.")
        typed = {name: str(post[name]) for name in post if place_of(name)}
        return _sheet_page(request, actor, place, typed=typed, errors=errors, problem=text, status=422)
    here = f"{reverse('finance:sheet', args=[place.code])}?year={year_of(request)}"
    problem, status = "", 422
    try:
        change = write_figures(
            actor,
            place,
            wanted,
            as_of=day_of(post.get("as_of", "")),
            how=MoneyChange.How.TYPED,
            reason=post.get("reason", "")[:500],
            shown=shown,
            currency=currency if not before.figures else "",
        )
    except Conflict:
        problem, status = _("Somebody changed the sheet meanwhile. Nothing was written: look again."), 409
    except Invalid as error:
        problem = problems(error)
    else:
        if change is None:
            messages.info(request, _("Nothing was changed."))
        else:
            text = ngettext("%(n)s figure written.", "%(n)s figures written.", change.figures)
            messages.success(request, text % {"n": change.figures})
        return redirect_to(request, here)
    typed = {name: str(post[name]) for name in post if place_of(name)}
    return _sheet_page(request, actor, place, typed=typed, problem=problem, status=status)


def _typed(post: QueryDict, currency: str) -> tuple[list[Wanted], dict[Place, int | None], dict[str, str]]:
    """(what was changed, what was shown there, what cannot be read by the name of its cell)."""
    cells = {name: (place, str(post[name])) for name in list(post)[:MOST_CELLS] if (place := place_of(name))}
    written = Written(currency, mark_in((text for _place, text in cells.values()), decimal_mark_here()))
    shown = _was_shown(post.get("shown", ""))
    wanted, seen, errors = [], {}, {}
    for name, (place, text) in cells.items():
        try:
            minor = parse_minor(text, written)
        except Refused as refusal:
            errors[name] = told(refusal.said, _)
            continue
        if minor != shown.get(name):
            wanted.append(Wanted(*place, minor))
            seen[place] = shown.get(name)
    return wanted, seen, errors


def _was_shown(text: str) -> dict[str, int]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if type(value) is int}


@require_POST
@guard("snapshot.import", "the initiative")
@answered_once
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Say that the figures are right as of a day: nothing else changes."""
    actor = actor_of(request)
    place = find_place(actor, code)
    require(actor, "snapshot.import", place)
    try:
        change = confirm_figures(actor, place, day_of(request.POST.get("as_of", "")))
    except Invalid as error:
        messages.error(request, problems(error))
    else:
        text = _("The figures are right as of that day.") if change else _("Nothing was changed.")
        messages.success(request, text)
    return redirect_to(request, reverse("finance:sheet", args=[place.code]))


@require_POST
@guard("money.close", "the initiative")
@answered_once
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Close the months of one sheet, or of all below, or open them again."""
    actor = actor_of(request)
    place = find_place(actor, code)
    require(actor, "money.close", place)
    places = [place]
    if "below" in request.POST:
        places = [row for row in places_below(actor, place) if can(actor, "money.close", row)]
    name = "finance:below" if "below" in request.POST else "finance:sheet"
    return _close(request, actor, places, reverse(name, args=[place.code]))


@require_POST
@guard("money.close", "the organisation")
@answered_once
def close_all(request: HttpRequest) -> HttpResponse:
    """Close the months of every sheet."""
    actor = actor_of(request)
    require(actor, "money.close")
    places = [row for row in places_below(actor, None) if can(actor, "money.close", row)]
    return _close(request, actor, places, reverse("finance:overview"))


def _close(request: HttpRequest, actor: Actor, places: list[Initiative], back: str) -> HttpResponse:
    text = request.POST.get("to", "").strip()
    try:
        to = None
        if "reopen" not in request.POST:
            if not text:
                raise Invalid({0: {"to": [_("Choose the last month that is closed.")]}})
            to = day_of(f"{text}-01" if len(text) == 7 else text)
        changed = close_months(actor, places, to, request.POST.get("reason", "")[:500])
    except Invalid as error:
        messages.error(request, problems(error))
    else:
        said = ngettext("%(n)s sheet changed.", "%(n)s sheets changed.", changed) % {"n": changed}
        messages.success(request, said)
    return redirect_to(request, back)
