"""Every word that a pack prints of its own, in English; a caller passes its own for another language.

Texts with braces are templates for str.format; the names in braces are fixed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from steerco.exchange.packs.ratings import RatingValue, Trend


def gettext_noop(text: str) -> str:
    """The text itself. The name is the one by which the extraction of messages finds it."""
    return text


@dataclass(frozen=True, slots=True)
class Plural:
    """A template for one and for every other count."""

    one: str
    other: str

    def __call__(self, count: int, **values: object) -> str:
        return (self.one if count == 1 else self.other).format(count=count, **values)


_RATING_NAMES = {
    RatingValue.GREEN: gettext_noop("green"),
    RatingValue.AMBER_GREEN: gettext_noop("amber/green"),
    RatingValue.AMBER: gettext_noop("amber"),
    RatingValue.AMBER_RED: gettext_noop("amber/red"),
    RatingValue.RED: gettext_noop("red"),
    RatingValue.NOT_STARTED: gettext_noop("not started"),
    RatingValue.ON_HOLD: gettext_noop("on hold"),
    RatingValue.COMPLETE: gettext_noop("complete"),
    RatingValue.NOT_REPORTED: gettext_noop("not reported"),
    RatingValue.EXEMPT: gettext_noop("exempt"),
    RatingValue.RESET: gettext_noop("reset"),
}
_RATING_LETTERS = {
    RatingValue.GREEN: gettext_noop("G"),
    RatingValue.AMBER_GREEN: gettext_noop("AG"),
    RatingValue.AMBER: gettext_noop("A"),
    RatingValue.AMBER_RED: gettext_noop("AR"),
    RatingValue.RED: gettext_noop("R"),
    RatingValue.NOT_STARTED: gettext_noop("NS"),
    RatingValue.ON_HOLD: gettext_noop("OH"),
    RatingValue.COMPLETE: gettext_noop("C"),
    RatingValue.NOT_REPORTED: gettext_noop("NR"),
    RatingValue.EXEMPT: gettext_noop("EX"),
    RatingValue.RESET: gettext_noop("RS"),
}
_TRENDS = {
    Trend.BETTER: gettext_noop("better"),
    Trend.SAME: gettext_noop("unchanged"),
    Trend.WORSE: gettext_noop("worse"),
    Trend.NEW: gettext_noop("new"),
    Trend.NOT_COMPARABLE: gettext_noop("not comparable"),
    Trend.NONE: "",
}


@dataclass(frozen=True, slots=True)
class PackLabels:
    """The words of a pack, grouped by page."""

    language: str = "en"
    rating_names: Mapping[RatingValue, str] = field(default_factory=lambda: dict(_RATING_NAMES))
    rating_letters: Mapping[RatingValue, str] = field(default_factory=lambda: dict(_RATING_LETTERS))
    trends: Mapping[Trend, str] = field(default_factory=lambda: dict(_TRENDS))

    # Cover and frame
    pack: str = gettext_noop("Steering pack")
    as_of: str = gettext_noop("As of {date}")
    compared_with: str = gettext_noop("compared with {date}")
    prepared_for: str = gettext_noop("Prepared for {audience}")
    generated: str = gettext_noop("Generated {date}")
    page_of: str = gettext_noop("{page}/{pages}")
    continued: str = gettext_noop("{title} ({part}/{parts})")
    none: str = gettext_noop("none")
    more_in_workbook: Plural = Plural(
        gettext_noop("{count} more in the workbook"), gettext_noop("{count} more in the workbook")
    )
    full_text: str = gettext_noop("Full text: notes of this slide and the workbook")

    # Overview
    overview: str = gettext_noop("Overview")
    projects: str = gettext_noop("Projects")
    off_track: str = gettext_noop("Red or amber/red")
    off_track_three: str = gettext_noop("Red")
    got_worse: str = gettext_noop("Got worse")
    got_better: str = gettext_noop("Got better")
    year_forecast: str = gettext_noop("Year forecast")
    whole_life: str = gettext_noop("Whole-life cost")
    end_dates_moved: str = gettext_noop("End dates later")
    now: str = gettext_noop("Now")
    biggest_movers: str = gettext_noop("Biggest movers")
    next_milestones: str = gettext_noop("Next milestones")
    no_earlier_data: str = gettext_noop("No earlier data to compare with.")
    rating_distribution: str = gettext_noop("Rating distribution")
    of_projects: str = gettext_noop("of {total}")
    against_budget: str = gettext_noop("{percent} against budget")
    since: str = gettext_noop("since {date}")

    # Decisions
    decisions: str = gettext_noop("Decisions wanted")
    question: str = gettext_noop("Question")
    options: str = gettext_noop("Options")
    recommendation: str = gettext_noop("Recommendation")
    consequence: str = gettext_noop("If not decided")
    decide_by: str = gettext_noop("Decide by {date}")
    decider: str = gettext_noop("Decides: {name}")
    no_decision: str = gettext_noop("No decision is asked of this meeting")

    # Conflicts
    conflicts: str = gettext_noop("Open conflicts")
    conflict: str = gettext_noop("Conflict")
    about: str = gettext_noop("About")
    parties: str = gettext_noop("Parties")
    by_rank: str = gettext_noop("By rank")
    resolver: str = gettext_noop("Resolver")
    resolve_by: str = gettext_noop("Resolve by")

    # Changes
    changes: str = gettext_noop("What changed")
    project: str = gettext_noop("Project")
    what: str = gettext_noop("What")
    before: str = gettext_noop("Before")
    after: str = gettext_noop("Now")
    change: str = gettext_noop("Change")
    reason: str = gettext_noop("Reason")
    no_reason: str = gettext_noop("No reason given")
    kind_rating_worse: str = gettext_noop("Rating worse")
    kind_rating_better: str = gettext_noop("Rating better")
    kind_end_later: str = gettext_noop("End date later")
    kind_end_earlier: str = gettext_noop("End date earlier")
    kind_cost_up: str = gettext_noop("Cost up")
    kind_cost_down: str = gettext_noop("Cost down")
    kind_entered: str = gettext_noop("New in the portfolio")
    kind_left: str = gettext_noop("Left the portfolio")

    # Ratings
    ratings: str = gettext_noop("Ratings")
    code: str = gettext_noop("Code")
    unit: str = gettext_noop("Unit")
    overall: str = gettext_noop("Overall")
    was: str = gettext_noop("Was")
    rating: str = gettext_noop("Rating")
    end: str = gettext_noop("End")
    moved: str = gettext_noop("Moved")
    trend: str = gettext_noop("Trend")
    computed: str = gettext_noop("Computed")
    computed_says: str = gettext_noop("Computed from the data: {rating}")
    legend: str = gettext_noop("Arrows show the change since {date}")

    # Milestones
    milestones: str = gettext_noop("Milestones")
    milestone: str = gettext_noop("Milestone")
    tier: str = gettext_noop("Tier")
    baseline: str = gettext_noop("Baseline")
    forecast: str = gettext_noop("Forecast")
    actual: str = gettext_noop("Actual")
    done: str = gettext_noop("Done")
    late: str = gettext_noop("Late")
    on_time: str = gettext_noop("On time")
    days: Plural = Plural(gettext_noop("{count} day"), gettext_noop("{count} days"))
    milestone_key: str = gettext_noop(
        "Hollow: baseline · ● on time · ▲ up to {amber} days late · ◆ later · ■ done"
    )
    expected: str = gettext_noop("Expected")

    # Money
    money: str = gettext_noop("Money")
    year: str = gettext_noop("Year")
    budget: str = gettext_noop("Budget")
    variance: str = gettext_noop("Variance")
    contingency: str = gettext_noop("Contingency")
    benefits: str = gettext_noop("Benefits")
    total: str = gettext_noop("Total")
    year_money: str = gettext_noop("Year {year}")
    over_budget: str = gettext_noop("Over budget")
    under_budget: str = gettext_noop("Under budget")
    biggest_variances: str = gettext_noop("Biggest differences to budget")
    currency: str = gettext_noop("Currency")

    # Risks
    risks: str = gettext_noop("Top risks")
    risk: str = gettext_noop("Risk")
    number: str = gettext_noop("No.")
    probability: str = gettext_noop("Probability")
    impact: str = gettext_noop("Impact")
    score: str = gettext_noop("Score")
    target: str = gettext_noop("Target")
    owner: str = gettext_noop("Owner")
    response: str = gettext_noop("Response")
    exposure: str = gettext_noop("Exposure")
    due: str = gettext_noop("Due")
    threat: str = gettext_noop("Threat")
    opportunity: str = gettext_noop("Opportunity")
    kind: str = gettext_noop("Kind")
    heat_map: str = gettext_noop("Probability × impact")

    # Project page
    sponsor: str = gettext_noop("Sponsor")
    manager: str = gettext_noop("Project manager")
    description: str = gettext_noop("Aim")
    dates: str = gettext_noop("Dates")
    history: str = gettext_noop("History")
    source: str = gettext_noop("Source")
    no_narrative: str = gettext_noop("No text was reported.")
    date: str = gettext_noop("Date")
    text: str = gettext_noop("Text")

    # Notes
    notes: str = gettext_noop("Notes and sources")
    official_totals: str = gettext_noop("Totals are official: frozen with the report.")
    viewer_totals: str = gettext_noop("Totals count what {reader} may see; they are not official.")
    this_reader: str = gettext_noop("the reader of this pack")
    excluded: str = gettext_noop("Left out")
    excluded_count: str = gettext_noop("{count} left out")
    oldest: str = gettext_noop("Oldest data: {date}")
    data_of: str = gettext_noop("data of {date}")
    sources: str = gettext_noop("Sources")
    rating_key: str = gettext_noop("Rating key")
    definition: str = gettext_noop("A trend is shown only between ratings of the same scale.")

    # Message titles
    msg_ratings_off: Plural = Plural(
        gettext_noop("{count} of {total} projects is rated {names}"),
        gettext_noop("{count} of {total} projects are rated {names}"),
    )
    msg_ratings_none: str = gettext_noop("No project is rated {names}")
    msg_worse: Plural = Plural(
        gettext_noop("{count} got worse since {date}"), gettext_noop("{count} got worse since {date}")
    )
    msg_none_worse: str = gettext_noop("none got worse since {date}")
    msg_decisions: Plural = Plural(
        gettext_noop("{count} decision is wanted"), gettext_noop("{count} decisions are wanted")
    )
    msg_decide_first: str = gettext_noop("the first by {date}")
    msg_conflicts: Plural = Plural(
        gettext_noop("{count} conflict between projects is open"),
        gettext_noop("{count} conflicts between projects are open"),
    )
    msg_conflicts_late: Plural = Plural(
        gettext_noop("{count} is overdue"),
        gettext_noop("{count} are overdue"),
    )
    msg_resolve_first: str = gettext_noop("the first is to be resolved by {date}")
    msg_fell: Plural = Plural(gettext_noop("{count} rating fell"), gettext_noop("{count} ratings fell"))
    msg_rose: Plural = Plural(gettext_noop("{count} rating rose"), gettext_noop("{count} ratings rose"))
    msg_end_later: Plural = Plural(
        gettext_noop("{count} end date moved out since {date}"),
        gettext_noop("{count} end dates moved out since {date}"),
    )
    msg_no_changes: str = gettext_noop("No rating, end date or cost changed since {date}")
    msg_milestones: Plural = Plural(
        gettext_noop("{count} of {total} open milestones is later than its baseline"),
        gettext_noop("{count} of {total} open milestones are later than their baseline"),
    )
    msg_milestones_all: str = gettext_noop("All open milestones are on or ahead of their baseline")
    msg_money_over: str = gettext_noop(
        "The year is forecast {amount} ({percent}) over its budget of {budget}"
    )
    msg_money_under: str = gettext_noop(
        "The year is forecast {amount} ({percent}) under its budget of {budget}"
    )
    msg_money_on: str = gettext_noop("The year is forecast on its budget of {budget}")
    msg_money_life: str = gettext_noop("Whole-life cost is {amount}")
    msg_risks: Plural = Plural(
        gettext_noop("{count} risk scores 15 or more; the highest stands at {top}"),
        gettext_noop("{count} risks score 15 or more; the highest stands at {top}"),
    )
    msg_risks_low: str = gettext_noop("No risk scores 15 or more; the highest stands at {top}")
    msg_project_end_later: str = gettext_noop("end {span} later than in {date}")
    msg_project_end_earlier: str = gettext_noop("end {span} earlier than in {date}")
    msg_project_worse: str = gettext_noop("down from {rating}")
    msg_project_better: str = gettext_noop("up from {rating}")
    months: Plural = Plural(gettext_noop("{count} month"), gettext_noop("{count} months"))
    msg_notes: str = gettext_noop("What these figures rest on")

    def letter(self, value: RatingValue) -> str:
        """The letter(s) of a rating, as in AR."""
        return self.rating_letters[value]

    def name(self, value: RatingValue) -> str:
        """The words of a rating, as in amber/red."""
        return self.rating_names[value]

    def trend_name(self, value: Trend) -> str:
        """The words of a trend, as in worse."""
        return self.trends[value]

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The fields that a translation fills."""
        return tuple(entry.name for entry in fields(cls))


# What a pack says in place of the words above where not all that it tells of are projects.
OF_INITIATIVES: Mapping[str, str | Plural] = {
    "project": gettext_noop("Initiative"),
    "projects": gettext_noop("Initiatives"),
    "manager": gettext_noop("Lead"),
    "msg_ratings_off": Plural(
        gettext_noop("{count} of {total} initiatives is rated {names}"),
        gettext_noop("{count} of {total} initiatives are rated {names}"),
    ),
    "msg_ratings_none": gettext_noop("No initiative is rated {names}"),
}
