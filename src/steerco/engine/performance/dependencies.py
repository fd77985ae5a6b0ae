"""How a dependency stands: the date that it is needed by against the date that it is promised for."""

from dataclasses import dataclass
from datetime import date

from steerco.engine.performance.lateness import working_days

MARGIN = 10  # working days that a forecast leaves before the need-by date without being tight


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rating ("red", "amber", "green", "none") with the rule behind it.

    Attributes:
        reason: "delivered", "delivered_late", "refused", "overdue", "late", "no_forecast", "not_agreed", "tight",
            "in_time"; empty without a rating.
        days: working days late, or to spare.
    """

    rating: str
    reason: str
    days: int = 0


def rate_dependency(
    need_by: date | None,
    forecast: date | None,
    agreed: bool | None,
    delivered: date | None,
    today: date,
    margin: int = MARGIN,
) -> Verdict:
    """Rate a dependency; the first rule that fits decides.

    Without a need-by date there is no rating. What was delivered is green up to that date, red after it. Red: the
    giver refused; the need-by date is over; the forecast lies after it. Amber: nobody forecasts; the giver has not
    agreed; less than `margin` working days lie between the forecast and the need-by date. Else green.

    Args:
        agreed: what the giver said; None: nothing yet.
        delivered: the day on which it was handed over.
    """
    if need_by is None:
        return Verdict("none", "")
    if delivered is not None:
        days = working_days(delivered, need_by)
        return Verdict("green", "delivered", days) if days >= 0 else Verdict("red", "delivered_late", -days)
    if agreed is False:
        return Verdict("red", "refused")
    if today > need_by:
        return Verdict("red", "overdue", working_days(need_by, today))
    if forecast is not None and forecast > need_by:
        return Verdict("red", "late", working_days(need_by, forecast))
    if forecast is None:
        return Verdict("amber", "no_forecast")
    days = working_days(forecast, need_by)
    if agreed is None:
        return Verdict("amber", "not_agreed", days)
    return Verdict("amber", "tight", days) if days < margin else Verdict("green", "in_time", days)
