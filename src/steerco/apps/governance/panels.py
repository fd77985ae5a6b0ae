"""Decisions on the page of an initiative and of a decision."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.governance.gates import decisions_about, is_undecided
from steerco.apps.governance.models import Decision
from steerco.apps.governance.selectors import actions_of, conditions_left, decisions_in, wanted
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import read_from
from steerco.apps.planning.gates import gate_authority
from steerco.apps.planning.models import Milestone
from steerco.kit import clock
from steerco.kit.journal.unchanged import count_while_unchanged, first_while_unchanged
from steerco.kit.pages.panels import Button, PageState, Panel, declare_button, declare_panel
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.register import register_by_key, register_of

FIRST = 8


def _wanted(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    """What has to be decided at the initiative and below, the first needed first."""
    register, today = register_of("decision"), clock.today()
    place = {"in": subject.code}
    queryset = wanted(decisions_in(actor, QueryDict(urlencode(place))))
    rows = first_while_unchanged(read_from(Decision), queryset, FIRST)
    if not rows:
        return None
    return {
        "rows": [
            {
                "url": register.url(row),
                "title": register.title(row),
                "where": row.initiative if row.initiative_id != subject.pk else None,
                "decider": row.decider,
                "due": row.decide_by,
                "is_late": row.is_late(today),
                "is_recorded": row.state == row.recorded_state,
            }
            for row in rows
        ],
        "count": count_while_unchanged(read_from(Decision), queryset),
        "url": f"{register.list_url()}?{urlencode({**place, 'state': 'asked'})}",
        "overview": f"{reverse('governance:overview')}?{urlencode(place)}",
    }


def _actions(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """What is done about a decision."""
    if not isinstance(subject, Decision) or subject.state not in {"decided", "recorded", "reversed"}:
        return None
    actions, register = actions_of(actor, subject), register_by_key("action")
    may_add = can(actor, "record.create", subject) and can(actor, "record.edit", subject)
    if register is None or not (actions or may_add):
        return None
    add = reverse("governance:add_action", args=[subject.pk])
    return {
        "rows": [{"url": register.url(row), "title": register.title(row), "row": row} for row in actions],
        "add": add if may_add else "",
        "conditions": [
            {"text": text, "add": f"{add}?{urlencode({'title': text})}"}
            for text in conditions_left(subject, actions)
        ]
        if may_add
        else [],
    }


def _gate(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """Who decides about a gate, and what was decided."""
    if not isinstance(subject, Milestone) or subject.tier != Milestone.Tier.GATE:
        return None
    authority, rows = gate_authority(subject.initiative), decisions_about(actor, subject)
    if authority is None and not rows:
        return None
    register = register_of("decision")
    stands = register.all_columns()["state"]
    return {
        "authority": authority.in_words if authority else "",
        "rows": [
            {"url": register.url(row), "title": register.title(row), "row": row, "state": stands.as_html(row)}
            for row in rows
        ],
        "undecided": is_undecided(subject),
    }


def _overview(actor: Actor, found: Any) -> str:
    place = found.scope.code if found.scope else ""
    return f"{reverse('governance:overview')}?{urlencode({'in': place})}"


declare_button(Button("list.decision", _("How deciding goes"), _overview))
declare_panel(
    Panel(
        "decisions.wanted",
        "initiative",
        38,
        "governance/_wanted.html",
        _wanted,
        _("Decisions wanted"),
        12,
        (Decision._meta.label_lower,),
    )
)
declare_panel(Panel("milestone.gate", "record", 5, "governance/_gate.html", _gate, _("The gate decision")))
declare_panel(
    Panel("decision.actions", "record", 6, "governance/_actions.html", _actions, _("What is done about it"))
)
