"""A paper on its record page as whoever decides reads it, with what the reader may do about it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from steerco.apps.escalation.deciders import authority_on, holds_one_of, may_be_asked
from steerco.apps.escalation.deciding import may_record, open_questions
from steerco.apps.escalation.papers import Paper
from steerco.apps.escalation.questions import paper_brief
from steerco.apps.followups.kinds import kind_of
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.register import register_by_key


def _paper(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    if not isinstance(subject, Paper) or subject.deleted:
        return None
    register = register_by_key(subject.register_key)
    if register is None:
        return None
    place = [register.slug, subject.pk]
    questions = open_questions(subject, actor)
    mine = [
        (kind_of(q).label, reverse("followups:page", args=[q.pk])) for q in questions if kind_of(q).answers
    ]
    writes = subject.is_open_to_writers and can(actor, "record.edit", subject)
    is_decided = subject.confirmed_on is not None or subject.state == subject.recorded_state
    return {
        "brief": paper_brief(subject, heading=True),
        "mine": mine,
        "record_at": reverse("papers:record", args=place) if may_record(actor, subject) else "",
        "options_at": reverse("papers:options", args=place) if writes else "",
        "authority": "" if is_decided else _authority(subject),
    }


def _authority(subject: Paper) -> str:
    """Who may decide by the rules; where somebody else is named, whether they may."""
    authority, named = authority_on(subject), subject.decider
    if named is None or holds_one_of(named, authority.parties):
        return authority.in_words
    if may_be_asked(named, authority, subject.initiative):
        text = gettext("%(who)s is named and may decide it too.")
    else:
        text = gettext("%(who)s is named and may not decide it.")
    return f"{authority.in_words} {text % {'who': named.name}}"


declare_panel(Panel("paper", "record.top", 5, "escalation/_paper_panel.html", _paper, _("For the decision")))
