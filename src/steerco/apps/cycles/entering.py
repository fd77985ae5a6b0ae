"""Who typed a report where that is not whoever reports: an analyst from a mail, a file or a call, or a guest."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.cycles.models import Report
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.permissions import Actor, Via

Entered = dict[str, str]

SOURCES: Mapping[str, str | Promise] = {
    "mail": gettext_lazy("Mail"),
    "file": gettext_lazy("File"),
    "call": gettext_lazy("Phone call"),
    "talk": gettext_lazy("Conversation"),
}
GUEST = "guest"
NOTE = 2_000  # characters
NOTHING: Entered = {"source": "", "on": "", "note": "", "file": ""}


def read_source(post: Mapping[str, Any], errors: dict[str, list[str]]) -> Entered | None:
    """Where the report comes from, as typed; None where the page did not ask. Adds to `errors` by field."""
    if "source" not in post:
        return None
    source, on = str(post.get("source", "")), str(post.get("source-on", "")).strip()
    note = str(post.get("source-note", "")).replace("\r\n", "\n").strip()
    if source and source not in SOURCES:
        errors["source"] = [_("There is no such source.")]
    if on:
        try:
            if date.fromisoformat(on) > clock.today():
                errors["source-on"] = [_("That day has not come yet.")]
        except ValueError:
            errors["source-on"] = [_("This is no date.")]
    if len(note) > NOTE:
        errors["source-note"] = [
            _("At most %(n)s characters; these are %(m)s.") % {"n": NOTE, "m": len(note)}
        ]
    return {"source": source, "on": on, "note": note}


def enters_for(actor: Actor, report: Report) -> bool:
    """Whether the actor writes somebody else's report."""
    return report.owner_id is not None and report.owner_id not in actor.parties and actor.user_id is not None


def is_guest(actor: Actor) -> bool:
    """Whether the actor came through the link of a mail and has no account."""
    if actor.via != Via.LINK or actor.person_id is None:
        return False
    return Person.objects.filter(pk=actor.person_id, user=None).exists()


def entered_by(actor: Actor, report: Report, typed: Mapping[str, str] | None) -> Entered | None:
    """What the report keeps of who entered it; None where whoever reports did."""
    if is_guest(actor):
        return {"by": actor.label, "for": "", **NOTHING, "source": GUEST}
    if not enters_for(actor, report):
        return None
    return {"by": actor.label, "for": str(report.owner or ""), **NOTHING, **(typed or {})}


def entered_words(entered: Mapping[str, str]) -> str:
    """Who entered it, for whom, from what, in a sentence."""
    if entered["source"] == GUEST:
        return _("Entered by %(who)s, a guest, through the link of a mail.") % {"who": entered["by"]}
    day = date_format(date.fromisoformat(entered["on"]), "SHORT_DATE_FORMAT") if entered["on"] else ""
    words = {
        "who": entered["by"],
        "whom": entered["for"],
        "source": str(SOURCES.get(entered["source"], "")),
        "day": day,
        "file": entered["file"],
    }
    if not entered["source"]:
        return _("Entered by %(who)s for %(whom)s.") % words
    said = _("Entered by %(who)s for %(whom)s; source: %(source)s") % words
    return said + (f", {day}" if day else "") + (f", {entered['file']}" if entered["file"] else "") + "."
