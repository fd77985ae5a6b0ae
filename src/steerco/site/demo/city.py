"""Loading the example city: organisation, people, tree, records and reports of eighteen months."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction

from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import restrict
from steerco.apps.organisation.models import Organisation
from steerco.apps.organisation.services import configure
from steerco.apps.people.models import Person, Unit
from steerco.apps.people.services import write_units
from steerco.kit import clock
from steerco.kit.permissions import Actor
from steerco.site.demo.accounts import give_post, give_roles, make_people
from steerco.site.demo.authority import tell_authority
from steerco.site.demo.commissions import tell_commissions
from steerco.site.demo.decisions import ProjectDecisions, tell_bodies
from steerco.site.demo.deliveries import Deliveries
from steerco.site.demo.entries import tell_entries
from steerco.site.demo.meetings import BoardMeetings
from steerco.site.demo.money import tell_money
from steerco.site.demo.records import ProjectRecords
from steerco.site.demo.reporting import WeeklyReports
from steerco.site.demo.reports import tell_reports
from steerco.site.demo.requests import tell_requests
from steerco.site.demo.reviews import tell_reviews
from steerco.site.demo.story import City, Place, ProjectText
from steerco.site.demo.timeline import Row, Timeline, acting

EXAMPLE = "northwind"
BEGIN = -600  # the office is set up; the first project is entered a little later
T, S = Initiative.Type, Initiative.Status


def load_city() -> bool:
    """Load the example city, all or nothing; False when it is there already."""
    if Initiative.objects.filter(example=EXAMPLE).exists():
        return False
    with transaction.atomic():
        _Loading(City(), clock.today()).load()
    return True


class _Loading:
    """The steps of one load."""

    def __init__(self, city: City, today: date) -> None:
        self.city = city
        self.timeline = Timeline(today)
        self.office = city.people["grace"].name

    def load(self) -> None:
        """Settings and people first, then everything in the order in which it happened."""
        actor = acting(self.office)
        with clock.at(self.timeline.moment(BEGIN, 6, self.office)):
            if not Organisation.objects.exists():
                configure(actor, self.city.organisation)
            rows = write_units(actor, [Unit(code=u.code, name=u.name) for u in self.city.units])
            self.units = {unit.code: unit for unit in rows}
            self.people = make_people(actor, self.city, self.units)
        self._place(BEGIN, self.city.portfolio, T.PORTFOLIO, None)
        for programme in self.city.programmes:
            self._place(BEGIN + 1, programme, T.PROGRAMME, self.city.portfolio.code)
            self._posts(
                BEGIN + 2, programme.code, {"programme_manager": programme.lead, "sponsor": programme.sponsor}
            )
        tell_bodies(self.timeline, BEGIN + 3, self.office, self.city.bodies, self.people)
        parties = {key: person.party for key, person in self.people.items()}
        currency = self.city.organisation["currency"]
        for project in self.city.projects:
            self._project(project)
            ProjectRecords(self.timeline, project, self.city.people, parties, currency).tell()
            ProjectDecisions(self.timeline, project, self.city.people, parties, currency).tell()
            Deliveries(self.timeline, project, self.people, currency).tell()
        tell_entries(self.timeline, self.city.entries, self.city.people, parties, currency)
        year_starts = self.city.organisation["fiscal_year_start"]
        tell_reports(self.timeline, self.city.projects, self.office, currency, year_starts)
        tell_money(self.timeline, self.city.projects, self.office, currency, year_starts)
        self.timeline.call(max(p.start for p in self.city.projects), 11, self.office, self._give_roles)
        tell_authority(self.timeline, self.city, self.people, self.office)
        tell_requests(self.timeline, self.people, self.office)
        tell_reviews(self.timeline, self.people, self.office)
        tell_commissions(self.timeline, self.people, self.office)
        BoardMeetings(self.timeline, self.office).tell()
        WeeklyReports(self.timeline, self.city, self.people, self.office).tell()
        self.timeline.write()

    def _give_roles(self, actor: Actor) -> None:
        give_roles(actor, self.people, self.timeline.rows)

    def _place(self, day: int, place: Place, kind: str, parent: str | None, **more: Any) -> None:
        """An initiative of the tree, entered by the office."""
        values = {
            "code": place.code,
            "name": place.name,
            "type": kind,
            "summary": place.summary,
            "parent": Row(parent) if parent else None,
            "unit": self.units.get(place.unit),
            "lead": self._party(place.lead),
            "sponsor": self._party(place.sponsor),
            "example": EXAMPLE,
            **more,
        }
        self.timeline.create(day, self.office, Initiative, place.code, values)

    def _party(self, key: str) -> Any:
        return self.people[key].party if key else None

    def _project(self, project: ProjectText) -> None:
        day, start = self.timeline.day, project.start
        end = day(max(project.report, key=lambda report: report.month).end)
        place = Place(
            project.code, project.name, project.unit, project.lead, project.sponsor, project.summary
        )
        self._place(
            start - 40,
            place,
            T.PROJECT,
            project.programme,
            status=S.PROPOSED,
            profile=project.profile,
            priority=project.priority,
            category=project.category,
            planned_start=day(start),
            planned_end=end,
        )
        if project.restricted:
            self.timeline.call(start - 40, 8, self.office, partial(self._restrict, project))
        self._posts(start - 20, project.code, {"project_manager": project.lead, "sponsor": project.sponsor})
        change = partial(self.timeline.change, model=Initiative, key=project.code)
        change(start - 20, self.city.people[project.sponsor].name, values={"status": S.APPROVED})
        change(
            start,
            self.city.people[project.lead].name,
            values={"status": S.INITIATING, "actual_start": day(start)},
        )
        change(start + 30, self.city.people[project.lead].name, values={"status": S.DELIVERING})
        if project.status != S.DELIVERING:
            change(-20, self.city.people[project.lead].name, values={"status": project.status})
        for stream in project.workstream:
            unit = Place(stream.code, stream.name, project.unit, stream.lead)
            self._place(start + 5, unit, T.WORKSTREAM, project.code)

    def _posts(self, day: int, code: str, holders: Mapping[str, str]) -> None:
        """Posts that DEMO_PEOPLE name are left to them."""

        def fill(actor: Actor) -> None:
            for role, key in holders.items():
                give_post(actor, self.timeline.rows[code], role, self.people[key])

        self.timeline.call(day, 10, self.office, fill)

    def _restrict(self, project: ProjectText, actor: Actor) -> None:
        readers: list[Person] = [self.people[key] for key in dict.fromkeys((project.sponsor, project.lead))]
        row = Initiative.objects.get(pk=self.timeline.rows[project.code].pk)
        restrict(actor, row, [person.party_id for person in readers])
