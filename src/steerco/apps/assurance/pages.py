"""The fields of the page on which a review is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from steerco.apps.assurance.evidence import all_evidence
from steerco.apps.assurance.models import CONFIDENCE, Area, Finding, Review, Working
from steerco.apps.assurance.showing import ANSWERS, evidence_words
from steerco.apps.assurance.working import MOST_FINDINGS, content_of, evidence_for, owners_of
from steerco.kit.permissions import Actor

BLANK = 2  # rows for further findings


@dataclass(frozen=True)
class QuestionField:
    """A question: what was answered, and what the system knows."""

    key: str
    title: str
    good: str
    value: str
    note: str
    refs: str
    accepted: bool
    evidence: str
    evidence_result: str
    evidence_url: str
    errors: list[str]


def shown_form(
    actor: Actor, review: Review, working: Working, post: Mapping[str, Any], errors: dict[str, list[str]]
) -> dict[str, Any]:
    """The fields: as typed where the form was refused, else as saved."""
    content, typed = content_of(working), "confidence" in post

    def said(name: str, saved: Any) -> str:
        return str(post.get(name, "")) if typed else str(saved or "")

    evidence = evidence_for(actor, review)
    areas: list[tuple[str | Promise, list[QuestionField]]] = []
    for area, label in Area.choices:
        fields = [
            _field(one, content["answers"].get(one["key"], {}), evidence, review, said, post, typed, errors)
            for one in working.questions
            if one["area"] == area
        ]
        if fields:
            areas.append((label, fields))
    saved = content["findings"]
    count = min(len(saved) + BLANK, MOST_FINDINGS)
    while typed and count < MOST_FINDINGS and post.get(f"f{count - 1}-title"):
        count += 1
    return {
        "areas": areas,
        "answers": ANSWERS,
        "findings": [
            _finding_field(n, saved[n] if n < len(saved) else {}, said, errors) for n in range(count)
        ],
        "severities": Finding.Severity.choices,
        "owners": [(str(party.pk), party) for party in owners_of(review)],
        "topics": [(one["key"], one["title"]) for one in working.questions],
        "confidence": said("confidence", content["confidence"]),
        "confidences": CONFIDENCE,
        "reasons": said("reasons", content["reasons"]),
        "summary": said("summary", content["summary"]),
        "next_review": said("next_review", content["next_review"]),
        "facts": working.facts,
    }


def _field(
    one: Mapping[str, Any],
    answer: Mapping[str, Any],
    evidence: Mapping[str, Any],
    review: Review,
    said: Any,
    post: Mapping[str, Any],
    typed: bool,
    errors: dict[str, list[str]],
) -> QuestionField:
    key = one["key"]
    known = evidence.get(one["evidence"])
    accepted = bool(post.get(f"auto-{key}")) if typed else bool(answer.get("auto"))
    values = (answer.get("auto") if accepted else None) or known
    source = all_evidence().get(one["evidence"])
    return QuestionField(
        key,
        one["title"],
        one["good"],
        said(f"value-{key}", answer.get("value")),
        said(f"note-{key}", answer.get("note")),
        said(f"refs-{key}", ", ".join(ref["ref"] for ref in answer.get("refs", ()))),
        accepted,
        evidence_words(one["evidence"], values),
        values["result"] if values else "",
        source.url(review.initiative) if source else "",
        [text for name in ("value", "note", "refs") for text in errors.get(f"{name}-{key}", ())],
    )


def _finding_field(
    n: int, saved: Mapping[str, Any], said: Any, errors: dict[str, list[str]]
) -> dict[str, Any]:
    names = ("title", "severity", "description", "topic", "owner", "due")
    return {
        "n": n,
        **{name: said(f"f{n}-{name}", saved.get(name)) for name in names},
        "errors": [text for name in names for text in errors.get(f"f{n}-{name}", ())],
    }
