"""What is written of the example city hangs together."""

from datetime import date, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest

from steerco.apps.access.roles import ROLES
from steerco.apps.people.models import Person
from steerco.site.demo.deliveries import Deliveries
from steerco.site.demo.people import DEMO_PEOPLE
from steerco.site.demo.story import City, ProjectText
from steerco.site.demo.timeline import Timeline

CITY = City()


def _owners(project: ProjectText) -> set[str]:
    records = [*project.risk, *project.issue, *project.action]
    return {record.owner for record in records} | {c.by for c in project.comment}


def test_there_are_three_programmes_twelve_projects_and_forty_people() -> None:
    assert (len(CITY.programmes), len(CITY.projects), len(CITY.people)) == (3, 12, 40)


def test_everybody_who_is_named_is_there() -> None:
    places = [CITY.portfolio, *CITY.programmes, *(w for p in CITY.projects for w in p.workstream)]
    named = {key for place in places for key in (place.lead, place.sponsor) if key}
    for project in CITY.projects:
        named |= {project.lead, project.sponsor} | _owners(project)
    assert named <= CITY.people.keys()
    units = {unit.code for unit in CITY.units}
    assert {person.unit for person in CITY.people.values()} <= units
    assert {person.engagement for person in CITY.people.values()} <= set(Person.Engagement.values)


def test_the_people_who_sign_in_are_among_them() -> None:
    assert {p.name for p in DEMO_PEOPLE} <= {p.name for p in CITY.people.values()}
    assert len({p.email for p in DEMO_PEOPLE}) == 10
    assert {p.role for p in DEMO_PEOPLE} <= ROLES.keys()


def test_every_project_reports_from_some_month_up_to_the_newest() -> None:
    for project in CITY.projects:
        months = [report.month for report in project.report]
        assert months == sorted(set(months), reverse=True), project.code
        assert months[-1] == 0, project.code
        assert months[0] < 18, project.code


def test_actions_name_risks_and_issues_of_their_project() -> None:
    for project in CITY.projects:
        for action in project.action:
            assert action.risk is None or 1 <= action.risk <= len(project.risk), action.title
            assert action.issue is None or 1 <= action.issue <= len(project.issue), action.title


def test_no_title_is_told_twice() -> None:
    titles = [r.title for p in CITY.projects for r in (*p.risk, *p.issue, *p.action)]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("today", [date(2026, 11, 23) + timedelta(days=n) for n in range(14)])
def test_nobody_signs_off_before_they_are_asked_whatever_day_it_is(today: date) -> None:
    people: Any = {key: SimpleNamespace(name=p.name, party=key) for key, p in CITY.people.items()}
    for project in CITY.projects:
        timeline = Timeline(today)
        Deliveries(timeline, project, people, "GBP").tell()
        asked: dict[str, datetime] = {}
        for step in sorted(timeline._steps, key=lambda one: one.moment):
            call = cast("partial[object]", step.call)
            name = call.func.__name__ if call else ""
            if name == "_open":
                asked[call.args[0]] = step.moment
            elif name == "_answer":
                assert asked[call.args[0]] < step.moment, (call.args[0], step.moment)
