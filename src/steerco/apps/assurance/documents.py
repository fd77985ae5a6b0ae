"""The report of an issued review as PDF and as a Word document, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from steerco.apps.assurance.models import Review
from steerco.apps.assurance.showing import shown_content
from steerco.apps.organisation.selectors import organisation
from steerco.exchange.reviews.content import Part, ReviewReport, Table
from steerco.exchange.reviews.docx import render_docx
from steerco.exchange.reviews.pdf import render_pdf

DOCUMENTS = {"pdf": render_pdf, "docx": render_docx}
TONE = {"green": "green", "amber-green": "green", "amber": "amber", "amber-red": "red", "red": "red"}


def document_of(review: Review, content: Mapping[str, Any], form: str) -> bytes:
    """The file. Raises KeyError for another form."""
    return DOCUMENTS[form](report_of(review, content))


def report_of(review: Review, content: Mapping[str, Any]) -> ReviewReport:
    """The report of what was issued."""
    shown, settings, issued = shown_content(content), organisation(), review.issued
    place = content["initiative"]
    facts = (
        (_("Initiative"), f"{place['code']} · {place['name']}"),
        (_("Kind"), str(shown["kind"])),
        (_("Held on"), _day(shown["held_on"])),
        (_("Issued on"), date_format(issued.issued_at, "SHORT_DATE_FORMAT")),
        (_("Leads the review"), content["lead"]),
        (_("Team"), ", ".join(content["team"])),
        (_("Manager"), place["lead"]),
        (_("Sponsor"), place["sponsor"]),
        (_("Scope"), content["scope"]),
        (_("Next review"), _day(shown["next_review"])),
    )
    return ReviewReport(
        language=(get_language() or "en")[:2],
        title=f"{content['reference']} {content['title']}",
        organisation=settings.name,
        marking=settings.marking,
        result=str(shown["confidence"]),
        tone=TONE[content["confidence"]],
        issued_at=issued.issued_at,
        facts=tuple((label, text) for label, text in facts if text),
        parts=tuple(_parts(shown, content)),
        digest_label=_("Hash of what was issued (SHA-256)"),
        digest=issued.digest,
    )


def _day(day: Any) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""


def _parts(shown: Mapping[str, Any], content: Mapping[str, Any]) -> list[Part]:
    parts = [Part(_("Why this confidence"), content["reasons"])]
    if content["summary"]:
        parts.append(Part(_("In short"), content["summary"]))
    if shown["findings"]:
        heads = (_("Severity"), _("Recommendation"), _("Who"), _("By"))
        rows = tuple(
            (
                str(one["severity_label"]),
                "\n".join(text for text in (one["title"], one["description"]) if text),
                one["owner_name"],
                _day(one["due"]),
            )
            for one in shown["findings"]
        )
        parts.append(Part(_("What is recommended"), table=Table(heads, (20, 80, 35, 25), rows)))
    for area in shown["areas"]:
        percent = area["score"].get("percent")
        heading = f"{area['label']} · {percent} %" if percent is not None else str(area["label"])
        asked = tuple((one["title"], str(one["answer"]), _evidence(one)) for one in area["questions"])
        columns = (_("Question"), _("Answer"), _("What shows it"))
        parts.append(Part(heading, table=Table(columns, (65, 25, 80), asked)))
    facts = shown["facts"]
    if facts:
        words = {"who": facts["by"], "day": _day(facts["on"])}
        said = _("Checked by %(who)s on %(day)s.") % words
        parts.append(Part(_("Check of facts"), "\n".join(t for t in (said, facts["comment"]) if t)))
    else:
        parts.append(Part(_("Check of facts"), _("Nobody answered in time.")))
    return parts


def _evidence(one: Mapping[str, Any]) -> str:
    refs = ", ".join(f"{ref['ref']} {ref['title']}" for ref in one["refs"])
    return "\n".join(text for text in (one["note"], one["auto_words"], refs) if text)
