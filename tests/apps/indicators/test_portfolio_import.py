"""Import of portfolio tables: everything in, nothing guessed, nothing twice, and back again."""

import csv
from collections.abc import Callable
from datetime import date

import pytest
from tests.apps.indicators.files import GMPP, OTHERS, Load, reading_from, reading_of

from steerco.apps.indicators.imports import import_portfolio
from steerco.apps.indicators.models import PortfolioImport, Snapshot, Value
from steerco.apps.indicators.undo import undo_import
from steerco.apps.initiatives.models import Entry, FormerName, Initiative
from steerco.apps.initiatives.services import restrict, write_initiatives
from steerco.apps.people.models import Unit
from steerco.apps.people.services import succeed_unit, write_units
from steerco.kit import clock
from steerco.kit.history import Change, Invalid, as_at
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied

pytestmark = pytest.mark.django_db

FIRST = """Project name,Department,RAG rating,End date,2018/19 Budget (£m),2018/19 Forecast (£m),Whole life cost (£m)
North Bridge,DfT,Amber,31/03/2022,10,11,100
Harbour Tunnel,DfT,Exempt under Section 43,Exempt under Section 43,Exempt under Section 43,5,Exempt
Payroll,HMT,Green/Amber,30/06/2021,3,3,30
Old Mill,HMT,Red,30/06/2020,1,1,5
"""
NEXT = """Name of the project;Owning ministry;Delivery confidence;Planned completion date;\
FY 2019/20 baseline £m;FY 2019/20 outturn £m;Lifetime cost £m
North Bridge (formerly Old Mill crossing);DfT;Amber/Red;30/09/2023;12;14;130
Harbour Tunnel;DfT;Amber;01/01/2025;4;4;70
Payroll;HMT;Green;30/06/2021;3;3;30
New Archive;HMT;Amber;30/06/2024;1;1;8
"""
DAY, LATER = date(2018, 9, 30), date(2019, 9, 30)


def expected_counts() -> dict[str, tuple[int, int]]:
    rows = csv.DictReader((OTHERS / "expected_counts.csv").read_text(encoding="utf-8").splitlines())
    return {row["file"]: (int(row["rows_read"]), int(row["rejected"])) for row in rows}


@pytest.mark.slow
def test_all_gmpp_years_go_in_and_again_change_nothing(operator: Actor, portfolio: Initiative) -> None:
    expected = expected_counts()
    for again in (False, True):
        for year in range(2014, 2021):
            path = GMPP / f"gmpp_{year}.csv"
            report = import_portfolio(operator, [reading_of(path)], portfolio=portfolio, file_name=path.name)
            read, rejected = expected[path.name]
            assert (report.rows_read, report.rejected) == (read, rejected)
            wanted = (0, 0, read - rejected) if again else (read - rejected, 0, 0)
            assert (report.created, report.updated, report.unchanged) == wanted
            assert not report.unmapped_columns
    days = set(Snapshot.objects.values_list("as_of", flat=True))
    assert days == {date(year, 9, 30) for year in range(2013, 2020)}
    # Projects are followed over the years: far fewer initiatives than reports.
    assert Snapshot.objects.count() == 1064
    assert Initiative.objects.count() < 500
    assert Value.objects.filter(state="exempt").count() > 100


@pytest.mark.slow
def test_a_file_with_its_own_report_dates_goes_in_with_its_codes(
    operator: Actor, portfolio: Initiative
) -> None:
    reading = reading_of(OTHERS / "nyc_capital_projects_2013_2017.csv")
    report = import_portfolio(operator, [reading], portfolio=portfolio, file_name="nyc.csv")
    assert (report.rows_read, report.created, report.new_initiatives) == (839, 839, 169)
    again = import_portfolio(operator, [reading], portfolio=portfolio, file_name="nyc.csv")
    assert (again.created, again.updated, again.unchanged, again.new_initiatives) == (0, 0, 839, 0)
    plant = Initiative.objects.get(code="PF-3")
    assert plant.name.startswith("26th Ward")
    assert plant.snapshots.filter(currency="USD", whole_life_cost__gt=0).count() == plant.snapshots.count()


def test_a_later_year_with_other_headers_joins_the_same_projects(load: Load) -> None:
    first, later = load(FIRST, DAY), load(NEXT, LATER)
    assert (first.created, later.created, later.updated) == (4, 4, 0)
    assert later.new_initiatives == 1
    bridge = Initiative.objects.get(name="North Bridge")
    ends = dict(bridge.snapshots.values_list("as_of", "ends"))
    assert ends == {DAY: date(2022, 3, 31), LATER: date(2023, 9, 30)}
    latest = bridge.snapshots.get(as_of=LATER)
    assert (latest.rating, latest.scale, latest.year, latest.year_budget, latest.year_forecast) == (
        "amber-red",
        "five_point",
        "2019/20",
        12_000_000_00,
        14_000_000_00,
    )
    assert (latest.whole_life_cost, latest.currency) == (130_000_000_00, "GBP")
    assert set(bridge.former_names.values_list("name", flat=True)) == {"Old Mill crossing"}
    assert bridge.forecast_end == date(2023, 9, 30)


def test_an_older_file_read_later_does_not_turn_back_what_is_newer(load: Load) -> None:
    load(NEXT, LATER)
    load(FIRST, DAY)
    bridge = Initiative.objects.get(name="North Bridge")
    assert bridge.forecast_end == date(2023, 9, 30)
    assert bridge.snapshots.count() == 2


def test_a_renamed_project_is_found_by_its_former_name_and_takes_the_new_one(load: Load) -> None:
    load(FIRST, DAY)
    report = load(FIRST.replace("Payroll", "Wages (formerly Payroll)"), LATER)
    assert report.new_initiatives == 0
    wages = Initiative.objects.get(name="Wages")
    assert set(wages.former_names.values_list("name", flat=True)) == {"Payroll"}
    assert wages.snapshots.get(as_of=DAY).name == "Payroll"
    assert load(FIRST, DAY).unchanged == 4  # the older file still finds it, under the older name
    assert Initiative.objects.get(pk=wages.pk).name == "Wages"


def test_a_name_set_by_hand_is_not_overwritten(load: Load, operator: Actor) -> None:
    load(FIRST, DAY)
    bridge = Initiative.objects.get(name="North Bridge")
    write_initiatives(operator, [Change({"name": "The Bridge"}, pk=bridge.pk)])
    load(NEXT, LATER)
    assert Initiative.objects.get(pk=bridge.pk).name == "The Bridge"


def test_exempt_cells_are_states_with_the_words_of_the_source_and_never_numbers(load: Load) -> None:
    load(FIRST, DAY)
    tunnel = Snapshot.objects.get(name="Harbour Tunnel")
    assert (tunnel.rating, tunnel.ends, tunnel.year_budget, tunnel.whole_life_cost) == (
        "exempt",
        None,
        None,
        None,
    )
    assert tunnel.year_forecast == 5_000_000_00
    states = dict(tunnel.values.filter(state="exempt").values_list("indicator", "text"))
    assert states["end"] == "Exempt under Section 43"
    assert set(states) == {"rating", "end", "year_budget", "whole_life_cost"}


def test_a_corrected_file_is_a_correction_and_the_report_says_what_differs(load: Load) -> None:
    load(FIRST, DAY)
    report = load(FIRST.replace("North Bridge,DfT,Amber", "North Bridge,DfT,Red"), DAY)
    assert (report.created, report.updated, report.unchanged) == (0, 1, 3)
    [changed] = [o for o in report.outcomes if o.outcome == "updated"]
    assert [(old, new) for _what, old, new in changed.differences] == [("amber", "red")]
    assert Snapshot.objects.filter(name="North Bridge").count() == 2


def test_units_are_taken_by_name_and_a_new_name_is_a_new_unit_and_no_guess(load: Load) -> None:
    load(FIRST, DAY)
    report = load(FIRST.replace("HMT", "Crown Office"), LATER)
    assert report.new_units == ["Crown Office"]
    assert set(Unit.objects.values_list("name", flat=True)) == {"DfT", "HMT", "Crown Office"}
    # The same name elsewhere, and nothing bears it out: an initiative of its own, and a person is told.
    assert (report.created, report.new_initiatives) == (4, 2)
    assert {(one.name, one.reason) for one in report.possible_matches} == {
        ("Payroll", "name_elsewhere"),
        ("Old Mill", "name_elsewhere"),
    }
    assert sum("kept apart" in note.reason for note in report.notes) == 2
    assert load(FIRST.replace("HMT", "Crown Office"), LATER).unchanged == 4


def test_a_match_that_a_person_confirms_is_made(operator: Actor, portfolio: Initiative, load: Load) -> None:
    load(FIRST, DAY)
    reading = reading_from(FIRST.replace("HMT", "Crown Office"), LATER)
    payroll = Initiative.objects.get(name="Payroll")
    report = import_portfolio(
        operator, [reading], portfolio=portfolio, file_name="f.csv", confirmed={"Payroll": payroll.code}
    )
    assert report.new_initiatives == 1
    assert payroll.snapshots.count() == 2
    assert payroll.snapshots.get(as_of=DAY).unit == Unit.objects.get(name="HMT")
    assert payroll.snapshots.get(as_of=LATER).unit == Unit.objects.get(name="Crown Office")
    assert Initiative.objects.get(name="Payroll").unit == Unit.objects.get(name="Crown Office")


def test_a_recorded_succession_makes_two_units_one_body(load: Load, operator: Actor) -> None:
    load(FIRST, DAY)
    [crown] = write_units(operator, [Unit(code="CO", name="Crown Office")])
    succeed_unit(operator, Unit.objects.get(name="HMT"), [(crown, None)], date(2019, 1, 1))
    assert load(FIRST.replace("HMT", "Crown Office"), LATER).new_initiatives == 0


def test_a_dry_run_says_the_same_and_leaves_nothing(load: Load) -> None:
    load(FIRST, DAY)
    counts = (
        Snapshot.objects.count(),
        Initiative.objects.count(),
        Event.objects.count(),
        Unit.objects.count(),
    )
    dry = load(NEXT, LATER, dry_run=True)
    assert counts == (
        Snapshot.objects.count(),
        Initiative.objects.count(),
        Event.objects.count(),
        Unit.objects.count(),
    )
    real = load(NEXT, LATER)
    assert (dry.created, dry.new_initiatives, [o.name for o in dry.outcomes]) == (
        real.created,
        real.new_initiatives,
        [o.name for o in real.outcomes],
    )
    assert {e.batch for e in Event.objects.filter(kind__in=["snapshot.recorded", "portfolio.imported"])} == {
        *PortfolioImport.objects.values_list("batch", flat=True)
    }


def test_undo_removes_exactly_what_the_batch_wrote(load: Load, operator: Actor) -> None:
    load(FIRST, DAY)
    names = set(Initiative.objects.values_list("name", flat=True))
    snapshots = set(Snapshot.objects.values_list("pk", flat=True))
    report = load(NEXT.replace("Payroll", "Wages (formerly Payroll)"), LATER)
    before_undo = clock.now()
    assert undo_import(operator, report.batch) == 4
    assert set(Initiative.objects.values_list("name", flat=True)) == names
    assert set(Snapshot.objects.values_list("pk", flat=True)) == snapshots
    assert not FormerName.objects.exists()
    assert Initiative.objects.get(name="North Bridge").forecast_end == date(2022, 3, 31)
    # The journal and the history keep that it was there.
    assert Event.objects.filter(kind="portfolio.import_undone", batch=report.batch).count() == 1
    assert Entry.objects.filter(title="New Archive", state_group="deleted").exists()
    assert as_at(Initiative, before_undo).filter(name="New Archive").exists()
    with pytest.raises(Invalid):
        undo_import(operator, report.batch)
    assert load(NEXT, LATER).created == 4


def test_undo_makes_the_corrected_snapshot_current_again(load: Load, operator: Actor) -> None:
    load(FIRST, DAY)
    report = load(FIRST.replace("North Bridge,DfT,Amber", "North Bridge,DfT,Red"), DAY)
    undo_import(operator, report.batch)
    [bridge] = Snapshot.objects.filter(name="North Bridge")
    assert (bridge.rating, bridge.current) == ("amber", True)
    assert set(bridge.values.values_list("current", flat=True)) == {True}


def test_undo_is_refused_while_a_correction_stands_on_it(load: Load, operator: Actor) -> None:
    first = load(FIRST, DAY)
    load(FIRST.replace("North Bridge,DfT,Amber", "North Bridge,DfT,Red"), DAY)
    with pytest.raises(Invalid) as caught:
        undo_import(operator, first.batch)
    assert "North Bridge" in str(caught.value)
    assert Snapshot.objects.filter(batch=first.batch).count() == 4


def test_undo_keeps_an_initiative_that_somebody_has_worked_on(load: Load, operator: Actor) -> None:
    report = load(FIRST, DAY)
    bridge = Initiative.objects.get(name="North Bridge")
    write_initiatives(operator, [Change({"summary": "Steel."}, pk=bridge.pk)])
    undo_import(operator, report.batch)
    assert set(Initiative.objects.values_list("name", flat=True)) == {"Portfolio", "North Bridge"}
    assert not Snapshot.objects.exists()


def test_rights_are_asked_on_the_portfolio(
    load: Load, operator: Actor, portfolio: Initiative, somebody: Callable[..., Actor]
) -> None:
    with pytest.raises(Denied):
        load(FIRST, DAY, actor=somebody("reader", "viewer", portfolio))
    analyst = somebody("analyst", "pmo_analyst", portfolio)
    report = load(FIRST, DAY, actor=analyst)
    assert report.created == 4
    assert (
        Event.objects.filter(kind="snapshot.recorded").values_list("actor_user", flat=True)[0]
        == analyst.user_id
    )
    with pytest.raises((Denied, Invalid)):
        undo_import(somebody("stranger"), report.batch)


def test_without_the_right_to_create_unknown_projects_are_rejected_and_named(
    load: Load, operator: Actor, portfolio: Initiative, somebody: Callable[..., Actor]
) -> None:
    load(FIRST, DAY)
    report = load(NEXT, LATER, actor=somebody("money", "finance", portfolio))
    assert (report.created, report.rejected) == (3, 1)
    assert any("New Archive" in note.reason for note in report.notes)


def test_a_hidden_project_is_neither_matched_nor_named(
    load: Load, operator: Actor, portfolio: Initiative, somebody: Callable[..., Actor]
) -> None:
    load(FIRST, DAY)
    hidden = Initiative.objects.get(name="North Bridge")
    owner = somebody("owner")
    restrict(operator, hidden, list(owner.parties))
    report = load(NEXT, LATER, actor=somebody("analyst", "pmo_analyst", portfolio))
    assert report.created == 4
    assert hidden.snapshots.count() == 1
    assert hidden.code not in str(report.as_json())


def test_the_answer_has_exactly_the_documented_keys(load: Load) -> None:
    answer = load(FIRST, DAY).as_json()
    assert list(answer) == [
        "rows_read",
        "created",
        "updated",
        "unchanged",
        "rejected",
        "unmapped_columns",
        "notes",
    ]
    assert all(set(note) == {"file", "row", "cell", "reason"} for note in answer["notes"])


def test_two_files_in_one_import_do_not_report_a_project_twice(
    operator: Actor, portfolio: Initiative
) -> None:
    readings = [reading_from(FIRST, DAY), reading_from(FIRST, DAY, "copy.csv")]
    report = import_portfolio(operator, readings, portfolio=portfolio, file_name="two files")
    assert (report.rows_read, report.created, report.rejected) == (8, 4, 4)
