"""The fields of a portfolio table, and the rules by which headers speak for them.

A header is reduced to concepts ("narrative", "variance", "year"), a rule says which concepts make which field.
Rules never name a year or a publisher, so a file with other headers is read by the same words.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """What a column of a portfolio table can hold."""

    NAME = "name"
    FORMER_NAME = "former_name"
    CODE = "code"
    UNIT = "unit"
    CLIENT = "client"
    SPONSOR = "sponsor"
    DESCRIPTION = "description"
    CATEGORY = "category"
    PHASE = "phase"
    LOCATION = "location"
    RATING = "rating"
    RATING_COMMENT = "rating_comment"
    START = "start"
    END = "end"
    SCHEDULE_COMMENT = "schedule_comment"
    LATEST_SCHEDULE_CHANGE = "latest_schedule_change"
    TOTAL_SCHEDULE_CHANGE = "total_schedule_change"
    YEAR_BUDGET = "year_budget"
    YEAR_FORECAST = "year_forecast"
    YEAR_VARIANCE = "year_variance"
    YEAR_VARIANCE_PERCENT = "year_variance_percent"
    BUDGET_COMMENT = "budget_comment"
    WHOLE_LIFE_COST = "whole_life_cost"
    COST_COMMENT = "cost_comment"
    CURRENT_BUDGET = "current_budget"
    LATEST_BUDGET_CHANGE = "latest_budget_change"
    TOTAL_BUDGET_CHANGE = "total_budget_change"
    BENEFITS = "benefits"
    BENEFITS_COMMENT = "benefits_comment"
    REPORT_DATE = "report_date"
    REPORT_YEAR = "report_year"


class Kind(StrEnum):
    """What the cells of a field look like."""

    NAME = "name"
    CODE = "code"
    LABEL = "label"
    TEXT = "text"
    RATING = "rating"
    DATE = "date"
    MONEY = "money"
    PERCENT = "percent"
    DAYS = "days"
    YEAR = "year"


KINDS: dict[Field, Kind] = {
    Field.NAME: Kind.NAME,
    Field.FORMER_NAME: Kind.TEXT,
    Field.CODE: Kind.CODE,
    Field.UNIT: Kind.LABEL,
    Field.CLIENT: Kind.LABEL,
    Field.SPONSOR: Kind.LABEL,
    Field.DESCRIPTION: Kind.TEXT,
    Field.CATEGORY: Kind.LABEL,
    Field.PHASE: Kind.LABEL,
    Field.LOCATION: Kind.LABEL,
    Field.RATING: Kind.RATING,
    Field.RATING_COMMENT: Kind.TEXT,
    Field.START: Kind.DATE,
    Field.END: Kind.DATE,
    Field.SCHEDULE_COMMENT: Kind.TEXT,
    Field.LATEST_SCHEDULE_CHANGE: Kind.DAYS,
    Field.TOTAL_SCHEDULE_CHANGE: Kind.DAYS,
    Field.YEAR_BUDGET: Kind.MONEY,
    Field.YEAR_FORECAST: Kind.MONEY,
    Field.YEAR_VARIANCE: Kind.MONEY,
    Field.YEAR_VARIANCE_PERCENT: Kind.PERCENT,
    Field.BUDGET_COMMENT: Kind.TEXT,
    Field.WHOLE_LIFE_COST: Kind.MONEY,
    Field.COST_COMMENT: Kind.TEXT,
    Field.CURRENT_BUDGET: Kind.MONEY,
    Field.LATEST_BUDGET_CHANGE: Kind.MONEY,
    Field.TOTAL_BUDGET_CHANGE: Kind.MONEY,
    Field.BENEFITS: Kind.MONEY,
    Field.BENEFITS_COMMENT: Kind.TEXT,
    Field.REPORT_DATE: Kind.DATE,
    Field.REPORT_YEAR: Kind.YEAR,
}

_CONCEPTS = {
    name: re.compile(pattern)
    for name, pattern in {
        "narrative": r"narrative|comment|expla(?:nation|in)|remark|reasons?\b|text\b|details?\b|begründung|erläuterung",
        "rating": r"\brag\b|rating|\bdca\b|delivery confidence|colou?r|traffic light|\bampel\b|confidence assessment",
        "budget": r"budget|baseline|\bplanned (?:cost|spend|value)|approved (?:cost|spend)|\bplan\b",
        "forecast": r"forecast|outturn|estimate|projected|expected|anticipated|prognose",
        "variance": r"varian|varience|difference|deviation|abweichung|over.?/? ?under ?spend",
        "percent": r"%|per ?cent|\bpct\b",
        "year": r"in[- ]year|financial year|fiscal year|yearly|\bannual|this year|\bfy ?\d*\b"
        r"|\b(?:19|20)\d\d ?[/-] ?(?:20)?\d\d\b|(?:19|20)\d\d$",
        "whole_life": r"whole[- ]?life|\bwlc\b|life ?-?time|life ?-?cycle|\btotal (?:project |programme )?costs?\b",
        "benefit": r"benefit|nutzen",
        "start": r"\bstart|\bbegin|commence|launch date",
        "end": r"\bend\b|completion|complete\b|finish|\bclos(?:e|ure|ing)\b|\bende\b",
        "date": r"\bdate|\bwhen\b|datum",
        "schedule": r"schedule|timeline|timescale|\btime\b|\btermin",
        "money": r"\bcosts?\b|money|financ|spend|£|\$|€|expenditure",
        "project": r"project|programme|\bprogram\b|initiative|scheme|projekt|vorhaben",
        "name": r"\bnames?\b|\btitle\b|bezeichnung",
        "code": r"\bp?id\b|\bcode\b|\bref(?:erence)?\b|\bnumber\b|\bno\b\.?|\bnr\b|identifier|kennung",
        "unit": r"depart?ment|agency|organi[sz]ation|ministry|division|directorate|\bunit\b|owner (?:group|team)"
        r"|authority|business area|ressort|behörde",
        "client": r"client|customer|sponsoring|kunde",
        "person": r"\bsro\b|senior responsible|sponsor|director|owner|lead\b|accountable",
        "description": r"descri|\baims?\b|objective|scope|summary|purpose|beschreibung|ziele",
        "category": r"categor|\btype\b|sector|classif|portfolio group|delivery program|kategorie",
        "phase": r"phase|\bstage\b|lifecycle stage|gate\b",
        "location": r"borough|location|region|county|\bcity\b|\bsite\b|\bort\b",
        "report": r"\breport(?:ed|ing)?\b|as[- ](?:of|at)\b|snapshot|\bstatus\b|stichtag|data date|period end",
        "change": r"change|movement|delta|increase|änderung",
        "latest": r"latest|last\b|recent",
        "total": r"\btotal\b|overall|cumulative|to date|since start",
        "current": r"\bcurrent|\bpresent|revised",
        "previous": r"previous|prior|last year|\bformer|\bold\b|original",
    }.items()
}


def concepts_of(header: str) -> frozenset[str]:
    """The concepts that a header names. What stands in brackets counts only when nothing stands before it."""
    plain = re.sub(r"[\s_]+", " ", header).strip().lower()
    main = plain.split("(", 1)[0].strip() or plain
    found = {name for name, pattern in _CONCEPTS.items() if pattern.search(main)}
    if "%" in plain and "narrative" not in found:
        found.add("percent")
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Rule:
    """`score` speaks for `field` when a header has all of `needs` and none of `not_with`."""

    field: Field
    score: float
    needs: frozenset[str]
    not_with: frozenset[str]


def _rule(field: Field, score: float, needs: str, not_with: str = "") -> Rule:
    barred = set(not_with.split())
    if field is not Field.FORMER_NAME and "previous" not in needs:
        barred.add("previous")
    return Rule(field, score, frozenset(needs.split()), frozenset(barred))


_NOT_A_NAME = (
    "unit start end date code category phase person client rating money budget forecast report narrative"
    " benefit"
)

RULES = (
    _rule(Field.NAME, 0.98, "project name", _NOT_A_NAME),
    _rule(Field.NAME, 0.85, "name", _NOT_A_NAME),
    _rule(
        Field.NAME,
        0.75,
        "project",
        f"{_NOT_A_NAME} description year whole_life variance schedule location change",
    ),
    _rule(Field.FORMER_NAME, 0.95, "previous name"),
    _rule(Field.CODE, 0.9, "code", "unit person money budget"),
    _rule(Field.UNIT, 0.95, "unit", "narrative client person code"),
    _rule(Field.UNIT, 0.7, "unit", "narrative client code"),
    _rule(Field.CLIENT, 0.9, "client", "narrative"),
    _rule(Field.SPONSOR, 0.8, "person", "narrative rating unit"),
    _rule(Field.DESCRIPTION, 0.95, "description", "rating variance budget"),
    _rule(Field.CATEGORY, 0.9, "category", "code"),
    _rule(Field.PHASE, 0.9, "phase", "date start end"),
    _rule(Field.LOCATION, 0.9, "location"),
    _rule(Field.RATING, 0.95, "rating", "narrative date change"),
    _rule(Field.RATING, 0.6, "report", "narrative date year"),
    _rule(Field.RATING_COMMENT, 0.95, "rating narrative"),
    _rule(Field.START, 0.95, "start date", "report end"),
    _rule(Field.START, 0.85, "start", "report end"),
    _rule(Field.END, 0.95, "end date", "report start"),
    _rule(Field.END, 0.9, "end forecast", "report start"),
    _rule(Field.END, 0.85, "end", "report start"),
    _rule(Field.SCHEDULE_COMMENT, 0.97, "schedule narrative"),
    _rule(Field.LATEST_SCHEDULE_CHANGE, 0.95, "schedule change latest"),
    _rule(Field.TOTAL_SCHEDULE_CHANGE, 0.95, "schedule change total"),
    _rule(Field.TOTAL_SCHEDULE_CHANGE, 0.7, "schedule change", "narrative"),
    _rule(Field.YEAR_BUDGET, 0.95, "budget year", "variance narrative whole_life benefit forecast change"),
    _rule(
        Field.YEAR_BUDGET, 0.55, "budget", "variance narrative whole_life benefit forecast change end start"
    ),
    _rule(Field.YEAR_FORECAST, 0.95, "forecast year", "variance narrative whole_life benefit change end"),
    _rule(
        Field.YEAR_FORECAST, 0.55, "forecast", "variance narrative whole_life benefit change end budget start"
    ),
    _rule(Field.YEAR_VARIANCE, 0.9, "variance", "percent narrative whole_life schedule benefit"),
    _rule(Field.YEAR_VARIANCE_PERCENT, 0.92, "variance percent", "narrative whole_life schedule benefit"),
    _rule(Field.YEAR_VARIANCE_PERCENT, 0.8, "variance", "narrative whole_life schedule benefit"),
    _rule(Field.BUDGET_COMMENT, 0.95, "narrative variance", "schedule whole_life benefit"),
    _rule(Field.BUDGET_COMMENT, 0.7, "narrative budget", "schedule whole_life benefit rating"),
    _rule(Field.WHOLE_LIFE_COST, 0.97, "whole_life", "narrative variance benefit"),
    _rule(Field.WHOLE_LIFE_COST, 0.5, "money", "narrative variance benefit year change"),
    _rule(Field.COST_COMMENT, 0.97, "narrative whole_life", "variance"),
    _rule(Field.COST_COMMENT, 0.6, "narrative budget", "schedule variance benefit rating"),
    _rule(Field.COST_COMMENT, 0.6, "narrative money", "schedule variance benefit rating"),
    _rule(Field.CURRENT_BUDGET, 0.9, "budget current", "year narrative change variance"),
    _rule(Field.CURRENT_BUDGET, 0.85, "budget forecast", "year narrative change variance whole_life benefit"),
    _rule(Field.LATEST_BUDGET_CHANGE, 0.95, "budget change latest", "narrative"),
    _rule(Field.TOTAL_BUDGET_CHANGE, 0.95, "budget change total", "narrative"),
    _rule(Field.TOTAL_BUDGET_CHANGE, 0.7, "budget change", "narrative"),
    _rule(Field.BENEFITS, 0.95, "benefit", "narrative variance"),
    _rule(Field.BENEFITS_COMMENT, 0.95, "benefit narrative"),
    _rule(Field.REPORT_DATE, 0.97, "report date", "start end"),
    _rule(Field.REPORT_DATE, 0.85, "report", "start end narrative rating"),
    _rule(Field.REPORT_YEAR, 0.6, "report year"),
)

_DIMENSIONS = {
    "schedule": r"schedule|time(?:line|scale)?\b|milestone",
    "cost": r"\bcosts?\b|financ|budget|money",
    "scope": r"\bscope\b|quality",
    "resources": r"resourc|people|capacity",
    "benefits": r"benefit",
    "risk": r"\brisks?\b",
    "stakeholders": r"stakeholder",
}
_ASSESSORS = re.compile(
    r"\b(mpa|ipa|nista|ogc|sro|senior responsible owner|pmo|independent|departmental?|project manager)\b"
)


def dimension_of(header: str) -> str:
    """What a rating column rates: "schedule", "cost", ...; "overall" when its header names nothing narrower."""
    main = re.sub(r"[\s_]+", " ", header).strip().lower().split("(", 1)[0]
    return next((name for name, pattern in _DIMENSIONS.items() if re.search(pattern, main)), "overall")


def assessor_of(header: str) -> str:
    """Who gave the ratings of a column, as its header abbreviates it ("IPA", "SRO"); "" when it does not say."""
    main = re.sub(r"[\s_]+", " ", header).strip().lower().split("(", 1)[0]
    match = _ASSESSORS.search(main)
    if match is None:
        return ""
    word = match[1]
    if word == "senior responsible owner":
        return "SRO"
    return word.upper() if len(word) <= 5 else word
