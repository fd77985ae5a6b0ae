"""A project with its people, and a review of it on its way."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.apps.worlds import OPERATOR, actor, initiative, person

from steerco.apps.assurance.issuing import issue
from steerco.apps.assurance.models import Review, Working
from steerco.apps.assurance.services import write_reviews
from steerco.apps.assurance.working import Typed, begin, save_working, say_facts, send
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.history import Change


@dataclass
class Reviewed:
    """TRAM, led by Mara for Sam; Rita reviews it, the office plans."""

    place: Initiative = field(init=False)
    manager: Person = field(init=False)
    sponsor: Person = field(init=False)
    reviewer: Person = field(init=False)
    office: Person = field(init=False)

    def __post_init__(self) -> None:
        self.place = initiative("TRAM", type="project")
        self.manager = person("Mara Manager", "project_manager", self.place)
        self.sponsor = person("Sam Sponsor", "sponsor", self.place)
        self.reviewer = person("Rita Reviewer", "viewer", self.place)
        self.office = person("Olga Office", "pmo_manager")
        values = {"lead": self.manager.party, "sponsor": self.sponsor.party}
        write_initiatives(OPERATOR, [Change(values, pk=self.place.pk)])
        self.place = Initiative.objects.get(pk=self.place.pk)

    def plan(self, **values: Any) -> Review:
        """A planned review that Rita leads."""
        start = {"initiative": self.place, "title": "Health check", "owner": self.reviewer.party}
        return write_reviews(actor(self.office), [Change({**start, "planned_on": clock.today(), **values})])[
            0
        ]

    def begun(self, **values: Any) -> Review:
        """One that has begun."""
        row = self.plan(**values)
        begin(actor(self.reviewer), row)
        return again(row)

    def answers(self, row: Review, **more: Any) -> dict[str, Any]:
        """A filled form: everything met, one finding for Mara."""
        working = Working.objects.get(review=row)
        return {
            **{f"value-{one['key']}": "met" for one in working.questions},
            "confidence": "amber",
            "reasons": "The plan is thin.",
            "f0-title": "Agree a plan with the suppliers",
            "f0-description": "Three dates are guesses.",
            "f0-severity": "essential",
            "f0-owner": str(self.manager.party_id),
            "f0-due": (clock.today() + timedelta(days=30)).isoformat(),
            "f0-topic": "plan",
            **more,
        }

    def sent(self, row: Review, **more: Any) -> Review:
        """One whose facts are being checked."""
        who = actor(self.reviewer)
        typed = Typed.of(who, self.answers(row, **more), row, Working.objects.get(review=row))
        save_working(who, row, typed)
        send(who, row)
        return again(row)

    def issued(self, *, row: Review | None = None, **more: Any) -> Review:
        """One that was issued."""
        sent = self.sent(row or self.begun(), **more)
        say_facts(actor(self.manager), sent, "right", "")
        issue(actor(self.reviewer), again(sent))
        return again(sent)


def again(row: Review) -> Review:
    """The review as it stands now."""
    return Review.objects.select_related("initiative", "owner").get(pk=row.pk)
