"""The questions that a review asks: the organisation's own, else those shipped."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.assurance.models import Area, Question
from steerco.apps.organisation.selectors import organisation

A = Area


@dataclass(frozen=True)
class Shipped:
    """A question that comes with the product, in the organisation's language."""

    key: str
    area: str
    title: str | Promise
    good: str | Promise
    weight: int = 1
    evidence: str = ""


SHIPPED = (
    Shipped(
        "need",
        A.CASE,
        _("Is it still wanted, and does it still fit where the organisation is going?"),
        _(
            "The sponsor can say in a sentence why it is done now; nothing in the strategy has overtaken the reason."
        ),
        3,
    ),
    Shipped(
        "options",
        A.CASE,
        _("Was the solution chosen among real options, and is the choice still right?"),
        _("At least two other ways, one of them to do nothing, were weighed; the reasons are written down."),
        2,
    ),
    Shipped(
        "affordable",
        A.MONEY,
        _("Is there money for all of it, with what may go wrong?"),
        _(
            "The forecast to the end is covered by budget and contingency; the sources are named year by year."
        ),
        3,
    ),
    Shipped(
        "contracts",
        A.MONEY,
        _("Do the contracts put risks where they can be carried?"),
        _("Contracts follow the purchasing rules; what suppliers owe is tracked and accepted in writing."),
        2,
    ),
    Shipped(
        "sponsor",
        A.GOVERNANCE,
        _("Does the sponsor lead, and is it clear who decides what?"),
        _("Tolerances and decision rights are set; the sponsor is seen by the team at least every month."),
        3,
    ),
    Shipped(
        "papers",
        A.GOVERNANCE,
        _("Are decisions prepared, taken in time and written down?"),
        _("Each decision has its paper with options and a recommendation, and a day on which it was taken."),
        2,
        "decisions",
    ),
    Shipped(
        "reporting",
        A.GOVERNANCE,
        _("Do reports come in time, and can they be believed?"),
        _("Reports are given by their day, and what is declared agrees with what the figures say."),
        2,
        "reports",
    ),
    Shipped(
        "gates",
        A.GOVERNANCE,
        _("Are gates passed by decision rather than by date?"),
        _("No work of the next stage begins before the gate is passed; what was asked of it is done."),
        2,
        "gates",
    ),
    Shipped(
        "plan",
        A.PLANNING,
        _("Is there one plan that people work by, and is it kept?"),
        _("Milestones have owner, agreed date and forecast; the plan was looked at within the last month."),
        3,
        "plan",
    ),
    Shipped(
        "people",
        A.PLANNING,
        _("Are the people there whom the plan needs?"),
        _("Key posts are filled for the time they are needed, with somebody to stand in."),
        2,
    ),
    Shipped(
        "risks",
        A.RISK,
        _("Are risks and issues looked at, and is something done about them?"),
        _("Each open risk has an owner and was looked at within a month; high ones have actions under way."),
        3,
        "risks",
    ),
    Shipped(
        "records",
        A.RISK,
        _("Are the registers in order?"),
        _("What is open has an owner and a day, and neither is long past."),
        1,
        "hygiene",
    ),
    Shipped(
        "results",
        A.DELIVERY,
        _("Is it agreed what is delivered, and who accepts it?"),
        _("Each deliverable has criteria and an approver; what is delivered is signed off in time."),
        3,
        "sign_offs",
    ),
    Shipped(
        "earlier",
        A.DELIVERY,
        _("Was done what earlier reviews recommended?"),
        _("No recommendation is past its day; what is closed was checked by somebody else."),
        2,
        "findings",
    ),
    Shipped(
        "concerned",
        A.STAKEHOLDERS,
        _("Do those concerned know what comes, and are they heard?"),
        _("It is known who gains, who loses and what each needs; somebody talks to them by a plan."),
        2,
    ),
    Shipped(
        "benefits",
        A.BENEFITS,
        _("Is it known what it is good for, and who makes it happen?"),
        _("Each benefit has an owner, a measure and a value from before."),
        2,
    ),
    Shipped(
        "ready",
        A.BENEFITS,
        _("Will those who run it afterwards be ready?"),
        _("Whoever takes over is named, has agreed to the date, and has people, money and documents for it."),
        2,
    ),
)


def questions_for(kind: str) -> list[dict[str, Any]]:
    """The questions of a review of that kind as they are now, in order, to be kept with it."""
    if Question.objects.filter(retired=False).exists():
        rows = Question.objects.filter(Q(kind="") | Q(kind=kind), retired=False)
        return [
            {
                "key": f"own-{row.pk}",
                "area": row.area,
                "title": row.title,
                "good": row.good,
                "weight": row.weight,
                "evidence": row.evidence,
            }
            for row in rows
        ]
    return shipped_questions()


def shipped_questions() -> list[dict[str, Any]]:
    """The questions that come with the product, in the organisation's language."""
    with translation.override(organisation().language[:2]):
        return [
            {**asdict(one), "area": str(one.area), "title": str(one.title), "good": str(one.good)}
            for one in SHIPPED
        ]
