"""Plans in the browser: bring, read in the background, choose, answer, take, undo; nonsense and strangers."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.apps.planning.plans import d, milestone, plan_file
from tests.apps.worlds import OPERATOR, browser, initiative, person, posted, record

from steerco.apps.initiatives.models import Initiative
from steerco.apps.planning.jobs import purge_plans
from steerco.apps.planning.models import Milestone, PlanRevision
from steerco.kit import clock
from steerco.kit.jobs import worker
from steerco.kit.jobs.models import Job
from steerco.kit.jobs.tasks import enqueue

pytestmark = pytest.mark.django_db

FIRST = plan_file(
    milestone(1, "Design agreed", "2026-03-02", baseline="2026-02-20", guid="G1"),
    milestone(2, "Go live", "2026-06-01", guid="G2"),
)
NEXT = plan_file(
    milestone(1, "Design agreed", "2026-03-09", baseline="2026-02-20", guid="G1"),
    milestone(2, "Go live", "2026-06-01", guid="G2"),
)


@pytest.fixture
def place() -> Initiative:
    return initiative("P1")


@pytest.fixture
def client(place: Initiative) -> Client:
    return browser(person("Pia Manager", "project_manager", place))


def bring(client: Client, data: bytes, name: str = "plan.xml", **values: Any) -> str:
    """Bring a file and let the worker read it; the address of its page."""
    answer = client.post("/plans/P1/bring/", {"file": SimpleUploadedFile(name, data), **values})
    assert answer.status_code == 303, answer.content.decode()[:2000]
    worker.run(until_idle=True)
    return answer["Location"]


def shown(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def take(client: Client, url: str) -> str:
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', shown(client, url))
    assert fingerprint
    return posted(client, url, {"take": "1", "fingerprint": fingerprint[1]})


def test_a_plan_is_brought_looked_at_taken_and_brought_again(client: Client) -> None:
    answer = client.post("/plans/P1/bring/", {"file": SimpleUploadedFile("plan.xml", FIRST)})
    url = answer["Location"]
    assert "is being read" in shown(client, url)
    assert client.get(url, headers={"HX-Request": "true"}).status_code == 200
    worker.run(until_idle=True)
    assert client.get(url, headers={"HX-Request": "true"})["HX-Redirect"] == url
    text = shown(client, url)
    assert "2</strong> new" in text
    assert "3 tasks read" in text
    assert not Milestone.objects.exists()
    take(client, url)
    assert Milestone.objects.count() == 2
    again = bring(client, NEXT, plan="plan")
    text = shown(client, again)
    assert "Compared with revision 1" in text
    assert "+7" in text
    text = take(client, again)
    assert "The milestones follow the plan now" in text
    assert Milestone.objects.get(title="Design agreed").forecast == d("2026-03-09")
    text = shown(client, "/portfolio/P1/")
    assert "What moved since the last plan" in text
    assert "+7" in text
    assert client.post(f"{again}undo/").status_code == 303
    assert Milestone.objects.get(title="Design agreed").forecast == d("2026-03-02")
    assert "undone" in shown(client, "/plans/P1/")


def test_a_spreadsheet_whose_columns_are_not_known_is_mapped(client: Client) -> None:
    url = bring(client, b"What;When;Kind\nGo live;1.6.2026;Milestone\nWork;2.6.2026;Task\n", "plan.csv")
    text = shown(client, url)
    assert "No column says what the tasks are called" in text
    assert "<option>When</option>" in text
    form = {"try": "1", "marked": "1", "tier": "gate", "column-name": "What", "column-finish": "When"}
    posted(client, url, {**form, "column-milestone": "Kind", "keep_as": "Office plan"})
    worker.run(until_idle=True)
    assert "1</strong> new" in shown(client, url)
    take(client, url)
    row = Milestone.objects.get()
    assert (row.title, row.forecast, row.tier) == ("Go live", d("2026-06-01"), "gate")
    other = bring(client, b"What;When;Kind\nClose;1.9.2026;Milestone\n", "other.csv")
    [kept] = re.findall(r'<option value="(\d+)">Office plan', shown(client, other))
    posted(client, other, {"try": "1", "use": kept})
    worker.run(until_idle=True)
    assert "Close" in shown(client, other)
    assert "1</strong> new" in shown(client, other)


def test_answers_are_shown_before_they_are_taken(client: Client, place: Initiative) -> None:
    typed = record("milestone", place, "Go live", forecast=d("2026-05-01"))
    url = bring(client, FIRST)
    text = shown(client, url)
    assert "Is it the same?" in text
    assert f'value="same:{typed.pk}" selected' in text
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', text)
    assert fingerprint
    form = {"take": "1", "fingerprint": fingerprint[1], "answer-2": f"same:{typed.pk}"}
    assert "Look at what your answers do" in posted(client, url, form)
    assert Milestone.objects.count() == 1
    take(client, url)
    typed.refresh_from_db()
    assert typed.forecast == d("2026-06-01")
    assert Milestone.objects.count() == 2


def test_what_changed_since_it_was_looked_at_is_looked_at_again(client: Client, place: Initiative) -> None:
    url = bring(client, FIRST)
    record("milestone", place, "Go live")
    assert "Something changed since you looked" in posted(client, url, {"take": "1", "fingerprint": "0" * 64})
    assert Milestone.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"<!DOCTYPE x><Project/>", "plan.xml", "DOCTYPE"),
        (b"<html/>", "plan.xml", "no plan that is known here"),
        (b"nothing but words", "plan.csv", "holds no table"),
        (plan_file()[:300], "plan.xml", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(client: Client, data: bytes, name: str, said: str) -> None:
    url = bring(client, data, name)
    assert said in shown(client, url)
    assert PlanRevision.objects.get().state == "refused"
    assert posted(client, url, {"take": "1"}).count("This plan is over") == 1
    posted(client, url, {"drop": "1"})
    assert not PlanRevision.objects.exists()


def test_nonsense_in_the_forms_is_answered_in_words(client: Client) -> None:
    assert client.post("/plans/P1/bring/", {}).status_code == 422
    empty = client.post("/plans/P1/bring/", {"file": SimpleUploadedFile("plan.xml", b"")})
    assert "Choose a file" in empty.content.decode()
    url = bring(client, FIRST)
    nonsense = {
        "try": "1", "tier": "king", "level": ["x", "99", "1"], "field": "x" * 500, "use": "abc", "project": "?",
        "answer-x": "new", "answer-1": "same:999", "answer-2": "x" * 50, "column-name": "No such",
        "encoding": "klingon", "plan": "y" * 500,
    }  # fmt: skip
    posted(client, url, nonsense)
    worker.run(until_idle=True)
    shown(client, url)
    revision = PlanRevision.objects.get()
    assert revision.settings["choice"]["levels"] == [1]
    assert revision.settings["encoding"] == ""
    assert len(revision.plan) == 120


def test_a_revision_stays_with_its_owner_until_it_is_taken(client: Client, place: Initiative) -> None:
    url = bring(client, FIRST)
    other, reader = (
        browser(person("Otto Office", "pmo_manager")),
        browser(person("Vera Viewer", "viewer", place)),
    )
    for stranger in (other, reader):
        assert stranger.get(url).status_code == 404
        assert stranger.post(url, {"take": "1"}).status_code == 404
    take(client, url)
    text = shown(reader, url)
    assert "Design agreed" in text
    assert "Undo" not in text
    assert "Bring the next revision" not in shown(reader, "/plans/P1/")
    assert reader.post(f"{url}undo/").status_code == 403
    assert reader.post("/plans/P1/bring/", {"file": SimpleUploadedFile("a.xml", FIRST)}).status_code == 403
    assert other.post(f"{url}undo/").status_code == 303
    assert not Milestone.objects.filter(deleted=False).exists()


def test_a_plan_of_another_initiative_is_not_at_this_address(client: Client) -> None:
    url = bring(client, FIRST)
    initiative("P2")
    assert browser(person("Otto Office", "pmo_manager")).get(url.replace("P1", "P2")).status_code == 404
    assert client.get(url.replace("P1", "P2")).status_code == 404


def test_a_plan_that_was_never_taken_is_swept(client: Client) -> None:
    bring(client, FIRST)
    with clock.at(clock.now() + timedelta(days=60)):
        enqueue(OPERATOR, purge_plans)
        worker.run(until_idle=True)
    assert not PlanRevision.objects.exists()
    assert Job.objects.filter(state=Job.State.FAILED).count() == 0


def test_reading_something_that_was_dropped_meanwhile_is_over(client: Client) -> None:
    answer = client.post("/plans/P1/bring/", {"file": SimpleUploadedFile("plan.xml", FIRST)})
    posted(client, answer["Location"], {"drop": "1"})
    worker.run(until_idle=True)
    assert Job.objects.filter(state=Job.State.FAILED).count() == 0


def test_a_plan_is_brought_from_the_milestones_of_its_initiative_too(
    client: Client, place: Initiative
) -> None:
    assert 'href="/plans/P1/"' in shown(client, "/registers/milestones/?in=P1")
    assert 'href="/plans/' not in shown(client, "/registers/milestones/")
    reader = browser(person("Vera Viewer", "viewer", place))
    assert 'href="/plans/' not in shown(reader, "/registers/milestones/?in=P1")
