"""What the permission world reports."""

from datetime import date
from typing import TYPE_CHECKING, Any

from steerco.apps.cycles.models import Report
from steerco.apps.cycles.services import write_cadences
from steerco.apps.cycles.turning import open_cycle
from steerco.apps.initiatives.records import write_records
from steerco.engine.calendar import Period, dates_of
from steerco.engine.performance.rag import WorkWeek
from steerco.kit.history import Change
from steerco.kit.permissions import Actor

if TYPE_CHECKING:
    from tests.permissions.world import World

OPERATOR = Actor.operator("test")


def report_weekly(world: "World", code: str) -> int:
    """A reporting calendar of a place, and its open cycle with the report of the place; the cycle's id."""
    place, name = world.initiatives[code], f"of {code}" if code in {"A11", "B1"} else "Zzyzx canary"
    start = {"initiative": place, "title": f"Weekly {name}", "covers": "itself", "anchor": date(2026, 11, 27)}
    cadence = write_cadences(OPERATOR, [Change(start)])[0]
    world.records["cadence", code] = cadence
    period = Period(date(2026, 11, 21), date(2026, 11, 27))
    cycle = open_cycle(cadence, period, dates_of(period.end, cadence.offsets, WorkWeek()))
    assert cycle is not None
    owner = world.people["project_manager"].party if code == "A11" else None
    report = write_records(OPERATOR, Report, [Change({"owner": owner}, pk=cycle.reports.get().pk)])[0]
    world.records["report", code] = report
    return cycle.pk


def report_addresses(world: "World", code: str) -> dict[str, dict[str, Any]]:
    """The parameters of the addresses of the cycle and of the report at a place."""
    cycle, report = {"pk": world.extras["cycle", code]}, {"pk": world.records["report", code].pk}
    return {
        "cycles:cycle": cycle,
        "cycles:lock": cycle,
        "cycles:remind": cycle,
        "cycles:layout": {"pk": world.records["cadence", code].pk},
        "cycles:guest": {"token": f"1-{'0' * 40}"},
        "cycles:guest_draft": {"token": f"1-{'0' * 40}"},
        "cycles:workbook": report,
        "cycles:take_workbook": report,
        "cycles:shut": report,
        "cycles:move": cycle,
        "cycles:report": report,
        "cycles:draft": report,
        "cycles:compare": report,
        "cycles:paper": report,
        "cycles:correct": report,
        "reporting:publish": report,
        "reporting:publication": report,
        "reporting:open": report,
        "reporting:document": {"token": f"1-{'0' * 40}"},
    }
