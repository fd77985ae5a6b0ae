"""A frozen report is also the report of its date: dashboards, trends and packs read it as any other."""

from datetime import date
from typing import Any

from steerco.apps.cycles.models import FrozenReport, Report
from steerco.apps.followups.services import CLOCK
from steerco.apps.indicators.indicators import OVERALL, RATING
from steerco.apps.indicators.models import Snapshot, Value
from steerco.apps.indicators.services import Report as Figures
from steerco.apps.indicators.services import record_snapshots


def record_figures(report: Report, content: dict[str, Any], frozen: FrozenReport) -> None:
    """Record ratings and texts of a frozen report for its date; figures that it does not ask for stay as they were."""
    if report.period_end is None or not report.what.figures:
        return
    before = (
        Snapshot.objects.filter(initiative=report.initiative_id, current=True, as_of__lte=report.period_end)
        .order_by("as_of")
        .last()
    )
    values = [_rating(one) for one in content["ratings"] if one["value"]]
    if content["headline"]:
        values.append(Value(indicator="rating_comment", text=content["headline"]))
    values += _carried(before)
    place = report.initiative
    fields = {
        "name": content["initiative"]["name"],
        "code": content["initiative"]["code"],
        "unit": place.unit,
        "unit_name": content["initiative"]["unit"],
        "category": place.category,
        "status": content["initiative"]["status"],
    }
    source = f"{report.reference} {frozen.digest[:12]}"
    end = content["initiative"]["forecast_end"]
    if end:
        values = [v for v in values if v.indicator != "end"]
        values.append(Value(indicator="end", day=date.fromisoformat(end)))
    record_snapshots(
        CLOCK, [Figures(place, report.period_end, fields, values)], source=source, reason=report.reference
    )


def _rating(one: dict[str, Any]) -> Value:
    scale = "five_point" if "-" in one["value"] else "three_point"
    colour = one["value"] in ("green", "amber-green", "amber", "amber-red", "red")
    dimension = OVERALL if one["dimension"] == "overall" else one["dimension"]
    return Value(
        indicator=RATING,
        dimension=dimension,
        scale=scale if colour else "",
        rating=one["value"] if colour else "",
        state="" if colour else one["value"],
    )


def _carried(before: Snapshot | None) -> list[Value]:
    """The figures of the last report that this one does not ask for."""
    if before is None:
        return []
    kept = before.values.exclude(indicator__in=(RATING, "rating_comment"))
    return [
        Value(
            indicator=v.indicator, dimension=v.dimension, assessor=v.assessor, state=v.state, scale=v.scale,
            rating=v.rating, amount=v.amount, currency=v.currency, year=v.year, day=v.day, number=v.number, text=v.text,
        )
        for v in kept
    ]  # fmt: skip
