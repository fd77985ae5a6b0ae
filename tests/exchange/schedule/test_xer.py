"""Primavera XER: encodings, several projects, baselines, milestones of both kinds, codes."""

from datetime import date, datetime
from typing import Any

import pytest
from tests.exchange.schedule.plans import xer

from steerco.engine.schedule import Constraint, LinkType, Schedule
from steerco.exchange.schedule import ScheduleError
from steerco.exchange.schedule.xer import read_xer

WBS = {"wbs_id": "10", "proj_id": "1", "proj_node_flag": "Y", "wbs_short_name": "P", "wbs_name": "Plant"}


def activity(uid: str, code: str, **values: str) -> dict[str, str]:
    base = {
        "task_id": uid,
        "proj_id": "1",
        "wbs_id": "10",
        "task_code": code,
        "task_name": f"Activity {code}",
    }
    return {**base, "task_type": "TT_Task", "status_code": "TK_NotStart", **values}


def plan(tasks: list[dict[str, str]], **tables: Any) -> Schedule:
    given = {
        "PROJECT": [{"proj_id": "1", "proj_short_name": "P1"}],
        "PROJWBS": [WBS],
        "TASK": tasks,
        **tables,
    }
    return read_xer(xer(given).encode()).schedules[0]


def by_code(schedule: Schedule) -> dict[str, Any]:
    return {task.code: task for task in schedule.tasks}


def test_a_finish_milestone_ends_and_a_start_milestone_begins() -> None:
    found = by_code(
        plan(
            [
                activity("1", "M1", task_type="TT_FinMile", reend_date="2026-03-31 17:00"),
                activity("2", "M2", task_type="TT_Mile", restart_date="2026-04-01 08:00"),
                activity(
                    "3",
                    "M3",
                    task_type="TT_Mile",
                    status_code="TK_Complete",
                    act_start_date="2026-01-05 08:00",
                ),
            ]
        )
    )
    assert [found[code].at for code in ("M1", "M2", "M3")] == [
        date(2026, 3, 31),
        date(2026, 4, 1),
        date(2026, 1, 5),
    ]
    assert [found[code].milestone for code in ("M1", "M2", "M3")] == [True] * 3
    assert [found[code].done_on for code in ("M1", "M2", "M3")] == [None, None, date(2026, 1, 5)]


def test_what_is_under_way_began_when_it_did_and_ends_when_the_rest_does() -> None:
    one = activity(
        "1", "A1", status_code="TK_Active", act_start_date="2026-01-05 08:00", restart_date="2026-02-02 08:00",
        reend_date="2026-02-20 16:00", target_start_date="2026-01-01 08:00", target_end_date="2026-01-30 16:00",
    )  # fmt: skip
    task = by_code(plan([one]))["A1"]
    assert (task.start, task.finish) == (datetime(2026, 1, 5, 8), datetime(2026, 2, 20, 16))
    assert task.p6.planned_finish == datetime(2026, 1, 30, 16)


@pytest.mark.parametrize(
    ("values", "percent"),
    [
        ({"complete_pct_type": "CP_Drtn", "target_drtn_hr_cnt": "40", "remain_drtn_hr_cnt": "10"}, 75.0),
        ({"complete_pct_type": "CP_Phys", "phys_complete_pct": "37,5"}, 37.5),
        ({"complete_pct_type": "CP_Units", "act_work_qty": "1", "remain_work_qty": "3"}, 25.0),
    ],
)
def test_percent_complete_is_of_the_activitys_own_type(values: dict[str, str], percent: float) -> None:
    assert (
        by_code(plan([activity("1", "A1", status_code="TK_Active", **values)]))["A1"].percent_complete
        == percent
    )


def test_the_wbs_becomes_the_outline_and_spans_what_is_below() -> None:
    lower = {
        **WBS,
        "wbs_id": "11",
        "proj_node_flag": "N",
        "wbs_short_name": "C",
        "wbs_name": "Civil",
        "parent_wbs_id": "10",
    }
    tasks = [
        activity("1", "A1", wbs_id="11", restart_date="2026-03-01 08:00", reend_date="2026-03-05 16:00"),
        activity("2", "A2", restart_date="2026-03-02 08:00", reend_date="2026-03-09 16:00"),
    ]
    schedule = plan(tasks, PROJWBS=[WBS, lower])
    assert [(t.outline_number, t.name, t.wbs, t.summary) for t in schedule.tasks] == [
        ("1", "Plant", "P", True),
        ("1.1", "Activity A2", "P", False),
        ("1.2", "Civil", "P.C", True),
        ("1.2.1", "Activity A1", "P.C", False),
    ]
    assert (schedule.tasks[0].start, schedule.tasks[0].finish) == (
        datetime(2026, 3, 1, 8),
        datetime(2026, 3, 9, 16),
    )


def test_nodes_and_activities_with_the_same_ids_stay_apart() -> None:
    schedule = plan([activity("10", "A1")])
    assert sorted((t.uid, t.name, t.parent) for t in schedule.tasks) == [
        (-10, "Plant", None),
        (10, "Activity A1", -10),
    ]


def test_the_project_baseline_that_counts_is_number_0() -> None:
    projects = [
        {"proj_id": "1", "proj_short_name": "P1", "sum_base_proj_id": "3"},
        {"proj_id": "2", "proj_short_name": "P1-B1", "orig_proj_id": "1"},
        {"proj_id": "3", "proj_short_name": "P1-B2", "orig_proj_id": "1"},
    ]
    tasks = [
        activity("1", "A1", reend_date="2026-03-31 16:00"),
        activity("21", "A1", proj_id="2", reend_date="2026-01-31 16:00"),
        activity("31", "A1", proj_id="3", reend_date="2026-02-28 16:00"),
    ]
    reading = read_xer(xer({"PROJECT": projects, "PROJWBS": [WBS], "TASK": tasks}).encode())
    [schedule] = reading.schedules
    task = by_code(schedule)["A1"]
    assert (task.at, task.baseline_at) == (date(2026, 3, 31), date(2026, 2, 28))
    assert task.baselines[1].finish == datetime(2026, 1, 31, 16)


def test_every_other_project_is_a_plan_and_links_between_them_say_so() -> None:
    projects = [{"proj_id": "1", "proj_short_name": "P1"}, {"proj_id": "2", "proj_short_name": "P2"}]
    tasks = [activity("1", "A1"), activity("2", "B1", proj_id="2")]
    links = [
        {
            "task_id": "2",
            "pred_task_id": "1",
            "proj_id": "2",
            "pred_proj_id": "1",
            "pred_type": "PR_SS",
            "lag_hr_cnt": "-8",
        }
    ]
    reading = read_xer(xer({"PROJECT": projects, "TASK": tasks, "TASKPRED": links}).encode())
    assert [s.project.code for s in reading.schedules] == ["P1", "P2"]
    [link] = reading.schedules[1].links
    assert (link.type, link.lag_min, link.cross_project) == (LinkType.SS, -480, "P1")


def test_codes_and_own_fields_are_fields_of_the_task() -> None:
    schedule = plan(
        [activity("1", "A1")],
        ACTVTYPE=[{"actv_code_type_id": "5", "actv_code_type": "Level"}],
        ACTVCODE=[
            {"actv_code_id": "51", "actv_code_type_id": "5", "short_name": "B", "actv_code_name": "Board"}
        ],
        TASKACTV=[{"task_id": "1", "actv_code_type_id": "5", "actv_code_id": "51"}],
        UDFTYPE=[{"udf_type_id": "7", "table_name": "TASK", "udf_type_label": "Gate"}],
        UDFVALUE=[{"udf_type_id": "7", "fk_id": "1", "udf_text": "G2"}],
    )
    labels = {one.key: one.label for one in schedule.fields}
    assert {labels[key]: value for key, value in by_code(schedule)["A1"].fields.items()} == {
        "Level": "Board",
        "Gate": "G2",
    }


def test_constraints_currency_and_calendar() -> None:
    data = (
        "(0||CalendarData()((0||DaysOfWeek()((0||1()())(0||2()((0||0(s|08:00|f|12:00)())(0||1(f|17:00|s|13:00)())))"
        "(0||7()())))(0||Exceptions()((0||0(d|46020)())(0||1(d|46021)((0||0(s|08:00|f|10:00)())))))))"
    )
    schedule = plan(
        [activity("1", "A1", cstr_type="CS_MANDFIN", cstr_date="2026-05-01 16:00", cstr_type2="CS_MSOA")],
        CALENDAR=[{"clndr_id": "3", "clndr_name": "Own", "day_hr_cnt": "7.5", "clndr_data": data}],
    )
    task = by_code(schedule)["A1"]
    assert (task.constraint, task.p6.second_constraint) == (
        Constraint.MUST_FINISH_ON,
        Constraint.START_NO_EARLIER_THAN,
    )
    assert schedule.project.currency == "EUR"
    [calendar] = schedule.calendars
    assert calendar.minutes_per_day == 450
    assert calendar.week == [[(480, 720), (780, 1020)], None, None, None, None, [], []]
    assert [(e.first, e.shifts) for e in calendar.exceptions] == [
        (date(2025, 12, 29), []), (date(2025, 12, 30), [(480, 600)])
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "written", "read_as"),
    [("Übergabe", "cp1252", "cp1252"), ("Задача", "cp1251", "cp1251"), ("Übergabe Задача", "utf-8", "")],
)
def test_letters_are_told_by_what_they_make(name: str, written: str, read_as: str) -> None:
    text = xer({"PROJECT": [{"proj_id": "1"}], "TASK": [{**activity("1", "A1"), "task_name": name}]})
    reading = read_xer(text.encode(written))
    assert by_code(reading.schedules[0])["A1"].name == name
    assert [r.message.values.get("encoding") for r in reading.remarks] == ([read_as] if read_as else [])


def test_the_encoding_can_be_said() -> None:
    text = xer(
        {"PROJECT": [{"proj_id": "1"}], "TASK": [{**activity("1", "A1"), "task_name": "Žluť"}]}
    ).encode("cp1250")
    assert by_code(read_xer(text, "cp1250").schedules[0])["A1"].name == "Žluť"
    with pytest.raises(ScheduleError, match="not written in shift_jis"):
        read_xer(text, "shift_jis")
    with pytest.raises(ScheduleError, match="not known"):
        read_xer(text, "klingon")


def test_a_file_that_is_cut_off_says_so() -> None:
    text = xer({"PROJECT": [{"proj_id": "1"}], "TASK": [activity("1", "A1")]})
    reading = read_xer(text[: text.index("%E")].encode())
    assert any("cut off" in remark.message for remark in reading.remarks)
    with pytest.raises(ScheduleError, match="no project"):
        read_xer(b"ERMHDR\t20.12\r\n%E\r\n")
