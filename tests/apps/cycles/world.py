"""A programme whose workstreams report each week."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.apps.worlds import OPERATOR, actor, initiative, person, record

from steerco.apps.cycles.models import Cadence, Report
from steerco.apps.cycles.services import write_cadences
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.people.models import Person
from steerco.kit.history import Change
from steerco.kit.permissions import Actor

FRIDAY = date(2026, 11, 27)
THURSDAY = datetime(2026, 11, 26, 9, tzinfo=UTC)  # the day after it opens
WEDNESDAY = datetime(2026, 12, 2, 13, tzinfo=UTC)  # after the lock


@dataclass
class Programme:
    """Rita runs the programme; Paul and Wanda each a workstream."""

    root: Initiative
    streams: list[Initiative]
    rita: Person
    people: list[Person]
    cadence: Cadence

    def report(self, index: int = 0, end: date = FRIDAY) -> Report:
        """The report of a workstream about the period that ends on `end`."""
        rows = Report.objects.select_related("initiative", "cycle__cadence", "owner")
        return rows.get(period_end=end, initiative=self.streams[index])

    def writer(self, index: int = 0) -> Actor:
        """Who runs a workstream."""
        return actor(self.people[index])

    @property
    def reviewer(self) -> Actor:
        """Who runs the programme."""
        return actor(self.rita)


def programme(streams: int = 2, **values: Any) -> Programme:
    """A programme with its calendar: weekly, opened on Wednesday, due on Monday, locked on Wednesday at noon."""
    root = initiative("PRG", type="programme", status="delivering")
    rita = person("Rita Reviewer", "programme_manager", root)
    write_initiatives(OPERATOR, [Change({"lead": rita.party}, pk=root.pk)])
    rows, people = [], []
    for number in range(1, streams + 1):
        row = initiative(f"WS{number}", root, type="workstream", status="delivering")
        lead = person(f"Writer{number} Lead", "project_manager", row)
        write_initiatives(OPERATOR, [Change({"lead": lead.party}, pk=row.pk)])
        row.refresh_from_db()
        rows.append(row)
        people.append(lead)
    root.refresh_from_db()
    start = {
        "initiative": root,
        "title": "Weekly report",
        "kind": "weekly",
        "covers": "workstreams",
        "anchor": FRIDAY,
        "starts": FRIDAY - timedelta(days=6),
    }
    cadence = write_cadences(OPERATOR, [Change({**start, **values})])[0]
    return Programme(root, rows, rita, people, cadence)


def milestone(where: Initiative, title: str, **values: Any) -> Any:
    """A milestone of the plan."""
    return record("milestone", where, title, **values)
