"""What the pages of a revision show, as plain values for their templates."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from steerco.apps.planning.changes import Comparison, Kind
from steerco.apps.planning.choosing import MOST_LEVEL, Choice, Settings, project_key
from steerco.apps.planning.matching import NEW, SAME, SKIP
from steerco.apps.planning.models import Milestone, PlanRevision
from steerco.apps.planning.registers import MilestoneRegister
from steerco.apps.planning.selectors import last_revision, report_rows
from steerco.apps.planning.services import choices_for, compare, problem_of, reading_of, schedule_of
from steerco.apps.planning.wording import COLUMNS, KINDS
from steerco.engine.schedule import Schedule
from steerco.exchange.schedule import ENCODINGS
from steerco.exchange.tables import told
from steerco.kit.imports.undoing import may_undo
from steerco.kit.permissions import Actor

MOST_SHOWN = 300
FIELD_VALUES = 3


@dataclass(frozen=True)
class Level:
    """An outline level of a plan: how many tasks stand on it, and one of them."""

    number: int
    count: int
    example: str
    chosen: bool


def ready_context(actor: Actor, revision: PlanRevision) -> dict[str, Any]:
    """A revision that is not taken yet: the choice, and what taking it would do."""
    settings = Settings.from_json(revision.settings)
    reading = reading_of(revision)
    schedule = schedule_of(revision, reading)
    comparison = compare(actor, revision, reading) if schedule else None
    headers = reading.headers or (revision.problem or {}).get("headers", [])
    taken = {**reading.columns, **settings.columns}
    is_xer = any(one.format == "XER" for one in reading.schedules) or revision.file_name.lower().endswith(
        ".xer"
    )
    return {
        "revision": revision,
        "initiative": revision.initiative,
        "problem": problem_of(revision),
        "settings": settings,
        "projects": [(project_key(one), one.project.name, len(one.tasks)) for one in reading.schedules],
        "schedule": schedule,
        "levels": _levels(schedule, settings.choice),
        "fields": _fields(schedule),
        "tiers": Milestone.Tier.choices,
        "kept": choices_for(actor),
        "remarks": [(told(remark.message, _), remark.where) for remark in reading.remarks[:MOST_SHOWN]],
        "headers": headers,
        "columns": [(key, label, taken.get(key, "")) for key, label in COLUMNS.items()] if headers else [],
        "encodings": ENCODINGS if is_xer else (),
        "last": last_revision(actor, revision.initiative, revision.plan),
        "comparison": comparison,
        **(_compared(comparison) if comparison else {}),
    }


def _levels(schedule: Schedule | None, choice: Choice) -> list[Level]:
    counts: Counter[int] = Counter()
    examples: dict[int, str] = {}
    for task in schedule.tasks if schedule else ():
        if task.outline_level <= MOST_LEVEL:
            counts[task.outline_level] += 1
            examples.setdefault(task.outline_level, task.name)
    return [Level(n, counts[n], examples[n], n in choice.levels) for n in sorted(counts)]


def _fields(schedule: Schedule | None) -> list[tuple[str, str]]:
    """(name, some values) of each own field of a plan that is filled somewhere."""
    found = []
    for one in schedule.fields if schedule else ():
        values = dict.fromkeys(task.fields[one.key] for task in schedule.tasks if one.key in task.fields)  # type: ignore[union-attr]
        if values:
            found.append((one.label, " · ".join(list(values)[:FIELD_VALUES])[:60]))
    return found


def _compared(comparison: Comparison) -> dict[str, Any]:
    """The rows as the page shows them: what is asked first, what stays the same apart."""
    rows = [_row(row) for row in comparison.rows]
    asked = [row for row in rows if row["kind"] == Kind.ASKED or row["answer"]]
    rest = [row for row in rows if row not in asked]
    return {
        "asked": asked[:MOST_SHOWN],
        "counts": [(kind, KINDS[kind], number) for kind, number in comparison.counts.items() if number],
        "open": any(row["kind"] == Kind.ASKED for row in rows),
        **_in_parts(rest),
    }


def _in_parts(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What says something, and what stays the same."""
    said = [row for row in rows if row["kind"] != Kind.UNCHANGED]
    same = [row for row in rows if row["kind"] == Kind.UNCHANGED]
    return {"rows": said[:MOST_SHOWN], "more": max(len(said) - MOST_SHOWN, 0), "same": same[:MOST_SHOWN]}


def _row(row: Any) -> dict[str, Any]:
    """A row of a comparison or of a report."""
    candidates = getattr(row, "candidates", [])
    answer = getattr(row, "answer", "")
    suggested = next((f"{SAME}:{one.pk}" for one in candidates if one.suggested), "")
    return {
        "kind": str(row.kind),
        "label": KINDS[row.kind],
        "name": row.name,
        "former_name": row.former_name,
        "reference": row.reference,
        "url": reverse("registers:record", args=[MilestoneRegister.slug, row.pk]) if row.pk else "",
        "before": row.before,
        "after": row.after,
        "done_on": row.done_on,
        "baseline": row.baseline,
        "days": row.days,
        "notes": [told(note, _) for note in row.notes],
        "key": getattr(row, "key", ""),
        "wbs": getattr(row, "wbs", ""),
        "answer": answer,
        "options": [
            *((f"{SAME}:{one.pk}", _("It is: %(title)s") % {"title": one.title}) for one in candidates),
            (NEW, _("It is a new one")),
            (SKIP, _("Leave it out")),
        ],
        "selected": answer or suggested,
    }


def taken_context(actor: Actor, revision: PlanRevision) -> dict[str, Any]:
    """A revision that was taken: what it did, without what the actor may not see."""
    rows = [_row(row) for row in report_rows(actor, revision)]
    counts = Counter(row["kind"] for row in rows)
    return {
        "revision": revision,
        "initiative": revision.initiative,
        "counts": [(kind, label, counts[kind]) for kind, label in KINDS.items() if counts[kind]],
        "may_undo": revision.run is not None and may_undo(actor, revision.run),
        "undone": (revision.run.outcome.get("undone") if revision.run else None) or None,
        **_in_parts(rows),
    }
