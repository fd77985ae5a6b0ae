"""The register of dependencies."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.apps.raid.models import Dependency
from steerco.apps.raid.registers.filewords import as_files_say
from steerco.apps.raid.registers.risks import RATINGS
from steerco.apps.raid.services import write_dependencies
from steerco.apps.raid.states import DEPENDENCY_STATES
from steerco.engine.performance.dependencies import Verdict
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Section, View

RULE = _(
    "Red: refused, overdue, or forecast after the need-by date. Amber: no forecast, not agreed, or less than 10 "
    "working days to spare. Else green."
)


def reason_of(verdict: Verdict) -> str:
    """Why it is rated so, in words."""
    days = verdict.days
    match verdict.reason:
        case "delivered":
            return gettext("delivered in time")
        case "delivered_late":
            return ngettext("delivered %d working day late", "delivered %d working days late", days) % days
        case "refused":
            return gettext("refused by the giver")
        case "overdue":
            return ngettext("overdue by %d working day", "overdue by %d working days", days) % days
        case "late":
            return ngettext("forecast %d working day late", "forecast %d working days late", days) % days
        case "no_forecast":
            return gettext("no forecast")
        case "not_agreed":
            return gettext("not agreed yet")
        case "tight" | "in_time":
            return ngettext("%d working day to spare", "%d working days to spare", days) % days
    return ""


def rating_text(row: Any) -> str:
    """The rating and why: "red: forecast 8 working days late"."""
    verdict = row.verdict()
    word = str(RATINGS[verdict.rating])
    return f"{word}: {reason_of(verdict)}" if word else ""


def rating_pill(row: Any) -> SafeString | str:
    """The rating as a pill, with why."""
    verdict = row.verdict()
    if verdict.rating == "none":
        return ""
    return format_html(
        '<span class="sc-rag sc-rag-{}"><span class="sc-rag-letter">{}</span></span> {}',
        verdict.rating,
        verdict.rating[0].upper(),
        reason_of(verdict),
    )


def _giver(row: Any) -> str:
    """The initiative that gives it, else the name of the giver outside."""
    return f"{row.giver.code} · {row.giver.name}" if row.giver else row.outside


class DependencyRegister(RecordRegister):
    """Dependencies."""

    key = "dependency"
    slug = "dependencies"
    label = _("Dependency")
    label_plural = _("Dependencies")
    explanation = _("What one initiative needs from another by a day, and whether the other has agreed.")
    detail = "description"
    model = Dependency
    states = DEPENDENCY_STATES
    order = ("need_by", "sort_title")
    due = "need_by"
    search = ("title", "description")
    related: ClassVar[Sequence[str]] = ("initiative", "owner", "giver", "giver_owner")
    called, columns = as_files_say(
        "dependency",
        REFERENCE,
        Column("title", label=_("what is needed")),
        Column("initiative", label=_("receiver"), help=_("The initiative that needs it.")),
        Column("owner", label=_("owner at the receiver")),
        Column("giver", html=_giver, help=_("The initiative that gives it.")),
        Column(
            "giver_owner",
            hidden_with="giver",
            help=_("Who answers for it at the giver, and is asked to agree."),
        ),
        Column(
            "outside",
            help=_("Where the giver is no initiative here: a supplier, an authority."),
        ),
        Column("need_by"),
        Column("forecast", help=_("When the giver expects to hand it over.")),
        Column("slack", help=_("Working days between the forecast and the need-by date; minus is late.")),
        Column(
            "rating",
            label=_("rating"),
            text=rating_text,
            html=rating_pill,
            help=RULE,
        ),
        Column(
            "agreed",
            help=_("The giver says so: they are asked. Another need-by date is asked for again."),
        ),
        Column("state"),
        Column("raised_on"),
        Column("delivered_on"),
        Column("description"),
        Column("changed_at", label=_("changed")),
    )
    shown = (
        "reference",
        "title",
        "initiative",
        "giver",
        "need_by",
        "forecast",
        "rating",
        "agreed",
        "state",
    )
    filters = ("state", "agreed", "owner", "initiative", "need_by", "forecast", "slack")
    groups = ("initiative", "owner", "agreed", "state")
    sections = (
        Section(_("What is needed"), ("title", "initiative", "owner", "description")),
        Section(_("Who gives it"), ("giver", "giver_owner", "outside", "agreed")),
        Section(_("When"), ("need_by", "forecast", "slack", "rating", "state", "raised_on", "delivered_on")),
    )
    views = (
        View(_("Late"), "slack_max=-1"),
        View(_("Agreed"), "agreed=yes"),
        View(_("Refused"), "agreed=no"),
        View(_("Mine"), "mine=true"),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change dependencies."""
        return list(write_dependencies(actor, changes, reason=reason, batch=batch))
