"""The address book and the organisation units as registers on plain models."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from steerco.apps.people.leaving import with_leavers
from steerco.apps.people.models import Person, Unit
from steerco.apps.people.services import change_units, remove_people, remove_units, write_people
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Register, Section, View, declare_register

ACTIONS = {"view": "person.view", "create": "person.edit", "edit": "person.edit"}


def _leaver(row: Any) -> str:
    """What the flag says."""
    if not getattr(row, "leaver", False):
        return ""
    return gettext("has left") if row.leaves < clock.today() else gettext("leaves soon")


class PersonRegister(Register):
    """One record per person, used everywhere."""

    key = "person"
    slug = "people"
    label = _("Person")
    label_plural = _("People")
    explanation = _("The address book: one record per person, used in every owner field, list and chart.")
    model = Person
    reads = ("people.person", "people.unit")
    menu = "people"
    scope_path = ""
    title_column = "name"
    search = ("name", "email", "job_title", "organisation")
    order = ("party__sort_name",)
    related = ("unit", "party")
    match = ("email",)
    parts = ("party",)
    actions: ClassVar[dict[str, str]] = ACTIONS
    columns = (
        Column("name", sort="party__sort_name"),
        Column("email"),
        Column("phone"),
        Column("job_title"),
        Column("organisation"),
        Column("unit"),
        Column("engagement"),
        Column("starts"),
        Column("leaves"),
        Column(
            "leaver",
            label=_("leaver who still has something"),
            kind=Kind.YES_NO,
            sort="leaver",
            text=_leaver,
            anew=True,
            help=_("Left, or leaves within 60 days, and still owns records, holds posts or owes answers."),
        ),
    )
    shown = ("name", "job_title", "unit", "organisation", "email", "phone", "engagement", "leaves", "leaver")
    filters = ("engagement", "unit", "organisation", "leaves", "leaver")
    groups = ("unit", "engagement")
    sections = (
        Section(_("Who"), ("name", "job_title", "engagement", "organisation", "unit")),
        Section(_("How to reach"), ("email", "phone")),
        Section(_("From–to"), ("starts", "leaves")),
    )
    views = (
        View(_("Contractors"), "engagement=contractor"),
        View(_("Leave and still have something"), "leaver=true&sort=leaves"),
    )

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """The people with the flag of those who leave."""
        return with_leavers(super().rows(actor), actor)

    def find(self, actor: Actor, pk: int, *, deleted: bool = False) -> Any:
        """One person with the flag."""
        return self.rows(actor).filter(pk=pk).first()

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change people."""
        return write_people(actor, changes, reason=reason, batch=batch)

    def remove(self, actor: Actor, rows: Sequence[Any], *, reason: str = "", batch: str = "") -> None:
        """Take people away."""
        remove_people(actor, rows, reason=reason, batch=batch)


class UnitRegister(Register):
    """Organisation units, valid from–to."""

    key = "unit"
    slug = "units"
    label = _("Organisation unit")
    label_plural = _("Organisation units")
    explanation = _(
        "Departments and teams. After a re-organisation the old unit ends and names its successors."
    )
    model = Unit
    reads = ("people.unit",)
    menu = "people"
    scope_path = ""
    title_column = "name"
    search = ("name", "code")
    order = ("sort_name",)
    related = ("parent",)
    actions: ClassVar[dict[str, str]] = ACTIONS
    columns = (Column("code"), Column("name"), Column("parent"), Column("valid_from"), Column("valid_to"))
    shown = ("code", "name", "parent", "valid_from", "valid_to")
    filters = ("parent", "valid_to")
    sections = (Section(_("Unit"), ("name", "code", "parent", "valid_from", "valid_to")),)

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change units."""
        return change_units(actor, changes, reason=reason, batch=batch)

    def remove(self, actor: Actor, rows: Sequence[Any], *, reason: str = "", batch: str = "") -> None:
        """Take units away."""
        remove_units(actor, rows, reason=reason, batch=batch)


declare_register(PersonRegister())
declare_register(UnitRegister())
