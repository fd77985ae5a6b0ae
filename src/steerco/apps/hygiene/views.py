"""The list of what is not in order, what is done with many at once, the rules in words with their limits."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.followups.selectors import items
from steerco.apps.hygiene.looking import limit_of, limits, the_look
from steerco.apps.hygiene.rules import RULES
from steerco.apps.hygiene.selectors import (
    chosen_entries,
    lines,
    list_url,
    looked_at,
    registers_by_key,
    rule_counts,
    score,
    unanswered,
    unit_scores,
)
from steerco.apps.hygiene.services import (
    MOST,
    Plan,
    carry_out,
    confirm,
    confirm_as_read,
    plan,
    set_limits,
)
from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.records import rows_of
from steerco.apps.initiatives.selectors import find_initiative
from steerco.kit.fields import sort_key
from steerco.kit.history import Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to, wants_fragment
from steerco.kit.pages.panels import render_panels
from steerco.kit.permissions import Actor, can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.forms import RecordForm
from steerco.kit.registers.inputs import ReferenceField
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import Register
from steerco.kit.registers.views.finding import actor_of

SHOWN = 200
ACTIONS = {
    "confirm": gettext_lazy("Confirm as still right"),
    "ask": gettext_lazy("Ask the owners"),
    "reassign": gettext_lazy("Give to another owner"),
    "close": gettext_lazy("Close"),
}


class Chosen:
    """What the address or the form chooses: a place, a rule, a register, an owner. Raises Http404 for what is not."""

    def __init__(self, actor: Actor, values: Any) -> None:
        self.place: Initiative | None = None
        if code := values.get("in", ""):
            self.place = find_initiative(actor, code[:60])
            if self.place is None:
                raise Http404
        self.rule, self.register = values.get("rule", ""), values.get("register", "")
        self.owner = values.get("owner", "")[:80]
        self.known = registers_by_key()
        if (self.rule and self.rule not in RULES) or (self.register and self.register not in self.known):
            raise Http404

    def entries(self, actor: Actor) -> Any:
        """The entries that it means."""
        return chosen_entries(actor, self.place, self.rule, self.register, sort_key(self.owner))

    @property
    def ways(self) -> list[tuple[str, Any]]:
        """The ways to close entries of the one register that is chosen."""
        register = self.known.get(self.register)
        if register is None or register.states is None:
            return []
        states = register.states
        return [(w.key, w.label) for w in states.transitions if states.group(w.target) == "done"]

    def context(self) -> dict[str, Any]:
        """For the templates."""
        return {
            "chosen": self,
            "place": self.place,
            "rules": {key: rule.label for key, rule in RULES.items()},
            "registers": self.known,
            "back": list_url(self.place, self.rule, self.register),
            "actions": ACTIONS,
        }


@require_GET
@guard("record.view", "the entries that the actor may read")
def list_page(request: HttpRequest) -> HttpResponse:
    """What is not in order, by rule, and the entries that the filters mean."""
    actor = actor_of(request)
    chosen = Chosen(actor, request.GET)
    entries = chosen.entries(actor)
    first = list(entries[: SHOWN + 1])
    count = len(first) if len(first) <= SHOWN else entries.order_by().count()
    context = {
        **chosen.context(),
        "counts": rule_counts(actor, chosen.place),
        "score": score(actor, chosen.place),
        "units": unit_scores(actor, chosen.place),
        "lines": lines(first[:SHOWN]),
        "count": count,
        "left_out": max(0, count - SHOWN),
        "at": looked_at(),
        "may_clean": can(actor, "record.edit", anywhere=True),
        "panels": render_panels("hygiene", request, actor, chosen.place),
    }
    return page(request, "hygiene/list.html", context)


@require_POST
@guard("record.edit", "each chosen entry")
@answered_once
def clean(request: HttpRequest) -> HttpResponse:
    """One thing done with many entries: first how many and which are left alone, then (`confirm`) done."""
    actor = actor_of(request)
    chosen = Chosen(actor, request.POST)
    action, way = request.POST.get("action", ""), request.POST.get("way", "")
    if action not in ACTIONS or (way and way not in dict(chosen.ways)):
        raise Http404
    entries = _entries(actor, chosen, request)
    problems: list[str] = []
    to, form = None, None
    if action == "reassign":
        to, problems = _receiver(actor, request)
    if action == "close" and way:
        form, asked = _closing(actor, chosen.known[chosen.register], way, request)
        problems = [] if asked else [_("Say how it ended.")]
    found = plan(actor, entries, action, way=way, to=to)
    if not found.count and not problems:
        problems = [_("Nothing of what you chose can be done.")]
    if "confirm" in request.POST and not problems:
        values = form.change().values if form is not None and form.is_valid() else {}
        problems = _carry_out(actor, found, action, way, to, values, request)
        if not problems:
            done = ngettext("%d entry done.", "%d entries done.", found.count) % found.count
            messages.success(request, done)
            return redirect_to(request, chosen.context()["back"])
    context = {
        **chosen.context(),
        "plan": found,
        "action": action,
        "action_label": ACTIONS[action],
        "way": way,
        "way_label": dict(chosen.ways).get(way, ""),
        "to": to,
        "to_text": request.POST.get("to", ""),
        "form": form,
        "problems": problems,
        "ids": [entry.pk for entry in entries],
        "reason": request.POST.get("reason", "")[:300],
        "is_everything": "everything" in request.POST,
    }
    return page(request, "hygiene/clean.html", context, status=422 if problems else 200)


def _entries(actor: Actor, chosen: Chosen, request: HttpRequest) -> list[Entry]:
    """The entries that were ticked, or all that the filters mean. Raises Http404 for more than can be done at once."""
    rows = chosen.entries(actor)
    if "everything" not in request.POST:
        ids = [int(pk) for pk in request.POST.getlist("pk") if pk.isascii() and pk.isdigit()][:MOST]
        rows = rows.filter(pk__in=ids)
    found = list(rows[: MOST + 1])
    if len(found) > MOST:
        raise Http404
    return found


def _receiver(actor: Actor, request: HttpRequest) -> tuple[Any, list[str]]:
    field = ReferenceField(reference("party"), actor, error_messages={"required": _("Name the new owner.")})
    try:
        return field.clean(request.POST.get("to", "")), []
    except ValidationError as error:
        return None, list(error.messages)


def _closing(
    actor: Actor, register: Register, way: str, request: HttpRequest
) -> tuple[RecordForm | None, bool]:
    """The fields that the way asks for, bound once they are filled; and whether nothing is missing."""
    if register.states is None:
        raise Http404
    names = [n for n in register.states.transition(way).asks if n in register.editable_columns()]
    if not names:
        return None, True
    bound = "confirm" in request.POST
    form = RecordForm(register, actor, request.POST if bound else None, names=names)
    for name in names:
        form.fields[name].required = True
    return form, not bound or form.is_valid()


def _carry_out(
    actor: Actor, found: Plan, action: str, way: str, to: Any, values: Any, request: HttpRequest
) -> list[str]:
    try:
        carry_out(
            actor, found, action, way=way, to=to, values=values, reason=request.POST.get("reason", "")[:300]
        )
    except Invalid as error:
        return sorted({text for row in error.errors.values() for texts in row.values() for text in texts})
    except Conflict:
        return [_("Something was changed meanwhile. Try again.")]
    return []


@require_GET
@guard("record.view", "follow-ups on the entries that the actor may read")
def unanswered_page(request: HttpRequest) -> HttpResponse:
    """What was asked and not answered for a week after its date."""
    actor = actor_of(request)
    chosen = Chosen(actor, request.GET)
    found = list(unanswered(actor, chosen.place)[: SHOWN + 1])
    context = {**chosen.context(), "items": items(found[:SHOWN]), "is_more": len(found) > SHOWN}
    return page(request, "hygiene/unanswered.html", context)


@require_http_methods(["GET", "POST"])
@guard("organisation.configure", "the organisation; reading needs no more than an account")
@answered_once
def rules_page(request: HttpRequest) -> HttpResponse:
    """The rules in words with their limits; those who configure the organisation set them."""
    actor = actor_of(request)
    own, look = limits(), the_look()
    problems: list[str] = []
    if request.method == "POST":
        require(actor, "organisation.configure")
        typed = {
            key: (request.POST.get(f"limit-{key}", "").strip(), f"off-{key}" in request.POST) for key in RULES
        }
        wrong = [key for key, (limit, _off) in typed.items() if not (limit.isascii() and limit.isdigit())]
        if wrong:
            problems = [f"{RULES[key].label}: {_('Take a number from 0 to 3650.')}" for key in wrong]
        else:
            wanted = {
                key: (int(limit[:6]), off)
                for key, (limit, off) in typed.items()
                if ((rule := RULES[key]) and (int(limit[:6]), off) != (rule.limit, False)) or (key, "") in own
            }
            try:
                set_limits(
                    actor,
                    wanted,
                    asks_owners="asks_owners" in request.POST,
                    measures_people="measures_people" in request.POST,
                )
            except Invalid as error:
                problems = [text for texts in error.errors[0].values() for text in texts]
            else:
                messages.success(request, _("Saved. The next look uses it."))
                return redirect_to(request, request.path)
    rows = [(rule, limit_of(rule, None, own), (own.get((key, ""))) or rule) for key, rule in RULES.items()]
    shown = [
        {"rule": rule, "limit": row.limit, "off": limit is None, "words": rule.said(row.limit)}
        for rule, limit, row in rows
    ]
    context = {
        "rows": shown,
        "look": look,
        "problems": problems,
        "may_set": can(actor, "organisation.configure"),
    }
    return page(request, "hygiene/rules.html", context, status=422 if problems else 200)


@require_POST
@guard("record.edit", "the entry")
@answered_once
def confirm_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm one entry in one click, as it stood on the page where that was said; back to its page."""
    actor = actor_of(request)
    entry = Entry.objects.visible_to(actor).filter(pk=pk, state_group="open").first()
    if entry is None:
        raise Http404
    register, row = rows_of([entry])[entry.pk]
    typed = request.POST.get("version", "")
    if not typed:
        confirm(actor, [entry])
    elif not confirm_as_read(actor, entry, row, int(typed) if typed.isascii() and typed.isdigit() else 0):
        messages.error(request, _("It was changed since you opened it. Look at it and confirm again."))
        return redirect_to(request, register.url(row))
    if wants_fragment(request):
        return page(request, "hygiene/_confirmed.html", {}, fragment="hygiene/_confirmed.html")
    messages.success(request, _("Confirmed: it is still right as it stands."))
    return redirect_to(request, register.url(row))
