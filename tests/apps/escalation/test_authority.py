"""Tolerances and decision rights: who decides what, and that the permissions follow the register."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.apps.escalation.trees import Tree, right, tolerance
from tests.apps.worlds import OPERATOR, actor, browser, person
from tests.permissions.world import snapshot

from steerco.apps.escalation.authority import MayNotDecide, authority_for, may_decide, require_decider
from steerco.apps.escalation.models import DecisionRight, Tolerance
from steerco.apps.escalation.services import write_rights, write_tolerances
from steerco.apps.escalation.tolerances import tolerances_of
from steerco.apps.initiatives.models import Post
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.people.models import Party, Person
from steerco.apps.people.services import make_parties
from steerco.kit import clock
from steerco.kit.history import Change, Invalid, as_at
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db


def names(parties: Any) -> list[str]:
    return [party.name for party in parties]


def test_a_tolerance_is_inherited_until_something_nearer_says_otherwise(tree: Tree) -> None:
    above = tolerance(tree.programme, "time", days=15)
    own = tolerance(tree.project, "time", days=5)
    cost = tolerance(tree.portfolio, "cost", percent=Decimal(5))
    assert tolerances_of(tree.programme)["time"] == above
    assert tolerances_of(tree.stream) == {"time": own, "cost": cost}
    assert tolerances_of(tree.portfolio) == {"cost": cost}
    past = clock.today() - timedelta(days=1)
    write_tolerances(OPERATOR, [Change({"ends": past}, pk=own.pk)])
    assert tolerances_of(tree.stream)["time"] == above
    assert tolerances_of(tree.stream, past)["time"] == own


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"area": "time"}, "days"),
        ({"area": "time", "days": 3, "percent": Decimal(2)}, "percent"),
        ({"area": "cost", "money": 100_00}, "currency"),
        ({"area": "risk", "score": 26}, "score"),
        ({"area": "time", "days": 3, "starts": date(2026, 2, 2), "ends": date(2026, 2, 1)}, "__all__"),
    ],
)
def test_a_tolerance_says_how_much_in_the_measure_of_its_area(
    tree: Tree, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        write_tolerances(OPERATOR, [Change({"initiative": tree.project, "title": "x", **values})])
    assert list(caught.value.errors[0]) == [field]


# Without a right in the register (reference data 2.8): within tolerance the manager, beyond the level that set it;
# none set: > 10 days or > 5 % the sponsor, > 10 % or a gate the board. The project costs 1,000,000.00 GBP.
DEFAULTS: list[tuple[dict[str, Any], str]] = [
    ({}, "Paula Lead"),
    ({"days": 10}, "Paula Lead"),
    ({"days": 11}, "Saul Sponsor"),
    ({"money": 50_000_00, "currency": "GBP"}, "Paula Lead"),
    ({"money": 50_001_00, "currency": "GBP"}, "Saul Sponsor"),
    ({"money": -50_001_00, "currency": "GBP"}, "Saul Sponsor"),
    ({"money": 100_001_00, "currency": "GBP"}, "Carl Chief"),
    ({"money": 1_00, "currency": "EUR"}, "Saul Sponsor"),
    ({"days": 11, "percent": Decimal(11)}, "Carl Chief"),
    ({"gate": True}, "Carl Chief"),
]


@pytest.mark.parametrize(("case", "decider"), DEFAULTS)
def test_without_a_right_the_defaults_say_who_decides(tree: Tree, case: dict[str, Any], decider: str) -> None:
    snapshot(tree.project, date(2025, 9, 30), "green")
    found = authority_for("change", tree.project, **case)
    assert decider in names(found.parties)
    assert not found.registered
    assert found.because


def test_beyond_a_tolerance_the_level_that_set_it_decides_and_within_it_the_manager(tree: Tree) -> None:
    tolerance(tree.project, "time", days=3, set_by=tree.programme_manager.party)
    tolerance(tree.programme, "cost", percent=Decimal("2.5"))
    snapshot(tree.project, date(2025, 9, 30), "green")
    assert names(authority_for("change", tree.project, days=3).parties) == ["Paula Lead"]
    assert names(authority_for("change", tree.project, days=4).parties) == ["Petra Programme"]
    over = authority_for("change", tree.project, 25_001_00, "GBP")
    assert "Carl Chief" in names(over.parties)  # nobody sponsors the programme: the nearest sponsor above
    assert names(authority_for("change", tree.project, 25_000_00, "GBP").parties) == ["Paula Lead"]


def test_the_nearest_right_that_covers_the_case_decides(tree: Tree) -> None:
    board = make_parties(Party.Kind.BODY, ["Change board"])[0]
    right(tree.project, tree.lead.party, money=10_000_00, currency="GBP", days=5)
    right(tree.project, tree.sponsor.party, money=100_000_00, currency="GBP", days=20, four_eyes=True)
    right(tree.portfolio, board)
    small = authority_for("change", tree.stream, 5_000_00, "GBP", 5)
    assert names(small.parties) == ["Paula Lead", "Saul Sponsor"]
    assert small.registered
    assert not small.four_eyes
    assert names(small.above) == ["Change board"]
    middle = authority_for("change", tree.stream, 5_000_00, "GBP", 6)
    assert names(middle.parties) == ["Saul Sponsor"]
    assert middle.four_eyes
    assert names(authority_for("change", tree.stream, 100_000_01, "GBP").parties) == ["Change board"]
    assert names(authority_for("change", tree.stream, 1_00, "EUR").parties) == ["Change board"]
    assert "Changes" in small.in_words


def test_a_case_above_every_limit_is_nobodys_until_a_right_says_so(tree: Tree) -> None:
    right(tree.project, tree.lead.party, money=10_000_00, currency="GBP")
    found = authority_for("change", tree.project, 10_000_01, "GBP")
    assert found.parties == ()
    with pytest.raises(MayNotDecide):
        require_decider(actor(tree.sponsor), "change", tree.project, money=10_000_01, currency="GBP")


def test_permissions_follow_the_register(tree: Tree) -> None:
    assert may_decide(actor(tree.lead), "change", tree.project)
    assert may_decide(actor(tree.director), "change", tree.project)  # the post gives record.decide there
    right(tree.project, tree.sponsor.party)
    assert not may_decide(actor(tree.lead), "change", tree.project)
    assert not may_decide(actor(tree.director), "change", tree.project)
    assert may_decide(actor(tree.sponsor), "change", tree.project)
    assert may_decide(actor(tree.lead), "spend", tree.project)  # the right is about changes alone


def test_the_office_decides_only_where_a_right_names_it(tree: Tree) -> None:
    office = actor(tree.office)
    assert not may_decide(office, "change", tree.project)
    with pytest.raises(MayNotDecide) as caught:
        require_decider(office, "change", tree.project)
    assert "Paula Lead" in caught.value.reason
    post = Post.objects.get(role="pmo_manager")
    right(None, post.party, money=1_000_00, currency="GBP")
    office = actor(tree.office)
    assert may_decide(office, "change", tree.project, money=1_000_00, currency="GBP")
    assert not may_decide(office, "change", tree.project, money=1_000_01, currency="GBP")


def test_nobody_decides_alone_on_their_own_paper(tree: Tree) -> None:
    lead = actor(tree.lead)
    with pytest.raises(MayNotDecide):
        require_decider(lead, "decision", tree.project, author=tree.lead.pk)
    assert require_decider(lead, "decision", tree.project, author=tree.office.pk).complete


def test_four_eyes_are_two_people(tree: Tree) -> None:
    post = create_post(OPERATOR, tree.project, "sponsor", "Change authority")
    second = person("Zoe Second")
    appoint(OPERATOR, post, tree.lead)
    appoint(OPERATOR, post, second)
    right(tree.project, post.party, four_eyes=True)
    first = require_decider(actor(tree.lead), "change", tree.project, author=tree.lead.pk)
    assert not first.complete
    with pytest.raises(MayNotDecide):
        require_decider(actor(tree.lead), "change", tree.project, earlier=[tree.lead.pk])
    assert require_decider(actor(second), "change", tree.project, earlier=[tree.lead.pk]).complete


def test_what_a_body_decides_is_recorded_until_its_chair_confirms(tree: Tree) -> None:
    body = make_parties(Party.Kind.BODY, ["Change board"])[0]
    right(tree.project, body)
    secretary = replace(actor(tree.office), parties=actor(tree.office).parties | {body.pk})
    found = require_decider(secretary, "change", tree.project, author=tree.office.pk)
    assert (found.body, found.complete) == (body, False)
    with pytest.raises(MayNotDecide):
        require_decider(actor(tree.office), "change", tree.project)


def test_a_right_counts_from_and_to_its_day(tree: Tree) -> None:
    today = clock.today()
    right(tree.project, tree.sponsor.party, starts=today + timedelta(days=1))
    right(tree.project, tree.chief.party, ends=today - timedelta(days=1))
    assert not authority_for("change", tree.project).registered
    with clock.at(clock.now() + timedelta(days=2)):
        assert names(authority_for("change", tree.project).parties) == ["Saul Sponsor"]


def test_the_level_above_sets_and_nobody_gives_to_themselves_or_more_than_they_hold(tree: Tree) -> None:
    programme_manager = actor(tree.programme_manager)
    given = {"initiative": tree.project, "subject": "change", "title": "x", "party": tree.lead.party}
    write_rights(programme_manager, [Change(dict(given))])
    with pytest.raises(Denied):
        write_rights(programme_manager, [Change({**given, "initiative": tree.programme})])
    with pytest.raises(Denied):
        write_rights(actor(tree.lead), [Change(dict(given))])
    with pytest.raises(Invalid):
        write_rights(programme_manager, [Change({**given, "party": tree.programme_manager.party})])
    with pytest.raises(Invalid):
        write_rights(
            actor(tree.office), [Change({**given, "party": Post.objects.get(role="pmo_manager").party})]
        )
    right(tree.programme, tree.programme_manager.party, subject="spend", money=50_000_00, currency="GBP")
    programme_manager = actor(tree.programme_manager)
    spend = {**given, "subject": "spend", "currency": "GBP"}
    write_rights(programme_manager, [Change({**spend, "money": 50_000_00})])
    for money in (50_000_01, None):
        with pytest.raises(Invalid):
            write_rights(programme_manager, [Change({**spend, "money": money})])


@pytest.mark.both_databases
def test_rights_keep_their_history_and_show_in_the_initiatives(tree: Tree) -> None:
    row = right(tree.project, tree.lead.party, money=10_000_00, currency="gbp")
    assert row.currency == "GBP"
    moment = clock.now()
    with clock.at(moment + timedelta(days=1)):
        write_rights(OPERATOR, [Change({"money": 20_000_00}, pk=row.pk)])
    assert as_at(DecisionRight, moment).get(id=row.pk).money == 10_000_00
    assert row.event_entry_id == tree.project.entry_id


@pytest.mark.both_databases
def test_the_page_says_what_holds_and_who_would_decide(tree: Tree) -> None:
    tolerance(tree.programme, "time", days=7)
    right(None, tree.chief.party, subject="gate", title="Opening a stage")
    page = browser(tree.lead).get("/portfolio/PROJ/authority/?subject=change&days=8&currency=EUR")
    text = page.content.decode()
    assert page.status_code == 200
    assert "up to 7 working days late" in text
    assert "Opening a stage: decided by Carl Chief alone" in text
    assert "beyond the tolerance of 7 working days" in text
    assert "Set a tolerance" not in text
    assert browser(tree.lead).get("/portfolio/PROJ/authority/?subject=nonsense").status_code == 422
    assert (
        "Set a tolerance"
        in browser(tree.programme_manager).get("/portfolio/PROJ/authority/").content.decode()
    )


def test_a_tolerance_is_set_by_form_and_ended(tree: Tree) -> None:
    manager = browser(tree.programme_manager)
    form = {"initiative": "PROJ", "area": "cost", "title": "Whole-life cost", "percent": "2.5"}
    assert manager.post("/registers/tolerances/new/", form).status_code == 303
    row = Tolerance.objects.get()
    assert row.percent == Decimal("2.5")
    assert "up to 2.5 % over" in manager.get(f"/registers/tolerances/{row.pk}/").content.decode()
    same = {**form, "version": 1, "ends": "2026-01-31"}
    assert manager.post(f"/registers/tolerances/{row.pk}/edit/", same).status_code == 303
    assert Person.objects.count() > 0
    assert Tolerance.objects.get().ends == date(2026, 1, 31)
    assert browser(tree.lead).post("/registers/tolerances/new/", form).status_code == 403
