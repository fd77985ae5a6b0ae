"""Reporting calendars and reports as registers."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from steerco.apps.cycles.kinds import KINDS, OF_CYCLES
from steerco.apps.cycles.models import Cadence, Report
from steerco.apps.cycles.services import remove_cadences, write_cadences
from steerco.apps.cycles.states import REPORT_STATES
from steerco.apps.indicators.templatetags.figures import rag
from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.kit.history import Change
from steerco.kit.pages.addresses import address
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Register, Section, View, declare_register


class CadenceRegister(Register):
    """Reporting calendars."""

    key = "cadence"
    slug = "reporting-calendars"
    label = _("Reporting calendar")
    label_plural = _("Reporting calendars")
    explanation = _(
        "Who reports about what, how often and by when. A calendar on a programme asks what lies below it; a nearer "
        "one of the same kind takes its place."
    )
    menu = "reporting"
    model = Cadence
    related: ClassVar[Sequence[str]] = ("initiative", "contact", "reviewer", "consolidator", "receivers")
    order = ("initiative__sort_name", "id")
    actions: ClassVar[dict[str, str]] = {
        "view": "initiative.view",
        "create": "cadence.set",
        "edit": "cadence.set",
    }
    columns = (
        Column("title", help=_("For example: weekly report.")),
        Column("initiative"),
        Column("kind"),
        Column("covers"),
        Column(
            "asks",
            help=_(
                "No: it takes the last frozen report of each, whatever its rhythm, says how old it is, and asks for a "
                "sentence where that is more than a period."
            ),
        ),
        Column("rhythm"),
        Column(
            "anchor",
            help=_(
                "The last day of any one period: a Friday, the last day of a month. Own dates and meetings need none."
            ),
        ),
        Column("own_ends", help=_("Only on own dates: the last day of each period, one a line.")),
        Column(
            "body",
            help=_("Only before meetings: all days are counted from the day of the meeting, below zero."),
        ),
        Column("opens", help=_("Below zero: before the period ends.")),
        Column("due"),
        Column("review"),
        Column("lock"),
        Column("publish"),
        Column("lock_hour", help=_("0 to 23.")),
        Column("reviewer", help=_("Empty: whoever leads the initiative of the calendar.")),
        Column("consolidator", help=_("Empty: whoever leads the initiative of the calendar.")),
        Column(
            "contact",
            help=_(
                "Who reports in place of whoever leads it, where the calendar covers the initiative itself: "
                "somebody of a supplier, say. Without an account they get the form by mail."
            ),
        ),
        Column(
            "receivers",
            help=_("The distribution list that its consolidated report is published to."),
        ),
        Column("starts"),
        Column("ends"),
    )
    shown = ("title", "initiative", "kind", "covers", "rhythm", "due", "lock", "reviewer", "consolidator")
    filters = ("kind", "covers", "asks", "rhythm", "initiative")
    groups = ("kind", "rhythm", "initiative")
    sections = (
        Section(_("What is reported"), ("title", "initiative", "kind", "covers", "asks", "starts", "ends")),
        Section(_("How often"), ("rhythm", "anchor", "own_ends", "body")),
        Section(_("By when"), ("opens", "due", "review", "lock", "lock_hour", "publish")),
        Section(_("Who"), ("contact", "reviewer", "consolidator", "receivers")),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Set and change calendars."""
        return write_cadences(actor, changes, reason=reason, batch=batch)

    def remove(self, actor: Actor, rows: Sequence[Any], *, reason: str = "", batch: str = "") -> None:
        """Take away what an import made."""
        remove_cadences(actor, rows, reason=reason, batch=batch)


def _rating(row: Any) -> SafeString | str:
    return rag(row.rating) if row.rating else ""


class ReportRegister(RecordRegister):
    """Reports."""

    key = "report"
    slug = "reports"
    label = _("Report")
    label_plural = _("Reports")
    explanation = _(
        "The reports of all cycles, and those written once: exception, end of a stage, end of a project."
    )
    menu = "reporting"
    model = Report
    states = REPORT_STATES
    order = ("-period_end", "sort_title")
    due = "due_on"
    search = ("title", "headline")
    begins: ClassVar[dict[str, tuple[str, ...]]] = {
        "state": ("due",),  # all that comes later is a step of its cycle
        "kind": tuple(key for key in KINDS if key not in OF_CYCLES),
    }
    related: ClassVar[Sequence[str]] = ("initiative", "owner", "reviewer")
    columns = (
        REFERENCE,
        Column("title", label=_("report")),
        Column("initiative"),
        Column("kind"),
        Column("owner", label=_("who reports")),
        Column("reviewer"),
        Column("state"),
        Column("rating", html=_rating, help=_("As declared; the figures stand beside it on the report.")),
        Column("headline"),
        Column("period_start"),
        Column("period_end"),
        Column("due_on"),
        Column("submitted_at"),
        Column("unchanged"),
        Column("returns"),
        Column("changed_at", label=_("changed")),
    )
    shown = ("reference", "title", "initiative", "owner", "state", "rating", "headline", "due_on")
    filters = ("state", "kind", "rating", "owner", "reviewer", "initiative", "due_on", "period_end")
    groups = ("state", "initiative", "owner", "kind", "rating")
    sections = (
        Section(_("What it is"), ("title", "initiative", "kind", "period_start", "period_end")),
        Section(_("Who and when"), ("owner", "reviewer", "due_on", "state")),
    )
    views = (View(_("Mine"), "mine=true"), View(_("Not reported"), "group=all&state=missing"))

    def url(self, row: Any) -> str:
        """A report has a page of its own."""
        return address("cycles:report", row.pk)


declare_register(CadenceRegister())
declare_register(ReportRegister())
