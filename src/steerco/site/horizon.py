"""The horizon: what lies further ahead than ninety days, as far as the reader may see it."""

from datetime import date, timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from steerco.apps.foresight.selectors import breaches_between, list_url
from steerco.apps.initiatives.models import Holding, Initiative
from steerco.apps.raid.models import Risk
from steerco.kit import clock
from steerco.kit.permissions import Actor, visible_to
from steerco.site.outlook import Number, Quarter, counted, quarters, titled

QUARTERS = 9  # the present one and two years
SHOWN = 8
WAITING = (Initiative.Status.PROPOSED, Initiative.Status.APPROVED, Initiative.Status.INITIATING)
AHEAD = (Risk.Proximity.QUARTER, Risk.Proximity.YEAR, Risk.Proximity.LATER)


def horizon(actor: Actor, place: Initiative | None) -> dict[str, Any]:
    """What the page shows."""
    today = clock.today()
    pipeline = [_waiting(actor, place, status) for status in WAITING]
    return {
        "pipeline": pipeline,
        "is_waiting": any(part["rows"] for part in pipeline),
        "columns": [_("Gates"), _("Board milestones"), _("Decisions needed"), _("Early warnings")],
        "quarters": [_filled(actor, place, quarter) for quarter in quarters(today, QUARTERS)],
        "risks": [_risks(actor, place, proximity) for proximity in AHEAD],
        "ending": _ending(actor, place, today),
        "posts": _posts(actor, place, today),
    }


def _waiting(actor: Actor, place: Initiative | None, status: str) -> dict[str, Any]:
    """What is not yet being delivered, by its rank."""
    found = counted("initiative", actor, place, status=status)
    rows = found.rows.select_related("sponsor").order_by(
        F("priority").asc(nulls_last=True), "sort_name", "pk"
    )
    label = Initiative.Status(status).label
    return {"number": found.number(label), "rows": titled(found, rows[:SHOWN])}


def _filled(actor: Actor, place: Initiative | None, quarter: Quarter) -> Quarter:
    """What falls into a quarter."""
    first, last = quarter.first.isoformat(), quarter.last.isoformat()
    for tier in ("gate", "board"):
        found = counted("milestone", actor, place, tier=tier, forecast_from=first, forecast_to=last)
        quarter.numbers.append(found.number())
    asked = counted("decision", actor, place, decide_by_from=first, decide_by_to=last)
    quarter.numbers.append(asked.number())
    warned = breaches_between(actor, quarter.first, quarter.last, place)
    url = list_url(place, **{"from": first, "to": last})
    quarter.numbers.append(Number(_("Early warnings"), warned, url))
    return quarter


def _risks(actor: Actor, place: Initiative | None, proximity: str) -> dict[str, Any]:
    """The highest threats of one proximity."""
    found = counted("risk", actor, place, proximity=proximity, direction="threat", sort="-score")
    rows = found.rows.select_related("initiative", "owner")
    rows = rows.order_by(F("score").desc(nulls_last=True), "sort_title", "pk")
    label = Risk.Proximity(proximity).label
    return {"number": found.number(label), "rows": titled(found, rows[:SHOWN])}


def _ending(actor: Actor, place: Initiative | None, today: date) -> list[Number]:
    """Tolerances and decision rights that end within a year."""
    span = {"ends_from": today.isoformat(), "ends_to": (today + timedelta(days=365)).isoformat()}
    return [counted(key, actor, place, **span).number() for key in ("tolerance", "decision_right")]


def _posts(actor: Actor, place: Initiative | None, today: date) -> list[Holding]:
    """Who leaves a post within a year, the first to leave first."""
    rows = visible_to(Holding.objects.filter(ends__gte=today, ends__lte=today + timedelta(days=365)), actor)
    if place is not None:
        rows = rows.filter(post__initiative__above__ancestor=place)
    rows = rows.filter(post__initiative__isnull=False).select_related("post__initiative", "person")
    return list(rows.order_by("ends", "pk")[: SHOWN * 2])
