"""The reserve for risks on the page of an initiative and above the list of risks."""

from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Initiative
from steerco.apps.raid.models import ContingencyMovement, Risk
from steerco.apps.raid.reserves import Reserve, reserve_of, reserves_of
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.columns import money_text
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.masking import mask
from steerco.kit.registers.register import register_of

MOVEMENTS = 6


def lines_of(reserve: Reserve) -> list[dict[str, Any]]:
    """A line for each currency and one for days, each figure as people read it."""
    lines = []
    for currency in reserve.currencies:
        exposed, kept = reserve.money.get(currency), reserve.ledger.money.get(currency)
        lines.append(
            _line(currency, exposed, kept, lambda minor, currency=currency: money_text(minor, currency))
        )
    if reserve.days.exposure or reserve.days.gain or reserve.ledger.days.held:
        lines.append(_line("", reserve.days, reserve.ledger.days, lambda days: f"{days:g}"))
    return lines


def _line(currency: str, exposed: Any, kept: Any, text: Any) -> dict[str, Any]:
    expected = exposed.expected if exposed else 0
    remaining = kept.remaining if kept else 0
    return {
        "currency": currency,
        "exposure": text(exposed.exposure if exposed else 0),
        "expected": text(expected),
        "chance": text(exposed.chance) if exposed and exposed.chance else "",
        "gain": text(exposed.gain) if exposed and exposed.gain else "",
        "held": text(kept.held) if kept else "",
        "drawn": text(kept.drawn) if kept else "",
        "remaining": text(remaining) if kept else "",
        "short": text(expected - remaining) if expected > remaining else "",
    }


def _of_initiative(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    found = reserves_of(actor, subject)
    if found.total.is_empty:
        return None
    moves = visible_to(ContingencyMovement._default_manager.filter(deleted=False), actor)
    rows = moves.filter(initiative__above__ancestor=subject).exclude(state="refused")
    register = register_of("contingency")
    shown = list(rows.select_related(*register.related).order_by("-moved_on", "-pk")[:MOVEMENTS])
    return {
        "total": found.total,
        "lines": lines_of(found.total),
        "parts": [(place, line) for place, reserve in found.parts for line in lines_of(reserve)],
        "movements": [
            {
                "url": register.url(row),
                "title": register.title(row),
                "what": row.get_type_display(),
                "amount": money_text(row.amount, row.currency) if row.amount else "",
                "days": row.days,
                "on": row.moved_on,
                "where": row.initiative if row.initiative_id != subject.pk else None,
                "owner": row.owner,
                "decided_by": row.decided_by,
                "state": row.states.by_key[row.state].label,
                "risk": row.risk,
            }
            for row in mask(register, actor, shown)
        ],
        "url": f"{register.list_url()}?{urlencode({'in': subject.code, 'group': 'all'})}",
    }


def _of_list(actor: Actor, listing: Any, state: PageState) -> dict[str, Any] | None:
    """The reserve of the risks that the list shows; the contingency is that of its place."""
    register = register_of("risk")
    rows, scope, _filters = queryset_for(register, actor, state.query)
    reserve = reserve_of(Risk._default_manager.filter(pk__in=rows.order_by().values("pk")))
    if reserve.is_empty:
        return None
    if scope is not None:
        reserve.ledger = reserves_of(actor, scope.row).total.ledger
    return {"total": reserve, "lines": lines_of(reserve), "of_list": True}


READS = tuple(model._meta.label_lower for model in (Risk, ContingencyMovement))
declare_panel(
    Panel(
        "raid.reserve", "initiative", 46, "raid/_reserve.html", _of_initiative, _("Risk reserve"), 12, READS
    )
)
declare_panel(Panel("list.reserve", "list.risk", 10, "raid/_reserve_of_list.html", _of_list, reads=READS))
