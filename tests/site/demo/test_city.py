"""The example city: loaded once, and its stories really show."""

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password

from steerco.apps.access.models import User
from steerco.apps.escalation.authority import authority_for
from steerco.apps.escalation.models import Escalation
from steerco.apps.indicators.dashboard import dashboard
from steerco.apps.indicators.models import Snapshot
from steerco.apps.indicators.selectors import history
from steerco.apps.initiatives.models import Initiative, Post
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.organisation.selectors import organisation
from steerco.apps.people.models import Person
from steerco.apps.planning.models import Milestone
from steerco.apps.raid.models import Action, Issue, Risk
from steerco.engine.performance.rag import STANDARD, Colour, WorkWeek, judge_milestone
from steerco.engine.performance.rag import Milestone as Measured
from steerco.kit import clock
from steerco.kit.history import as_at
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Via
from steerco.site.demo.accounts import PASSWORD
from steerco.site.demo.city import load_city
from steerco.site.demo.people import DEMO_PEOPLE

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("city")]


def _actor(email: str) -> Actor:
    return actor_for(User.objects.get(email=email), Via.SESSION)


def _project(code: str) -> Initiative:
    return Initiative.objects.get(code=code)


def test_a_second_load_brings_nothing() -> None:
    before = Event.objects.count()
    assert not load_city()
    assert Event.objects.count() == before


def test_what_there_is() -> None:
    kinds = list(Initiative.objects.values_list("type", flat=True))
    assert [kinds.count(kind) for kind in ("portfolio", "programme", "project", "workstream")] == [
        1,
        3,
        12,
        8,
    ]
    assert Person.objects.count() == 40
    assert Risk.objects.count() + Issue.objects.count() + Action.objects.count() == 146
    assert Milestone.objects.count() == 76  # one came with a plan
    assert Snapshot.objects.count() > 120
    assert organisation().marking == "Example"
    assert set(Initiative.objects.values_list("example", flat=True)) == {"northwind"}


def test_history_is_eighteen_months_long_and_in_order() -> None:
    moments = list(Event.objects.order_by("sequence").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert clock.now() - moments[0] > timedelta(days=540)
    assert moments[-1] < clock.now()
    a_year_ago = clock.now() - timedelta(days=365)
    assert 0 < as_at(Risk, a_year_ago).count() < Risk.objects.count()
    assert Risk.objects.filter(version__gte=3).count() > 30


def test_those_who_sign_in_can_and_hold_their_roles() -> None:
    for one in DEMO_PEOPLE:
        user = User.objects.get(email=one.email)
        validate_password(PASSWORD, user)
        assert user.check_password(PASSWORD)
        place = one.place or None
        assert Post.objects.filter(
            role=one.role, initiative__code=place, holdings__person__user=user
        ).exists(), one.email


def test_the_watermelon_is_declared_green_and_computed_red(operator: Actor) -> None:
    board = dashboard(operator, _project("NWC"))
    assert board is not None
    assert board.disagreeing == 1
    past = history(operator, _project("NWC-SCH"))
    assert {one.headline.rating for one in past} == {"green"}
    assert sum(one.computed is not None and one.computed.colour is Colour.RED for one in past) >= 5


def test_the_gate_slipped_and_is_computed_red(operator: Actor) -> None:
    gate = Milestone.objects.get(initiative__code="NWC-PAY", title__startswith="Gate 4")
    measured = Measured("gate", gate.tier, gate.baseline, gate.forecast, gate.actual)
    rule = STANDARD.rule("milestone")
    assert rule is not None
    assert judge_milestone(rule, measured, clock.today(), WorkWeek()).colour is Colour.RED
    newest = history(operator, _project("NWC-PAY"))[-1]
    assert newest.computed is not None
    assert (newest.headline.rating, newest.computed.colour) == ("red", Colour.RED)


def test_one_project_went_from_red_to_green(operator: Actor) -> None:
    ratings = [one.headline.rating for one in history(operator, _project("NWC-DCX"))]
    course = [rating for rating, before in zip(ratings, [None, *ratings], strict=False) if rating != before]
    assert course == ["amber", "amber-red", "red", "amber-red", "amber", "amber-green", "green"]


def test_a_change_was_rejected_with_its_reason() -> None:
    change = Issue.objects.get(initiative__code="NWC-TRM", type=Issue.Type.CHANGE)
    assert change.state == "closed"
    assert change.resolution.startswith("Rejected")


def test_the_architect_is_overbooked() -> None:
    party = Person.objects.get(name="Jonas Weber").party
    models = (Risk, Issue, Action)
    due = [row.due for m in models for row in m.objects.filter(owner=party, state_group="open")]
    late = [day for day in due if day and day < clock.today()]
    assert len(due) >= 20
    assert len(late) >= 15


def test_one_project_is_seen_by_its_sponsor_and_the_portfolio_manager_alone() -> None:
    seeing = {
        one.email
        for one in DEMO_PEOPLE
        if Initiative.objects.visible_to(_actor(one.email)).filter(code="NWC-EST").exists()
    }
    assert seeing == {"sponsor@example.org", "portfolio@example.org"}


def test_the_limits_of_the_board_hold_and_what_is_beyond_them_was_escalated() -> None:
    payments = _project("NWC-PAY")
    small = authority_for("change", payments, 40_000_00, "GBP", 5)
    assert [party.name for party in small.parties] == ["Helen Marsh", "Victor Engel"]
    assert [p.name for p in authority_for("change", payments, 900_000_00, "GBP").parties] == ["Eleanor Price"]
    accepted = Escalation.objects.get(entry__title__startswith="Partial refunds", state="accepted")
    assert accepted.answered_by is not None
    assert accepted.answered_by.name == "Helen Marsh"
    assert Escalation.objects.filter(entry__title__startswith="Annual billing", state="returned").count() == 1
    restricted = Escalation.objects.filter(entry__restricted_by__isnull=False)
    assert {row.receiver.name for row in restricted} <= {"Eleanor Price", "Rafael Duarte"}
