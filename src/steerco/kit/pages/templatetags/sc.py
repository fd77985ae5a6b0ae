"""Template tags of the kit: small, pure, tested."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from steerco.kit.registers.columns import moment_text, money_text

register = template.Library()


@register.filter
def money(minor: int | None, currency: str = "") -> str:
    """Minor units as people read money; "" for none."""
    return "" if minor is None else money_text(minor, currency)


@register.filter
def moment(value: Any) -> str:
    """An instant as people read it."""
    return moment_text(value) if value else ""


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    """`mapping[key]`, or ""."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def state_pill(row: Any) -> SafeString:
    """The state of a record as a pill in its tone."""
    state = row.states.by_key[row.state]
    return format_html('<span class="badge bg-{}-lt">{}</span>', state.tone, state.label)


@register.simple_tag
def explain(label: Any, text: Any) -> SafeString | str:
    """A label with a tooltip that explains the term, reachable by keyboard; the label alone without one."""
    if not text:
        return str(label)
    return format_html('<span class="sc-term" tabindex="0" data-sc-tip="{}">{}</span>', text, label)
