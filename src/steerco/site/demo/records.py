"""The living records of a project of the example city, as steps on its timeline."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from steerco.apps.initiatives.models import Record
from steerco.apps.links.services import write_comment
from steerco.apps.people.models import Party
from steerco.apps.planning.models import Milestone
from steerco.apps.raid.models import Action, Issue, Risk
from steerco.kit.permissions import Actor
from steerco.site.demo.plans import bring_revision
from steerco.site.demo.story import (
    ActionText,
    CommentText,
    IssueText,
    MilestoneText,
    PersonText,
    ProjectText,
    RiskText,
)
from steerco.site.demo.timeline import Row, Timeline

HIGH_SCORE = 15
SCORE = ("current_probability", "current_impact")


class ProjectRecords:
    """Puts the records of one project on the timeline. What a workstream's lead owns stands in the workstream."""

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
        self.places = {w.lead: w.code for w in project.workstream if w.lead != project.lead}

    def tell(self) -> None:
        """All records, in the order of the text."""
        for number, risk in enumerate(self.project.risk, 1):
            self._risk(f"{self.project.code}/risk/{number}", risk)
        for number, issue in enumerate(self.project.issue, 1):
            self._issue(f"{self.project.code}/issue/{number}", issue)
        for number, action in enumerate(self.project.action, 1):
            self._action(f"{self.project.code}/action/{number}", action)
        for number, milestone in enumerate(self.project.milestone, 1):
            self._milestone(f"{self.project.code}/milestone/{number}", milestone)
        for comment in self.project.comment:
            self._comment(comment)
        for plan in self.project.plan:
            bring = partial(bring_revision, self.timeline, self.project, plan)
            self.timeline.call(plan.day, 11, self._who(self.project.lead), bring)

    def _who(self, key: str) -> str:
        return self.people[key].name

    def _place(self, owner: str) -> dict[str, Any]:
        return {"initiative": Row(self.places.get(owner, self.project.code)), "owner": self.parties[owner]}

    def _risk(self, key: str, text: RiskText) -> None:
        day, who = self.timeline.day, self._who(text.owner)
        money = {"exposure": text.money * 100_000, "currency": self.currency} if text.money else {}
        self.timeline.create(
            text.raised,
            who,
            Risk,
            key,
            {
                **self._place(text.owner),
                **money,
                "title": text.title,
                "category": text.category,
                "direction": text.direction,
                "cause": text.cause,
                "effect": text.effect,
                "inherent_probability": text.before[0],
                "inherent_impact": text.before[1],
                "current_probability": text.before[0],
                "current_impact": text.before[1],
                "target_probability": text.target[0],
                "target_impact": text.target[1],
                "proximity": text.proximity,
                "exposure_days": text.days or None,
                "raised_on": day(text.raised),
                "next_review": day(min(text.raised + 45, -2)),
            },
        )
        treated = min(text.raised + 12, -2)
        plan = {"state": "treating", "response": text.response, "response_text": text.plan}
        self.timeline.change(treated, who, Risk, key, plan)
        for when, *score in text.course or _rescored(text):
            scored = {**dict(zip(SCORE, score, strict=True)), "last_reviewed": day(when)}
            self.timeline.change(when, who, Risk, key, scored)
        if text.accepted is not None:
            self.timeline.change(
                text.accepted, self._who(self.project.lead), Risk, key, {"state": "accepted"}
            )
        if text.closed is not None:
            closed = {"state": "closed", "closing": text.closing, **dict(zip(SCORE, text.now, strict=True))}
            self.timeline.change(text.closed, self._who(self.project.lead), Risk, key, closed)
        elif text.review is not None:
            reviewed = max(min(text.review - 30, -2), treated)
            dates = {"last_reviewed": day(reviewed), "next_review": day(text.review)}
            self.timeline.change(reviewed, self._who(self.project.lead), Risk, key, dates)

    def _issue(self, key: str, text: IssueText) -> None:
        day, who = self.timeline.day, self._who(self.project.lead)
        values = {
            "title": text.title,
            "type": text.type,
            "description": text.description,
            "priority": text.priority,
            "severity": text.severity,
            "impact": text.impact,
            "options": "\n".join(f"- {option}" for option in text.options),
            "recommendation": text.recommendation,
            "raised_on": day(text.raised),
            "due_on": day(text.due),
        }
        self.timeline.create(text.raised, who, Issue, key, {**self._place(text.owner), **values})
        if text.work is not None:
            self.timeline.change(text.work, self._who(text.owner), Issue, key, {"state": "working"})
        if text.waiting is not None:
            self.timeline.change(text.waiting, who, Issue, key, {"state": "waiting"})
        if text.closed is not None:
            closed = {"state": "closed", "resolution": text.resolution, "closed_on": day(text.closed)}
            self.timeline.change(text.closed, self._who(text.owner), Issue, key, closed)

    def _action(self, key: str, text: ActionText) -> None:
        day, who = self.timeline.day, self._who(self.project.lead)
        first = text.due if text.first_due is None else text.first_due
        values: dict[str, Any] = {
            "title": text.title,
            "due_on": day(first),
            "source": text.source,
            "priority": self._priority(text),
        }
        made = text.made
        for kind, number in (("risk", text.risk), ("issue", text.issue)):
            if number is not None:
                values[kind] = Row(f"{self.project.code}/{kind}/{number}")
                made = max(made, getattr(self.project, kind)[number - 1].raised)
        self.timeline.create(made, who, Action, key, {**self._place(text.owner), **values})
        for when, due in text.moves:
            self.timeline.change(when, self._who(text.owner), Action, key, {"due_on": day(due)})
        if text.done is not None:
            done = {"state": "done", "done_on": day(text.done)}
            self.timeline.change(text.done, self._who(text.owner), Action, key, done)

    def _priority(self, text: ActionText) -> int:
        """As urgent as the issue, or as the risk is high."""
        if text.issue is not None:
            return self.project.issue[text.issue - 1].priority
        if text.risk is None:
            return Issue.Level.MEDIUM
        probability, impact = self.project.risk[text.risk - 1].now
        return Issue.Level.HIGH if probability * impact >= HIGH_SCORE else Issue.Level.MEDIUM

    def _milestone(self, key: str, text: MilestoneText) -> None:
        day, who = self.timeline.day, self._who(self.project.lead)
        first = min([self.project.start + 10, *(when - 5 for when, _due in text.moves[:1]), text.base - 10])
        base = day(text.base)
        values = {"title": text.title, "tier": text.tier, "baseline": base, "forecast": base}
        self.timeline.create(first, who, Milestone, key, {**self._place(self.project.lead), **values})
        for when, forecast in text.moves:
            self.timeline.change(when, who, Milestone, key, {"forecast": day(forecast)})
        if text.actual is not None:
            reached = {"state": "reached", "actual": day(text.actual)}
            self.timeline.change(text.actual, who, Milestone, key, reached)

    def _comment(self, text: CommentText) -> None:
        key = f"{self.project.code}/{text.on}/{text.number}"
        say = partial(_say, self.timeline, key, text.text)
        self.timeline.call(text.day, 15, self._who(text.by), say)


def _rescored(text: RiskText) -> list[list[int]]:
    """One review of the score two fifths back on the way from `before` to `now`, where they differ."""
    if text.now == text.before or text.closed is not None:
        return []
    return [[min(text.raised * 2 // 5, -3), *text.now]]


def _say(timeline: Timeline, key: str, text: str, actor: Actor) -> None:
    record: Record = timeline.rows[key]
    write_comment(actor, record.entry, text)
