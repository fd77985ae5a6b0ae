"""The first steps: who is offered which, and what counts as done."""

import pytest
from django.test import Client

from steerco.apps.access.models import User
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.initiatives.records import write_records
from steerco.apps.planning.models import Milestone
from steerco.apps.raid.models import Risk
from steerco.interfaces.cli.pack import build
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Via
from steerco.site.demo.checklist import red_project, steps

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("city")]


def _actor(email: str) -> Actor:
    return actor_for(User.objects.get(email=email), Via.SESSION)


def _client(email: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client


def test_the_steps_are_done_by_doing_them() -> None:
    client = _client("pmo@example.org")
    assert [step.done for step in steps(_actor("pmo@example.org"))] == [False] * 4
    answer = client.post("/first-steps/open/")
    assert answer.headers["Location"] == "/portfolio/NWC-PAY/"
    actor = _actor("pmo@example.org")
    project = red_project(actor)
    assert project is not None
    risk = Risk.objects.filter(initiative=project, state="treating")[0]
    write_records(actor, Risk, [Change({"current_impact": 1}, pk=risk.pk)])
    milestone = Milestone.objects.filter(initiative=project, state="planned")[0]
    write_records(actor, Milestone, [Change({"tier": "team"}, pk=milestone.pk)])
    assert [step.done for step in steps(actor)] == [True, True, False, False]
    write_records(actor, Milestone, [Change({"forecast": clock.today()}, pk=milestone.pk)])
    build(actor, project, ["xlsx"], quiet=True)
    assert [step.done for step in steps(actor)] == [True] * 4
    assert [step.done for step in steps(_actor("pm@example.org"))] == [False] * 4


def test_opening_twice_is_noted_once() -> None:
    client = _client("pmo@example.org")
    for _time in range(2):
        client.post("/first-steps/open/")
    assert Event.objects.filter(kind="checklist.opened").count() == 1


def test_nobody_is_offered_what_they_may_not_do() -> None:
    offered = {who: len(steps(_actor(f"{who}@example.org"))) for who in ("pm", "sponsor", "auditor")}
    assert offered == {"pm": 4, "sponsor": 2, "auditor": 1}


def test_the_panel_shows_until_it_is_dismissed() -> None:
    client = _client("pmo@example.org")
    assert b'id="panel-home.checklist"' in client.get("/").content
    assert client.post("/first-steps/dismiss/").status_code == 303
    assert b'id="panel-home.checklist"' not in client.get("/").content
    assert b'id="panel-home.checklist"' in _client("pm@example.org").get("/").content


def test_without_the_example_there_is_nothing_to_open() -> None:
    from_nobody = actor_for(User.objects.create_user("new@example.org"), Via.SESSION)
    assert steps(from_nobody) == []
    assert _client("new@example.org").post("/first-steps/open/").status_code == 404
