"""Reading Primavera's XER: every project in the file, baseline projects put on the projects that they belong to."""

from collections import defaultdict

from steerco.engine.schedule import (
    Assignment,
    Baseline,
    Dialect,
    FieldDefinition,
    Link,
    LinkType,
    P6Activity,
    Project,
    Resource,
    ResourceType,
    Schedule,
    Task,
    inherit_dates,
    number_outline,
)
from steerco.exchange.schedule.problems import MOST_TASKS, Reading, ScheduleError
from steerco.exchange.schedule.xer_calendars import calendar_from
from steerco.exchange.schedule.xer_tables import Row, XerFile, read_xer_tables
from steerco.exchange.schedule.xer_values import (
    CONSTRAINTS,
    LINK_TYPES,
    PRIORITIES,
    TASK_TYPES,
    minutes,
    moment,
    number,
    uid,
)
from steerco.exchange.tables import Said
from steerco.exchange.tables.said import gettext_noop

_MILESTONES = frozenset({"TT_Mile", "TT_FinMile"})
_RESOURCES = {"RT_Labor": ResourceType.WORK, "RT_Equip": ResourceType.WORK, "RT_Mat": ResourceType.MATERIAL}


def read_xer(data: bytes, encoding: str = "") -> Reading:
    """Every project of an XER file that is no baseline of another one in it. Raises ScheduleError."""
    reading = Reading([])
    file = read_xer_tables(data, reading, encoding)
    if len(file.rows("TASK")) > MOST_TASKS:
        raise ScheduleError(
            Said(gettext_noop("The plan has more than %(most)s tasks: split it."), most=MOST_TASKS)
        )
    calendars = [found for row in file.rows("CALENDAR") if (found := calendar_from(row))]
    plans = {}
    for row in file.rows("PROJECT"):
        project = uid(row.get("proj_id"))
        if project is not None and project not in plans:
            plans[project] = _schedule(project, row, file, reading)
            plans[project].calendars = calendars
    baselines = _put_baselines(file, plans, reading)
    _put_links(file, plans)
    _put_resources(file, plans)
    reading.schedules = [plan for project, plan in plans.items() if project not in baselines]
    for plan in reading.schedules:
        inherit_dates(plan.tasks)
    if not reading.schedules:
        raise ScheduleError(
            Said(gettext_noop("The file holds no project: export it again with its activities."))
        )
    return reading


def _schedule(key: int, row: Row, file: XerFile, reading: Reading) -> Schedule:
    nodes = [r for r in file.rows("PROJWBS") if uid(r.get("proj_id")) == key]
    activities = [r for r in file.rows("TASK") if uid(r.get("proj_id")) == key]
    top = next((r for r in nodes if r.get("proj_node_flag") == "Y"), {})
    name = top.get("wbs_name", "").strip() or row.get("proj_short_name", "").strip()
    options = next((r for r in file.rows("SCHEDOPTIONS") if uid(r.get("proj_id")) == key), {})
    schedule = Schedule(
        Dialect.P6,
        "XER",
        Project(
            name=name,
            title=name,
            code=row.get("proj_short_name", "").strip(),
            guid=row.get("guid", ""),
            start=moment(row.get("plan_start_date")),
            finish=moment(row.get("scd_end_date")),
            must_finish_by=moment(row.get("plan_end_date")),
            status_date=moment(row.get("last_recalc_date")),
            calendar=uid(row.get("clndr_id")),
            currency=file.header[8].strip() if len(file.header) > 8 else "",
            options={k: v for k, v in options.items() if k not in ("schedoptions_id", "proj_id")},
        ),
        identity=("guid", "code", "uid"),
        fields=_definitions(file),
    )
    schedule.tasks = _tasks(nodes, activities, file, reading)
    return schedule


def _tasks(nodes: list[Row], activities: list[Row], file: XerFile, reading: Reading) -> list[Task]:
    """WBS nodes as summaries, activities below them, in the order that P6 shows: by sequence, then activity id."""
    fields = _fields(file)
    taken = {uid(row.get("task_id")) for row in activities}
    keys: dict[int, int] = {}  # WBS id -> uid of its summary: the ids of the two tables may be the same
    for row in nodes:
        node = uid(row.get("wbs_id"))
        if node is not None:
            keys[node] = -node if node in taken else node
    tasks: dict[int, Task] = {}
    for row in sorted(nodes, key=lambda row: number(row.get("seq_num")) or 0):
        node = uid(row.get("wbs_id"))
        if node is not None:
            tasks[keys[node]] = Task(
                keys[node],
                guid=row.get("guid", ""),
                code=row.get("wbs_short_name", "").strip(),
                name=" ".join(row.get("wbs_name", "").split()),
                parent=keys.get(uid(row.get("parent_wbs_id")) or 0),
                summary=True,
            )
    for row in sorted(activities, key=lambda row: row.get("task_code", "")):
        key = uid(row.get("task_id"))
        if key is None or key in tasks:
            message = gettext_noop("An activity without an id of its own was left out.")
            reading.note(Said(message), row.get("task_name", "")[:80])
            continue
        tasks[key] = _activity(key, row, keys.get(uid(row.get("wbs_id")) or 0), fields[key])
    # Activities of a node stand before the nodes below it, as P6 shows them.
    ordered = number_outline(
        [*(t for t in tasks.values() if not t.summary), *(t for t in tasks.values() if t.summary)]
    )
    paths: dict[int, str] = {}
    for row_number, task in enumerate(ordered, start=1):
        task.id = row_number
        above = paths.get(task.parent or 0, "")
        task.wbs = above if not task.summary else ".".join(part for part in (above, task.code) if part)
        paths[task.uid] = task.wbs
    return ordered


def _activity(key: int, row: Row, parent: int | None, fields: dict[str, str]) -> Task:
    kind, status = row.get("task_type", ""), row.get("status_code", "")
    began, ended = moment(row.get("act_start_date")), moment(row.get("act_end_date"))
    left_start, left_finish = moment(row.get("restart_date")), moment(row.get("reend_date"))
    planned_start, planned_finish = moment(row.get("target_start_date")), moment(row.get("target_end_date"))
    early_start, early_finish = moment(row.get("early_start_date")), moment(row.get("early_end_date"))
    start = began or left_start or early_start or planned_start
    finish = ended or left_finish or early_finish or planned_finish
    if kind == "TT_Mile":
        finish = finish if ended else start
        ended = ended or (began if status == "TK_Complete" else None)
        finish = ended or finish
    elif kind == "TT_FinMile":
        start = finish
        began = began or (ended if status == "TK_Complete" else None)
    planned, left = minutes(row.get("target_drtn_hr_cnt")), minutes(row.get("remain_drtn_hr_cnt"))
    return Task(
        key,
        guid=row.get("guid", ""),
        code=row.get("task_code", "").strip(),
        name=" ".join(row.get("task_name", "").split()),
        parent=parent,
        milestone=kind in _MILESTONES,
        type=TASK_TYPES.get(row.get("duration_type", ""), ""),
        start=start,
        finish=finish,
        duration_min=0 if kind in _MILESTONES else _at_completion(status, planned, left),
        duration_unit="HOURS",
        actual_start=began,
        actual_finish=ended,
        remaining_duration_min=left,
        percent_complete=_percent(row, status, planned, left),
        physical_percent=number(row.get("phys_complete_pct")),
        constraint=CONSTRAINTS.get(row.get("cstr_type", "")),
        constraint_date=moment(row.get("cstr_date")),
        calendar=uid(row.get("clndr_id")),
        ignore_resource_calendar=kind != "TT_Rsrc",
        priority=PRIORITIES.get(row.get("priority_type", "")),
        stop=moment(row.get("suspend_date")),
        resume=moment(row.get("resume_date")),
        early_start=early_start,
        early_finish=early_finish,
        late_start=moment(row.get("late_start_date")),
        late_finish=moment(row.get("late_end_date")),
        total_slack_min=minutes(row.get("total_float_hr_cnt")),
        free_slack_min=minutes(row.get("free_float_hr_cnt")),
        critical=row["driving_path_flag"] == "Y" if "driving_path_flag" in row else None,
        fields=fields,
        p6=P6Activity(
            activity_type=kind,
            status=status,
            percent_type=row.get("complete_pct_type", ""),
            planned_start=planned_start,
            planned_finish=planned_finish,
            planned_duration_min=planned,
            remaining_start=left_start,
            remaining_finish=left_finish,
            second_constraint=CONSTRAINTS.get(row.get("cstr_type2", "")),
            second_constraint_date=moment(row.get("cstr_date2")),
            expected_finish=moment(row.get("expect_end_date")),
            external_early_start=moment(row.get("external_early_start_date")),
            external_late_finish=moment(row.get("external_late_end_date")),
        ),
    )


def _at_completion(status: str, planned: int | None, left: int | None) -> int | None:
    """The duration of what is not begun is what remains; P6 stores none for what is under way or done."""
    return planned if status != "TK_NotStart" or left is None else left


def _percent(row: Row, status: str, planned: int | None, left: int | None) -> float | None:
    """Percent complete of the activity's own type, as P6 shows it."""
    if status == "TK_Complete":
        return 100.0
    if status == "TK_NotStart":
        return 0.0
    match row.get("complete_pct_type"):
        case "CP_Phys":
            return number(row.get("phys_complete_pct"))
        case "CP_Units":
            parts = ("act_work_qty", "act_equip_qty", "remain_work_qty", "remain_equip_qty")
            done, more_done, remains, more_remains = (number(row.get(part)) or 0.0 for part in parts)
            total = done + more_done + remains + more_remains
            return round(100 * (done + more_done) / total, 2) if total else 0.0
        case _:
            if not planned or left is None:
                return None
            return round(max(0.0, 100 * (planned - left) / planned), 2)


def _definitions(file: XerFile) -> list[FieldDefinition]:
    """Activity codes and own fields of activities."""
    codes = [
        FieldDefinition(f"code:{key}", alias=row.get("actv_code_type", "").strip())
        for row in file.rows("ACTVTYPE")
        if (key := uid(row.get("actv_code_type_id"))) is not None
    ]
    own = [
        FieldDefinition(f"udf:{key}", row.get("udf_type_name", ""), row.get("udf_type_label", "").strip())
        for row in file.rows("UDFTYPE")
        if row.get("table_name") == "TASK" and (key := uid(row.get("udf_type_id"))) is not None
    ]
    return codes + own


def _fields(file: XerFile) -> dict[int, dict[str, str]]:
    """The codes and own fields of each activity."""
    values = {
        row.get("actv_code_id", ""): row.get("actv_code_name", "").strip()
        or row.get("short_name", "").strip()
        for row in file.rows("ACTVCODE")
    }
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in file.rows("TASKACTV"):
        task, value = uid(row.get("task_id")), values.get(row.get("actv_code_id", ""), "")
        if task is not None and value:
            found[task][f"code:{row.get('actv_code_type_id', '')}"] = value
    kinds = {row.get("udf_type_id") for row in file.rows("UDFTYPE") if row.get("table_name") == "TASK"}
    for row in file.rows("UDFVALUE"):
        task = uid(row.get("fk_id"))
        value = row.get("udf_text") or row.get("udf_date") or row.get("udf_number") or ""
        if task is not None and value and row.get("udf_type_id") in kinds:
            found[task][f"udf:{row['udf_type_id']}"] = value.strip()
    return found


def _put_baselines(file: XerFile, plans: dict[int, Schedule], reading: Reading) -> set[int]:
    """Put the dates of baseline projects on the activities of their projects; returns the baselines' ids.

    A baseline says whose it is (orig_proj_id); the project says which of them counts (sum_base_proj_id). Activities
    are the same by their activity id.
    """
    baselines: dict[int, list[int]] = defaultdict(list)
    counts = {}
    for row in file.rows("PROJECT"):
        key, whose = uid(row.get("proj_id")), uid(row.get("orig_proj_id"))
        if key is None:
            continue
        counts[key] = uid(row.get("sum_base_proj_id"))
        if whose in plans and whose != key and key in plans and uid(row.get("orig_proj_id")) is not None:
            baselines[whose].append(key)
    taken = {key for keys in baselines.values() for key in keys}
    for project, keys in baselines.items():
        if project in taken:
            continue
        keys.sort(key=lambda key: (key != counts.get(project), key))
        if counts.get(project) not in keys:
            message = gettext_noop("The file does not say which baseline counts; “%(name)s” was taken.")
            reading.note(Said(message, name=plans[keys[0]].project.code))
        for position, key in enumerate(keys[:11]):
            planned = {task.code: task for task in plans[key].tasks if not task.summary}
            for task in plans[project].tasks:
                then = planned.get(task.code) if not task.summary else None
                if then is not None:
                    task.baselines[position] = Baseline(then.start, then.finish, then.duration_min)
    return taken


def _put_links(file: XerFile, plans: dict[int, Schedule]) -> None:
    names = {key: plan.project.code or plan.project.name for key, plan in plans.items()}
    known = {key: {task.uid for task in plan.tasks} for key, plan in plans.items()}
    for row in file.rows("TASKPRED"):
        project, other = uid(row.get("proj_id")), uid(row.get("pred_proj_id"))
        before, after = uid(row.get("pred_task_id")), uid(row.get("task_id"))
        if (
            project is None
            or project not in plans
            or before is None
            or after is None
            or after not in known[project]
        ):
            continue
        lag = minutes(row.get("lag_hr_cnt")) or 0
        kind = LINK_TYPES.get(row.get("pred_type", ""), LinkType.FS)
        elsewhere = before not in known[project]
        name = (names.get(other or 0) or str(other or "?")) if elsewhere else ""
        plans[project].links.append(Link(before, after, kind, lag, lag_unit="HOURS", cross_project=name))


def _put_resources(file: XerFile, plans: dict[int, Schedule]) -> None:
    resources = {
        key: Resource(
            key,
            guid=row.get("guid", ""),
            code=row.get("rsrc_short_name", "").strip(),
            name=" ".join(row.get("rsrc_name", "").split()),
            type=_RESOURCES.get(row.get("rsrc_type", ""), ResourceType.WORK),
            calendar=uid(row.get("clndr_id")),
        )
        for row in file.rows("RSRC")
        if (key := uid(row.get("rsrc_id"))) is not None
    }
    for row in file.rows("TASKRSRC"):
        project, task = uid(row.get("proj_id")), uid(row.get("task_id"))
        if project is None or project not in plans or task is None:
            continue
        done = (minutes(row.get("act_reg_qty")) or 0) + (minutes(row.get("act_ot_qty")) or 0)
        plans[project].assignments.append(
            Assignment(
                task,
                uid(row.get("rsrc_id")),
                uid=uid(row.get("taskrsrc_id")),
                units_pct=_share(row.get("target_qty_per_hr")),
                work_min=minutes(row.get("target_qty")),
                actual_work_min=done,
                remaining_work_min=minutes(row.get("remain_qty")),
                start=moment(row.get("act_start_date")) or moment(row.get("restart_date")),
                finish=moment(row.get("act_end_date")) or moment(row.get("reend_date")),
            )
        )
    for plan in plans.values():
        known = {task.uid for task in plan.tasks}
        plan.assignments = [one for one in plan.assignments if one.task in known]
        used = {one.resource for one in plan.assignments}
        plan.resources = [one for key, one in resources.items() if key in used]


def _share(text: str | None) -> float | None:
    found = number(text)
    return None if found is None else round(found * 100, 4)
