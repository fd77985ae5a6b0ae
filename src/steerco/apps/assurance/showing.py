"""Reviews in words: what was issued, what is being written, evidence beside its question."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.assurance.evidence import all_evidence
from steerco.apps.assurance.issuing import build
from steerco.apps.assurance.models import CONFIDENCE, Area, Finding, Review, ReviewKind, Working
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.records import address_of

ANSWERS: Mapping[str, str | Promise] = {
    "met": _("met"),
    "partly": _("partly met"),
    "not": _("not met"),
    "na": _("does not apply"),
}


def evidence_words(key: str, values: Mapping[str, Any] | None) -> str:
    """Evidence in words; "" where there is none of that sort (any more)."""
    one = all_evidence().get(key)
    return one.say(values) if one and values else ""


def shown_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """A review as it is read: areas with their questions, findings, the confidence in words."""
    entries = {ref["entry"] for one in content["questions"] for ref in one["refs"]}
    known = Entry.objects.select_related("initiative").in_bulk(entries)
    percents = {one["area"]: one for one in content["scores"]}
    areas: list[dict[str, Any]] = []
    for area, label in Area.choices:
        asked = [_question(one, known) for one in content["questions"] if one["area"] == area]
        if asked:
            areas.append({"label": label, "questions": asked, "score": percents.get(area, {})})
    severity, facts = dict(Finding.Severity.choices), content["facts"]
    return {
        "content": content,
        "kind": dict(ReviewKind.choices).get(content["kind"], content["kind"]),
        "confidence": dict(CONFIDENCE).get(content["confidence"], ""),
        "held_on": _day(content["held_on"]),
        "next_review": _day(content["next_review"]),
        "areas": areas,
        "findings": [
            {
                **one,
                "severity_label": severity.get(one["severity"], ""),
                "area_label": dict(Area.choices).get(one["area"], ""),
                "due": _day(one["due"]),
            }
            for one in content["findings"]
        ],
        "facts": {**facts, "on": _day(facts["on"])} if facts else None,
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _question(one: Mapping[str, Any], known: Mapping[int, Entry]) -> dict[str, Any]:
    auto = one["auto"]
    return {
        **one,
        "answer": ANSWERS.get(one["value"], ""),
        "auto_words": evidence_words(one["evidence"], auto),
        "auto_on": _day(auto["on"]) if auto else None,
        "refs": [
            {**ref, "url": address_of(known[ref["entry"]]) if ref["entry"] in known else ""}
            for ref in one["refs"]
        ],
    }


def draft_of(review: Review) -> dict[str, Any] | None:
    """What is being written, as it would be issued now; None before the review began."""
    working = Working.objects.filter(review=review).first()
    return shown_content(build(review, working)) if working else None
