"""Gates follow the register of decision rights: who decides, what that does to the milestone, what nobody types."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.apps.escalation.trees import right
from tests.apps.governance.test_deciding import question, step
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record

from steerco.apps.followups.services import answer
from steerco.apps.governance.gates import paper_of_gate
from steerco.apps.governance.models import Decision
from steerco.apps.governance.services import write_decisions
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import restrict
from steerco.apps.people.models import Person
from steerco.apps.planning.milestones import write_milestones
from steerco.apps.planning.models import Milestone
from steerco.kit import clock
from steerco.kit.history import Change, Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(place: Initiative) -> Person:
    """Decides about the gates of the initiative."""
    found = person("Carla Chief", "sponsor", place)
    right(place, found.party, subject="gate", title="Gates of the tram")
    return found


def gate(place: Initiative, **values: Any) -> Milestone:
    start = {"tier": "gate", "baseline": date(2026, 12, 1), "forecast": date(2026, 12, 8)}
    found: Milestone = record("milestone", place, "Gate 3", **{**start, **values})
    return found


def asked(manager: Person, row: Milestone, **values: Any) -> Decision:
    start = {"initiative": row.initiative, "recommendation": "Go.", **paper_of_gate(row), **values}
    made = write_decisions(actor(manager), [Change(start)])[0]
    return step(manager, step(manager, made, "prepared"), "asked")


@pytest.mark.both_databases
def test_go_passes_the_gate_on_the_day_of_the_decision(place: Any, manager: Person, chief: Person) -> None:
    row = gate(place)
    paper = asked(manager, row)
    assert [option.key for option in paper.choices] == ["go", "conditions", "hold", "stop"]
    assert (paper.decider, paper.decide_by) == (chief.party, row.forecast)
    answer(actor(chief), question("decision.take"), "go", "")
    row.refresh_from_db()
    assert (row.state, row.actual) == ("reached", clock.today())
    paper.refresh_from_db()
    assert (paper.state, paper.decision) == ("decided", "Go")


@pytest.mark.parametrize(("verdict", "passes"), [("conditions", True), ("hold", False), ("stop", False)])
def test_only_a_go_passes_it_and_conditions_are_named(
    place: Any, manager: Person, chief: Person, verdict: str, passes: bool
) -> None:
    row = gate(place)
    paper = asked(manager, row)
    if verdict == "conditions":
        with pytest.raises(Invalid):
            answer(actor(chief), question("decision.take"), verdict, "")
    answer(actor(chief), question("decision.take"), verdict, "After the fire test.")
    row.refresh_from_db()
    paper.refresh_from_db()
    assert (row.state == "reached") is passes
    assert (paper.conditions == "After the fire test.") is passes


def test_who_is_not_named_by_the_register_is_not_asked(place: Any, manager: Person, chief: Person) -> None:
    other = person("Sam Sponsor", "sponsor", place)
    made = write_decisions(
        actor(manager),
        [
            Change(
                {
                    "initiative": place,
                    "recommendation": "Go.",
                    **paper_of_gate(gate(place)),
                    "decider": other.party,
                }
            )
        ],
    )[0]
    with pytest.raises(Invalid, match="Carla Chief"):
        step(manager, step(manager, made, "prepared"), "asked")
    plain = write_decisions(actor(manager), [Change({"initiative": place, "title": "Paint it red?"})])[0]
    assert plain.right_about == "decision"


def test_four_eyes_pass_it_together(place: Any, manager: Person) -> None:
    first, second = person("Ann One"), person("Bob Two")
    for who in (first, second):
        right(place, who.party, subject="gate", title="Gates", four_eyes=True)
    row = gate(place)
    asked(manager, row, decider=first.party, second=second.party)
    answer(actor(first), question("decision.take"), "go", "")
    row.refresh_from_db()
    assert row.state == "planned"
    answer(actor(second), question("paper.agree"), "agree", "")
    row.refresh_from_db()
    assert row.state == "reached"


def test_nobody_types_that_a_gate_is_passed(place: Any, manager: Person, chief: Person) -> None:
    row = gate(place)
    for values in ({"state": "reached", "actual": clock.today()}, {"actual": clock.today()}):
        with pytest.raises(Invalid, match="Carla Chief"):
            write_milestones(actor(manager), [Change(values, pk=row.pk)])
    new = {
        "initiative": place,
        "title": "Gate 4",
        "tier": "gate",
        "state": "reached",
        "actual": clock.today(),
    }
    with pytest.raises(Invalid, match="passed by a decision"):
        write_milestones(actor(manager), [Change(new)])
    write_milestones(actor(manager), [Change({"forecast": date(2026, 12, 20)}, pk=row.pk)])
    client, page = browser(manager), f"/registers/milestones/{row.pk}/"
    assert "/to/drop/" in client.get(page).content.decode()
    assert "/to/reach/" not in client.get(page).content.decode()
    assert client.post(f"{page}to/reach/", {"actual": clock.today().isoformat()}).status_code == 303
    assert "A gate is passed by a decision" in client.get(page).content.decode()
    row.refresh_from_db()
    assert (row.state, row.actual) == ("planned", None)
    form = {
        "title": row.title,
        "initiative": "TRAM",
        "tier": "gate",
        "state": "planned",
        "version": row.version,
    }
    refused = client.post(f"{page}edit/", {**form, "actual": clock.today().isoformat()})
    assert refused.status_code == 422
    assert "Carla Chief" in refused.content.decode()


def test_the_refusal_is_not_walked_around_nor_a_passed_gate_emptied(
    place: Any, manager: Person, chief: Person
) -> None:
    row = gate(place)
    for values in ({"tier": "team"}, {"state": "reached", "actual": clock.today()}):
        write_milestones(actor(manager), [Change(values, pk=row.pk)])
    with pytest.raises(Invalid, match="Carla Chief"):
        write_milestones(actor(manager), [Change({"tier": "gate"}, pk=row.pk)])
    passed = gate(place)
    asked(manager, passed)
    answer(actor(chief), question("decision.take"), "go", "")
    for values in ({"state": "planned", "actual": None}, {"actual": date(2026, 1, 1)}, {"tier": "team"}):
        with pytest.raises(Invalid, match="Carla Chief"):
            write_milestones(actor(manager), [Change(values, pk=passed.pk)])


def test_a_reversal_is_decided_by_whoever_decides_about_gates(
    place: Any, manager: Person, chief: Person
) -> None:
    other = person("Otto Other", "sponsor", place)
    right(place, other.party, subject="decision", title="Everything else")
    first = asked(manager, gate(place))
    answer(actor(chief), question("decision.take"), "go", "")
    options = [{"key": "o1", "title": "Yes"}, {"key": "o2", "title": "No"}]
    values = {"initiative": place, "title": "Take it back?", "options": options, "reverses": first}
    values |= {"recommendation": "Yes.", "decide_by": clock.today(), "decider": other.party}
    later = step(manager, write_decisions(actor(manager), [Change(values)])[0], "prepared")
    with pytest.raises(Invalid, match="Carla Chief"):
        step(manager, later, "asked")


def test_one_paper_about_a_gate_is_open_at_a_time(place: Any, manager: Person, chief: Person) -> None:
    row = gate(place)
    asked(manager, row)
    with pytest.raises(Invalid, match="open already"):
        asked(manager, row)
    answer(actor(chief), question("decision.take"), "hold", "Not yet.")
    assert asked(manager, row).state == "asked"


def test_where_the_register_says_nothing_a_gate_is_a_milestone_like_others(
    place: Any, manager: Person
) -> None:
    row = gate(place)
    write_milestones(actor(manager), [Change({"state": "reached", "actual": clock.today()}, pk=row.pk)])
    row.refresh_from_db()
    assert row.state == "reached"


def test_what_was_passed_before_the_right_began_is_entered_as_it_was(place: Any, manager: Person) -> None:
    begins = clock.today() - timedelta(days=5)
    right(place, person("Carla Chief").party, subject="gate", title="Gates", starts=begins)
    old = {"initiative": place, "title": "Gate 1", "tier": "gate", "state": "reached"}
    write_milestones(actor(manager), [Change({**old, "actual": begins - timedelta(days=1)})])
    with pytest.raises(Invalid):
        write_milestones(actor(manager), [Change({**old, "title": "Gate 2", "actual": begins})])


@pytest.mark.both_databases
def test_a_plan_that_says_so_stands_and_is_told_as_not_decided(
    place: Any, manager: Person, chief: Person
) -> None:
    row = gate(place)
    said = {"state": "reached", "actual": date(2026, 11, 20)}
    write_milestones(actor(manager), [Change(said, pk=row.pk)], of_plan=True)
    page = browser(manager).get(f"/registers/milestones/{row.pk}/").content.decode()
    assert "no decision is recorded" in page
    row.refresh_from_db()
    asked(manager, row, decide_by=clock.today())
    answer(actor(chief), question("decision.take"), "go", "")
    row.refresh_from_db()
    assert row.actual == clock.today()
    page = browser(manager).get(f"/registers/milestones/{row.pk}/").content.decode()
    assert "no decision is recorded" not in page


def test_a_reversed_go_opens_the_gate_again(place: Any, manager: Person, chief: Person) -> None:
    row = gate(place)
    paper = asked(manager, row)
    answer(actor(chief), question("decision.take"), "go", "")
    row.refresh_from_db()
    options = [{"key": "o1", "title": "Yes"}, {"key": "o2", "title": "No"}]
    values = {
        "initiative": place,
        "title": "Take it back?",
        "options": options,
        "reverses": paper,
        "recommendation": "Yes.",
        "decide_by": clock.today(),
    }
    later = write_decisions(actor(manager), [Change({**values, "gate": row, "decider": chief.party})])[0]
    step(manager, step(manager, later, "prepared"), "asked")
    answer(actor(chief), question("decision.take"), "o1", "")
    row.refresh_from_db()
    assert (row.state, row.actual) == ("planned", None)


def test_the_paper_begins_with_what_is_known(place: Any, manager: Person, chief: Person) -> None:
    row = gate(place)
    record(
        "deliverable",
        place,
        "Fire test",
        delivery_forecast=date(2026, 12, 1),
        delivery_baseline=date(2026, 12, 1),
    )
    background = paper_of_gate(row)["background"]
    assert "Agreed for 01/12/2026" in background
    assert "Fire test" in background
    client = browser(manager)
    page = client.get(f"/registers/milestones/{row.pk}/").content.decode()
    assert "Prepare the gate decision" in page
    assert "It is for Carla Chief to decide" in page


def test_the_paper_of_a_restricted_place_holds_what_its_readers_may_read(
    place: Any, manager: Person, chief: Person
) -> None:
    named = {"delivery_forecast": date(2026, 12, 1), "delivery_baseline": date(2026, 12, 1)}
    record("deliverable", place, "Fire test", **named)
    secret = record("deliverable", place, "Secret test", **named)
    restrict(OPERATOR, secret, [person("Sam Secret").party_id])
    restrict(OPERATOR, place, [manager.party_id, chief.party_id])
    background = paper_of_gate(gate(Initiative.objects.get(pk=place.pk)))["background"]
    assert "Fire test" in background
    assert "Secret test" not in background


@pytest.mark.parametrize("about", ["gate", "reverses"])
def test_silence_neither_passes_a_gate_nor_takes_that_back(
    place: Any, manager: Person, chief: Person, about: str
) -> None:
    row = gate(place)
    first = asked(manager, row)
    answer(actor(chief), question("decision.take"), "go", "")
    options = [{"key": "o1", "title": "Yes"}, {"key": "o2", "title": "No"}]
    values = {"initiative": place, "title": "Well?", "options": options, "silence_verdict": "o1"}
    values |= {"silence_clause": "§ 4", about: row if about == "gate" else first}
    with pytest.raises(Invalid, match="Silence never passes a gate"):
        write_decisions(actor(manager), [Change(values)])


def test_another_milestone_or_place_is_no_gate_to_decide_about(place: Any, manager: Person) -> None:
    team = record("milestone", place, "Party", tier="team")
    elsewhere = gate(initiative("BUS"))
    for wrong, said in ((team, "is no gate"), (elsewhere, "at the initiative that passes it")):
        with pytest.raises(Invalid, match=said):
            write_decisions(OPERATOR, [Change({"initiative": place, "title": "May it?", "gate": wrong})])
