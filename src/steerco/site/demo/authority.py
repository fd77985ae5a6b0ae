"""Who may decide what in the example city, and what was escalated there."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from steerco.apps.escalation.evaluation import evaluate
from steerco.apps.escalation.proposals import KIND
from steerco.apps.escalation.services import write_rights, write_tolerances
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer
from steerco.apps.people.models import Person
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.site.demo.story import AnswerText, City, RightText, ToleranceText
from steerco.site.demo.timeline import Timeline

SET, FOUND, AGAIN = -60, -12, -2  # days: the board sets the limits; the rules look; they look again


def tell_authority(timeline: Timeline, city: City, people: Mapping[str, Person], office: str) -> None:
    """Tolerances and decision rights as the board set them, what the rules found, and what the levels answered."""
    timeline.call(SET, 9, office, partial(_set, timeline, city, people))
    for day in (FOUND, AGAIN):
        timeline.call(day, 5, office, _look)
    for text in city.answers:
        who = people[text.by]
        timeline.call(text.day, 11, who.name, partial(_answer, timeline, text, who))


def _set(timeline: Timeline, city: City, people: Mapping[str, Person], actor: Actor) -> None:
    write_tolerances(actor, [Change(_tolerance(timeline, people, text)) for text in city.tolerances])
    write_rights(actor, [Change(_right(timeline, people, text)) for text in city.rights])


def _tolerance(timeline: Timeline, people: Mapping[str, Person], text: ToleranceText) -> dict[str, Any]:
    percent = None if text.percent is None else Decimal(str(text.percent))
    figures = {"days": text.days, "percent": percent, "score": text.score}
    return {
        "initiative": timeline.rows[text.place],
        "area": text.area,
        "title": text.title,
        "set_by": people[text.by].party,
        "starts": timeline.day(SET),
        **{name: value for name, value in figures.items() if value is not None},
    }


def _right(timeline: Timeline, people: Mapping[str, Person], text: RightText) -> dict[str, Any]:
    limits: dict[str, Any] = {"days": text.days} if text.days else {}
    if text.money:
        limits |= {"money": text.money * 100_000, "currency": "GBP"}
    return {
        "initiative": timeline.rows[text.place],
        "subject": text.subject,
        "title": text.title,
        "party": people[text.by].party,
        "four_eyes": text.four_eyes,
        "source": text.source,
        "starts": timeline.day(SET),
        **limits,
    }


def _look(actor: Actor) -> None:
    evaluate()


def _answer(timeline: Timeline, text: AnswerText, who: Person, actor: Actor) -> None:
    """The receiver's answer; to nothing, where the rules found nothing on the day of the loading."""
    entry = timeline.rows[text.on].entry_id
    follow_up = FollowUp.objects.filter(kind=KIND, entry=entry, state=FollowUp.State.OPEN).first()
    if follow_up is not None:
        answer(replace(actor, person_id=who.pk), follow_up, text.answer, text.comment)
