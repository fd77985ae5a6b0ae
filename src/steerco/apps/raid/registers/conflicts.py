"""The register of conflicts between initiatives."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.apps.raid.models import Conflict
from steerco.apps.raid.registers.filewords import as_files_say
from steerco.apps.raid.states import CONFLICT_STATES
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Section, View


def rank_text(row: Any) -> str:
    """Which party comes first by priority rank: "NWC-PAY (2) before NWC-BUS (5)"; "" where the ranks do not say."""
    first = row.first_by_rank()
    if first is None:
        return ""
    second = row.other if first.pk == row.initiative_id else row.initiative
    return gettext("%(first)s (rank %(one)s) before %(second)s (rank %(two)s)") % {
        "first": first.code,
        "one": first.priority,
        "second": second.code,
        "two": second.priority,
    }


class ConflictRegister(RecordRegister):
    """Conflicts."""

    key = "conflict"
    slug = "conflicts"
    label = _("Conflict")
    label_plural = _("Conflicts")
    explanation = _("Where two initiatives want what only one can have, who resolves it, and how.")
    detail = "description"
    model = Conflict
    states = CONFLICT_STATES
    order = ("due_on", "sort_title")
    due = "due_on"
    search = ("title", "description", "options", "outcome")
    related: ClassVar[Sequence[str]] = ("initiative", "owner", "other")
    called, columns = as_files_say(
        "conflict",
        REFERENCE,
        Column("title", label=_("conflict")),
        Column("type"),
        Column("initiative", label=_("one party")),
        Column("other"),
        Column("parties"),
        Column(
            "rank",
            label=_("by rank"),
            hidden_with="other",
            text=rank_text,
            help=_("Which of the two has the better priority rank; 1 is the most important."),
        ),
        Column("owner", label=_("resolver"), help=_("Who sees to it that it is resolved.")),
        Column("state"),
        Column("due_on"),
        Column("basis", help=_("What the outcome rests on.")),
        Column("outcome"),
        Column("resolved_on"),
        Column("raised_on"),
        Column("options"),
        Column("description"),
        Column("changed_at", label=_("changed")),
    )
    shown = ("reference", "title", "type", "initiative", "other", "rank", "owner", "state", "due_on")
    filters = ("state", "type", "owner", "initiative", "basis", "due_on")
    groups = ("type", "owner", "initiative", "state")
    sections = (
        Section(
            _("What clashes"),
            ("title", "type", "initiative", "other", "parties", "rank", "description", "options"),
        ),
        Section(_("Who and when"), ("owner", "state", "raised_on", "due_on")),
        Section(_("How it was resolved"), ("basis", "outcome", "resolved_on")),
    )
    views = (
        View(_("Mine"), "mine=true"),
        View(_("About people"), "type=people"),
        View(_("Resolved"), "group=done"),
    )
