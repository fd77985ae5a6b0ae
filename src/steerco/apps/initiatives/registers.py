"""What every register of records shares, and the register of initiatives itself."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Ancestry, Initiative, Record
from steerco.apps.initiatives.records import delete_records, write_records
from steerco.apps.initiatives.services import remove_initiatives, write_initiatives
from steerco.kit.history import Change
from steerco.kit.pages.addresses import address
from steerco.kit.permissions import Actor, require
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Register, Section, View, declare_register

# Whose names and restrictions decide, beside the rows themselves, what stands where in a list.
NAMES = ("initiatives.initiative", "initiatives.post", "people.person", "people.unit")


class RecordRegister(Register):
    """A register of records: written through `write_records`, deleted by a mark."""

    model: ClassVar[type[Record]]
    related: ClassVar[Sequence[str]] = ("initiative", "owner")
    parts: ClassVar[Sequence[str]] = ("entry",)

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change records."""
        self.require_confidential(actor, changes)
        return write_records(actor, self.model, changes, reason=reason, batch=batch)

    def delete(
        self, actor: Actor, pks: Sequence[int], *, restore: bool = False, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Delete or restore records."""
        return delete_records(actor, self.model, pks, restore=restore, reason=reason, batch=batch)


REFERENCE = Column("reference", label=_("No."), sort="number")


class InitiativeRegister(Register):
    """The tree as a list: every initiative with its facts."""

    key = "initiative"
    slug = "initiatives"
    label = _("Initiative")
    label_plural = _("Initiatives")
    explanation = _(
        "Everything that the organisation has under way: portfolios, programmes, projects, workstreams."
    )
    model = Initiative
    menu = "portfolio"
    scope_path = "id"
    title_column = "name"
    search = ("name", "code", "former_names__name")
    order = ("sort_name",)
    related = ("unit", "lead", "sponsor", "parent")
    parts = ("entry",)
    companions = (Ancestry,)
    reads = NAMES
    actions: ClassVar[dict[str, str]] = {
        "view": "initiative.view",
        "create": "initiative.create",
        "edit": "initiative.edit",
    }
    columns = (
        Column("code"),
        Column("name"),
        Column("type"),
        Column("parent"),
        Column("summary"),
        Column("priority", help=_("1 is the most important. Conflicts are resolved by this rank.")),
        Column("profile", help=_("How much governance it needs: light, standard or major.")),
        Column("status"),
        Column("category"),
        Column("unit"),
        Column("sponsor", help=_("Who wants it and answers for its benefit.")),
        Column("lead", help=_("Who runs it day to day.")),
        Column("planned_start"),
        Column("planned_end"),
        Column("forecast_start"),
        Column("forecast_end"),
        Column("actual_start"),
        Column("actual_end"),
        Column("archived"),
        Column("changed_at", label=_("changed")),
    )
    shown = ("code", "name", "type", "status", "unit", "sponsor", "lead", "planned_end", "forecast_end")
    filters = ("type", "status", "profile", "category", "unit", "lead", "sponsor", "planned_end", "archived")
    groups = ("type", "status", "unit", "category")
    sections = (
        Section(_("What it is"), ("name", "code", "type", "parent", "summary", "category")),
        Section(_("Who"), ("unit", "sponsor", "lead")),
        Section(_("Governance"), ("status", "profile", "priority", "archived")),
        Section(
            _("Dates"),
            ("planned_start", "planned_end", "forecast_start", "forecast_end", "actual_start", "actual_end"),
        ),
    )
    views = (
        View(_("Delivering"), "status=delivering"),
        View(_("On hold"), "status=on_hold"),
        View(_("Archived"), "archived=true"),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create, change, move and rename initiatives."""
        return write_initiatives(actor, changes, reason=reason, batch=batch)

    def remove(self, actor: Actor, rows: Sequence[Any], *, reason: str = "", batch: str = "") -> None:
        """Take initiatives away."""
        for row in rows:
            require(actor, self.actions["edit"], row)
        remove_initiatives(actor, rows, reason=reason, batch=batch)

    def url(self, row: Any) -> str:
        """An initiative's page is its place in the portfolio."""
        return address("initiatives:page", row.code)


INITIATIVES = InitiativeRegister()
declare_register(INITIATIVES)
