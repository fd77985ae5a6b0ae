"""The certificate of a sign-off: what was signed, in which version, by whom, when, and how they showed who they are."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from steerco.apps.deliverables.models import Approval, Result, SignOffRound
from steerco.apps.deliverables.reminders import put_down
from steerco.apps.followups.models import FollowUp
from steerco.apps.organisation.selectors import organisation
from steerco.exchange.certificates.content import Certificate, File, Signature
from steerco.exchange.certificates.render import render_certificate
from steerco.kit.registers.columns import money_text


def certificate_of(round_: SignOffRound) -> Certificate:
    """The certificate in the reader's language, from what was kept. Raises LookupError while the round is open."""
    if round_.is_open or round_.closed_at is None or round_.state == Result.WITHDRAWN:
        raise LookupError(round_.pk)
    subject, found, settings = round_.subject, put_down(round_), organisation()
    register = found["register"]
    facts = [
        (str(register.label) if register else _("Entry"), f"{subject['reference']} · {subject['title']}"),
        (_("Initiative"), subject["initiative"]),
        (_("Version"), round_.revision),
        (_("Sign-off"), _("Round %(number)s, opened on %(day)s by %(who)s") % _opening(round_)),
        (_("What depends on it"), money_text(round_.value, round_.currency) if round_.value else ""),
        (_("Asked"), str(round_.get_order_display())),
        (_("Note to the approvers"), round_.note),
        *((capfirst(str(label)), text) for label, text in found["texts"]),
    ]
    if round_.silence_days:
        clause = _("After %(days)s working days: “%(clause)s”")
        said = clause % {"days": round_.silence_days, "clause": round_.silence_clause}
        facts.append((_("Silence accepts"), said))
    return Certificate(
        language=(get_language() or "en")[:2],
        title=_("Certificate of sign-off"),
        organisation=settings.name,
        marking=settings.marking,
        result=_result(round_),
        tone={Result.APPROVED: "green", Result.CONDITIONAL: "amber"}.get(Result(round_.state), "red"),
        closed_at=round_.closed_at,
        facts=tuple((label, text) for label, text in facts if text),
        signatures=tuple(_signature(row) for row in round_.approvals.select_related("party")),
        files=tuple(File(one["name"], one["size"], one["digest"]) for one in round_.files),
        fingerprint=round_.fingerprint,
        words={
            "who": _("Who decided"),
            "answer": _("Answer"),
            "when": _("When"),
            "how": _("How identity was shown"),
            "comment": _("Conditions and comments"),
            "files": _("Files that were signed"),
            "name": _("Name"),
            "size": _("Bytes"),
            "digest": "SHA-256",
            "fingerprint": _("Fingerprint of texts, version and files (SHA-256)"),
            "no_files": _("No file was attached; the texts above were signed."),
            "approvers": _("Approvers"),
            "subject": _("What was signed"),
        },
    )


def _result(round_: SignOffRound) -> str:
    day = date_format(timezone.localdate(round_.closed_at), "DATE_FORMAT")
    sentences = {
        Result.APPROVED: _("Signed off on %(day)s"),
        Result.CONDITIONAL: _("Signed off with conditions on %(day)s"),
        Result.RETURNED: _("Returned on %(day)s"),
    }
    return sentences[Result(round_.state)] % {"day": day}


def _opening(round_: SignOffRound) -> dict[str, object]:
    day = date_format(round_.opened_on, "SHORT_DATE_FORMAT")
    return {"number": round_.number, "day": day, "who": round_.opened_by_label}


def _signature(row: Approval) -> Signature:
    who = row.person_label or row.party_label
    roles = [row.party_label] if row.person_label and row.party_label != row.person_label else []
    if row.answered_for_label and row.answered_for_label != row.person_label:
        roles.append(_("handed on to %(party)s") % {"party": row.answered_for_label})
    if row.by_author:
        roles.append(_("wrote it"))
    when = ""
    if row.answered_at:
        local = timezone.localtime(row.answered_at)
        when = f"{date_format(local, 'SHORT_DATETIME_FORMAT')} {local.tzname()}"
    how = FollowUp.Identity(row.identity).label if row.identity else ""
    return Signature(who, ", ".join(roles), str(Result(row.state).label), when, str(how), row.comment)


def certificate_pdf(round_: SignOffRound) -> bytes:
    """The certificate as a tagged PDF. Raises LookupError while the round is open."""
    return render_certificate(certificate_of(round_))
