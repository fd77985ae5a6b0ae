"""The register of meetings."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.apps.meetings.models import Meeting
from steerco.apps.meetings.services import write_meetings
from steerco.apps.meetings.states import MEETING_STATES
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Section, View, declare_register


class MeetingRegister(RecordRegister):
    """Meetings."""

    key = "meeting"
    slug = "meetings"
    label = _("Meeting")
    label_plural = _("Meetings")
    explanation = _("Who meets when, with which agenda; what was said, decided and given to whom.")
    model = Meeting
    states = MEETING_STATES
    order = ("day", "begins", "sort_title")
    due = "day"
    search = ("title", "place", "series")
    related: ClassVar[tuple[str, ...]] = ("initiative", "owner", "body", "chair")
    columns = (
        REFERENCE,
        Column("title", headers=("meeting", "subject", "Besprechung", "Sitzung")),
        Column("initiative", headers=("project", "programme", "program", "project code", "Projekt")),
        Column(
            "body",
            help=_("Its members are invited by their seats. Empty: for this once."),
            headers=("board", "Gremium"),
        ),
        Column("owner", label=_("secretary"), help=_("Who invites and keeps the minutes.")),
        Column("chair"),
        Column("state", headers=("status",)),
        Column("day", headers=("date", "Datum")),
        Column("begins", headers=("start", "time", "Beginn")),
        Column("minutes"),
        Column("place", headers=("room", "location", "Ort", "Raum")),
        Column("link"),
        Column("papers_by", help=_("The day by which papers are to be there.")),
        Column("series", help=_("For example: first Monday of the month.")),
        Column("moved", help=_("Needed when a meeting is moved or cancelled after people were invited.")),
        Column("changed_at", label=_("changed")),
    )
    shown = ("reference", "title", "initiative", "body", "day", "begins", "place", "state", "owner")
    filters = ("state", "body", "owner", "initiative", "day")
    groups = ("body", "state", "initiative")
    sections = (
        Section(_("What for"), ("title", "initiative", "body", "series")),
        Section(_("When and where"), ("day", "begins", "minutes", "place", "link", "papers_by", "moved")),
        Section(_("Who leads it"), ("chair", "owner", "state")),
    )
    views = (
        View(_("To come"), "state=draft&state=called"),
        View(_("Minutes to be written"), "state=held"),
        View(_("Minutes to be approved"), "state=issued"),
        View(_("All"), "group=all&sort=-day"),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Plan, move, call and close meetings."""
        return write_meetings(actor, changes, reason=reason, batch=batch)


declare_register(MeetingRegister())
