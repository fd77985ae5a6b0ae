"""The register of the risk appetite by category."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from steerco.apps.escalation.registers import AuthorityRegister
from steerco.apps.escalation.services import write_settings
from steerco.apps.escalation.tolerances import term_in_words
from steerco.apps.raid.models import Appetite
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column, money_text
from steerco.kit.registers.register import Section


def limit_in_words(row: Any) -> str:
    """How big one threat may be: "score 8 or EUR 20,000"."""
    parts = []
    if row.score is not None:
        parts.append(gettext("score %(score)s") % {"score": row.score})
    if row.money is not None:
        parts.append(money_text(row.money, row.currency))
    return gettext(" or ").join(parts)


def appetite_in_words(row: Any) -> str:
    """One appetite: "one threat up to score 8 or EUR 20,000, from 01/02/2026"."""
    amount = gettext("one threat up to %(amount)s") % {"amount": limit_in_words(row)}
    return f"{amount}{term_in_words(row.starts, row.ends)}"


class AppetiteRegister(AuthorityRegister):
    """Risk appetites."""

    key = "appetite"
    slug = "risk-appetites"
    label = _("Risk appetite")
    label_plural = _("Risk appetites")
    explanation = _(
        "How big one threat of a category may be and still be carried. What is set on an initiative holds for "
        "everything below it that has none of its own; without an initiative it holds in the whole organisation."
    )
    model = Appetite
    order = ("category", "id")
    columns = (
        Column("title", help=_("For example: delays of deliveries, up to what the reserve covers.")),
        Column("initiative", help=_("Empty: in the whole organisation. It holds for everything below.")),
        Column("category"),
        Column("score", help=_("The highest score of one threat that is still carried.")),
        Column(
            "money",
            currency="currency",
            help=_(
                "The highest exposure of one threat that is still carried; other currencies do not count."
            ),
        ),
        Column("currency"),
        Column("starts"),
        Column("ends"),
        Column("words", label=_("in words"), text=appetite_in_words, wide=True),
    )
    shown = ("title", "initiative", "category", "words", "starts", "ends")
    filters = ("category", "initiative", "ends")
    groups = ("category", "initiative")
    sections = (
        Section(_("What is carried"), ("words", "initiative", "category", "title")),
        Section(_("How big"), ("score", "money", "currency")),
        Section(_("From–to"), ("starts", "ends")),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Set and change appetites."""
        return write_settings(actor, Appetite, changes, "appetite", reason=reason, batch=batch)
