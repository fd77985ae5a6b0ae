"""The register of contingency: what is set aside for risks, and every drawdown."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.apps.raid.models import ContingencyMovement
from steerco.apps.raid.registers.filewords import as_files_say
from steerco.apps.raid.services import delete_contingency, write_contingency
from steerco.apps.raid.states import CONTINGENCY_STATES
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Section, View


class ContingencyRegister(RecordRegister):
    """Contingency."""

    key = "contingency"
    slug = "contingency"
    label = _("Contingency movement")
    label_plural = _("Contingency")
    explanation = _(
        "What is set aside for risks and every drawdown from it. A movement counts once it is approved."
    )
    model = ContingencyMovement
    states = CONTINGENCY_STATES
    order = ("-moved_on", "sort_title")
    due = "moved_on"
    search = ("title",)
    related: ClassVar[Sequence[str]] = ("initiative", "owner", "risk__initiative", "decided_by")
    called, columns = as_files_say(
        "contingency",
        REFERENCE,
        Column("title", label=_("reason")),
        Column(
            "initiative",
            label=_("held by"),
            help=_("The initiative that holds the contingency; the risk may stand elsewhere."),
        ),
        Column("type"),
        Column("amount", kind=Kind.MONEY, currency="currency"),
        Column("currency"),
        Column("days", help=_("Time that is set aside or used up, in working days.")),
        Column("moved_on"),
        Column("risk"),
        Column("owner", label=_("asked for by")),
        Column("state"),
        Column("decided_by"),
        Column("decided_on"),
        Column("changed_at", label=_("changed")),
    )
    shown = (
        "reference",
        "title",
        "initiative",
        "type",
        "amount",
        "days",
        "moved_on",
        "risk",
        "owner",
        "state",
        "decided_by",
    )
    filters = ("state", "type", "owner", "initiative", "moved_on", "amount", "days")
    groups = ("initiative", "type", "state", "owner")
    sections = (
        Section(_("What is moved"), ("title", "initiative", "type", "amount", "currency", "days", "risk")),
        Section(_("Who and when"), ("owner", "moved_on", "state", "decided_by", "decided_on")),
    )
    views = (
        View(_("Drawdowns"), "type=drawdown&group=all"),
        View(_("To decide"), "state=proposed"),
        View(_("By initiative"), "by=initiative&group=all"),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change movements."""
        return list(write_contingency(actor, changes, reason=reason, batch=batch))

    def delete(
        self, actor: Actor, pks: Sequence[int], *, restore: bool = False, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Delete or restore movements."""
        return list(delete_contingency(actor, pks, restore=restore, reason=reason, batch=batch))
