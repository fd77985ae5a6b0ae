"""The roles that posts give. A role says which actions its holder may do on the initiative and all below it.

By default office posts prepare and record; they neither decide nor approve (mission E21).
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.kit.pages.words import Word, declare_word, lazy_word

VIEW = frozenset({"initiative.view", "record.view", "snapshot.view", "pack.view", "person.view"})
WRITE = VIEW | {"record.create", "record.edit", "record.transition", "pack.build"}
PREPARE = WRITE | {
    "record.delete",
    "initiative.create",
    "initiative.edit",
    "snapshot.import",
    "import.run",
    "person.edit",
}
OFFICE = PREPARE | {
    "initiative.move",
    "initiative.archive",
    "initiative.appoint",
    "record.restrict",
    "cadence.set",
    "assurance.plan",
    "money.close",
    "commission.ask",
}
DECIDE = frozenset({"record.decide"})
# What stakeholders think and fear is personal: those who answer for the undertaking read it, the office does not.
PERSONAL = frozenset({"stakeholder.attitude"})
SET = frozenset({"authority.set"})  # tolerances and decision rights of what is below


@dataclass(frozen=True)
class Role:
    """A role: what a person reads, which actions it gives, whether it belongs to the office."""

    key: str
    ours: str | Promise  # what we call it; the organisation may replace it
    actions: frozenset[str]
    office: bool = False

    @property
    def label(self) -> str:
        """The organisation's word for it, else ours."""
        return str(self.word)

    @property
    def word(self) -> str | Promise:
        """The label, looked up only when it is shown: for forms, which are made once."""
        return lazy_word(f"role.{self.key}", self.ours)


SEATS = ("chair", "secretary", "member")

ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        Role(
            "administrator",
            _("System administrator"),
            OFFICE
            | SET
            | {"initiative.restrict", "organisation.configure", "user.edit", "import.undo", "pack.template"},
        ),
        Role(
            "pmo_manager",
            _("PMO manager"),
            OFFICE | SET | {"initiative.restrict", "import.undo", "pack.template", "organisation.configure"},
            office=True,
        ),
        Role("pmo_analyst", _("PMO analyst"), OFFICE | {"import.undo"}, office=True),
        Role("pmo_administrator", _("PMO administrator"), PREPARE | {"commission.ask"}, office=True),
        Role(
            "portfolio_manager",
            _("Portfolio manager"),
            OFFICE | DECIDE | SET | PERSONAL | {"initiative.restrict"},
        ),
        Role(
            "programme_manager",
            _("Programme manager"),
            OFFICE | DECIDE | SET | PERSONAL | {"initiative.restrict"},
        ),
        Role(
            "project_manager",
            _("Project manager"),
            PREPARE | DECIDE | PERSONAL | {"record.restrict", "initiative.appoint"},
        ),
        Role("team_member", _("Team member"), WRITE),
        Role("sponsor", _("Sponsor"), VIEW | DECIDE | SET | PERSONAL | {"pack.build"}),
        # Seats of a body. It decides in a room, as a body: no seat gives the right to decide alone.
        Role("chair", _("Chair of a body"), VIEW | {"pack.build"}),
        Role("secretary", _("Secretary of a body"), WRITE),
        Role("member", _("Member of a body"), VIEW),
        Role("finance", _("Finance"), WRITE | {"snapshot.import", "import.run", "money.close"}),
        Role("auditor", _("Auditor"), VIEW | {"audit.read"}),
        Role("viewer", _("Viewer"), VIEW),
    )
}


for _role in ROLES.values():
    declare_word(Word(f"role.{_role.key}", _("Role"), _role.ours))


def roles_giving(action: str) -> frozenset[str]:
    """The keys of the roles that give `action`."""
    return frozenset(key for key, role in ROLES.items() if action in role.actions)
