"""The rating of a deliverable in words, with the rule behind it."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from steerco.apps.deliverables.selectors import judged
from steerco.engine.performance.delivery import AMBER_AFTER, RED_AFTER, Judged

RULE = gettext_lazy(
    "What is still owed, first the delivery, then the sign-off: green up to 5 working days after its baseline, "
    "amber up to 20, red beyond. Past its own forecast it is at least amber."
)
COLOURS = {"green": gettext_lazy("green"), "amber": gettext_lazy("amber"), "red": gettext_lazy("red")}
LIMITS = (AMBER_AFTER, RED_AFTER)  # the numbers that RULE names


def reason(found: Judged) -> str:
    """Why a deliverable has its rating; "" where none is owed."""
    if not found.step:
        return ""
    step = _("Delivery") if found.step == "delivery" else _("Sign-off")
    if found.days is None:
        return _("%(step)s: no date is set.") % {"step": step}
    days = abs(found.days)
    if found.days > 0:
        text = ngettext(
            "%(step)s: %(days)s working day after the baseline.",
            "%(step)s: %(days)s working days after the baseline.",
            days,
        )
    elif found.days < 0:
        text = ngettext(
            "%(step)s: %(days)s working day before the baseline.",
            "%(step)s: %(days)s working days before the baseline.",
            days,
        )
    else:
        text = _("%(step)s: on its baseline.")
    said = text % {"step": step, "days": days}
    passed = _("Its forecast has passed.")
    return f"{said} {passed}" if found.overdue else said


def pill(found: Judged) -> SafeString | str:
    """The rating with its letter, word and colour; the reason as its title."""
    if found.colour == "none":
        return format_html('<span class="sc-muted" title="{}">—</span>', reason(found))
    word = COLOURS[found.colour]
    return format_html(
        '<span class="sc-rag sc-rag-{}" title="{}"><span class="sc-rag-letter">{}</span> {}</span>',
        found.colour,
        reason(found),
        found.colour[0].upper(),
        word,
    )


def pill_of(row: Any) -> SafeString | str:
    """The rating of a row of the register."""
    return pill(judged(row))


def colour_of(row: Any) -> str:
    """The rating of a row in a word: for exports."""
    found = judged(row)
    return str(COLOURS.get(found.colour, ""))
