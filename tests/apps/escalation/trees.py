"""What tests of escalation are made of: a tree with people at each level, tolerances and rights."""

from typing import Any

from tests.apps.worlds import OPERATOR, initiative, person

from steerco.apps.escalation.models import DecisionRight, Tolerance
from steerco.apps.escalation.services import write_rights, write_tolerances
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.people.models import Party
from steerco.kit.history import Change


def right(where: Initiative | None, party: Party, **values: Any) -> DecisionRight:
    start = {"subject": "change", "title": "Changes", "party": party, "initiative": where, **values}
    return write_rights(OPERATOR, [Change(start)])[0]


def tolerance(where: Initiative, area: str, **values: Any) -> Tolerance:
    return write_tolerances(OPERATOR, [Change({"initiative": where, "area": area, "title": area, **values})])[
        0
    ]


class Tree:
    """Portfolio > programme > project > workstream, each with a manager and the first two with a sponsor."""

    def __init__(self) -> None:
        self.portfolio = initiative("PORT", type="portfolio")
        self.programme = initiative("PROG", self.portfolio, type="programme")
        self.project = initiative("PROJ", self.programme)
        self.stream = initiative("WORK", self.project, type="workstream")
        self.lead = person("Paula Lead", "project_manager", self.project)
        self.sponsor = person("Saul Sponsor", "sponsor", self.project)
        self.director = person("Dora Director", "portfolio_manager", self.portfolio)
        self.programme_manager = person("Petra Programme", "programme_manager", self.programme)
        self.chief = person("Carl Chief", "sponsor", self.portfolio)
        self.office = person("Olga Office", "pmo_manager")
        changes = [
            (self.project, {"lead": self.lead.party, "sponsor": self.sponsor.party}),
            (self.programme, {"lead": self.programme_manager.party}),
            (self.portfolio, {"lead": self.director.party, "sponsor": self.chief.party}),
        ]
        write_initiatives(OPERATOR, [Change(values, pk=row.pk) for row, values in changes])
        for name in ("portfolio", "programme", "project", "stream"):
            setattr(self, name, Initiative.objects.get(pk=getattr(self, name).pk))
