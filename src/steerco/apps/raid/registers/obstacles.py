"""The register of obstacles."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.apps.raid.models import Obstacle
from steerco.apps.raid.registers.filewords import as_files_say
from steerco.apps.raid.services import write_obstacles
from steerco.apps.raid.states import OBSTACLE_STATES
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Section, View


def _age(row: Any) -> str:
    return "" if row.age is None else str(row.age)


class ObstacleRegister(RecordRegister):
    """Obstacles."""

    key = "obstacle"
    slug = "obstacles"
    label = _("Obstacle")
    label_plural = _("Obstacles")
    explanation = _("What stands in the way of a project manager and is for the director to remove.")
    detail = "description"
    model = Obstacle
    states = OBSTACLE_STATES
    order = ("-priority", "raised_on")
    due, weight = "due_on", "priority"
    search = ("title", "description", "stops", "wanted", "outcome")
    related: ClassVar[Sequence[str]] = ("initiative", "owner", "raised_by")
    called, columns = as_files_say(
        "obstacle",
        REFERENCE,
        Column("title", label=_("obstacle")),
        Column("initiative"),
        Column("raised_by"),
        Column("owner", help=_("Who removes it: the director, unless another is named.")),
        Column("state"),
        Column("priority"),
        Column("raised_on"),
        Column(
            "age",
            label=_("age, days"),
            kind=Kind.NUMBER,
            text=_age,
            help=_("For how many days it stands in the way, or stood until it was removed."),
        ),
        Column("due_on"),
        Column("removed_on"),
        Column("stops"),
        Column("wanted"),
        Column("outcome"),
        Column("description"),
        Column("changed_at", label=_("changed")),
    )
    shown = ("reference", "title", "initiative", "raised_by", "owner", "state", "priority", "age", "due_on")
    filters = ("state", "priority", "owner", "raised_by", "initiative", "due_on", "raised_on")
    groups = ("state", "initiative", "owner", "raised_by", "priority")
    sections = (
        Section(_("What stands in the way"), ("title", "initiative", "description", "stops", "wanted")),
        Section(
            _("Who and when"),
            ("raised_by", "raised_on", "owner", "state", "priority", "age", "due_on"),
        ),
        Section(_("How it went"), ("removed_on", "outcome")),
    )
    views = (
        View(_("Mine"), "mine=true"),
        View(_("Removed"), "state=removed&sort=-removed_on"),
        View(_("By initiative"), "by=initiative"),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change obstacles."""
        return list(write_obstacles(actor, changes, reason=reason, batch=batch))
