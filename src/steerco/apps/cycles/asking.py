"""What a level below asks for becomes a decision paper; the level's report then shows the paper in place of the words.

The paper stands where it is asked, so that its answer comes back with the facts of the next report there. What is asked
in one report becomes one paper: the relation between the two says so.
"""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from steerco.apps.cycles.facts import Fact, plain
from steerco.apps.cycles.kinds import ASKING
from steerco.apps.cycles.models import Report
from steerco.apps.cycles.wording import period_of
from steerco.apps.escalation.authority import authority_for
from steerco.apps.escalation.deciders import may_be_asked
from steerco.apps.governance.models import Decision
from steerco.apps.governance.services import write_decisions
from steerco.apps.initiatives.models import Entry
from steerco.apps.links.models import Relation
from steerco.apps.links.services import relate
from steerco.apps.people.models import Party, Person
from steerco.kit.history import Change
from steerco.kit.permissions import Actor, Denied, can

WAITS = frozenset(
    {"draft", "prepared", "asked", "recorded", "deferred"}
)  # states in which a paper has no answer yet
QUESTION = 300  # characters of a title


@dataclass(frozen=True)
class Wanted:
    """What a report below asks for: the question, all that was said, and the paper that was made of it."""

    report: Report
    text: str
    paper: Decision | None

    @property
    def question(self) -> str:
        """The first line, as the title of a paper takes it."""
        line = self.text.strip().split("\n")[0].strip()
        return line if len(line) <= QUESTION else f"{line[: QUESTION - 1].rstrip()}…"


def papers_of(reader: Actor, entries: Collection[int]) -> dict[int, Decision]:
    """The paper that each of these reports became, by the report's entry, as far as `reader` may see it."""
    pairs = Relation.objects.filter(
        source__in=list(entries), kind=Relation.Kind.CAUSES, target__register=Decision.register_key
    )
    made = dict(pairs.order_by("-pk").values_list("source", "target"))  # of two the first
    if not made:
        return {}
    rows = Decision.objects.visible_to(reader).filter(entry__in=made.values(), deleted=False)
    found = {row.entry_id: row for row in rows.select_related("initiative", "decider", "owner")}
    return {report: found[paper] for report, paper in made.items() if paper in found}


def as_papers(reader: Actor, asked: list[Fact]) -> dict[str, list[Fact]]:
    """The facts by group of what is asked below: in words, as a paper that waits, or as what was decided on it."""
    papers = papers_of(reader, [fact["entry"] for fact in asked])
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in asked:
        paper = papers.get(fact["entry"])
        if paper is not None and paper.state in WAITS:
            told = {"kind": "wanted", "after": plain(paper.decide_by), "decider": str(paper.decider or "")}
            told["put"] = paper.put
            found["decisions"].append({**_of(paper, fact), **told})
        elif paper is not None and paper.state == "decided":
            words = str(paper.verdict_text)[:300]
            told = {"kind": "decided", "after": plain(paper.decided_on), "words": words}
            found["decided"].append({**_of(paper, fact), **told})
        else:
            found["asked"].append(fact)
    return found


def _of(paper: Decision, fact: Fact) -> Fact:
    own = {"entry": paper.entry_id, "ref": paper.reference, "title": paper.title}
    return {**own, "place": fact["place"], "owner": str(paper.owner or "")}


def may_prepare(actor: Actor, above: Report, below: Report) -> bool:
    """Whether the actor may make a paper of what `below` asks, with the report of the level above: who writes that one
    or may change it, and may add records where it is asked. What is restricted by itself becomes no paper: its readers
    would be others."""
    if below.restricted_by_id != below.initiative.restricted_by_id:
        return False
    own = above.owner_id is not None and above.owner_id in actor.parties
    return (own or can(actor, "record.edit", above)) and can(actor, "record.create", below.initiative)


def asks_in(actor: Actor, above: Report, entries: Collection[int]) -> dict[int, Wanted]:
    """What the reports with these entries ask for, where the actor may make a paper of it or reads the one there is."""
    rows = Report.objects.visible_to(actor).filter(entry__in=list(entries), deleted=False)
    rows = rows.select_related("initiative", "owner", "cycle__cadence").prefetch_related("frozen")
    papers = papers_of(actor, entries)
    found = {}
    for row in rows:
        paper, text = papers.get(row.entry_id), _said_in(row)
        if text and (paper is not None or may_prepare(actor, above, row)):
            found[row.entry_id] = Wanted(row, text, paper)
    return found


def _said_in(report: Report) -> str:
    editions = sorted(report.frozen.all(), key=lambda one: one.number)
    parts: list[dict[str, Any]] = json.loads(editions[-1].content)["parts"] if editions else []
    return "\n".join(part["text"] for part in parts if part["key"] in ASKING and part["text"])


def prepare_paper(actor: Actor, above: Report, asked: Wanted) -> Decision:
    """The paper of what a report below asks for: made now, or the one that there is. Raises Denied, Invalid.

    The level that is asked decides, by the meeting that it reports to, else by the end of the period after the one
    reported.
    """
    below = asked.report
    with transaction.atomic():
        Entry.objects.select_for_update().get(
            pk=below.entry_id
        )  # of two at once the second finds the first's
        known = papers_of(actor, [below.entry_id]).get(below.entry_id)
        if known is not None:
            return known
        if not may_prepare(actor, above, below):
            raise Denied("record.create")
        person = Person.objects.filter(pk=actor.person_id or 0).select_related("party").first()
        values = {
            "initiative": below.initiative,
            "title": asked.question,
            "background": _background(asked),
            "decide_by": _wanted_by(above),
            "owner": person.party if person else below.owner,
            "decider": _decider(actor, above, below),
        }
        row = write_decisions(actor, [Change(values)], reason=below.reference)[0]
        relate(replace(actor.itself(), trusted=True), below.entry, row.entry, Relation.Kind.CAUSES)
    return row


def _background(asked: Wanted) -> str:
    below = asked.report
    site = settings.PUBLIC_URL.rstrip("/")
    source = _("Asked for in %(reference)s, %(place)s, %(period)s: %(address)s") % {
        "reference": below.reference,
        "place": below.initiative.name,
        "period": period_of(below),
        "address": site + reverse("cycles:report", args=[below.pk]),
    }
    return f"{asked.text}\n\n{source}"


def _decider(actor: Actor, above: Report, below: Report) -> Party | None:
    """The level that is asked: the body before whose meeting is reported, whoever leads it, its sponsor: the first who
    may decide this and does not write the paper; else whom the decision rights name once it is prepared."""
    body = above.cycle.cadence.body if above.cycle else None
    level = (body.party if body else None, above.initiative.lead, above.initiative.sponsor)
    authority = authority_for(Decision.subject, below.initiative)
    for party in level:
        if party and party.pk not in actor.parties and may_be_asked(party, authority, below.initiative):
            return party
    return None


def _wanted_by(above: Report) -> date | None:
    cycle = above.cycle
    if cycle is None:
        return None
    return cycle.meeting_day or cycle.period_end + (cycle.period_end - cycle.period_start) + timedelta(days=1)
