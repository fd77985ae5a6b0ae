"""A review is issued: its content is frozen with its hash, its findings become records that are owed."""

import json
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from steerco.apps.assurance.models import SCHEMA, Finding, IssuedReview, Review, Working
from steerco.apps.assurance.services import itself, settle
from steerco.apps.assurance.working import (
    FACTS,
    Content,
    content_of,
    facts_due,
    missing,
    require_reviewer,
    scores,
)
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import withdraw
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.records import write_records
from steerco.apps.initiatives.services import restrict_with
from steerco.apps.people.models import Party
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.permissions import Actor


def canonical(content: Content) -> str:
    """The content as one text that is the same for the same data: sorted keys, no spaces, UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def build(review: Review, working: Working) -> Content:
    """The whole review as it is issued: names as they are now, evidence in no language."""
    content, place = content_of(working), review.initiative
    return {
        "schema": SCHEMA,
        "kind": review.kind,
        "reference": review.reference,
        "title": review.title,
        "initiative": {
            "code": place.code,
            "name": place.name,
            "lead": str(place.lead or ""),
            "sponsor": str(place.sponsor or ""),
        },
        "scope": review.scope,
        "lead": str(review.owner or ""),
        "team": [str(one.party) for one in review.team.select_related("party")],
        "held_on": review.held_on.isoformat() if review.held_on else None,
        "confidence": content["confidence"],
        "reasons": content["reasons"],
        "summary": content["summary"],
        "next_review": content["next_review"],
        "questions": [{**one, **_said(content["answers"].get(one["key"], {}))} for one in working.questions],
        "scores": scores(working.questions, content["answers"]),
        "findings": [
            {name: value for name, value in one.items() if name != "owner"} for one in content["findings"]
        ],
        "facts": working.facts,
    }


def _said(answer: Content) -> Content:
    return {name: answer.get(name) or empty for name, empty in _ANSWER.items()}


_ANSWER: Content = {"value": "", "note": "", "refs": [], "auto": None}


def total(found: list[Content]) -> int | None:
    """The mean of the areas that were scored, rounded down; None where there is none."""
    percents = [one["percent"] for one in found if one["percent"] is not None]
    return sum(percents) // len(percents) if percents else None


def may_issue(review: Review, working: Working) -> str:
    """Why a review cannot be issued yet, in words; "" where it can."""
    if working.facts:
        return ""
    due = facts_due(review)
    if due is not None and due >= clock.today():
        return _("The facts are being checked, until %(day)s.") % {
            "day": date_format(due, "SHORT_DATE_FORMAT")
        }
    return ""


def issue(actor: Actor, review: Review) -> IssuedReview:
    """Issue a review once the facts were checked, or the time for it is over. Raises Denied, Invalid.

    From here on nothing changes it. Its findings are owed from now on, read by whoever reads the review.
    """
    require_reviewer(actor, review, "checking")
    with transaction.atomic():
        working = Working.objects.select_for_update().get(review=review)
        reason, errors = may_issue(review, working), missing(working)
        if reason or errors:
            raise Invalid({0: {"": [reason]} if reason else errors})
        content = build(review, working)
        issued = IssuedReview.objects.create(
            review=review,
            content=canonical(content),
            schema=SCHEMA,
            issued_at=clock.now(),
            issued_by=actor.label[:200],
        )
        next_review = content["next_review"]
        values = {
            "state": "issued",
            "confidence": content["confidence"],
            "score": total(content["scores"]),
            "next_review": date.fromisoformat(next_review) if next_review else None,
            "issued_on": clock.today(),
        }
        write_records(itself(actor), Review, [Change(values, pk=review.pk)])
        _open_findings(actor, review, working)
        withdraw(actor, FollowUp.objects.filter(kind=FACTS, entry=review.entry_id))
        settle(actor, {review.pk})
    return issued


def _open_findings(actor: Actor, review: Review, working: Working) -> None:
    titles = {one["key"]: one["title"] for one in working.questions}
    found = content_of(working)["findings"]
    owners = Party.objects.in_bulk([one["owner"] for one in found if one["owner"]])
    rows = write_records(
        itself(actor),
        Finding,
        [
            Change(
                {
                    "initiative": review.initiative,
                    "review": review,
                    "severity": one["severity"],
                    "title": one["title"],
                    "description": one["description"],
                    "area": one["area"],
                    "topic": titles.get(one["topic"], ""),
                    "owner": owners.get(one["owner"]),
                    "due_on": date.fromisoformat(one["due"]),
                    "decider": review.appeals_to,
                }
            )
            for one in found
        ],
        reason=review.reference,
    )
    readers = list(Entry.objects.get(pk=review.entry_id).readers.values_list("party", flat=True))
    if readers:
        for row in rows:
            restrict_with(row, readers)


def content_issued(review: Review) -> Content | None:
    """What was issued; None before. Each schema that ever was is read."""
    row: IssuedReview | None = IssuedReview.objects.filter(review=review).first()
    content: Any = json.loads(row.content) if row else None
    return content if content is None else dict(content)
