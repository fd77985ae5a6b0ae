"""The people of the example organisation: one for each kind of reader, with what each is for."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class DemoPerson:
    """A person of the example: sign-in address, name, the role and where it is held ("" the organisation)."""

    email: str
    name: str
    role: str
    place: str
    job_title: str
    label: str | Promise


DEMO_PEOPLE = (
    DemoPerson(
        "admin@example.org",
        "Ada Okonkwo",
        "administrator",
        "",
        "System administrator",
        _("System administrator"),
    ),
    DemoPerson("pmo@example.org", "Miriam Vogel", "pmo_manager", "", "PMO manager", _("PMO manager")),
    DemoPerson("analyst@example.org", "Tom Hale", "pmo_analyst", "", "PMO analyst", _("PMO analyst")),
    DemoPerson(
        "office@example.org",
        "Grace Lim",
        "pmo_administrator",
        "",
        "PMO administrator",
        _("PMO administrator"),
    ),
    DemoPerson(
        "portfolio@example.org",
        "Rafael Duarte",
        "portfolio_manager",
        "NWC",
        "Portfolio director",
        _("Portfolio manager"),
    ),
    DemoPerson(
        "pm@example.org",
        "Beatrice Okafor",
        "project_manager",
        "NWC-PAY",
        "Project manager",
        _("Project manager"),
    ),
    DemoPerson(
        "team@example.org", "Jonas Weber", "team_member", "NWC-PAY", "Solution architect", _("Team member")
    ),
    DemoPerson(
        "sponsor@example.org", "Eleanor Price", "sponsor", "NWC", "Chief operating officer", _("Sponsor")
    ),
    DemoPerson("finance@example.org", "Amir Shah", "finance", "", "Finance business partner", _("Finance")),
    DemoPerson("auditor@example.org", "Ingrid Nyström", "auditor", "", "Internal auditor", _("Auditor")),
)
