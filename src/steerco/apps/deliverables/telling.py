"""How it is told what came of a sign-off."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.deliverables.models import Approval, Result, SignOffRound
from steerco.apps.deliverables.signing import CLOSED
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.records import address_of
from steerco.apps.notices.lines import Line, declare_notice
from steerco.apps.notices.models import Notice
from steerco.kit.permissions import Actor

SENTENCES = {
    Result.APPROVED: gettext_lazy("Signed off: %(what)s"),
    Result.CONDITIONAL: gettext_lazy("Signed off with conditions: %(what)s"),
    Result.RETURNED: gettext_lazy("Returned: %(what)s"),
    Result.WITHDRAWN: gettext_lazy("Sign-off withdrawn: %(what)s"),
}


def _say_closed(notice: Notice, reader: Actor | None) -> Line | None:
    round_ = SignOffRound.objects.select_related("entry__initiative").filter(pk=notice.data["round"]).first()
    if round_ is None or reader is None or round_.is_open:
        return None
    if not Entry.objects.visible_to(reader).filter(pk=round_.entry_id):
        return None
    said = Approval.objects.filter(round=round_).exclude(comment="").order_by("-answered_at").first()
    text = SENTENCES[Result(round_.state)] % {"what": named(round_)}
    if said is not None:
        text = f"{text}. {said.person_label or said.party_label}: {said.comment[:200]}"
    mine = round_.opened_by_id == notice.person_id
    reason = _("You asked for it.") if mine else _("You own it.")
    return Line(_("Decided"), text, reason, address_of(round_.entry))


def named(round_: SignOffRound) -> str:
    """What is signed, in which version."""
    title = round_.subject.get("title", "")
    return f"{title} ({round_.revision})" if round_.revision else title


declare_notice(CLOSED, _say_closed)
