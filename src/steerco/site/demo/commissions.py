"""A commission of the example city: asked of the projects a week ago, half answered."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from steerco.apps.commissions.models import Commission, Target
from steerco.apps.commissions.questions import DATE, MONEY, NUMBER, TEXT, YES_NO, Question
from steerco.apps.commissions.services import KIND, answer_commission, send_commission, write_commission
from steerco.apps.followups.models import FollowUp
from steerco.apps.people.models import Person
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.site.demo.timeline import Timeline

ASKED, DUE = -9, 3
QUESTIONS = (
    Question("q1", "Is this still your forecast end?", DATE, prefill="forecast_end", needed=True),
    Question("q2", "Expected cost over the whole life", MONEY, prefill="expected"),
    Question("q3", "Days of work that would be lost in a closed week", NUMBER, needed=True),
    Question("q4", "Does anything have to run through the holidays?", YES_NO, needed=True),
    Question("q5", "What, and who is on call?", TEXT),
)
# The project and what its manager said: days, whether something runs on, what.
ANSWERS: tuple[tuple[str, int, bool, str], ...] = (
    ("NWC-DCX", 10, True, "The old data centre is watched around the clock."),
    ("NWC-ACC", 15, False, ""),
    ("NWC-TRM", 60, True, "Site security and the pumps in Quay Street."),
    ("NWC-SCH", 6, False, ""),
    ("NWC-HEA", 12, True, "The pumping station; the operator's own hotline."),
)


def tell_commissions(timeline: Timeline, people: Mapping[str, Person], office: str) -> None:
    """Put the commission and its first answers on the timeline."""
    timeline.call(ASKED, 10, office, partial(_ask, timeline, people))
    for number, told in enumerate(ANSWERS):
        timeline.call(ASKED + 2 + number, 11, office, partial(_answer, timeline, told))


def _ask(timeline: Timeline, people: Mapping[str, Person], actor: Actor) -> None:
    values: dict[str, Any] = {
        "initiative": timeline.rows["NWC"],
        "title": "Closed week at the end of the year",
        "why": "The Chief Executive's Office wants to close all buildings between the holidays. What would it cost us?",
        "asked_by": people["grace"].party,
        "due": timeline.today + timedelta(days=DUE),
        "questions": [one.as_json() for one in QUESTIONS],
        "filters": {"types": ["project"], "statuses": ["delivering"]},
    }
    row = write_commission(actor, Change(values))
    send_commission(actor, row)
    timeline.rows["commission"] = row


def _answer(timeline: Timeline, told: tuple[str, int, bool, str], actor: Actor) -> None:
    """The answer of a project's manager, by the link of a mail."""
    code, days, runs_on, words = told
    commission: Commission = timeline.rows["commission"]
    rows = Target.objects.filter(commission=commission, initiative=timeline.rows[code].pk, answered_at=None)
    for target in rows.select_related("party__person"):
        mine = Target.objects.filter(commission=commission, party=target.party_id)
        said = {"q3": str(days), "q4": runs_on, "q5": words or None}
        typed = {one.pk: said for one in mine}
        person = target.party.person
        answerer = Actor(
            None, person.name, via=actor.via, person_id=person.pk, request_id=actor.request_id, trusted=True
        )
        follow_up = FollowUp.objects.get(key=f"{KIND}:{commission.pk}:{target.party_id}")
        if follow_up.state == FollowUp.State.OPEN:
            answer_commission(answerer, follow_up, typed, identity=FollowUp.Identity.LINK)
