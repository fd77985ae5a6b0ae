"""Deliverables: how late one is by its dates, and how far a set of them has come by weight.

The standard rule: what is still owed (first the delivery, then the sign-off) is green up to 5 working days after its
baseline, amber up to 20, red beyond. What is past its own forecast is at least amber, and is expected today at the
earliest. Without a baseline the forecast stands in for it. What is done is no longer judged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from steerco.engine.performance.lateness import working_days

AMBER_AFTER = 5  # working days
RED_AFTER = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One of the steps that a deliverable owes, with its dates; `code` names it ("delivery", "sign_off")."""

    code: str
    baseline: date | None = None
    forecast: date | None = None
    actual: date | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """The rating of a deliverable and what it rests on.

    Attributes:
        colour: "green", "amber", "red", or "none" where nothing is owed or no date is known.
        step: the code of the step that decided; "" where none is owed.
        days: working days from its baseline to when it is expected; None without a date.
        overdue: past its own forecast.
    """

    colour: str
    step: str = ""
    days: int | None = None
    overdue: bool = False


SEVERITY = {"none": 0, "green": 1, "amber": 2, "red": 3}


def judge(steps: Sequence[Step], today: date) -> Judged:
    """The worst of the steps that are still owed; the earlier of two that are equally bad."""
    owed = [_judge(step, today) for step in steps if step.actual is None]
    if not owed:
        return Judged("none")
    return max(owed, key=lambda judged: SEVERITY[judged.colour])


def _judge(step: Step, today: date) -> Judged:
    agreed, forecast = step.baseline or step.forecast, step.forecast or step.baseline
    if agreed is None or forecast is None:
        return Judged("none", step.code)
    overdue = forecast < today
    days = working_days(agreed, max(forecast, today) if overdue else forecast)
    colour = "green"
    if days > RED_AFTER:
        colour = "red"
    elif overdue or days > AMBER_AFTER:
        colour = "amber"
    return Judged(colour, step.code, days, overdue)


@dataclass(frozen=True, slots=True)
class Item:
    """What counts of one deliverable: its weight and how far it is."""

    weight: int
    delivered: bool = False
    signed_off: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a set of deliverables are delivered and signed off, and how much of their weight that is."""

    count: int = 0
    delivered: int = 0
    signed_off: int = 0
    weight: int = 0
    delivered_weight: int = 0
    signed_off_weight: int = 0

    @property
    def delivered_percent(self) -> int:
        """Whole percent of the weight that is delivered, rounded down: 100 only when all is."""
        return self.delivered_weight * 100 // self.weight if self.weight else 0

    @property
    def signed_off_percent(self) -> int:
        """Whole percent of the weight that is signed off, rounded down."""
        return self.signed_off_weight * 100 // self.weight if self.weight else 0


def progress(items: Iterable[Item]) -> Progress:
    """The progress of a set of deliverables. What is signed off counts as delivered."""
    rows = list(items)
    done = [row for row in rows if row.delivered or row.signed_off]
    signed = [row for row in rows if row.signed_off]
    return Progress(
        count=len(rows),
        delivered=len(done),
        signed_off=len(signed),
        weight=sum(row.weight for row in rows),
        delivered_weight=sum(row.weight for row in done),
        signed_off_weight=sum(row.weight for row in signed),
    )
