"""The second example, "Northwind City", as it is written in `northwind/*.toml`.

Days count from today, the day on which the example is loaded: -30 is a month ago. Money is in thousand units of the
organisation's currency. A word that no class here knows is refused.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from typing import Any

FOLDER = resources.files("steerco.site.demo") / "northwind"
GENERAL = ("city.toml", "registers.toml", "requests.toml", "reviews.toml")  # every other file is a project


@dataclass(frozen=True)
class PersonText:
    """A person of the city."""

    name: str
    title: str
    unit: str
    engagement: str = "staff"
    organisation: str = ""
    leaves: int | None = None  # days from today


@dataclass(frozen=True)
class Place:
    """An organisation unit, a programme or a workstream: code, name, and who answers for it."""

    code: str
    name: str
    unit: str = ""
    lead: str = ""
    sponsor: str = ""
    summary: str = ""


@dataclass(frozen=True)
class RiskText:
    """A risk with its course: [day, probability, impact]; `before`, `now`, `target` are [probability, impact]."""

    title: str
    category: str
    owner: str
    raised: int
    before: list[int]
    now: list[int]
    target: list[int]
    cause: str
    effect: str
    response: str
    plan: str
    direction: str = "threat"
    money: int = 0
    days: int = 0
    review: int | None = None
    proximity: str = ""
    course: list[list[int]] = field(default_factory=list)
    accepted: int | None = None
    closed: int | None = None
    closing: str = ""


@dataclass(frozen=True)
class IssueText:
    """An issue; `work`, `waiting`, `closed` are the days on which it took those states."""

    title: str
    type: str
    owner: str
    raised: int
    due: int
    priority: int
    severity: int
    description: str = ""
    impact: str = ""
    options: list[str] = field(default_factory=list)
    recommendation: str = ""
    work: int | None = None
    waiting: int | None = None
    closed: int | None = None
    resolution: str = ""


@dataclass(frozen=True)
class ActionText:
    """An action; `moves` are [day, new due date]; `risk` and `issue` count from 1 in the same project."""

    title: str
    owner: str
    made: int
    due: int
    done: int | None = None
    first_due: int | None = None
    moves: list[list[int]] = field(default_factory=list)
    risk: int | None = None
    issue: int | None = None
    source: str = ""


@dataclass(frozen=True)
class MilestoneText:
    """A milestone; `moves` are [day, new forecast]."""

    title: str
    tier: str
    base: int
    actual: int | None = None
    moves: list[list[int]] = field(default_factory=list)


@dataclass(frozen=True)
class PlanText:
    """A revision of the project's plan that was brought on `day`. It holds the milestones as they stand then, but for
    `moves` ([number of the milestone, new day]) and with `new` ones ([title, day]).
    """

    day: int
    name: str
    moves: list[list[int]] = field(default_factory=list)
    new: list[list[Any]] = field(default_factory=list)


@dataclass(frozen=True)
class ReportText:
    """What was reported `month` month-ends ago, and carried on until the next that is written down.

    `end` is a day, `cost_k` the whole-life cost, `over` the year's forecast above its budget in percent.
    """

    month: int
    rating: str
    schedule: str
    cost: str
    benefits: str
    end: int
    cost_k: int
    over: float
    comment: str
    schedule_comment: str = ""
    cost_comment: str = ""
    budget_comment: str = ""


@dataclass(frozen=True)
class CommentText:
    """What somebody said about the `number`-th risk or issue of the project."""

    on: str
    number: int
    by: str
    day: int
    text: str


@dataclass(frozen=True)
class ToleranceText:
    """How far what is at `place` may deviate, as `by` agreed it."""

    place: str
    area: str
    title: str
    by: str
    days: int | None = None
    percent: float | None = None
    score: int | None = None


@dataclass(frozen=True)
class RightText:
    """What `by` may decide at `place`; money in thousands."""

    place: str
    subject: str
    title: str
    by: str
    money: int = 0
    days: int = 0
    four_eyes: bool = False
    source: str = ""


@dataclass(frozen=True)
class AnswerText:
    """What a level above answered when the record `on` was escalated to it."""

    on: str
    by: str
    day: int
    answer: str
    comment: str


@dataclass(frozen=True)
class EntryText:
    """A record of any register: the place, who made it (else its owner) on which day, its values by field.

    `steps` are [day, who, values]: what somebody changed later.
    """

    register: str
    place: str
    title: str
    made: int
    owner: str = ""
    by: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    steps: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)


@dataclass(frozen=True)
class OptionText:
    """A way out; `cost_k` in thousands of the currency."""

    title: str
    days: int | None = None
    cost_k: int | None = None
    note: str = ""

    def kept(self, number: int) -> dict[str, Any]:
        """As a paper keeps it."""
        values = {"days": self.days, "money": self.cost_k and self.cost_k * 100_000, "note": self.note}
        return {
            "key": f"o{number}",
            "title": self.title,
            **{k: v for k, v in values.items() if v not in (None, "")},
        }


@dataclass(frozen=True)
class PaperText:
    """What was put to a decision. `decider` is a person or a body; `verdict` what was decided on day `decided`.

    A body's decision is recorded a day later, and confirmed on day `confirmed`, if it is. `issue` is the number of the
    issue that it came from.
    """

    title: str
    owner: str
    decider: str
    raised: int
    due: int
    asked: int | None = None
    options: list[OptionText] = field(default_factory=list)
    recommendation: str = ""
    days: int | None = None
    cost_k: int | None = None
    verdict: str = ""
    decided: int | None = None
    confirmed: int | None = None
    because: str = ""
    source: str = ""
    issue: int | None = None


@dataclass(frozen=True)
class DecisionText(PaperText):
    """A decision paper; `reverses` is the number of the one before it in the same project, `actions` what followed."""

    background: str = ""
    reverses: int | None = None
    actions: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class ChangeText(PaperText):
    """A change request; `moves` are [title of a milestone, new baseline]; `emergency`: why it could not wait."""

    requester: str = ""
    type: str = "request"
    extent: str = "minor"
    reason: str = ""
    description: str = ""
    scope: str = ""
    risk: str = ""
    benefit: str = ""
    if_not: str = ""
    notice: str = ""
    assessing_k: int | None = None
    emergency: str = ""
    moves: list[list[Any]] = field(default_factory=list)
    implemented: int | None = None


@dataclass(frozen=True)
class BodyText:
    """A board: its place in the tree, and who sits where."""

    name: str
    place: str
    chair: str
    secretary: str
    members: list[str]
    purpose: str = ""
    rhythm: str = ""


@dataclass(frozen=True)
class ProjectText:
    """A project with everything that happened to it."""

    code: str
    name: str
    programme: str
    unit: str
    lead: str
    sponsor: str
    profile: str
    priority: int
    category: str
    summary: str
    start: int
    year_budget: int
    benefits: int
    report: list[ReportText]
    milestone: list[MilestoneText]
    risk: list[RiskText]
    issue: list[IssueText]
    action: list[ActionText]
    decision: list[DecisionText] = field(default_factory=list)
    change: list[ChangeText] = field(default_factory=list)
    workstream: list[Place] = field(default_factory=list)
    comment: list[CommentText] = field(default_factory=list)
    plan: list[PlanText] = field(default_factory=list)
    status: str = "delivering"
    restricted: bool = False


LISTS: Mapping[str, type] = {
    "report": ReportText,
    "milestone": MilestoneText,
    "risk": RiskText,
    "issue": IssueText,
    "action": ActionText,
    "decision": DecisionText,
    "change": ChangeText,
    "workstream": Place,
    "comment": CommentText,
    "plan": PlanText,
}


def read_text(name: str) -> dict[str, Any]:
    """What stands in a file of the city."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


class City:
    """Everything that is written of the city."""

    @cached_property
    def _city(self) -> dict[str, Any]:
        return read_text("city.toml")

    @property
    def organisation(self) -> dict[str, Any]:
        """The settings of the organisation."""
        return dict(self._city["organisation"])

    @property
    def portfolio(self) -> Place:
        """The top of the tree."""
        return Place(**self._city["portfolio"])

    @property
    def units(self) -> list[Place]:
        """The organisation units."""
        return [Place(**values) for values in self._city["unit"]]

    @property
    def programmes(self) -> list[Place]:
        """The programmes."""
        return [Place(**values) for values in self._city["programme"]]

    @property
    def bodies(self) -> list[BodyText]:
        """The boards."""
        return [BodyText(**values) for values in self._city["body"]]

    @property
    def people(self) -> dict[str, PersonText]:
        """The people by the first name that the texts know them by."""
        return {key: PersonText(**values) for key, values in self._city["people"].items()}

    @property
    def tolerances(self) -> list[ToleranceText]:
        """The tolerances that the levels above set."""
        return [ToleranceText(**values) for values in self._city["tolerance"]]

    @property
    def rights(self) -> list[RightText]:
        """Who may decide what."""
        return [RightText(**values) for values in self._city["right"]]

    @property
    def answers(self) -> list[AnswerText]:
        """What was answered to escalations."""
        return [AnswerText(**values) for values in self._city["answer"]]

    @property
    def entries(self) -> list[EntryText]:
        """The records that stand in no project's text."""
        return [EntryText(**values) for values in read_text("registers.toml")["entry"]]

    @cached_property
    def projects(self) -> list[ProjectText]:
        """The projects by priority."""
        names = sorted(f.name for f in FOLDER.iterdir() if f.name.endswith(".toml") and f.name not in GENERAL)
        return sorted((_project(read_text(name)) for name in names), key=lambda p: p.priority)


def _nested(values: dict[str, Any]) -> dict[str, Any]:
    """The options of a paper as what they are; those of an issue stay plain lines."""
    options = [OptionText(**o) if isinstance(o, dict) else o for o in values.get("options", [])]
    return {**values, "options": options} if options else values


def _project(values: dict[str, Any]) -> ProjectText:
    lists = {key: [kind(**_nested(one)) for one in values.get(key, [])] for key, kind in LISTS.items()}
    return ProjectText(**{**values, **lists})
