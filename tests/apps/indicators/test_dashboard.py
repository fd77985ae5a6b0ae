"""The dashboard: what it counts, for whom, against what, and with how many queries."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.indicators.files import Load

from steerco.apps.indicators.dashboard import Dashboard, dashboard, unit_key_of
from steerco.apps.indicators.listing import Wanted, wanted_lines
from steerco.apps.indicators.selectors import Line, compared_lines, history, portfolio_scope
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import report_also_to, restrict, write_initiatives
from steerco.apps.people.models import Unit
from steerco.apps.people.services import succeed_unit, write_units
from steerco.kit.history import Change
from steerco.kit.permissions import Actor

pytestmark = pytest.mark.django_db

HEADER = "Project name,Department,RAG rating,Start date,End date,2018/19 Budget (£m),2018/19 Forecast (£m),"
HEADER += "Whole life cost (£m),Departmental commentary on the RAG rating\n"
BEFORE = (
    HEADER
    + """North Bridge,DfT,Green/Amber,01/01/2015,31/03/2022,10,10,100,Fine.
Harbour Tunnel,DfT,Exempt under Section 43,01/01/2015,Exempt,Exempt,5,Exempt,
Payroll,HMT,Green,01/01/2015,30/06/2021,3,3,30,Fine.
Old Mill,HMT,Red,01/01/2015,30/06/2020,1,1,5,Late.
"""
)
AFTER = (
    HEADER
    + """North Bridge,DfT,Amber/Red,01/01/2015,31/03/2023,10,10.2,150,The ground is soft.
Harbour Tunnel,DfT,Amber,01/01/2015,Exempt,4,4,70,
Payroll,HMT,Green,01/01/2015,30/06/2022,3,4,30,All is well.
New Archive,HMT,Amber,01/01/2018,30/06/2024,1,1,8,New.
"""
)
THEN, NOW = date(2018, 9, 30), date(2019, 9, 30)


@pytest.fixture
def loaded(load: Load) -> Load:
    load(BEFORE, THEN)
    load(AFTER, NOW)
    return load


def shown(actor: Actor, portfolio: Initiative, **asked: object) -> Dashboard:
    board = dashboard(actor, portfolio, **asked)  # type: ignore[arg-type]
    assert board is not None
    return board


def lines(actor: Actor, portfolio: Initiative, board: Dashboard) -> list[Line]:
    scope, also = portfolio_scope(portfolio)
    return compared_lines(actor, scope, also, board.as_of, board.compare).lines


def named(actor: Actor, portfolio: Initiative, board: Dashboard, **wishes: str) -> list[str]:
    wanted = Wanted(as_of=board.as_of, compare=board.compare, **wishes)  # type: ignore[arg-type]
    found = lines(actor, portfolio, board)
    return [line.latest.name for line in wanted_lines(found, wanted, unit_key_of("published"))]


def test_it_counts_and_sums_and_says_what_is_not_in_the_sum(
    loaded: Load, operator: Actor, portfolio: Initiative
) -> None:
    board = shown(operator, portfolio)
    assert (board.as_of, board.compare, board.reports, board.appeared, board.left) == (NOW, THEN, 4, 1, 1)
    assert {s.rating: (s.now, s.before) for s in board.shares} == {
        "green": (1, 1),
        "amber-green": (0, 1),
        "amber": (2, 0),
        "amber-red": (1, 0),
        "red": (0, 1),
        "exempt": (0, 1),
    }
    [cost] = board.totals["whole_life_cost"]
    assert (cost.currency, cost.amount, cost.known, cost.of) == ("GBP", 258_000_000_00, 4, 4)
    [(currency, before, now, both)] = board.like_for_like
    assert (currency, before, now, both) == ("GBP", 130_000_000_00, 180_000_000_00, 2)
    earlier = shown(operator, portfolio, as_of=THEN)
    assert (earlier.compare, earlier.exempt) == (None, 1)
    [cost] = earlier.totals["whole_life_cost"]
    assert (cost.known, cost.of, cost.complete) == (3, 4, False)


def test_movers_come_biggest_first_with_the_reason_of_the_source(
    loaded: Load, operator: Actor, portfolio: Initiative
) -> None:
    movers = shown(operator, portfolio).movers
    assert [m.line.latest.name for m in movers] == [
        "North Bridge",
        "Payroll",
        "Harbour Tunnel",
        "New Archive",
        "Old Mill",
    ]
    first = movers[0]
    assert first.reason == "The ground is soft."
    assert (first.line.movement.rating_steps, first.line.movement.end_days) == (2, 365)
    assert first.line.movement.cost_percent == 50


def test_declared_green_while_the_figures_say_red(
    loaded: Load, operator: Actor, portfolio: Initiative
) -> None:
    board = shown(operator, portfolio)
    assert board.disagreeing == 1
    # a year late, a third over its budget
    assert named(operator, portfolio, board, disagrees="1") == ["Payroll"]


def test_without_an_earlier_report_there_is_no_baseline(
    loaded: Load, operator: Actor, portfolio: Initiative
) -> None:
    board = shown(operator, portfolio)
    archive = next(line for line in lines(operator, portfolio, board) if line.latest.name == "New Archive")
    assert archive.computed is not None
    reasons = {finding.subject: finding.reason for finding in archive.computed.findings}
    assert reasons == {"year_budget": "within", "whole_life_cost": "no_baseline", "end": "no_baseline"}


def test_every_number_has_its_rows(loaded: Load, operator: Actor, portfolio: Initiative) -> None:
    board = shown(operator, portfolio)
    for share in board.shares:
        assert len(named(operator, portfolio, board, rating=share.rating)) == share.now
    for band, count in board.slips:
        assert len(named(operator, portfolio, board, slip=band.key)) == count
    for band, count in board.growths:
        assert len(named(operator, portfolio, board, growth=band.key)) == count
    for row in board.units:
        assert len(named(operator, portfolio, board, unit=row.key)) == row.total
    assert len(named(operator, portfolio, board, moved="worse")) == board.worse
    assert named(operator, portfolio, board, rating="off-track") == ["North Bridge"]
    assert named(operator, portfolio, board, moved="later") == ["North Bridge", "Payroll"]
    assert named(operator, portfolio, board, presence="left") == ["Old Mill"]
    assert named(operator, portfolio, board, presence="appeared") == ["New Archive"]
    assert sum(count for _band, count in board.slips) == board.slip_known


def test_units_as_published_and_restated_to_today(
    loaded: Load, operator: Actor, portfolio: Initiative
) -> None:
    [crown] = write_units(operator, [Unit(code="CO", name="Crown Office")])
    succeed_unit(operator, Unit.objects.get(name="HMT"), [(crown, None)], date(2020, 1, 1))
    assert {r.key for r in shown(operator, portfolio).units} == {"dft", "hmt"}
    restated = shown(operator, portfolio, basis="restated")
    assert {r.key: r.total for r in restated.units} == {"dft": 2, "crown office": 2}


def test_a_unit_split_without_shares_is_not_comparable(
    loaded: Load, operator: Actor, portfolio: Initiative
) -> None:
    parts = write_units(operator, [Unit(code="A", name="A office"), Unit(code="B", name="B office")])
    succeed_unit(operator, Unit.objects.get(name="HMT"), [(part, None) for part in parts], date(2020, 1, 1))
    restated = shown(operator, portfolio, basis="restated")
    assert {r.key: r.total for r in restated.units} == {"dft": 2, "not-comparable": 2}


def test_a_hidden_project_changes_nothing_for_who_may_not_see_it(
    load: Load, operator: Actor, portfolio: Initiative, somebody: Callable[..., Actor]
) -> None:
    after = AFTER.replace("Tunnel,DfT,Amber", "Tunnel,DfT,Amber/Green")  # the same scale in both worlds
    load("".join(line for line in after.splitlines(True) if not line.startswith("North Bridge")), NOW)
    reader = somebody("reader")
    world_without = shown(reader, portfolio)
    load(after, NOW)
    bridge = Initiative.objects.get(name="North Bridge")
    owner = somebody("owner")
    restrict(operator, bridge, list(owner.parties))
    world_with = shown(reader, portfolio)
    assert world_with.reports == world_without.reports == 3
    assert world_with.totals == world_without.totals
    assert world_with.shares == world_without.shares
    assert world_with.points == world_without.points
    assert world_with.units == world_without.units
    assert world_with.reddest == world_without.reddest
    assert world_with.costly == world_without.costly
    assert world_with.timeline == world_without.timeline
    assert history(reader, bridge) == []
    restrict(operator, bridge, [])
    assert shown(somebody("another"), portfolio).reports == 4


def test_what_reports_here_too_is_counted_once_and_flagged(
    loaded: Load, operator: Actor, portfolio: Initiative
) -> None:
    change = Change({"code": "OTHER", "name": "Other", "type": Initiative.Type.PORTFOLIO})
    [other] = write_initiatives(operator, [change])
    assert dashboard(operator, other) is None
    report_also_to(operator, Initiative.objects.get(name="Payroll"), [other])
    board = shown(operator, other)
    assert (board.reports, board.also) == (1, 1)
    report_also_to(operator, Initiative.objects.get(name="Payroll"), [portfolio])
    assert shown(operator, portfolio).reports == 4


def test_the_number_of_queries_does_not_grow_with_the_portfolio(
    loaded: Load, load: Load, operator: Actor, portfolio: Initiative, somebody: Callable[..., Actor]
) -> None:
    reader = somebody("reader")

    def count() -> int:
        reader.cache.pop("ancestors", None)
        with CaptureQueriesContext(connection) as queries:
            shown(reader, portfolio, basis="restated")
        return len(queries)

    few = count()
    load(HEADER + "".join(f"Road {n},DfT,Amber,01/01/2015,31/03/2022,1,1,{n},x\n" for n in range(60)), NOW)
    assert count() == few <= 9


def test_the_history_of_one_project(loaded: Load, operator: Actor) -> None:
    first, last = history(operator, Initiative.objects.get(name="North Bridge"))
    assert (first.snapshot.as_of, last.snapshot.as_of) == (THEN, NOW)
    assert first.movement is None
    assert last.movement is not None
    assert last.movement.cost == 50_000_000_00
    assert {v.indicator for v in last.texts()} == {"rating_comment"}
