"""How many queries each page takes: the agreed number, with 5 rows of everything and with 24; and how many it takes
again, when nothing was written that the page before it kept something of.

After a change on purpose: STEERCO_UPDATE_QUERY_COUNTS=1 python -m pytest tests/performance writes the new numbers
from the small case; the large case must then agree with them.
"""

import json
import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.apps.worlds import OPERATOR, browser, person

from steerco.apps.indicators.indicators import END, OVERALL, RATING
from steerco.apps.indicators.models import Value
from steerco.apps.indicators.services import Report, record_snapshots
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.organisation import selectors
from steerco.apps.people.services import write_people
from steerco.apps.planning.services import bring_plan, packed, take_revision
from steerco.apps.raid.models import Risk
from steerco.engine.schedule import Dialect, Schedule, Task
from steerco.exchange.schedule import Reading
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.journal import unchanged
from steerco.kit.registers.register import register_by_key

PINNED = Path(__file__).with_name("query_counts.json")
SMALL, LARGE = 5, 24  # one page of each list: a second page costs one more query, the count
READERS = {"office": ("pmo_analyst", None), "portfolio": ("portfolio_manager", "TOP"), "nobody": ("", None)}

PAGES = {
    "home": "/",
    "risks": "/registers/risks/",
    "risks filtered": "/registers/risks/?direction=threat&score_min=2&q=risk",
    "risks sorted": "/registers/risks/?sort=owner",
    "risks grouped": "/registers/risks/?by=initiative",
    "risks compared": "/registers/risks/?compare={yesterday}",
    "risks of a place": "/registers/risks/?in=TOP",
    "matrix": "/registers/risks/matrix/",
    "enterprise risk": "/registers/risks/enterprise/",
    "enterprise risk of a place": "/registers/risks/enterprise/?in=TOP",
    "network": "/registers/dependencies/network/?in=TOP",
    "issues": "/registers/issues/",
    "actions": "/registers/actions/",
    "milestones": "/registers/milestones/",
    "decisions": "/registers/decisions/",
    "deciding": "/registers/decisions/overview/",
    "changes": "/registers/changes/",
    "effect of changes": "/registers/changes/effect/",
    "initiatives": "/registers/initiatives/",
    "people": "/registers/people/",
    "risk": "/registers/risks/{risk}/",
    "risk form": "/registers/risks/{risk}/edit/",
    "tree": "/portfolio/",
    "portfolio": "/portfolio/TOP/",
    "project": "/portfolio/P0/",
    "reports": "/figures/TOP/initiatives/",
    "plans": "/plans/P0/",
    "plan": "/plans/P0/{plan}/",
    "registers": "/registers-overview/",
    "search": "/search/?q=risk",
    "API risks": "/api/v1/risks/",
    "API initiatives": "/api/v1/initiatives/",
}
SAVES = {
    "save of a cell": ("/registers/risks/{risk}/cell/title/", {"title": "Renamed", "version": "1"}),
    "close a risk": ("/registers/risks/{risk}/to/close/", {"closing": "expired", "version": "1"}),
}


def fill(rows: int) -> dict[str, Any]:
    """An organisation with `rows` projects, people and records of each kind, and two reports of each project."""
    top = write_initiatives(OPERATOR, [Change({"code": "TOP", "name": "Everything", "type": "portfolio"})])[0]
    below = [Change({"code": f"P{n}", "name": f"Project {n}", "parent": top}) for n in range(rows)]
    projects = write_initiatives(OPERATOR, below)
    people = write_people(OPERATOR, [Change({"name": f"Person {n}"}) for n in range(rows)])
    today = clock.today()
    kinds: dict[str, dict[str, Any]] = {
        "risk": {"current_probability": 3, "current_impact": 4, "next_review": today},
        "issue": {"priority": 3, "due_on": today - timedelta(1)},
        "action": {"due_on": today - timedelta(1)},
        "decision": {"decide_by": today},
        "change_request": {"days": 3, "decide_by": today},
        "dependency": {"need_by": today, "outside": "Supplier"},
        "milestone": {"baseline": today, "forecast": today + timedelta(9)},
    }
    made: dict[str, list[Any]] = {}
    for key, values in kinds.items():
        register = register_by_key(key)
        assert register is not None
        changes = [
            Change({"initiative": project, "title": f"A {key}", "owner": who.party, **values})
            for project, who in zip(projects, people, strict=True)
        ]
        made[key] = register.write(OPERATOR, changes)
    for day in (date(2026, 1, 31), date(2026, 4, 30)):
        record_snapshots(OPERATOR, [_report(project, day) for project in projects])
    yesterday = (today - timedelta(1)).isoformat()
    plan = _plans(projects[0], made["milestone"])
    return {"risk": made["risk"][0].pk, "yesterday": yesterday, "top": top, "plan": plan}


def _plans(project: Initiative, milestones: list[Any]) -> int:
    """As many revisions of a plan as there are milestones, each telling of all of them."""
    task = Task(1, name=milestones[0].title, milestone=True, finish=datetime(2027, 1, 31, 17))
    reading = packed(Reading([Schedule(Dialect.MSP, "MSPDI", tasks=[task])]))
    answers = {"1": f"same:{milestones[0].pk}"}
    for _milestone in milestones:
        revision = bring_plan(OPERATOR, project, "plan.xml", b"<Project/>")
        revision.settings["answers"], revision.reading, revision.state = answers, reading, "ready"
        revision.save()
        take_revision(OPERATOR, revision)
    [row] = revision.report["rows"]
    revision.report["rows"] = [{**row, "kind": "moved", "pk": one.pk} for one in milestones]
    revision.save()
    return int(revision.pk)


def _report(project: Initiative, day: date) -> Report:
    rating = "red" if day.month == 4 else "green"
    values = [
        Value(indicator=RATING, dimension=OVERALL, scale="five_point", rating=rating),
        Value(indicator=END, day=day + timedelta(400 + day.month)),
        Value(indicator="whole_life_cost", amount=10**9 * day.month, currency="GBP", year="2026"),
    ]
    return Report(project, day, {"name": project.name}, values)


def counted(client: Client, values: dict[str, Any]) -> dict[str, int]:
    """Queries of each page that this reader may open, by name."""

    def of(ask: Callable[[], Any]) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            status = ask().status_code
        return len(captured), status

    client.get("/")  # the words of the organisation, which a process keeps, are there
    found = {}
    for name, pattern in PAGES.items():
        url = pattern.format(**values)
        number, status = of(lambda url=url: client.get(url))  # type: ignore[misc]
        if status == 200:
            found[name] = number
        else:
            assert status in {403, 404}, (url, status)
    if "risk" in found:
        for name, (pattern, data) in SAVES.items():
            version = Risk.objects.values_list("version", flat=True).get(pk=values["risk"])
            url, body = pattern.format(**values), {**data, "version": str(version)}
            number, status = of(lambda url=url, body=body: client.post(url, body))  # type: ignore[misc]
            if status in {200, 303}:
                found[name] = number
            else:
                assert status in {403, 404}, (url, status)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [SMALL, LARGE])
@pytest.mark.parametrize("reader", READERS)
def test_queries_are_the_agreed_ones_with_few_rows_and_with_many(
    reader: str, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "WORDS_SECONDS", 3600.0)  # kept words do not run out between two requests
    values = fill(rows)
    role, place = READERS[reader]
    who = person(f"{reader.title()} Reader", role, values["top"] if place else None, staff=False)
    client = browser(who)
    counts = {reader: counted(client, values)}
    monkeypatch.setattr(unchanged, "is_settled", lambda: True)  # as outside of a test's transaction
    counted(client, values)
    counts[f"{reader}, again"] = {name: n for name, n in counted(client, values).items() if name in PAGES}
    known = json.loads(PINNED.read_text()) if PINNED.exists() else {}
    if os.environ.get("STEERCO_UPDATE_QUERY_COUNTS") and rows == SMALL:
        PINNED.write_text(json.dumps({**known, **counts}, indent=2, sort_keys=True) + "\n")
        return
    assert counts == {name: known[name] for name in counts}
