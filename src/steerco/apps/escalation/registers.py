"""Tolerances and decision rights as registers: who may deviate how far, who decides what up to which limit."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from steerco.apps.escalation.authority import right_in_words
from steerco.apps.escalation.models import DecisionRight, Tolerance
from steerco.apps.escalation.services import may_set, remove_settings, write_rights, write_tolerances
from steerco.apps.escalation.tolerances import tolerance_in_words
from steerco.apps.initiatives.models import Initiative
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Register, Section, declare_register

ACTIONS = {"view": "initiative.view", "create": "authority.set", "edit": "authority.set"}


class AuthorityRegister(Register):
    """What the two have in common: they are set by the level above the initiative that they hold on."""

    menu = "portfolio"
    related: ClassVar[Sequence[str]] = ("initiative__parent",)
    actions: ClassVar[dict[str, str]] = ACTIONS

    def allows(self, actor: Actor, what: str, row: Any = None, *, anywhere: bool = False) -> bool:
        """Whoever holds the right at the level above."""
        if row is None or what == "view":
            return super().allows(actor, what, row, anywhere=anywhere)
        return may_set(actor, row if isinstance(row, Initiative) else row.initiative)

    def remove(self, actor: Actor, rows: Sequence[Any], *, reason: str = "", batch: str = "") -> None:
        """Take away what an import set."""
        remove_settings(actor, rows, reason=reason, batch=batch)


class ToleranceRegister(AuthorityRegister):
    """Tolerances."""

    key = "tolerance"
    slug = "tolerances"
    label = _("Tolerance")
    label_plural = _("Tolerances")
    explanation = _(
        "How far an initiative may go off its plan before it asks the level above. What is set on a programme "
        "holds for everything below it that has none of its own."
    )
    model = Tolerance
    related = (*AuthorityRegister.related, "set_by")
    order = ("initiative__sort_name", "area")
    columns = (
        Column(
            "title", help=_("The date, the cost, the benefit; for scope and quality the tolerance itself.")
        ),
        Column("initiative"),
        Column("area"),
        Column("days", help=_("For time: how many working days late is still within tolerance.")),
        Column("percent", help=_("For cost and benefit: how many per cent over or short.")),
        Column("money", currency="currency", help=_("For cost: how much over, instead of per cent.")),
        Column("currency"),
        Column("score", help=_("For risk: the highest score that is still within tolerance.")),
        Column(
            "set_by", help=_("The party at the level above that agreed it: it is asked when it is broken.")
        ),
        Column("starts"),
        Column("ends"),
        Column("words", label=_("in words"), text=tolerance_in_words, wide=True),
    )
    shown = ("title", "initiative", "area", "words", "set_by", "starts", "ends")
    filters = ("area", "initiative", "ends")
    groups = ("area", "initiative")
    sections = (
        Section(_("What may deviate"), ("words", "initiative", "area", "title")),
        Section(_("How far"), ("days", "percent", "money", "currency", "score")),
        Section(_("Who and when"), ("set_by", "starts", "ends")),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Set and change tolerances."""
        return write_tolerances(actor, changes, reason=reason, batch=batch)


class DecisionRightRegister(AuthorityRegister):
    """Decision rights."""

    key = "decision_right"
    slug = "decision-rights"
    label = _("Decision right")
    label_plural = _("Decision rights")
    explanation = _(
        "Who decides about what, up to which limit, alone or with a second pair of eyes. The nearest right that "
        "covers a case decides; without any, the tolerances and the posts do. Office posts decide only where a "
        "right names them."
    )
    model = DecisionRight
    related = (*AuthorityRegister.related, "party")
    order = ("subject", "id")
    columns = (
        Column("title", help=_("For example: changes to the baseline, orders, closing a stage.")),
        Column("initiative", help=_("Empty: in the whole organisation. It holds for everything below.")),
        Column("subject"),
        Column("party", help=_("A person, a post or a body. A post passes on with whoever holds it.")),
        Column("money", currency="currency", help=_("Empty: without a limit in money.")),
        Column("currency"),
        Column("days", help=_("Empty: without a limit in time.")),
        Column("four_eyes", help=_("Two people have to agree.")),
        Column("advice", help=_("For sign-offs: it proposes the approvers and refuses nobody.")),
        Column("starts"),
        Column("ends"),
        Column("source"),
        Column("words", label=_("in words"), text=right_in_words, wide=True),
    )
    shown = ("title", "initiative", "subject", "words", "party", "four_eyes", "starts", "ends")
    filters = ("subject", "party", "initiative", "four_eyes", "ends")
    groups = ("subject", "party", "initiative")
    sections = (
        Section(_("What is decided"), ("words", "initiative", "subject", "title")),
        Section(
            _("By whom, up to which limit"), ("party", "money", "currency", "days", "four_eyes", "advice")
        ),
        Section(_("From–to"), ("starts", "ends", "source")),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Give, change and end rights."""
        return write_rights(actor, changes, reason=reason, batch=batch)


declare_register(ToleranceRegister())
declare_register(DecisionRightRegister())
