"""Computed ratings: rules as data, what each measured, which threshold it crossed.

The standard rules: cost at completion up to 2 % over is green, up to 10 % amber, beyond it red; the year's
forecast within 5 % of its budget is green, within 10 % amber, in both directions; a key milestone up to 5
working days late is green, up to 20 amber, later red, and a missed gate, legal or contract date is red. An
agreed tolerance replaces these limits. Without a baseline there is nothing to measure against: a state of its
own.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from steerco.engine.performance.lateness import MONDAY_TO_FRIDAY, working_days


class Colour(StrEnum):
    """What a rule finds. The last two are no colours: nothing to measure against, nothing to measure."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NO_BASELINE = "no_baseline"
    NOT_REPORTED = "not_reported"


class Unit(StrEnum):
    """Unit of a measured value and of its thresholds."""

    PERCENT = "percent"
    WORKING_DAYS = "working_days"


SEVERITY: Mapping[Colour, int] = {Colour.GREEN: 1, Colour.AMBER: 2, Colour.RED: 3}
STRICT_TIERS = frozenset({"gate", "legal", "contract"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as the code of its wording and what is put into it; the caller words it."""

    code: str
    values: Mapping[str, Decimal | int | str]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a deviation is judged.

    Attributes:
        code: ``cost_at_completion``, ``year_budget``, ``milestone`` …; also the code of its written sentence.
        dimension: the rating that it feeds: ``cost`` or ``schedule``.
        amber: the threshold between green and amber.
        red: the threshold between amber and red.
        reached: reaching a threshold crosses it; otherwise only exceeding it does.
        both_directions: a shortfall counts like an excess.
        strict_tiers: tiers of milestones that are red as soon as they are missed.
        agreed: the thresholds are an agreed tolerance, not the organisation's default.
    """

    code: str
    dimension: str
    unit: Unit
    amber: Decimal
    red: Decimal
    reached: bool = False
    both_directions: bool = False
    strict_tiers: frozenset[str] = frozenset()
    agreed: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.amber <= self.red:
            raise ValueError(f"thresholds must ascend from zero: {self.amber}, {self.red}")

    @property
    def sentence(self) -> Sentence:
        """The rule as it is printed beside every rating that it gives."""
        kind = "reached" if self.reached else "agreed" if self.agreed else "exceeded"
        return Sentence(f"{self.code}.{kind}", {"amber": self.amber, "red": self.red})


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of an organisation, one for each code."""

    code: str
    rules: tuple[Rule, ...]

    def rule(self, code: str) -> Rule | None:
        """Return the rule of a code; None where the set does not judge it."""
        return next((rule for rule in self.rules if rule.code == code), None)

    def with_tolerance(self, code: str, amber: Decimal, red: Decimal) -> "RuleSet":
        """Return the set with an agreed tolerance in place of a rule's thresholds.

        Raises:
            KeyError: the set has no such rule.
        """
        if self.rule(code) is None:
            raise KeyError(code)
        rules = tuple(
            replace(rule, amber=amber, red=red, agreed=True) if rule.code == code else rule
            for rule in self.rules
        )
        return RuleSet(self.code, rules)


STANDARD = RuleSet(
    "standard",
    (
        Rule("cost_at_completion", "cost", Unit.PERCENT, Decimal(2), Decimal(10)),
        Rule("year_budget", "cost", Unit.PERCENT, Decimal(5), Decimal(10), both_directions=True),
        Rule("milestone", "schedule", Unit.WORKING_DAYS, Decimal(5), Decimal(20), strict_tiers=STRICT_TIERS),
    ),
)
PROJECT_ONLINE = RuleSet(
    "project_online",
    (
        Rule("cost_at_completion", "cost", Unit.PERCENT, Decimal(10), Decimal(20), reached=True),
        Rule("duration", "schedule", Unit.PERCENT, Decimal(10), Decimal(20), reached=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found.

    Attributes:
        measured: the deviation in the rule's unit; positive is over or late; None where nothing was measured.
        threshold: the threshold that it crossed; None for green and where nothing was measured.
        reason: ``within``, ``beyond_amber``, ``beyond_red``, ``missed``, ``no_baseline``, ``not_reported``.
        subject: what was judged where there are several, such as a milestone's key.
    """

    rule: Rule
    colour: Colour
    reason: str
    measured: Decimal | None = None
    threshold: Decimal | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A key milestone with its dates.

    Attributes:
        tier: ``board``, ``gate``, ``contract``, ``legal``, ``payment`` or ``team``.
    """

    key: str
    tier: str
    baseline: date | None
    forecast: date | None = None
    actual: date | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known of an initiative on the day of judging; amounts in minor units of one currency.

    Attributes:
        baseline_cost: approved cost at completion.
        forecast_cost: expected cost at completion.
        year_budget: budget of the financial year.
        year_forecast: forecast of the financial year.
        milestones: its key milestones; empty where none is defined.
        start, baseline_end, forecast_end: dates of the whole.
    """

    as_of: date
    baseline_cost: int | None = None
    forecast_cost: int | None = None
    year_budget: int | None = None
    year_forecast: int | None = None
    milestones: Sequence[Milestone] = ()
    start: date | None = None
    baseline_end: date | None = None
    forecast_end: date | None = None


@dataclass(frozen=True, slots=True)
class WorkWeek:
    """Working weekdays (Monday is 0) and days off, by which lateness is counted."""

    weekdays: Collection[int] = MONDAY_TO_FRIDAY
    holidays: Collection[date] = frozenset()

    def between(self, start: date, end: date) -> int:
        """Count the working days after start up to and including end; negative backwards."""
        return working_days(start, end, self.weekdays, self.holidays)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The computed rating: the worst that any rule found.

    Attributes:
        because: the findings that give this colour.
        findings: everything judged, also what could not be measured.
    """

    colour: Colour
    because: tuple[Finding, ...]
    findings: tuple[Finding, ...] = field(default=())

    def of_dimension(self, dimension: str) -> "Judgement":
        """Return the judgement of the rules that feed one dimension."""
        return worst([finding for finding in self.findings if finding.rule.dimension == dimension])


def weigh(rule: Rule, measured: Fraction, subject: str = "") -> Finding:
    """Judge a measured deviation by the rule's thresholds, exactly, before any rounding for display."""
    size = abs(measured) if rule.both_directions else measured
    shown = Decimal(measured.numerator) / Decimal(measured.denominator)
    for colour, reason, threshold in (
        (Colour.RED, "beyond_red", rule.red),
        (Colour.AMBER, "beyond_amber", rule.amber),
    ):
        limit = Fraction(threshold)
        if size > limit or (rule.reached and size == limit):
            return Finding(rule, colour, reason, shown, threshold, subject)
    return Finding(rule, Colour.GREEN, "within", shown, None, subject)


def judge_amount(rule: Rule, baseline: int | None, forecast: int | None, subject: str = "") -> Finding:
    """Judge a forecast against its baseline in percent of the baseline.

    A baseline that is missing, zero or negative has no percentage: no baseline.
    """
    if baseline is None or baseline <= 0:
        return Finding(rule, Colour.NO_BASELINE, "no_baseline", subject=subject)
    if forecast is None:
        return Finding(rule, Colour.NOT_REPORTED, "not_reported", subject=subject)
    return weigh(rule, Fraction(forecast - baseline, baseline) * 100, subject)


def judge_milestone(rule: Rule, milestone: Milestone, as_of: date, week: WorkWeek) -> Finding:
    """Judge a milestone by the working days from its baseline to when it was or will be reached.

    While it is not reached, the date counted is its forecast, but never a day before as_of: a forecast that
    has passed is no forecast. It is missed where it is not reached though its baseline lies before as_of; a
    strict tier is red then. A milestone that was reached late is judged by its days, whatever its tier.
    """
    if milestone.baseline is None:
        return Finding(rule, Colour.NO_BASELINE, "no_baseline", subject=milestone.key)
    missed = milestone.actual is None and week.between(milestone.baseline, as_of) > 0
    if milestone.actual is None and milestone.forecast is None and not missed:
        return Finding(rule, Colour.NOT_REPORTED, "not_reported", subject=milestone.key)
    reached = milestone.actual or max(milestone.forecast or as_of, as_of)
    late = week.between(milestone.baseline, reached)
    if missed and milestone.tier in rule.strict_tiers:
        return Finding(rule, Colour.RED, "missed", Decimal(late), Decimal(0), milestone.key)
    return weigh(rule, Fraction(late), milestone.key)


def judge_duration(
    rule: Rule, start: date | None, baseline_end: date | None, forecast_end: date | None, week: WorkWeek
) -> Finding:
    """Judge how much longer the whole will take, in percent of its baseline duration in working days."""
    if start is None or baseline_end is None or week.between(start, baseline_end) <= 0:
        return Finding(rule, Colour.NO_BASELINE, "no_baseline")
    if forecast_end is None:
        return Finding(rule, Colour.NOT_REPORTED, "not_reported")
    late = week.between(baseline_end, forecast_end)
    return weigh(rule, Fraction(late, week.between(start, baseline_end)) * 100)


def worst(findings: Iterable[Finding]) -> Judgement:
    """Return the worst colour of the findings and which of them give it.

    What could not be measured does not make a measured rating worse. Where nothing was measured the result is
    no baseline if that is the reason for any of it, and not reported otherwise.
    """
    found = tuple(findings)
    measured = [finding.colour for finding in found if finding.colour in SEVERITY]
    if measured:
        colour = max(measured, key=SEVERITY.__getitem__)
    elif any(finding.colour is Colour.NO_BASELINE for finding in found):
        colour = Colour.NO_BASELINE
    else:
        colour = Colour.NOT_REPORTED
    return Judgement(colour, tuple(finding for finding in found if finding.colour is colour), found)


def judge(rules: RuleSet, measures: Measures, week: WorkWeek = WorkWeek()) -> Judgement:
    """Judge an initiative by every rule of the set; overall is the worst rule.

    An initiative without key milestones has no baseline for the milestone rule.
    """
    findings = []
    for rule in rules.rules:
        match rule.code:
            case "cost_at_completion":
                findings.append(judge_amount(rule, measures.baseline_cost, measures.forecast_cost))
            case "year_budget":
                findings.append(judge_amount(rule, measures.year_budget, measures.year_forecast))
            case "duration":
                ends = (measures.start, measures.baseline_end, measures.forecast_end)
                findings.append(judge_duration(rule, *ends, week))
            case "milestone":
                findings.extend(
                    judge_milestone(rule, one, measures.as_of, week) for one in measures.milestones
                )
                if not measures.milestones:
                    findings.append(Finding(rule, Colour.NO_BASELINE, "no_baseline"))
            case _:
                raise ValueError(f"no measure for the rule {rule.code}")
    return worst(findings)
