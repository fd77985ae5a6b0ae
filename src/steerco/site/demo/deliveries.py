"""Deliverables, sign-offs, requirements and quality reviews of the example city, as steps on its timeline."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from steerco.apps.deliverables.models import Deliverable, QualityReview, Requirement, SignOffRound
from steerco.apps.deliverables.signing import KIND, Terms, open_round
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer
from steerco.apps.initiatives.models import Entry, Record
from steerco.apps.links.models import Relation
from steerco.apps.links.services import Upload, attach_files, relate
from steerco.apps.people.models import Person
from steerco.kit.permissions import Actor
from steerco.site.demo.story import FOLDER, ProjectText
from steerco.site.demo.timeline import Row, Timeline


@dataclass(frozen=True)
class RoundText:
    """A sign-off; `answers` are {by, day, answer, comment}."""

    opened: int
    revision: str
    approvers: list[str]
    answers: list[dict[str, Any]] = field(default_factory=list)
    order: str = "parallel"
    note: str = ""


@dataclass(frozen=True)
class DeliverableText:
    """A deliverable; `moves` and `sign_moves` are [day, new forecast], `after` those that must be there first."""

    title: str
    owner: str
    made: int
    base: int
    type: str = ""
    phase: str = ""
    direction: str = "out"
    supplier: str = ""
    author: str = ""
    approver: str = ""
    weight: int = 1
    criteria: str = ""
    format: str = ""
    location: str = ""
    value: int = 0
    safety: bool = False
    moves: list[list[int]] = field(default_factory=list)
    sign_base: int | None = None
    sign_moves: list[list[int]] = field(default_factory=list)
    start: int | None = None
    delivered: int | None = None
    conditions_met: int | None = None
    handed_over: int | None = None
    descoped: int | None = None
    file: str = ""
    after: list[int] = field(default_factory=list)
    round: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class RequirementText:
    """A requirement; `by` are the deliverables that fulfil it."""

    title: str
    owner: str
    made: int
    source: str
    text: str
    criterion: str
    kind: str = "requirement"
    due: int | None = None
    by: list[int] = field(default_factory=list)
    evidence: str = ""
    verified_by: str = ""
    verified: int | None = None


@dataclass(frozen=True)
class ReviewText:
    """A quality review of a deliverable."""

    title: str
    deliverable: int
    owner: str
    reviewer: str
    made: int
    planned: int
    method: str = ""
    tolerance: str = ""
    done: int | None = None
    result: str = ""
    findings: str = ""


class Deliveries:
    """Puts what is written of one project on the timeline; a project of which nothing is written adds nothing."""

    def __init__(
        self, timeline: Timeline, project: ProjectText, people: Mapping[str, Person], currency: str
    ) -> None:
        self.timeline = timeline
        self.project = project
        self.people = people
        self.currency = currency
        file = FOLDER / "deliverables" / f"{project.code.rpartition('-')[2].lower()}.toml"
        text = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        self.deliverables = [DeliverableText(**one) for one in text.get("deliverable", [])]
        self.requirements = [RequirementText(**one) for one in text.get("requirement", [])]
        self.reviews = [ReviewText(**one) for one in text.get("review", [])]

    def tell(self) -> None:
        """Everything, in the order of the text."""
        for number, one in enumerate(self.deliverables, 1):
            self._deliverable(self._key("deliverable", number), one)
        for number, need in enumerate(self.requirements, 1):
            self._requirement(self._key("requirement", number), need)
        for number, review in enumerate(self.reviews, 1):
            self._review(self._key("quality", number), review)

    def _key(self, register: str, number: int) -> str:
        return f"{self.project.code}/{register}/{number}"

    def _who(self, key: str) -> str:
        return self.people[key].name

    def _party(self, key: str) -> Any:
        return self.people[key].party if key else None

    def _deliverable(self, key: str, text: DeliverableText) -> None:
        day, who = self.timeline.day, self._who(self.project.lead)
        signed = None if text.sign_base is None else day(text.sign_base)
        values = {
            "initiative": Row(self.project.code),
            "title": text.title,
            "owner": self._party(text.owner),
            "author": self._party(text.author),
            "approver": self._party(text.approver),
            "supplier": self._party(text.supplier),
            "direction": text.direction,
            "type": text.type,
            "phase": text.phase,
            "weight": text.weight,
            "format": text.format,
            "location": text.location,
            "acceptance_criteria": text.criteria,
            "concerns_safety": text.safety,
            "delivery_baseline": day(text.base),
            "delivery_forecast": day(text.base),
            "sign_off_baseline": signed,
            "sign_off_forecast": signed,
        }
        if text.value:
            values |= {"value": text.value * 100_000, "currency": self.currency}
        self.timeline.create(text.made, who, Deliverable, key, values)
        change = partial(self.timeline.change, model=Deliverable, key=key)
        owner = self._who(text.owner)
        for when, forecast in text.moves:
            change(when, owner, values={"delivery_forecast": day(forecast)})
        for when, forecast in text.sign_moves:
            change(when, owner, values={"sign_off_forecast": day(forecast)})
        if text.start is not None:
            change(text.start, owner, values={"state": "draft"})
        if text.delivered is not None:
            change(text.delivered, owner, values={"state": "ready", "delivered_on": day(text.delivered)})
        if text.descoped is not None:
            change(text.descoped, who, values={"state": "descoped"})
        for number in text.after:
            relates = partial(self._relate, self._key("deliverable", number), key, Relation.Kind.BLOCKS)
            both = max(text.made, self.deliverables[number - 1].made)
            self.timeline.call(both, 15, who, relates)
        if text.file:
            first = min([one["opened"] for one in text.round] or [text.made])
            self.timeline.call(first, 10, owner, partial(self._attach, key, text))
        for one in text.round:
            self._round(key, RoundText(**one))
        if text.conditions_met is not None:
            change(text.conditions_met, self._who(text.approver), values={"state": "signed_off"})
        if text.handed_over is not None:
            handed = {"state": "handed_over", "handed_over_on": day(text.handed_over)}
            change(text.handed_over, who, values=handed)

    def _round(self, key: str, text: RoundText) -> None:
        lead = self.people[self.project.lead]
        self.timeline.call(text.opened, 16, lead.name, partial(self._open, key, text, lead))
        for said in text.answers:
            person = self.people[said["by"]]
            self.timeline.call(said["day"], 11, person.name, partial(self._answer, key, said, person))

    def _row(self, key: str) -> Record:
        row: Record = self.timeline.rows[key]
        return type(row)._default_manager.select_related("initiative", "entry__initiative").get(pk=row.pk)

    def _open(self, key: str, text: RoundText, lead: Person, actor: Actor) -> SignOffRound:
        row = self._row(key)
        terms = Terms(
            [self.people[name].party for name in text.approvers],
            revision=text.revision,
            order=text.order,
            note=text.note,
            value=getattr(row, "value", None),
            currency=getattr(row, "currency", ""),
        )
        return open_round(replace(actor, person_id=lead.pk), row.entry, terms)

    def _answer(self, key: str, said: Mapping[str, Any], person: Person, actor: Actor) -> None:
        asked = FollowUp.objects.get(
            kind=KIND, entry=self.timeline.rows[key].entry_id, debtor=person.party, state="open"
        )
        signed_in = replace(actor, person_id=person.pk)
        identity = FollowUp.Identity.SIGNED_IN if person.user_id else FollowUp.Identity.LINK
        answer(signed_in, asked, said["answer"], said.get("comment", ""), identity=identity)

    def _attach(self, key: str, text: DeliverableText, actor: Actor) -> None:
        content = f"{text.title}\n\n{text.criteria}\n".encode()
        attach_files(actor, self._row(key).entry, [Upload(text.file, [content])])

    def _relate(self, source: str, target: str, kind: str, actor: Actor) -> None:
        first, second = (Entry.objects.get(pk=self.timeline.rows[key].entry_id) for key in (source, target))
        relate(actor, first, second, kind)

    def _requirement(self, key: str, text: RequirementText) -> None:
        day, who = self.timeline.day, self._who(self.project.lead)
        values = {
            "initiative": Row(self.project.code),
            "title": text.title,
            "owner": self._party(text.owner),
            "kind": text.kind,
            "text": text.text,
            "source": text.source,
            "acceptance_criterion": text.criterion,
            "due_on": None if text.due is None else day(text.due),
        }
        self.timeline.create(text.made, who, Requirement, key, values)
        for number in text.by:
            made = max(text.made, self.deliverables[number - 1].made)
            fulfils = partial(self._relate, self._key("deliverable", number), key, Relation.Kind.FULFILS)
            self.timeline.call(made, 15, who, fulfils)
        if text.verified is not None:
            verified = {
                "state": "verified",
                "evidence": text.evidence,
                "verified_by": self._party(text.verified_by),
                "verified_on": day(text.verified),
            }
            self.timeline.change(text.verified, self._who(text.verified_by), Requirement, key, verified)

    def _review(self, key: str, text: ReviewText) -> None:
        day = self.timeline.day
        values = {
            "initiative": Row(self.project.code),
            "title": text.title,
            "deliverable": Row(self._key("deliverable", text.deliverable)),
            "owner": self._party(text.owner),
            "reviewer": self._party(text.reviewer),
            "method": text.method,
            "tolerance": text.tolerance,
            "planned_on": day(text.planned),
        }
        made = max(text.made, self.deliverables[text.deliverable - 1].made + 1)
        self.timeline.create(made, self._who(text.owner), QualityReview, key, values)
        if text.done is not None:
            done = {"state": text.result, "done_on": day(text.done), "findings": text.findings}
            self.timeline.change(text.done, self._who(text.reviewer), QualityReview, key, done)
