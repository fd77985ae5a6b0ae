"""Plans kept in spreadsheets: which column is what, and what stands in the cells."""

from datetime import date, datetime

import pytest

from steerco.engine.schedule import Task
from steerco.exchange.schedule import PlanColumn, ScheduleError
from steerco.exchange.schedule.table_columns import suggest_columns
from steerco.exchange.schedule.table_plan import read_table_plans
from steerco.exchange.tables import read_tables

C = PlanColumn


def suggested(headers: str, *rows: str) -> dict[str, str]:
    table = read_tables("\n".join([headers, *rows]).encode(), "plan.csv")[0]
    return {key.value: table.headers[index] for key, index in suggest_columns(table).items()}


def read(headers: str, *rows: str) -> list[Task]:
    return read_table_plans("\n".join([headers, *rows]).encode(), "plan.csv").schedules[0].tasks


PROJECT = "Unique ID;WBS;Task Name;Duration;Start;Finish;Baseline Finish;Actual Finish;% Complete;Milestone"


def test_the_columns_of_a_project_export_are_known() -> None:
    found = suggested(PROJECT, "7;1.1;Go live;0 days;Tue 31/03/26;Tue 31/03/26;Mon 02/03/26;NA;0%;Yes")
    assert found == {
        "uid": "Unique ID", "wbs": "WBS", "name": "Task Name", "duration": "Duration", "start": "Start",
        "finish": "Finish", "baseline_finish": "Baseline Finish", "actual_finish": "Actual Finish",
        "percent": "% Complete", "milestone": "Milestone",
    }  # fmt: skip


def test_the_columns_of_a_german_plan_are_known() -> None:
    found = suggested(
        "Nr.;Vorgangsname;Anfang;Ende;Geplantes Ende;% Abgeschlossen;Meilenstein",
        "A1;Start;1.2.2026;2.2.2026;;50%;Nein",
    )
    assert found == {
        "code": "Nr.", "name": "Vorgangsname", "start": "Anfang", "finish": "Ende",
        "baseline_finish": "Geplantes Ende", "percent": "% Abgeschlossen", "milestone": "Meilenstein",
    }  # fmt: skip


def test_a_column_that_only_numbers_the_rows_names_no_task() -> None:
    rows = ("1;Kick-off;1.2.2026", "2;Go live;1.3.2026", "3;Close;1.4.2026")
    assert "code" not in suggested("ID;Milestone;Date", *rows)
    assert suggested("ID;Milestone;Date", *(f"T{row}" for row in rows))["code"] == "ID"


def test_milestone_is_the_name_or_the_flag_as_its_cells_say() -> None:
    assert suggested("Milestone;Due date", "Go live;1.3.2026", "Close;1.4.2026")["name"] == "Milestone"
    assert suggested("Task;Milestone;Due date", "Go live;Y;1.3.2026")["milestone"] == "Milestone"


def test_cells_are_read_as_project_exports_them() -> None:
    [one] = read(PROJECT, "7;1.1;Go live;0 days;Tue 31/03/26;Tue 31/03/26 17:00;Mon 02/03/26;NA;40%;Yes")
    assert (one.uid, one.wbs, one.milestone, one.percent_complete) == (7, "1.1", True, 40.0)
    assert (one.at, one.baseline_at, one.done_on) == (date(2026, 3, 31), date(2026, 3, 2), None)


def test_all_dates_of_a_file_have_one_order() -> None:
    first, second = read("Task;Start;Finish", "A;03/04/2026;05/06/2026", "B;03/04/2026;12/25/2026")
    assert (first.start, second.finish) == (datetime(2026, 3, 4), datetime(2026, 12, 25))


def test_no_duration_makes_a_milestone_where_no_column_says() -> None:
    tasks = read("Task;Duration;Finish", "A;0d;1.3.2026", "B;10 days;1.3.2026", "C;;1.3.2026")
    assert [task.milestone for task in tasks] == [True, False, False]


@pytest.mark.parametrize(
    ("headers", "rows"),
    [
        ("WBS;Task;Finish", ("1;Phase;", "1.1;Step;1.3.2026", "2;Next;2.3.2026")),
        ("Level;Task;Finish", ("1;Phase;", "2;Step;1.3.2026", "1;Next;2.3.2026")),
        ("Task;Finish", ("Phase;", "   Step;1.3.2026", "Next;2.3.2026")),
    ],
)
def test_the_outline_comes_from_wbs_level_or_blanks(headers: str, rows: tuple[str, ...]) -> None:
    tasks = read(headers, *rows)
    names = {task.uid: task.name for task in tasks}
    assert [(t.name, names.get(t.parent or 0), t.summary) for t in tasks] == [
        ("Phase", None, True), ("Step", "Phase", False), ("Next", None, False)
    ]  # fmt: skip
    assert tasks[0].at == date(2026, 3, 1)


def test_nothing_and_all_is_a_hundred_per_cent() -> None:
    assert [t.percent_complete for t in read("Task;Finish;% Complete", "A;1.3.2026;1", "B;1.3.2026;0")] == [
        100.0,
        0.0,
    ]


def test_a_cell_that_is_no_date_is_noted_with_its_place() -> None:
    reading = read_table_plans(b"Task;Finish\nGo live;soon\nClose;1.4.2026\n", "plan.csv")
    assert [r.where for r in reading.remarks if "soon" in r.message] == ["B2"]
    assert reading.schedules[0].tasks[0].finish is None


def test_a_kept_mapping_is_used_by_its_headers() -> None:
    data = b"What;When\nGo live;1.3.2026\n"
    with pytest.raises(ScheduleError, match="What, When"):
        read_table_plans(data, "plan.csv")
    found = read_table_plans(data, "plan.csv", {"name": "what", "finish": "WHEN"}).schedules[0]
    assert [(t.name, t.at) for t in found.tasks] == [("Go live", date(2026, 3, 1))]
    with pytest.raises(ScheduleError, match="no column “Name” any more"):
        read_table_plans(data, "plan.csv", {"name": "Name"})


def test_only_an_own_number_means_the_same_task_next_time() -> None:
    assert read_table_plans(b"Task;Finish\nA;1.3.2026\n", "p.csv").schedules[0].identity == ()
    assert read_table_plans(b"Task ID;Task;Finish\nT1;A;1.3.2026\n", "p.csv").schedules[0].identity == (
        "code",
    )
    reading = read_table_plans(b"UID;Task;Finish\n5;A;1.3.2026\n5;B;1.3.2026\n", "p.csv")
    assert reading.schedules[0].identity == ("uid",)
    assert [t.name for t in reading.schedules[0].tasks] == ["A"]
