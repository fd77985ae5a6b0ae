"""The plans that the permission world has brought."""

from datetime import datetime
from typing import TYPE_CHECKING

from steerco.apps.planning.models import PlanRevision
from steerco.apps.planning.services import bring_plan, packed, take_revision
from steerco.engine.schedule import Dialect, Schedule, Task
from steerco.exchange.schedule import Reading
from steerco.kit.permissions import Actor

if TYPE_CHECKING:
    from tests.permissions.world import World

OPERATOR = Actor.operator("test")


def bring_plans(world: "World", code: str) -> None:
    """A plan that was taken, with the milestone of the place moved, and one that waits for its owner."""
    owner = world.users["project_manager" if code == "A11" else "somebody else"]
    title = world.record("milestone", code).title
    plan = Schedule(
        Dialect.MSP, "MSPDI", tasks=[Task(1, name=title, milestone=True, finish=datetime(2027, 1, 31, 17))]
    )
    for kind in ("taken", "open"):
        revision = bring_plan(OPERATOR, world.initiatives[code], f"plan of {code}.xml", b"<Project/>")
        PlanRevision.objects.filter(pk=revision.pk).update(
            state="ready", reading=packed(Reading([plan])), user=owner if kind == "open" else None
        )
        revision.refresh_from_db()
        if kind == "taken":
            revision.settings["answers"] = {"1": f"same:{world.record('milestone', code).pk}"}
            take_revision(OPERATOR, revision)
        world.extras[f"plan {kind}", code] = revision.pk
