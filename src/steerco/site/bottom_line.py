"""The bottom line: how this period stands, as far as the reader may see it."""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.http import urlencode

from steerco.apps.cycles.selectors import off_track, recent_cycles
from steerco.apps.escalation.models import Escalation
from steerco.apps.escalation.selectors import lines as escalation_lines
from steerco.apps.escalation.selectors import visible as escalations
from steerco.apps.finance.selectors import present_year, roll_up
from steerco.apps.finance.wording import amount_text, percent_of, tone_of
from steerco.apps.hygiene.selectors import unanswered
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.work import work_registers
from steerco.kit import clock
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_of
from steerco.site.outlook import Number, counted, titled

SHOWN = 8
CYCLES = 6
PAPERS = ("decision", "change_request")


def bottom_line(actor: Actor, place: Initiative | None) -> dict[str, Any]:
    """What the page shows."""
    below = None
    if place is not None:
        below = set(Initiative.objects.filter(above__ancestor=place).values_list("pk", flat=True))
    cycles = [line for line in recent_cycles(actor) if below is None or line.cycle.initiative_id in below]
    return {
        "cycles": cycles[:CYCLES],
        "overdue": _overdue(actor, place),
        "waiting": _waiting(actor, place),
        **_money(actor, place),
        "money_url": reverse("finance:overview")
        if place is None
        else reverse("finance:below", args=[place.code]),
        "off_track": off_track(actor, place),
        "unanswered": unanswered(actor, place).order_by().count(),
        "unanswered_url": f"{reverse('hygiene:unanswered')}{_in(place)}",
        **_escalations(actor, place),
    }


def _money(actor: Actor, place: Initiative | None) -> dict[str, Any]:
    """The year as it is forecast against what was approved for it, by currency, with the oldest data date."""
    found = roll_up(actor, place, present_year())
    rows = [
        {
            "currency": one.currency,
            "approved": amount_text(one.year.approved, one.currency),
            "expected": amount_text(one.year.expected, one.currency),
            "variance": amount_text(one.year.variance, one.currency),
            "percent": percent_of(one.year.variance, one.year.approved),
            "tone": tone_of(one.year),
            "data_date": one.data_date,
        }
        for one in found.totals
    ]
    return {"money": rows, "year": found.year_label, "missing": len(found.missing)}


def _in(place: Initiative | None) -> str:
    return f"?{urlencode({'in': place.code})}" if place else ""


def _overdue(actor: Actor, place: Initiative | None) -> list[Number]:
    """What is open and past its date, by register, the most first."""
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    found = [
        counted(register.key, actor, place, **{f"{register.due}_to": yesterday}).number()
        for register in work_registers()
        if register.due and register.due in register.filters
    ]
    return sorted((one for one in found if one.count), key=lambda one: -one.count)


def _waiting(actor: Actor, place: Initiative | None) -> list[dict[str, Any]]:
    """The papers that somebody was asked to decide, the longest first, with the days since."""
    found = []
    today = clock.today()
    for key in PAPERS:
        model: Any = register_of(key).model
        for state in sorted({*model.asked_states, model.recorded_state}):
            one = counted(key, actor, place, state=state)
            rows = one.rows.select_related("decider").order_by(F("asked_on").asc(nulls_last=True), "pk")
            shown = [
                (row, title, url, (today - row.asked_on).days if row.asked_on else None)
                for row, title, url in titled(one, rows[:SHOWN])
            ]
            if shown:
                label = one.register.states.by_key[state].label if one.register.states else ""
                found.append({"number": one.number(), "state": label, "rows": shown})
    return found


def _escalations(actor: Actor, place: Initiative | None) -> dict[str, Any]:
    """What was escalated and is not answered, the oldest first."""
    rows = escalations(actor).filter(state=Escalation.State.PROPOSED)
    if place is not None:
        rows = rows.filter(origin__above__ancestor=place)
    found = escalation_lines(actor, rows.order_by("due", "pk"))
    words = urlencode({**({"in": place.code} if place else {}), "side": "all"})
    url = f"{reverse('escalation:list')}?{words}"
    return {"escalations": found[:SHOWN], "escalations_url": url}
