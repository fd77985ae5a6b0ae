"""What the reviewers write before a review is issued: begun with its questions, saved as typed, checked, sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.assurance.evidence import all_evidence
from steerco.apps.assurance.models import CONFIDENCE, Area, Finding, Review, Working
from steerco.apps.assurance.questions import questions_for
from steerco.apps.assurance.services import is_reviewer, itself
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import Ask, ask, withdraw
from steerco.apps.initiatives.models import Entry, Holding
from steerco.apps.initiatives.readers import as_readers
from steerco.apps.initiatives.records import write_records
from steerco.apps.initiatives.services import record_models
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.people.models import Party
from steerco.kit import clock
from steerco.kit.history import Change, Conflict, Invalid
from steerco.kit.permissions import Actor, Denied

FACTS = "review.facts"  # the kind of follow-up
CHECK_WITHIN = timedelta(days=7)
VALUES = ("met", "partly", "not", "na")
POINTS = {"met": 100, "partly": 50, "not": 0}
TEXT, SENTENCE, TITLE = 5_000, 1_000, 300
MOST_FINDINGS = 40
REFERENCE = re.compile(r"^([A-Z]{1,4})-(\d{1,7})$")
Content = dict[str, Any]
EMPTY: Content = {
    "answers": {},
    "findings": [],
    "confidence": "",
    "reasons": "",
    "summary": "",
    "next_review": "",
}


def require_reviewer(actor: Actor, review: Review, *states: str) -> None:
    if not is_reviewer(actor, review):
        raise Denied("record.edit")
    if review.state not in states:
        raise Invalid({0: {"": [_("This is not open now: load the page again.")]}})


def begin(actor: Actor, review: Review) -> Working:
    """Start a planned review: its questions are kept with it as they are now. Raises Denied, Invalid."""
    require_reviewer(actor, review, "planned")
    with transaction.atomic():
        values = {"state": "running", "held_on": review.held_on or clock.today()}
        write_records(itself(actor), Review, [Change(values, pk=review.pk, version=review.version)])
        return Working.objects.update_or_create(
            review=review,
            defaults={
                "questions": questions_for(review.kind),
                "content": {},
                "facts": {},
                "changed_at": clock.now(),
                "changed_by": actor.label[:200],
            },
        )[0]


def content_of(working: Working) -> Content:
    """What was typed, complete."""
    return {**EMPTY, **working.content}


def evidence_for(actor: Actor, review: Review) -> dict[str, dict[str, Any]]:
    """What the system knows for each question's evidence, as everybody there may read it."""
    day, place = clock.today(), review.initiative
    reader = as_readers(actor, place)
    found = {}
    for key, one in all_evidence().items():
        values = one.find(reader, [place.pk], day).get(place.pk)
        found[key] = (
            {**values.values, "on": day.isoformat()}
            if values
            else {"result": "na", "n": 0, "of": 0, "on": day.isoformat()}
        )
    return found


def owners_of(review: Review) -> list[Party]:
    """Who may own a finding: manager, sponsor, and whoever holds a post there."""
    place = review.initiative
    held = Holding.objects.filter(Holding.in_force(clock.today()), post__initiative=place)
    pks = {pk for pk in (place.lead_id, place.sponsor_id) if pk}
    pks |= set(held.values_list("person__party_id", flat=True))
    return list(Party.objects.filter(pk__in=pks).order_by("sort_name", "pk"))


@dataclass
class Typed:
    """What came from the page."""

    content: Content

    @classmethod
    def of(cls, actor: Actor, post: Mapping[str, Any], review: Review, working: Working) -> "Typed":
        """From the fields of the form. Raises Invalid, by field, for what no review takes."""
        if "confidence" not in post:
            raise Invalid({0: {"": [_("Nothing came. Load the page again.")]}})
        errors: dict[str, list[str]] = {}
        before = content_of(working)["answers"]
        evidence = evidence_for(actor, review)
        answers = {
            one["key"]: _answer(actor, post, review, one, before.get(one["key"], {}), evidence, errors)
            for one in working.questions
        }
        confidence = str(post.get("confidence", ""))
        if confidence and confidence not in dict(CONFIDENCE):
            errors["confidence"] = [_("There is no such rating.")]
        content = {
            "answers": answers,
            "findings": _findings(post, review, working, errors),
            "confidence": confidence,
            "reasons": _text(post, "reasons", TEXT, errors),
            "summary": _text(post, "summary", TEXT, errors),
            "next_review": _day(post, "next_review", errors),
        }
        if errors:
            raise Invalid({0: errors})
        return cls(content)


def _text(post: Mapping[str, Any], name: str, longest: int, errors: dict[str, list[str]]) -> str:
    text = str(post.get(name, "")).replace("\r\n", "\n").replace("\x00", "").strip()
    if len(text) > longest:
        errors[name] = [_("At most %(n)s characters; these are %(m)s.") % {"n": longest, "m": len(text)}]
    return text


def _day(post: Mapping[str, Any], name: str, errors: dict[str, list[str]]) -> str:
    text = str(post.get(name, "")).strip()
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        errors[name] = [_("This is no date.")]
        return ""


def _answer(
    actor: Actor,
    post: Mapping[str, Any],
    review: Review,
    question: Mapping[str, Any],
    before: Mapping[str, Any],
    evidence: Mapping[str, Any],
    errors: dict[str, list[str]],
) -> Content:
    key = question["key"]
    value = str(post.get(f"value-{key}", ""))
    if value and value not in VALUES:
        errors[f"value-{key}"] = [_("There is no such answer.")]
    auto = None
    if post.get(f"auto-{key}") and question["evidence"] in evidence:
        auto = before.get("auto") or evidence[question["evidence"]]  # as it was when it was accepted
    return {
        "value": value,
        "note": _text(post, f"note-{key}", SENTENCE, errors),
        "refs": _references(actor, post, f"refs-{key}", review, errors),
        "auto": auto,
    }


def _references(
    actor: Actor, post: Mapping[str, Any], name: str, review: Review, errors: dict[str, list[str]]
) -> list[Content]:
    """The entries that are named ("R-12, D-3"): those there that everybody reads who reads the initiative."""
    found, unknown = [], []
    for word in re.split(r"[\s,;]+", str(post.get(name, ""))[:SENTENCE].strip().upper()):
        if not word:
            continue
        match = REFERENCE.match(word)
        entry = _entry(actor, review, match.group(1), int(match.group(2))) if match else None
        if entry is None:
            unknown.append(word)
        else:
            found.append({"entry": entry.pk, "ref": word, "title": entry.title})
    if unknown:
        text = _("Not found here, or not read by everybody: %(names)s.")
        errors[name] = [text % {"names": ", ".join(unknown)[:200]}]
    return found


def _entry(actor: Actor, review: Review, prefix: str, number: int) -> Entry | None:
    keys = [model.register_key for model in record_models() if model.number_prefix == prefix]
    reader = as_readers(actor, review.initiative)
    rows = Entry.objects.visible_to(reader).filter(initiative=review.initiative_id, register__in=keys)
    return rows.filter(number=number).exclude(state_group=StateGroup.DELETED).order_by("pk").first()


def _findings(
    post: Mapping[str, Any], review: Review, working: Working, errors: dict[str, list[str]]
) -> list[Content]:
    owners = {str(party.pk): party for party in owners_of(review)}
    topics = {one["key"]: one for one in working.questions}
    found = []
    for n in range(MOST_FINDINGS):
        title = _text(post, f"f{n}-title", TITLE, errors)
        description = _text(post, f"f{n}-description", TEXT, errors)
        if not (title or description):
            continue
        if not title:
            errors[f"f{n}-title"] = [_("Say what is recommended.")]
        severity, owner = str(post.get(f"f{n}-severity", "")), str(post.get(f"f{n}-owner", ""))
        topic = str(post.get(f"f{n}-topic", ""))
        if severity not in Finding.Severity.values:
            errors[f"f{n}-severity"] = [_("Say how much it matters.")]
        if owner and owner not in owners:
            errors[f"f{n}-owner"] = [_("Choose somebody of the initiative.")]
        if topic and topic not in topics:
            errors[f"f{n}-topic"] = [_("There is no such question.")]
        question = topics.get(topic)
        found.append(
            {
                "severity": severity,
                "title": title,
                "description": description,
                "topic": topic,
                "area": question["area"] if question else "",
                "owner": int(owner) if owner in owners else None,
                "owner_name": str(owners[owner]) if owner in owners else "",
                "due": _day(post, f"f{n}-due", errors),
            }
        )
    return found


def save_working(actor: Actor, review: Review, typed: Typed, seen: str = "") -> Working:
    """Keep what was typed. `seen` is when the page last saw it saved. Raises Denied, Invalid; Conflict where somebody
    else of the team saved it since."""
    require_reviewer(actor, review, "running")
    with transaction.atomic():
        row = Working.objects.select_for_update().get(review=review)
        if seen and row.changed_at.isoformat() != seen and row.changed_by != actor.label[:200]:
            raise Conflict(review, [])
        row.content = typed.content
        row.changed_at, row.changed_by = clock.now(), actor.label[:200]
        row.save()
        return row


def missing(working: Working) -> dict[str, list[str]]:
    """What a review still lacks before it can be sent, by field."""
    content, errors = content_of(working), dict[str, list[str]]()
    left = [one for one in working.questions if not content["answers"].get(one["key"], {}).get("value")]
    for one in left:
        errors[f"value-{one['key']}"] = [_("Say whether it is met.")]
    if not content["confidence"]:
        errors["confidence"] = [_("Say how it stands.")]
    if not content["reasons"]:
        errors["reasons"] = [_("Say why, in a sentence.")]
    for n, one in enumerate(content["findings"]):
        if not one["owner"]:
            errors[f"f{n}-owner"] = [_("Say who deals with it.")]
        if not one["due"]:
            errors[f"f{n}-due"] = [_("Say by when.")]
    return errors


def scores(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[Content]:
    """The score of each area in percent of its weights; None where nothing there applies or is answered."""
    found = []
    for area in Area.values:
        asked = [one for one in questions if one["area"] == area]
        rated = [
            (one["weight"], POINTS[value])
            for one in asked
            if (value := answers.get(one["key"], {}).get("value")) in POINTS
        ]
        weight = sum(w for w, _points in rated)
        percent = sum(w * points for w, points in rated) // weight if weight else None
        if asked:
            found.append({"area": area, "percent": percent, "rated": len(rated), "asked": len(asked)})
    return found


def send(actor: Actor, review: Review) -> None:
    """Send the draft to whoever leads the initiative, who checks the facts. Raises Denied; Invalid with what is
    missing, by field."""
    require_reviewer(actor, review, "running")
    with transaction.atomic():
        working = Working.objects.select_for_update().get(review=review)
        errors = missing(working)
        asked = review.initiative.lead_id or review.initiative.sponsor_id
        if asked is None:
            errors[""] = [_("The initiative has neither manager nor sponsor: nobody can check the facts.")]
        if errors or asked is None:
            raise Invalid({0: errors})
        working.facts = {}
        working.save()
        write_records(itself(actor), Review, [Change({"state": "checking"}, pk=review.pk)])
        due = clock.today() + CHECK_WITHIN
        key = f"{FACTS}:{review.pk}:{clock.now().isoformat()}"
        ask(actor, [Ask(key, FACTS, review.entry_id, asked, due, review.owner_id)])


def facts_due(review: Review) -> date | None:
    """The day by which the facts are to be checked, while somebody is asked."""
    rows = FollowUp.objects.filter(kind=FACTS, entry=review.entry_id, state=FollowUp.State.OPEN)
    return rows.order_by("-pk").values_list("due", flat=True).first()


def take_back(actor: Actor, review: Review) -> None:
    """Go on writing: nobody is asked any longer. Raises Denied, Invalid."""
    require_reviewer(actor, review, "checking")
    with transaction.atomic():
        write_records(itself(actor), Review, [Change({"state": "running"}, pk=review.pk)])
        withdraw(actor, FollowUp.objects.filter(kind=FACTS, entry=review.entry_id))


def say_facts(actor: Actor, review: Review, answer: str, comment: str) -> None:
    """Keep what the initiative says about the facts of the draft. The caller has the right to."""
    with transaction.atomic():
        row = Working.objects.select_for_update().get(review=review)
        row.facts = {
            "answer": answer,
            "comment": comment[:TEXT],
            "by": actor.label[:200],
            "on": clock.today().isoformat(),
        }
        row.save()
