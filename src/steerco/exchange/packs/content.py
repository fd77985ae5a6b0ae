"""Everything that a steering pack shows, as plain frozen data: no database, no request, no translation."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from steerco.exchange.packs.labels import PackLabels
from steerco.exchange.packs.ratings import Palette, Rating, RatingScale, RatingValue


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in integer minor units (pence, cents) of an ISO 4217 currency."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A question that the board is asked to answer."""

    number: str
    question: str
    options: tuple[str, ...] = ()
    recommendation: str = ""
    consequence: str = ""
    decider: str = ""
    deadline: date | None = None
    project: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Parties that want what only one can have, and who resolves it by when. `by_rank` says who comes first."""

    number: str
    title: str
    about: str = ""
    parties: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    by_rank: str = ""
    resolver: str = ""
    deadline: date | None = None


class ChangeKind(StrEnum):
    """What moved between the compared date and this one."""

    RATING_WORSE = "rating_worse"
    RATING_BETTER = "rating_better"
    END_LATER = "end_later"
    END_EARLIER = "end_earlier"
    COST_UP = "cost_up"
    COST_DOWN = "cost_down"
    ENTERED = "entered"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that moved in one project, with the reason in the words of its source."""

    kind: ChangeKind
    project: str
    code: str = ""
    before: RatingValue | date | Money | None = None
    after: RatingValue | date | Money | None = None
    reason: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A line of the RAG table; `cells` follow `PackContent.dimensions`."""

    code: str
    project: str
    unit: str
    cells: tuple[Rating | None, ...]
    end: date | None = None
    end_compared: date | None = None
    cost: Money | None = None
    cost_compared: Money | None = None
    computed: RatingValue | None = None


@dataclass(frozen=True, slots=True)
class RatingShare:
    """How many projects hold a rating now and at the compared date (None: nothing to compare with)."""

    value: RatingValue
    now: int
    compared: int | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """A dated point of a project; the packs pick by `tier` (board, gate, contract, payment, team)."""

    project: str
    name: str
    baseline: date | None = None
    forecast: date | None = None
    actual: date | None = None
    compared: date | None = None
    tier: str = ""
    rating: RatingValue | None = None

    @property
    def expected(self) -> date | None:
        """When it happened, else when it is forecast, else when it was planned."""
        return self.actual or self.forecast or self.baseline

    @property
    def days_late(self) -> int | None:
        """Calendar days after the baseline; None without a baseline."""
        if self.baseline is None or self.expected is None:
            return None
        return (self.expected - self.baseline).days


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """Money of one project, or of all of one currency: this year's and the whole life's.

    Of a sum, `whole_life_compared` is the present one less what moved in the projects that have a cost at both dates:
    the change is like for like.
    """

    project: str
    code: str = ""
    budget: Money | None = None
    actual: Money | None = None
    forecast: Money | None = None
    contingency: Money | None = None
    whole_life: Money | None = None
    whole_life_compared: Money | None = None
    benefits: Money | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """A threat or an opportunity with its position on the 5 × 5 scale (1–5 each)."""

    number: str
    project: str
    title: str
    probability: int
    impact: int
    owner: str = ""
    response: str = ""
    exposure: Money | None = None
    due: date | None = None
    target_probability: int | None = None
    target_impact: int | None = None
    opportunity: bool = False

    @property
    def score(self) -> int:
        """Probability × impact, 1 to 25."""
        return self.probability * self.impact


@dataclass(frozen=True, slots=True)
class Narrative:
    """A text of the project's report with where it comes from."""

    heading: str
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """What a project reported for an earlier date."""

    as_of: date
    rating: RatingValue | None = None
    end: date | None = None
    whole_life: Money | None = None


@dataclass(frozen=True, slots=True)
class DateLine:
    """One date of a project in its three versions."""

    label: str
    baseline: date | None = None
    compared: date | None = None
    forecast: date | None = None


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """One project's page; `ratings` follow `PackContent.dimensions`, the first is the overall one."""

    code: str
    name: str
    unit: str = ""
    sponsor: str = ""
    manager: str = ""
    description: str = ""
    ratings: tuple[Rating | None, ...] = ()
    computed: RatingValue | None = None
    computed_reason: str = ""
    dates: tuple[DateLine, ...] = ()
    money: MoneyRow | None = None
    narratives: tuple[Narrative, ...] = ()
    history: tuple[HistoryPoint, ...] = ()
    risks: tuple[Risk, ...] = ()
    milestones: tuple[Milestone, ...] = ()

    @property
    def overall(self) -> Rating | None:
        """The first dimension's rating."""
        return self.ratings[0] if self.ratings else None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Projects that the pack leaves out, and why (exempt, no access, not reported)."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the figures rest on."""

    projects: int
    official: bool = False
    reader: str = ""
    excluded: tuple[Exclusion, ...] = ()
    oldest_data: date | None = None
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackContent:
    """A whole pack. Lists come in the order that is wanted, except changes and risks: biggest first.

    `locale` is "en" or "de"; `generated_at` is aware and is the only clock that a renderer reads.
    """

    title: str
    initiative_code: str
    initiative_name: str
    as_of: date
    compare: date | None
    generated_at: datetime
    organisation: str
    coverage: Coverage
    marking: str = ""
    audience: str = ""
    attribution: str = ""
    locale: str = "en"
    palette: Palette = Palette.CLASSIC
    scale: RatingScale = RatingScale.FIVE_POINT
    dimensions: tuple[str, ...] = ()
    labels: PackLabels = field(default_factory=PackLabels)
    decisions: tuple[Decision, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    changes: tuple[Change, ...] = ()
    ratings: tuple[RatingRow, ...] = ()
    distribution: tuple[RatingShare, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    money_totals: tuple[MoneyRow, ...] = ()
    money: tuple[MoneyRow, ...] = ()
    money_year: str = ""
    money_date: date | None = None  # the oldest data date of the monthly figures among the money
    risks: tuple[Risk, ...] = ()
    projects: tuple[ProjectPage, ...] = ()
    alone: bool = False  # about itself alone: a page and the notes, without what compares several
