"""The boards of the example city, its decisions and its changes, as steps on the timeline."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from steerco.apps.change.models import ChangeRequest
from steerco.apps.change.services import set_baseline_change, write_changes
from steerco.apps.escalation.deciding import confirm, record, take
from steerco.apps.governance.models import Decision
from steerco.apps.governance.services import write_bodies, write_decisions
from steerco.apps.initiatives.posts import appoint, seats_of
from steerco.apps.links.services import relate
from steerco.apps.people.models import Party, Person
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.site.demo.story import BodyText, ChangeText, DecisionText, PaperText, PersonText, ProjectText
from steerco.site.demo.timeline import Timeline


def tell_bodies(
    timeline: Timeline, day: int, office: str, bodies: list[BodyText], people: Mapping[str, Person]
) -> None:
    """Set up the boards and fill their seats; papers know them by their names."""
    for text in bodies:
        timeline.call(day, 12, office, partial(_set_up, timeline, text, people))


def _set_up(timeline: Timeline, text: BodyText, people: Mapping[str, Person], actor: Actor) -> None:
    values = {
        "name": text.name,
        "initiative": timeline.rows[text.place],
        "purpose": text.purpose,
        "rhythm": text.rhythm,
    }
    body = write_bodies(actor, [Change(values)])[0]
    timeline.rows[text.name] = body
    seats = seats_of([body.party_id])[body.party_id]
    for role, keys in (("chair", [text.chair]), ("secretary", [text.secretary]), ("member", text.members)):
        for key in keys:
            appoint(actor, seats[role], people[key])


class ProjectDecisions:
    """Puts the papers of one project on the timeline."""

    def __init__(
        self,
        timeline: Timeline,
        project: ProjectText,
        people: Mapping[str, PersonText],
        parties: Mapping[str, Party],
        currency: str,
    ) -> None:
        self.timeline = timeline
        self.project = project
        self.people = people
        self.parties = parties
        self.currency = currency
        self.office = people["grace"].name

    def tell(self) -> None:
        """All papers, in the order of the text."""
        for number, decision in enumerate(self.project.decision, 1):
            self._paper(f"{self.project.code}/decision/{number}", Decision, write_decisions, decision)
        for number, change in enumerate(self.project.change, 1):
            self._paper(f"{self.project.code}/change/{number}", ChangeRequest, write_changes, change)

    def _who(self, key: str) -> str:
        return self.people[key].name

    def _paper(self, key: str, model: type[Any], write: Callable[..., list[Any]], text: PaperText) -> None:
        owner = self._who(text.owner)
        call = self.timeline.call
        call(text.raised, 11, owner, partial(self._enter, key, write, text))
        if isinstance(text, ChangeText) and text.emergency:
            call(text.raised, 12, owner, partial(self._step, key, write, {"state": "emergency"}))
            return
        if text.asked is None:
            return
        before = min(text.asked, text.raised + 2)
        ready = ["submitted", "assessed"] if model is ChangeRequest else ["prepared"]
        call(before, 13, owner, partial(self._ready, key, write, ready))
        call(text.asked, 15, owner, partial(self._step, key, write, {"state": model.asked_state}))
        if text.decided is None:
            return
        if text.decider in self.people:
            call(text.decided, 16, self._who(text.decider), partial(self._take, key, model, text))
        else:
            call(text.decided + 1, 10, self.office, partial(self._record, key, model, text))
            if text.confirmed is not None:
                call(text.confirmed, 10, self.office, partial(self._confirm, key, model))
        if isinstance(text, DecisionText):
            for action in text.actions:
                call(-1, 9, self.office, partial(self._cause, key, f"{self.project.code}/action/{action}"))
        if isinstance(text, ChangeText) and text.implemented is not None:
            done = self.timeline.day(text.implemented)
            values = {"state": "verified", "implemented_on": done, "verified_on": done}
            call(text.implemented, 14, owner, partial(self._step, key, write, values))
            call(text.implemented + 1, 14, owner, partial(self._step, key, write, {"state": "closed"}))

    def _enter(self, key: str, write: Callable[..., list[Any]], text: PaperText, actor: Actor) -> None:
        rows = self.timeline.rows
        decider = self.parties.get(text.decider) or rows[text.decider].party
        money = text.cost_k * 100_000 if text.cost_k is not None else None
        values: dict[str, Any] = {
            "initiative": rows[self.project.code],
            "title": text.title,
            "owner": self.parties[text.owner],
            "decider": decider,
            "decide_by": self.timeline.day(text.due),
            "recommendation": text.recommendation,
            "options": [option.kept(number) for number, option in enumerate(text.options, 1)],
            "days": text.days,
            "money": money,
            "currency": self.currency,
        }
        values |= self._more(text)
        row = write(actor, [Change({n: v for n, v in values.items() if v not in (None, "", [])})])[0]
        rows[key] = row
        if text.issue is not None:
            relate(actor, rows[f"{self.project.code}/issue/{text.issue}"].entry, row.entry, "causes")
        if isinstance(text, ChangeText):
            for title, new in text.moves:
                milestone = rows[f"{self.project.code}/milestone/{self._milestone(title)}"]
                line = {"what": "milestone", "milestone": milestone, "new_date": self.timeline.day(new)}
                set_baseline_change(actor, row, line)

    def _milestone(self, title: str) -> int:
        return next(n for n, m in enumerate(self.project.milestone, 1) if m.title == title)

    def _more(self, text: PaperText) -> dict[str, Any]:
        if isinstance(text, DecisionText):
            before = text.reverses and self.timeline.rows[f"{self.project.code}/decision/{text.reverses}"]
            return {"background": text.background, "reverses": before or None}
        if not isinstance(text, ChangeText):
            return {}
        return {
            "type": text.type,
            "extent": text.extent,
            "requester": self.parties[text.requester],
            "raised_on": self.timeline.day(text.raised),
            "justification": text.reason,
            "description": text.description,
            "impact_scope": text.scope,
            "impact_risk": text.risk,
            "impact_benefit": text.benefit,
            "impact_if_not": text.if_not,
            "notice_number": text.notice,
            "assessing_cost": text.assessing_k and text.assessing_k * 100_000,
            "emergency_reason": text.emergency,
        }

    def _cause(self, key: str, action: str, actor: Actor) -> None:
        relate(actor, self.timeline.rows[key].entry, self.timeline.rows[action].entry, "causes")

    def _step(self, key: str, write: Callable[..., list[Any]], values: dict[str, Any], actor: Actor) -> None:
        write(actor, [Change(dict(values), pk=self.timeline.rows[key].pk)])

    def _ready(self, key: str, write: Callable[..., list[Any]], states: list[str], actor: Actor) -> None:
        for state in states:
            self._step(key, write, {"state": state}, actor)

    def _row(self, key: str, model: type[Any]) -> Any:
        return model.objects.select_related("initiative", "decider").get(pk=self.timeline.rows[key].pk)

    def _take(self, key: str, model: type[Any], text: PaperText, actor: Actor) -> None:
        take(actor, self._row(key, model), text.verdict, text.because)

    def _record(self, key: str, model: type[Any], text: PaperText, actor: Actor) -> None:
        meeting: date = self.timeline.day(text.decided or 0)
        values = {
            "decided_on": meeting,
            "source": text.source,
            "forum": text.decider,
            "rationale": text.because,
        }
        if text.verdict == "conditions":
            values["conditions"] = text.because
        record(actor, self._row(key, model), text.verdict, values)

    def _confirm(self, key: str, model: type[Any], actor: Actor) -> None:
        confirm(actor, self._row(key, model), "right", "")
