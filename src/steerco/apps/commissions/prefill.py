"""What the system knows already of an initiative: shown in a commission and only confirmed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.commissions.questions import DATE, MONEY, TEXT, Question
from steerco.apps.finance.selectors import Money, money_of, present_year
from steerco.apps.indicators.indicators import rating_word
from steerco.apps.indicators.models import Snapshot
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.readers import as_readers
from steerco.kit.permissions import Actor

Read = Callable[[Actor, Initiative], Any]


@dataclass(frozen=True)
class Known:
    """A known field: what people call it, the kind of question that it answers, how it is read."""

    label: str | Promise
    kind: str
    read: Read


def _day(name: str) -> Read:
    def read(reader: Actor, initiative: Initiative) -> Any:
        day = getattr(initiative, name)
        return day.isoformat() if day else None

    return read


def _party(name: str) -> Read:
    def read(reader: Actor, initiative: Initiative) -> Any:
        party = getattr(initiative, name)
        return str(party) if party else None

    return read


def _rating(reader: Actor, initiative: Initiative) -> Any:
    rows = Snapshot.objects.visible_to(reader).filter(initiative=initiative, current=True)
    last = rows.order_by("-as_of").first()
    return str(rating_word(last.rating).label) if last and last.rating else None


def _status(reader: Actor, initiative: Initiative) -> Any:
    return str(initiative.get_status_display())


def _money(pick: Callable[[Money], int | None]) -> Read:
    def read(reader: Actor, initiative: Initiative) -> Any:
        found = money_of(reader, initiative, present_year())
        if len(found) != 1 or pick(found[0]) is None:
            return None
        return {"minor": pick(found[0]), "currency": found[0].currency}

    return read


KNOWN: dict[str, Known] = {
    "forecast_end": Known(_("forecast end"), DATE, _day("forecast_end")),
    "planned_end": Known(_("planned end"), DATE, _day("planned_end")),
    "actual_start": Known(_("actual start"), DATE, _day("actual_start")),
    "lead": Known(_("manager"), TEXT, _party("lead")),
    "sponsor": Known(_("sponsor"), TEXT, _party("sponsor")),
    "status": Known(_("status"), TEXT, _status),
    "rating": Known(_("overall rating"), TEXT, _rating),
    "budget": Known(_("approved, whole life"), MONEY, _money(lambda money: money.life.approved)),
    "expected": Known(_("expected cost, whole life"), MONEY, _money(lambda money: money.life.expected)),
    "year_budget": Known(_("approved, this year"), MONEY, _money(lambda money: money.year.approved)),
    "year_forecast": Known(_("expected cost, this year"), MONEY, _money(lambda money: money.year.expected)),
}


def known_values(
    actor: Actor, questions: Sequence[Question], initiatives: Iterable[Initiative]
) -> dict[int, dict[str, Any]]:
    """What the system shows for each question, by initiative id: no more than everybody with access to it reads."""
    found: dict[int, dict[str, Any]] = {}
    for initiative in initiatives:
        reader = as_readers(actor, initiative)
        found[initiative.pk] = {
            one.key: KNOWN[one.prefill].read(reader, initiative) for one in questions if one.prefill in KNOWN
        }
    return found
