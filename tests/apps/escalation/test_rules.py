"""The escalation rules: what they propose, to whom, and never twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.apps.escalation.trees import Tree, right, tolerance
from tests.apps.worlds import OPERATOR, actor, initiative, record
from tests.permissions.world import snapshot

from steerco.apps.escalation.evaluation import dry_run, evaluate
from steerco.apps.escalation.models import Escalation
from steerco.apps.escalation.proposals import acknowledge, end_escalation, rescore, withdraw_escalation
from steerco.apps.escalation.rules import reason_in_words, rule_by_key, rules, write_rule
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer
from steerco.apps.indicators.models import Snapshot
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.services import restrict, write_initiatives
from steerco.apps.notices.working_time import add_working_days
from steerco.apps.organisation.scales import IMPACT, set_scale, with_bands
from steerco.apps.people.models import Party, Person
from steerco.apps.people.services import make_parties
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.permissions import Denied
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db
State = Escalation.State


def risk(where: Any, probability: int, impact: int, **values: Any) -> Any:
    return record(
        "risk", where, "Supplier fails", current_probability=probability, current_impact=impact, **values
    )


def change(row: Any, **values: Any) -> None:
    register = register_by_key(row.register_key)
    assert register is not None
    register.write(OPERATOR, [Change(values, pk=row.pk)])


def given_answer(row: Escalation, who: Person, key: str, comment: str = "Because.") -> Escalation:
    follow_up = FollowUp.objects.get(key=f"escalation.answer:{row.pk}")
    answer(actor(who), follow_up, key, comment)
    return Escalation.objects.get(pk=row.pk)


def escalated(row: Any) -> list[Escalation]:
    return list(Escalation.objects.filter(entry=row.entry_id).order_by("pk").select_related("to", "receiver"))


def after(days: int) -> Any:
    """The clock so many working days later, at noon."""
    day = add_working_days(clock.today(), days)
    return clock.at(clock.now() + (day - clock.today()))


# Reference data 2.8: risk current score >= 15 or impact 5 -> one level up.
@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("probability", "impact", "rule"),
    [(3, 5, "risk.score"), (5, 3, "risk.score"), (1, 5, "risk.impact"), (2, 4, ""), (3, 4, "")],
)
def test_a_serious_risk_is_proposed_one_level_up(
    tree: Tree, probability: int, impact: int, rule: str
) -> None:
    row = risk(tree.project, probability, impact)
    assert evaluate()["proposed"] == (1 if rule else 0)
    made = escalated(row)
    assert [e.rule for e in made] == ([rule] if rule else [])
    for found in made:
        assert (found.to, found.receiver) == (tree.programme, tree.programme_manager.party)
        assert found.due == add_working_days(clock.today(), 5)
        assert FollowUp.objects.get(entry=row.entry_id, kind="escalation.answer").debtor == found.receiver
    assert evaluate()["proposed"] == 0


def test_an_opportunity_a_draft_a_closed_and_an_archived_one_stay_where_they_are(tree: Tree) -> None:
    risk(tree.project, 5, 5, direction="opportunity")
    risk(tree.project, 5, 5, state="draft")
    change(risk(tree.project, 5, 5), state="closed", closing="expired")
    risk(tree.stream, 5, 5)
    write_initiatives(OPERATOR, [Change({"archived": True}, pk=tree.stream.pk)])
    assert evaluate()["proposed"] == 0


def test_it_comes_again_only_when_worse_or_when_the_days_after_a_return_have_passed(tree: Tree) -> None:
    row = risk(tree.project, 3, 5)
    evaluate()
    first = given_answer(escalated(row)[0], tree.programme_manager, "return", "Yours to treat.")
    assert first.state == State.RETURNED
    with after(9):
        assert evaluate()["proposed"] == 0
    with after(10):
        assert evaluate()["proposed"] == 1
        given_answer(escalated(row)[1], tree.programme_manager, "return")
        change(row, current_probability=4)
        assert evaluate()["proposed"] == 1
        given_answer(escalated(row)[2], tree.programme_manager, "decide", "We stop.")
    with after(40):
        assert evaluate()["proposed"] == 0
        change(row, current_probability=5)
        assert evaluate()["proposed"] == 1
    assert [e.value for e in escalated(row)] == [15, 15, 20, 25]


def test_the_ladder_climbs_by_the_score_at_each_level_and_ends_at_the_top(tree: Tree) -> None:
    row = risk(tree.stream, 4, 5)
    receivers = []
    for who in (tree.lead, tree.programme_manager, tree.director, tree.chief):
        assert evaluate()["proposed"] == 1
        proposed = escalated(row)[-1]
        receivers.append(proposed.receiver.name)
        accepted = given_answer(proposed, who, "accept")
        assert (accepted.level_probability, accepted.level_impact) == (4, 5)
    assert evaluate()["proposed"] == 0
    assert receivers == ["Paula Lead", "Petra Programme", "Dora Director", "Carl Chief"]
    states = [e.state for e in escalated(row)]
    assert states == [State.PASSED, State.PASSED, State.PASSED, State.ACCEPTED]
    assert [e.to for e in escalated(row)] == [tree.project, tree.programme, tree.portfolio, tree.portfolio]


def test_a_level_that_scores_lower_keeps_it(tree: Tree) -> None:
    row = risk(tree.project, 3, 5)
    evaluate()
    accepted = given_answer(escalated(row)[0], tree.programme_manager, "accept")
    with pytest.raises(Denied):
        rescore(actor(tree.lead), accepted, 2, 2)
    rescore(actor(tree.programme_manager), accepted, 3, 4)
    assert evaluate()["proposed"] == 0
    rescore(actor(tree.programme_manager), accepted, 4, 4)
    assert evaluate()["proposed"] == 1
    assert escalated(row)[-1].receiver.name == "Dora Director"


def test_the_score_at_the_level_follows_its_money_and_day_bands(tree: Tree) -> None:
    floors = {"money": (0, 100_00, 200_00, 300_00, 400_00), "days": (0, 100, 200, 300, 400)}
    set_scale(OPERATOR, "programme", IMPACT, with_bands(IMPACT, list("abcde"), floors))
    row = risk(tree.project, 3, 5, exposure=250_00, exposure_days=50, currency="EUR")
    evaluate()
    accepted = given_answer(escalated(row)[0], tree.programme_manager, "accept")
    assert (accepted.level_probability, accepted.level_impact) == (3, 3)


def test_a_critical_issue_goes_up_after_two_working_days_without_acknowledgement(tree: Tree) -> None:
    row = record("issue", tree.project, "Server down", severity=4)
    known = record("issue", tree.project, "Server slow", severity=4)
    record("issue", tree.project, "Screen dirty", severity=3)
    acknowledge(actor(tree.lead), Entry.objects.get(pk=known.entry_id))
    with after(1):
        assert evaluate()["proposed"] == 0
    with after(2):
        assert evaluate()["proposed"] == 1
        assert evaluate()["proposed"] == 0
        given_answer(escalated(row)[0], tree.programme_manager, "accept")
    with after(30):
        assert evaluate()["proposed"] == 0  # whoever accepted it has acknowledged it


def test_a_forecast_beyond_the_tolerance_goes_to_the_level_that_set_it(tree: Tree) -> None:
    tolerance(tree.programme, "time", days=3, set_by=tree.chief.party)
    start = date(2026, 3, 2)
    values = {"tier": "contract", "baseline": start, "forecast": add_working_days(start, 3)}
    row = record("milestone", tree.project, "Go-live", **values)
    assert evaluate()["proposed"] == 0
    change(row, forecast=add_working_days(start, 4))
    assert evaluate()["proposed"] == 1
    made = escalated(row)[0]
    assert (made.rule, made.to, made.receiver) == ("milestone.tolerance", tree.portfolio, tree.chief.party)
    assert (made.value, made.limit) == (4, 3)
    assert "4 working days late; the tolerance is 3 working days" in reason_in_words(made)


# Reference data 2.8: none set: > 10 days or > 5 % -> sponsor, > 10 % or a gate -> board.
@pytest.mark.parametrize(
    ("tier", "days", "receiver"),
    [("contract", 10, ""), ("contract", 11, "Saul Sponsor"), ("gate", 1, "Board"), ("team", 50, "")],
)
def test_without_a_tolerance_the_sponsor_or_the_board_is_asked(
    tree: Tree, tier: str, days: int, receiver: str
) -> None:

    right(tree.portfolio, make_parties(Party.Kind.BODY, ["Board"])[0], subject="gate")
    start = date(2026, 3, 2)
    row = record(
        "milestone", tree.project, "M", tier=tier, baseline=start, forecast=add_working_days(start, days)
    )
    evaluate()
    assert [e.receiver.name for e in escalated(row)] == ([receiver] if receiver else [])


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("cost", "receiver"),
    [(1_050_000_00, ""), (1_050_001_00, "Saul Sponsor"), (1_100_001_00, "Carl Chief"), (900_000_00, "")],
)
def test_a_risen_cost_goes_to_the_sponsor_or_the_board(tree: Tree, cost: int, receiver: str) -> None:

    for year in (2024, 2025):
        snapshot(tree.project, date(year, 9, 30), "green")
    Snapshot.objects.filter(as_of__year=2025).update(whole_life_cost=cost)
    evaluate()
    assert [e.receiver.name for e in escalated(tree.project)] == ([receiver] if receiver else [])


def test_what_is_overdue_goes_up_once_and_again_when_as_long_has_passed(tree: Tree) -> None:
    row = record("issue", tree.project, "Late", due_on=clock.today())
    with after(9):
        assert evaluate()["proposed"] == 0
    with after(10):
        assert evaluate()["proposed"] == 1
        given_answer(escalated(row)[0], tree.programme_manager, "accept")
    with after(19):
        assert evaluate()["proposed"] == 0
    with after(20):
        assert evaluate()["proposed"] == 1
        assert escalated(row)[-1].receiver.name == "Dora Director"


@pytest.mark.parametrize("due", [date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 29)])
def test_what_was_due_on_a_day_off_is_as_late_as_what_was_due_before_it(tree: Tree, due: date) -> None:
    with clock.at(
        datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
    ):  # a Friday; ten working days later is a Friday too
        record("issue", tree.project, "Late", due_on=due)
    with clock.at(datetime(2026, 12, 10, 12, 0, tzinfo=UTC)):
        assert evaluate()["proposed"] == 0
    with clock.at(datetime(2026, 12, 11, 12, 0, tzinfo=UTC)):
        assert evaluate()["proposed"] == 1


def test_an_escalation_that_nobody_answers_climbs_where_the_rule_is_in_use(tree: Tree) -> None:
    row = risk(tree.project, 3, 5)
    evaluate()
    with after(30):
        assert evaluate()["proposed"] == 0
        write_rule(OPERATOR, "escalation.unanswered", {"active": True})
        assert evaluate()["proposed"] == 1
        assert evaluate()["proposed"] == 0
    first, second = escalated(row)
    assert (first.state, second.receiver.name) == (State.PASSED, "Dora Director")
    assert FollowUp.objects.get(key=f"escalation.answer:{first.pk}").state == FollowUp.State.WITHDRAWN


def test_a_closed_record_settles_what_is_open_and_a_reopened_one_begins_anew(tree: Tree) -> None:
    row = risk(tree.project, 3, 5)
    evaluate()
    change(row, state="closed", closing="expired")
    assert evaluate() == {"settled": 1, "proposed": 0, "nobody": 0}
    assert FollowUp.objects.get(kind="escalation.answer").state == FollowUp.State.WITHDRAWN
    change(row, state="open")
    assert evaluate()["proposed"] == 1


def test_a_restricted_record_is_not_told_to_whom_it_is_hidden_from(tree: Tree) -> None:
    row = risk(tree.project, 5, 5)
    restrict(OPERATOR, row, [tree.lead.party_id])
    assert evaluate() == {"settled": 0, "proposed": 0, "nobody": 1}
    restrict(OPERATOR, row, [tree.lead.party_id, tree.director.party_id])
    assert evaluate()["proposed"] == 1
    assert escalated(row)[0].receiver == tree.director.party  # the programme manager is passed over


def test_of_a_slipping_plan_the_latest_milestone_goes_up_and_to_the_level_of_who_set_the_tolerance(
    tree: Tree,
) -> None:
    tolerance(tree.project, "time", days=3, set_by=tree.programme_manager.party)
    start = date(2026, 3, 2)
    for days in (4, 9, 6):
        values = {"tier": "board", "baseline": start, "forecast": add_working_days(start, days)}
        record("milestone", tree.project, f"{days} late", **values)
    assert evaluate()["proposed"] == 1
    made = Escalation.objects.get()
    assert (made.entry.title, made.to, made.receiver) == (
        "9 late",
        tree.programme,
        tree.programme_manager.party,
    )


def test_nobody_above_is_counted_and_nothing_is_made() -> None:
    alone = initiative("ALONE")
    risk(alone, 5, 5)
    assert evaluate() == {"settled": 0, "proposed": 0, "nobody": 1}


def test_the_dry_run_says_the_same_and_changes_nothing(tree: Tree) -> None:
    for probability in (3, 4, 5):
        risk(tree.project, probability, 5)
    record("issue", tree.project, "Late", due_on=clock.today() - timedelta(days=60))
    before = dry_run()
    assert len(before.proposals) == 4
    assert not Escalation.objects.exists()
    assert evaluate()["proposed"] == 4
    assert dry_run().proposals == []


def test_taking_back_and_taking_down_again(tree: Tree) -> None:
    row = risk(tree.project, 3, 5)
    evaluate()
    with pytest.raises(Denied):
        withdraw_escalation(actor(tree.sponsor), escalated(row)[0], "")
    withdraw_escalation(actor(tree.lead), escalated(row)[0], "Solved between us.")
    assert escalated(row)[0].state == State.WITHDRAWN
    with after(10):
        evaluate()
        accepted = given_answer(escalated(row)[1], tree.programme_manager, "accept")
        with pytest.raises(Denied):
            end_escalation(actor(tree.lead), accepted, "Back.")
        with pytest.raises(Invalid):
            end_escalation(actor(tree.programme_manager), accepted, " ")
        end_escalation(actor(tree.programme_manager), accepted, "It is yours again.")
        assert escalated(row)[1].state == State.ENDED
        assert evaluate()["proposed"] == 0


def test_rules_are_data_in_words(tree: Tree) -> None:
    shipped = rule_by_key("risk.score")
    assert shipped is not None
    assert shipped.in_words == (
        "A threat has a score of 15 or more → the next level up, to be answered within 5 working days."
    )
    assert all(rule.in_words for rule in rules())
    with pytest.raises(Denied):
        write_rule(actor(tree.director), "risk.score", {"threshold": 20})
    with pytest.raises(Invalid):
        write_rule(actor(tree.office), "risk.score", {"threshold": 0})
    write_rule(actor(tree.office), "risk.score", {"threshold": 20})
    write_rule(actor(tree.office), "risk.impact", {"active": False})
    risk(tree.project, 3, 5)
    assert evaluate()["proposed"] == 0
    own = write_rule(
        actor(tree.office),
        "",
        {"measure": "overdue.milestone", "threshold": 3, "to": "sponsor", "active": True},
    )
    assert own.key == "own.1"
    assert rule_by_key("own.1") == own


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["score", "accept", "return", "decide", "end", "wait", "rescore"]),
        st.integers(1, 5),
        st.integers(1, 5),
    ),
    min_size=1,
    max_size=14,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_whatever_happens_nothing_comes_twice_and_the_ladder_only_climbs(tree: Tree, steps: Any) -> None:
    """One risk through any sequence of events: at most one proposal, one accepted level, which is higher each time,
    and a second look on the same day never proposes anything."""
    row = risk(tree.stream, 3, 3)
    moment = clock.now()
    by_party = {
        p.party_id: p for p in (tree.lead, tree.programme_manager, tree.director, tree.chief, tree.sponsor)
    }
    for what, first, second in steps:
        if what == "wait":
            moment += timedelta(days=first * 4)
        with clock.at(moment):
            rows = Escalation.objects.filter(entry=row.entry_id)
            proposed, held = rows.filter(state="proposed").first(), rows.filter(state="accepted").first()
            if what == "score":
                change(row, current_probability=first, current_impact=second)
            elif what in {"accept", "return", "decide"} and proposed:
                given_answer(proposed, by_party[proposed.receiver_id], what)
                if what == "accept" and held:
                    assert depth(proposed) < depth(held) or proposed.receiver_id != held.receiver_id
            elif what == "end" and held:
                end_escalation(actor(by_party[held.receiver_id]), held, "Down.")
            elif what == "rescore" and held:
                rescore(actor(by_party[held.receiver_id]), held, first, second)
            evaluate()
            assert evaluate()["proposed"] == 0
            assert rows.filter(state="proposed").count() <= 1
            assert rows.filter(state="accepted").count() <= 1
    identities = [
        (e.rule, e.value, e.level_id, e.proposed_at)
        for e in Escalation.objects.filter(entry=row.entry_id).order_by("pk")
    ]
    assert len(identities) == len(set(identities))


def depth(row: Escalation) -> int:
    return row.to.above.count()
