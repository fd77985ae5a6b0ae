"""Reads of plans: their revisions, and what moved since the last one."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from steerco.apps.initiatives.models import Initiative
from steerco.apps.planning.models import Milestone, PlanRevision
from steerco.exchange.tables import said_from, told
from steerco.kit.permissions import Actor

TELLING = (
    "moved",
    "done",
    "reopened",
    "new",
    "gone",
    "renamed",
    "agreed",
)  # the kinds of rows that say something


def last_revision(actor: Actor, initiative: Initiative, plan: str) -> PlanRevision | None:
    """The revision of a plan that counts: the newest that was taken and not undone."""
    rows = PlanRevision.objects.visible_to(actor).standing().filter(initiative=initiative, plan=plan)
    return rows.order_by("-number").first()


def plans_of(actor: Actor, initiative: Initiative) -> list[PlanRevision]:
    """The revision that counts of each plan of an initiative, by the plan's name."""
    rows = PlanRevision.objects.visible_to(actor).standing().filter(initiative=initiative)
    newest = dict(rows.order_by("plan", "number").values_list("plan", "pk"))  # the last of each plan wins
    if not newest:
        return []
    found = PlanRevision.objects.defer("content", "reading", "tracked").in_bulk(newest.values())
    return [found[pk] for pk in newest.values()]


def revisions_of(actor: Actor, initiative: Initiative) -> list[PlanRevision]:
    """Every revision that `actor` may see, the newest first."""
    rows = PlanRevision.objects.visible_to(actor).filter(initiative=initiative)
    return list(
        rows.select_related("run", "attachment").defer("content", "reading", "tracked", "report")[:60]
    )


@dataclass(frozen=True)
class Moved:
    """A row of a report whose milestone the reader may see: what happened to it, and its days."""

    kind: str
    name: str
    former_name: str
    reference: str
    pk: int | None
    before: date | None
    after: date | None
    done_on: date | None
    baseline: date | None
    days: int
    notes: tuple[str, ...]


def report_rows(actor: Actor, revision: PlanRevision) -> list[Moved]:
    """What a revision did, in the order of the plan, without milestones that `actor` may not see (any more)."""
    rows = revision.report.get("rows", [])
    pks = {row["pk"] for row in rows if row["pk"]}
    seen = set(Milestone.objects.visible_to(actor).filter(pk__in=pks).values_list("pk", flat=True))
    return [_moved(row) for row in rows if not row["pk"] or row["pk"] in seen]


def _moved(row: dict[str, Any]) -> Moved:
    def day(name: str) -> date | None:
        return date.fromisoformat(row[name]) if row[name] else None

    return Moved(
        row["kind"],
        row["name"],
        row["former_name"],
        row["reference"],
        row["pk"],
        day("before"),
        day("after"),
        day("done_on"),
        day("baseline"),
        row["days"],
        tuple(told(said_from(note), _) for note in row["notes"]),
    )


def moved_since_last_time(actor: Actor, revision: PlanRevision) -> list[Moved]:
    """The rows of a revision that say something: what moved first, by how far, then the others."""
    rows = [row for row in report_rows(actor, revision) if row.kind in TELLING]
    return sorted(rows, key=lambda row: (TELLING.index(row.kind), -abs(row.days), row.name))
