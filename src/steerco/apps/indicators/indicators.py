"""The indicators: what is measured of an initiative at a date, how it adds up, by which rule it is judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.indicators.models import Value
from steerco.engine.performance.movement import FIVE_POINT, THREE_POINT, RatingScale
from steerco.engine.performance.rag import STANDARD, Rule


class Kind(StrEnum):
    """What a value of the indicator is."""

    RATING = "rating"
    MONEY = "money"
    DATE = "date"
    NUMBER = "number"
    TEXT = "text"


class Aggregation(StrEnum):
    """How the values of what is below make the value of a parent."""

    COUNT = "count"  # how many hold each value
    SUM = "sum"  # per currency; what has no value is named beside the total
    EARLIEST = "earliest"
    LATEST = "latest"
    NONE = "none"


@dataclass(frozen=True)
class Indicator:
    """A measured value. `rule` judges its deviation; `headline` is the column of Snapshot that repeats it."""

    key: str
    label: str | Promise
    kind: Kind
    aggregation: Aggregation
    written: str | Promise = ""
    rule: Rule | None = None
    headline: str = ""


RATING = "rating"
START, END = "start", "end"
YEAR_BUDGET, YEAR_FORECAST, WHOLE_LIFE_COST = "year_budget", "year_forecast", "whole_life_cost"
OVERALL = "overall"

INDICATORS: Mapping[str, Indicator] = {
    indicator.key: indicator
    for indicator in (
        Indicator(
            RATING,
            _("Delivery confidence"),
            Kind.RATING,
            Aggregation.COUNT,
            _("As declared. Green: on plan. Amber: off plan, recoverable. Red: needs a decision."),
            headline="rating",
        ),
        Indicator(START, _("Start"), Kind.DATE, Aggregation.EARLIEST, headline="starts"),
        Indicator(
            END,
            _("End"),
            Kind.DATE,
            Aggregation.LATEST,
            _("Against the report compared with: up to 5 working days later is green, up to 20 amber."),
            STANDARD.rule("milestone"),
            headline="ends",
        ),
        Indicator(YEAR_BUDGET, _("Budget of the year"), Kind.MONEY, Aggregation.SUM, headline="year_budget"),
        Indicator(
            YEAR_FORECAST,
            _("Forecast of the year"),
            Kind.MONEY,
            Aggregation.SUM,
            _("Against the budget of the year, in both directions: within 5 % is green, within 10 % amber."),
            STANDARD.rule("year_budget"),
            headline="year_forecast",
        ),
        Indicator(
            WHOLE_LIFE_COST,
            _("Whole-life cost"),
            Kind.MONEY,
            Aggregation.SUM,
            _("Against the report compared with: up to 2 % dearer is green, up to 10 % amber."),
            STANDARD.rule("cost_at_completion"),
            headline="whole_life_cost",
        ),
        Indicator(
            "current_budget", _("Present budget"), Kind.MONEY, Aggregation.SUM, headline="whole_life_cost"
        ),
        Indicator("benefits", _("Benefits"), Kind.MONEY, Aggregation.SUM),
        Indicator("year_variance", _("Variance of the year"), Kind.MONEY, Aggregation.SUM),
        Indicator("year_variance_percent", _("Variance of the year, %"), Kind.NUMBER, Aggregation.NONE),
        Indicator("latest_budget_change", _("Latest change of the budget"), Kind.MONEY, Aggregation.SUM),
        Indicator("total_budget_change", _("Change of the budget so far"), Kind.MONEY, Aggregation.SUM),
        Indicator(
            "latest_schedule_change", _("Latest change of the end, days"), Kind.NUMBER, Aggregation.NONE
        ),
        Indicator(
            "total_schedule_change", _("Change of the end so far, days"), Kind.NUMBER, Aggregation.NONE
        ),
        Indicator("description", _("Description"), Kind.TEXT, Aggregation.NONE),
        Indicator("client", _("Client"), Kind.TEXT, Aggregation.NONE),
        Indicator("sponsor", _("Sponsor"), Kind.TEXT, Aggregation.NONE),
        Indicator("location", _("Place"), Kind.TEXT, Aggregation.NONE),
        Indicator("rating_comment", _("On the rating"), Kind.TEXT, Aggregation.NONE),
        Indicator("schedule_comment", _("On the schedule"), Kind.TEXT, Aggregation.NONE),
        Indicator("budget_comment", _("On the budget of the year"), Kind.TEXT, Aggregation.NONE),
        Indicator("cost_comment", _("On the whole-life cost"), Kind.TEXT, Aggregation.NONE),
        Indicator("benefits_comment", _("On the benefits"), Kind.TEXT, Aggregation.NONE),
    )
}

SCALES: Mapping[str, RatingScale] = {scale.code: scale for scale in (FIVE_POINT, THREE_POINT)}


@dataclass(frozen=True)
class RatingWord:
    """A rating as people read it: letter and word stand beside shape and colour, never colour alone."""

    key: str
    letter: str | Promise
    label: str | Promise
    tone: str
    place: int | None = None


RATINGS: Mapping[str, RatingWord] = {
    word.key: word
    for word in (
        RatingWord("green", _("G"), _("Green"), "sc-rag-green", 1),
        RatingWord("amber-green", _("AG"), _("Amber/green"), "sc-rag-amber-green", 2),
        RatingWord("amber", _("A"), _("Amber"), "sc-rag-amber", 3),
        RatingWord("amber-red", _("AR"), _("Amber/red"), "sc-rag-amber-red", 4),
        RatingWord("red", _("R"), _("Red"), "sc-rag-red", 5),
        *(
            RatingWord(state.value, "–", state.label, "sc-rag-none")
            for state in (
                Value.State.RESET,
                Value.State.EXEMPT,
                Value.State.NOT_ASSESSED,
                Value.State.NOT_PROVIDED,
                Value.State.TO_BE_DECIDED,
                Value.State.NOT_APPLICABLE,
                Value.State.UNREADABLE,
                Value.State.NOT_STARTED,
                Value.State.ON_HOLD,
                Value.State.COMPLETE,
            )
        ),
        RatingWord("no_baseline", "–", _("nothing to compare with"), "sc-rag-none"),
        RatingWord("not_reported", "–", _("not reported"), "sc-rag-none"),
        RatingWord("", "–", _("no rating"), "sc-rag-none"),
    )
}


def rating_word(key: str) -> RatingWord:
    """How a rating or the state in its place is written; a word we do not know is shown as it stands."""
    return RATINGS.get(key) or RatingWord(key, "–", key, "sc-rag-none")
