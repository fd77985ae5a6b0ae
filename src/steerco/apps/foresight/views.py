"""The list of early warnings, one warning with what may be decided about it, the rules and how they fared."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from steerco.apps.escalation.proposals import steps_for
from steerco.apps.foresight.looking import limit_of, limits, the_look
from steerco.apps.foresight.models import EarlyWarning, Stance
from steerco.apps.foresight.replaying import WITHIN, record_of
from steerco.apps.foresight.selectors import (
    counts,
    fared,
    find,
    lines,
    list_url,
    past_stances,
    seen_entry,
    warnings,
)
from steerco.apps.foresight.services import Wanted, decide, make_action, set_limits
from steerco.apps.foresight.signals import Signal, signals
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import find_initiative
from steerco.apps.links.references import address
from steerco.apps.notices.working_time import add_working_days
from steerco.apps.people.models import Party
from steerco.kit import clock
from steerco.kit.fields import sort_key
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import ReferenceField
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import register_of
from steerco.kit.registers.views.finding import actor_of

SHOWN = 200
DAYS = 5  # working days for an action about a warning without a day
ACTION = "action"
DONE = {
    ACTION: gettext_lazy("The action was made."),
    Stance.Kind.WATCH: gettext_lazy(
        "It is watched until that day, and comes back sooner when it gets worse."
    ),
    Stance.Kind.FINE: gettext_lazy("It comes back when it gets worse."),
}


@require_GET
@guard("record.view", "warnings about entries that the actor may read")
def list_page(request: HttpRequest) -> HttpResponse:
    """Every warning that the actor may see, the soonest breach first."""
    actor = actor_of(request)
    place: Initiative | None = None
    if request.GET.get("in"):
        place = find_initiative(actor, request.GET["in"][:60])
        if place is None:
            raise Http404
    signal, known = request.GET.get("signal", ""), signals()
    if signal and signal not in known:
        raise Http404
    owner, every = request.GET.get("owner", "")[:80], request.GET.get("every") == "1"
    span = _span(request.GET)
    rows = warnings(actor, place, signal=signal, owner=sort_key(owner), every=every, between=span)
    found = list(rows[: SHOWN + 1])
    kept = {"owner": owner, "every": "1" if every else ""}
    context = {
        "place": place,
        "chosen": {"signal": signal, "owner": owner, "every": every},
        "span": span,
        "signals": known,
        "counts": [
            (label, n, list_url(place, signal=key, **kept), key == signal)
            for key, label, n in counts(actor, place, every=every)
        ],
        "lines": lines(found[:SHOWN]),
        "is_more": len(found) > SHOWN,
        "at": the_look().at,
        "all_url": list_url(place, **kept),
    }
    return page(request, "foresight/list.html", context)


def _span(typed: Any) -> tuple[date, date] | None:
    """The days between which time is up; None where the address names none. Raises Http404 for what is no date."""
    texts = [typed.get(name, "") for name in ("from", "to")]
    if not any(texts):
        return None
    try:
        first, last = (date.fromisoformat(text) for text in texts)
    except ValueError:
        raise Http404 from None
    return first, last


@require_http_methods(["GET", "POST"])
@guard("record.edit", "the entry that the warning is about; reading it needs no more than reading the entry")
@answered_once
def warning_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One warning; who may change what it is about takes it up."""
    actor = actor_of(request)
    row = find(actor, pk)
    found = lines([row]) if row else []
    if row is None or not found:
        raise Http404
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        require(actor, "record.edit", row.entry)
        what = request.POST.get("what", "")
        try:
            _take_up(actor, row, what, request.POST)
        except Invalid as error:
            errors = error.errors[0]
        else:
            messages.success(request, DONE[what])
            return redirect_to(request, found[0].record_url)
    may_change = can(actor, "record.edit", row.entry)
    may_act = may_change and register_of("action").allows(actor, "create", row.entry.initiative)
    can_rise = may_change and not found[0].is_escalated and bool(steps_for(row.entry))
    context = {
        "line": found[0],
        "rule": _rule(signals()[row.signal]),
        "stances": [{"row": stance, "action": _action(actor, stance)} for stance in past_stances(row)],
        "may_change": may_change,
        "may_act": may_act,
        "escalate_url": reverse("escalation:escalate", args=[row.entry_id]) if can_rise else "",
        "errors": errors,
        "typed": request.POST if errors else _start(row),
        "back": list_url(),
    }
    return page(request, "foresight/warning.html", context, status=422 if errors else 200)


def _action(actor: Actor, stance: Stance) -> tuple[str, str] | None:
    entry = seen_entry(actor, stance.action_id)
    return (entry.title, address(entry)) if entry else None


def _start(row: EarlyWarning) -> dict[str, Any]:
    """What the form for an action begins with."""
    today = clock.today()
    day = row.breach_on if row.breach_on and row.breach_on > today else add_working_days(today, DAYS)
    signal = signals()[row.signal]
    return {
        "title": f"{signal.label}: {row.entry.title}"[:300],
        "owner": row.entry.owner.name if row.entry.owner else "",
        "due_on": day.isoformat(),
    }


def _take_up(actor: Actor, row: EarlyWarning, what: str, typed: Any) -> None:
    """Do what was chosen. Raises Denied, Invalid by field."""
    if what == ACTION:
        owner, problems = _owner(actor, typed.get("owner", ""))
        if problems:
            raise Invalid({0: {"owner": problems}})
        make_action(
            actor, row, Wanted(typed.get("title", ""), owner, _day(typed.get("due_on", ""), "due_on"))
        )
    elif what in (Stance.Kind.WATCH, Stance.Kind.FINE):
        decide(actor, row, what, typed.get("reason", ""), until=_day(typed.get("until", ""), "until"))
    else:
        raise Invalid({0: {"what": [_("Say what you decide.")]}})


def _day(text: str, name: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid({0: {name: [_("This is no date.")]}}) from None


def _owner(actor: Actor, text: str) -> tuple[Party | None, list[str]]:
    if not text.strip():
        return None, []
    try:
        return ReferenceField(reference("party"), actor).clean(text), []
    except ValidationError as error:
        return None, list(error.messages)


def _rule(signal: Signal) -> str:
    limit = limit_of(signal, limits())
    return signal.words(signal.limit if limit is None else limit)


@require_http_methods(["GET", "POST"])
@guard("organisation.configure", "the organisation; reading needs no more than an account")
@answered_once
def rules_page(request: HttpRequest) -> HttpResponse:
    """The signals in words with their limits, and how their warnings fared over the last year."""
    actor, own, known = actor_of(request), limits(), signals()
    problems: list[str] = []
    if request.method == "POST":
        require(actor, "organisation.configure")
        problems = _set(actor, request.POST, known)
        if not problems:
            messages.success(request, _("Saved. The next look uses it."))
            return redirect_to(request, request.path)
    kept = fared()
    rows = []
    for key, signal in known.items():
        row, limit = own.get(key), limit_of(signal, own)
        shown = row.limit if row else signal.limit
        record = record_of(kept[key]) if key in kept else None
        rows.append(
            {
                "signal": signal,
                "words": signal.words(shown),
                "limit": request.POST.get(f"limit-{key}", "") if problems else shown,
                "off": limit is None,
                "record": record,
            }
        )
    first = min((row.first for row in kept.values()), default=None)
    context = {
        "rows": rows,
        "problems": problems,
        "may_set": can(actor, "organisation.configure"),
        "first": first,
        "last": max((row.last for row in kept.values()), default=None),
        "within": WITHIN,
    }
    return page(request, "foresight/rules.html", context, status=422 if problems else 200)


def _set(actor: Actor, typed: Any, known: dict[str, Signal]) -> list[str]:
    """What is wrong with the limits that were typed; they are set where nothing is."""
    wanted: dict[str, tuple[int, bool]] = {}
    problems = []
    for key, signal in known.items():
        text = typed.get(f"limit-{key}", "").strip()
        if not (text.isascii() and text.isdigit() and signal.least <= int(text[:6]) <= 3650):
            said = _("Take a number from %(least)s to 3650.") % {"least": signal.least}
            problems.append(f"{signal.label}: {said}")
        else:
            wanted[key] = (int(text[:6]), f"off-{key}" in typed)
    if not problems:
        set_limits(actor, wanted)
    return problems
