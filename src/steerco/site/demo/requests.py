"""What the people of the example city ask of their office, as `northwind/requests.toml` has it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import partial
from typing import Any

from steerco.apps.office.contacts import set_contact
from steerco.apps.office.models import SupportRequest
from steerco.apps.office.services import (
    answer_as_asker,
    answer_request,
    book_time,
    give_request,
    write_categories,
    write_requests,
)
from steerco.apps.office.settings import set_office
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.site.demo.story import read_text
from steerco.site.demo.timeline import Timeline

OPENED = -70  # the day on which the office opens its queue
THEN = {"answer": "", "ask": "waiting", "done": "done", "decline": "declined"}


@dataclass(frozen=True)
class RequestText:
    """A request; a step is [day, who, what, words, minutes], `what` one of THEN, "say" (the asker) or "take"."""

    title: str
    by: str
    asked: int
    place: str = ""
    category: str = ""
    text: str = ""
    wanted: int | None = None
    steps: list[tuple[int, str, str, str, int]] = field(default_factory=list)


def tell_requests(timeline: Timeline, people: Mapping[str, Person], office: str) -> None:
    """Put what the office promises, whom one asks, and every request with its steps on the timeline."""
    text = read_text("requests.toml")
    timeline.call(OPENED, 9, office, partial(_open, timeline, people, text))
    for number, values in enumerate(text["request"], 1):
        request = RequestText(**values)
        key = f"request/{number}"
        timeline.call(
            request.asked, 10, people[request.by].name, partial(_ask, timeline, people, request, key)
        )
        for place, (day, who, what, words, minutes) in enumerate(request.steps):
            step = partial(_take_step, timeline, people[who], key, what, words, minutes)
            timeline.call(day, 12 + place, people[who].name, step)


def _open(timeline: Timeline, people: Mapping[str, Person], text: dict[str, Any], actor: Actor) -> None:
    office = text["office"]
    set_office(
        actor,
        place=timeline.rows[office["place"]],
        party=people[office["party"]].party,
        opens=time(8),
        closes=time(16),
    )
    for code, key in office["contacts"]:
        set_contact(actor, timeline.rows[code], people[key].party)
    changes = [Change({**values, "party": people[values["party"]].party}) for values in text["category"]]
    for row in write_categories(actor, changes):
        timeline.rows[f"category/{row.name}"] = row


def _ask(timeline: Timeline, people: Mapping[str, Person], text: RequestText, key: str, actor: Actor) -> None:
    values = {
        "initiative": timeline.rows[text.place or "NWC"],
        "title": text.title,
        "description": text.text,
        "asked_by": people[text.by].party,
        "category": timeline.rows[f"category/{text.category}"] if text.category else None,
        "wanted_by": timeline.day(text.wanted) if text.wanted is not None else None,
    }
    timeline.rows[key] = write_requests(actor, [Change(values)])[0]


def _take_step(
    timeline: Timeline, who: Person, key: str, what: str, words: str, minutes: int, actor: Actor
) -> None:
    row = SupportRequest.objects.get(pk=timeline.rows[key].pk)
    if what == "say":
        answer_as_asker(actor, row, words)
    elif what == "take":
        give_request(actor, row, who.party)
    else:
        answer_request(actor, row, words, THEN[what])
    if minutes:
        book_time(actor, row, minutes, clock.today(), person=who)
