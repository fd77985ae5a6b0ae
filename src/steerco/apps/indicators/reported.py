"""One row of a read portfolio table as a report: its fields and values in our own words."""

from datetime import date

from steerco.apps.indicators.indicators import END, RATING, START
from steerco.apps.indicators.models import Value
from steerco.apps.indicators.services import Report
from steerco.apps.initiatives.models import Initiative
from steerco.apps.people.models import Unit
from steerco.exchange.portfolio import DimensionRating, Field, ReadingRow
from steerco.exchange.tables import Point, SpecialState

POINTS = {
    Point.GREEN: "green",
    Point.AMBER_GREEN: "amber-green",
    Point.AMBER: "amber",
    Point.AMBER_RED: "amber-red",
    Point.RED: "red",
}
# Fields that describe the report instead of measuring the initiative: columns of the snapshot.
DESCRIBING = {Field.CATEGORY: "category", Field.PHASE: "status"}


def report_of(initiative: Initiative, day: date, row: ReadingRow, unit: Unit | None) -> Report:
    """The report that `row` makes for `initiative`, its unit known or kept as text only."""
    fields = {
        "name": row.published_name[:300],
        "code": row.code[:60],
        "unit": unit,
        "unit_name": " ".join(row.unit.split())[:200],
        "source_row": row.row,
        **{column: row.texts.get(key, "")[:120] for key, column in DESCRIBING.items()},
    }
    values = [_rated(rating) for rating in row.ratings]
    for key, day_value in ((START, row.start), (END, row.end)):
        if day_value:
            values.append(Value(indicator=key, day=day_value))
    for field, money in row.money.items():
        values.append(
            Value(indicator=field.value, amount=money.minor, currency=money.currency, year=money.fiscal_year)
        )
    values += [Value(indicator=f.value, number=round(number, 4)) for f, number in row.percents.items()]
    values += [Value(indicator=f.value, number=days) for f, days in row.days.items()]
    values += [
        Value(indicator=f.value, text=text)
        for f, text in row.texts.items()
        if f not in DESCRIBING and text.strip()
    ]
    values += [
        _stated(f.value, state)
        for f, state in row.states.items()
        if f not in DESCRIBING and f not in {Field.NAME, Field.FORMER_NAME, Field.CODE, Field.UNIT}
    ]
    return Report(initiative, day, fields, values)


def _rated(one: DimensionRating) -> Value:
    rating = one.rating
    value = Value(
        indicator=RATING,
        dimension=one.dimension,
        assessor=one.assessor,
        scale=rating.scale.value if rating.scale else "",
        rating=POINTS[rating.value] if rating.value else "",
    )
    if rating.state:
        value.state, value.text = rating.state.code.value, rating.state.text
    return value


def _stated(indicator: str, state: SpecialState) -> Value:
    return Value(indicator=indicator, state=state.code.value, text=state.text)
