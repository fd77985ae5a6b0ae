"""The register of requests for support, and the categories that say what is promised."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.apps.office.models import RequestCategory, SupportRequest
from steerco.apps.office.services import remove_categories, write_categories, write_requests
from steerco.apps.office.states import REQUEST_STATES
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Register, Section, View, declare_register


class SupportRequestRegister(RecordRegister):
    """Requests for support."""

    key = "support_request"
    slug = "requests"
    label = _("Support request")
    label_plural = _("Support requests")
    explanation = _(
        "What people ask of the office: who wants what by when, who looks after it, how long it took."
    )
    model = SupportRequest
    states = REQUEST_STATES
    order = ("due_on", "-priority", "sort_title")
    due, weight, outcome = "due_on", "priority", "outcome"
    detail = "description"
    search = ("title", "description", "outcome")
    related = ("initiative", "owner", "category", "asked_by", "unit")
    called = ("support requests", "service requests", "tickets", "service desk", "Anfragen")
    columns = (
        REFERENCE,
        Column("title", label=_("request"), headers=("title", "subject", "summary", "ticket")),
        Column("initiative", headers=("project", "programme", "program", "workstream", "project code")),
        Column("owner", help=_("Who looks after it."), headers=("assigned to", "assignee", "agent")),
        Column("state", headers=("status",)),
        Column("category", help=_("What is promised follows from it."), headers=("type", "service")),
        Column("priority", headers=("urgency",)),
        Column("asked_by", headers=("requester", "requested by", "customer", "reported by")),
        Column("unit"),
        Column("asked_on", headers=("created", "opened", "date requested")),
        Column("wanted_by", headers=("needed by", "required by", "due date")),
        Column("description", headers=("details",)),
        Column("question"),
        Column("outcome", headers=("resolution", "result")),
        Column(
            "due_on", help=_("The first answer or the end, as promised. None while it waits for the asker.")
        ),
        Column("answered_at", read_only=True),
        Column("answer_due", read_only=True),
        Column("answer_kept"),
        Column("done_due", read_only=True),
        Column("done_kept"),
        Column("waited", help=_("Working time for which the clock stood still.")),
        Column("ended_on", headers=("closed", "resolved", "date closed")),
        Column("minutes", help=_("All bookings together.")),
        Column("changed_at", label=_("changed")),
    )
    shown = (
        *("reference", "title", "initiative", "category", "asked_by", "owner", "state", "due_on", "asked_on"),
        "minutes",
    )
    filters = (
        *("state", "category", "owner", "priority", "asked_by", "unit", "initiative", "asked_on", "due_on"),
        *("answer_kept", "done_kept", "minutes"),
    )
    groups = ("category", "state", "owner", "initiative", "unit")
    sections = (
        Section(
            _("What is wanted"),
            (
                "title",
                "initiative",
                "category",
                "priority",
                "asked_by",
                "asked_on",
                "wanted_by",
                "description",
            ),
        ),
        Section(_("Who looks after it"), ("owner", "state", "question", "outcome", "ended_on")),
        Section(
            _("What was promised"),
            (
                "due_on",
                "answer_due",
                "answered_at",
                "answer_kept",
                "done_due",
                "done_kept",
                "waited",
                "minutes",
            ),
        ),
    )
    views = (
        View(_("Unassigned"), "owner=none"),
        View(_("Waiting for the asker"), "state=waiting"),
        View(_("Too late"), "group=all&done_kept=no"),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change requests."""
        self.require_confidential(actor, changes)
        return write_requests(actor, changes, reason=reason, batch=batch)


class RequestCategoryRegister(Register):
    """The categories of requests."""

    key = "request_category"
    slug = "request-categories"
    label = _("Category of requests")
    label_plural = _("Categories of requests")
    explanation = _("What people may ask of the office, who looks after it, and how soon they get an answer.")
    model = RequestCategory
    menu = ""
    scope_path = ""
    title_column = "name"
    search = ("name",)
    order = ("sort_name",)
    related = ("party",)
    match = ("name",)
    actions: ClassVar[dict[str, str]] = {
        "view": "person.view",
        "create": "organisation.configure",
        "edit": "organisation.configure",
    }
    columns = (
        Column("name", headers=("category", "service")),
        Column("party", help=_("The post or person that new requests go to."), headers=("owner", "team")),
        Column("answer_hours", help=_("Empty: nothing is promised.")),
        Column("done_days", help=_("Empty: nothing is promised.")),
        Column("in_use"),
    )
    shown = ("name", "party", "answer_hours", "done_days", "in_use")
    filters = ("party", "in_use")
    sections = (
        Section(_("What is asked for"), ("name", "party", "in_use")),
        Section(_("What is promised"), ("answer_hours", "done_days")),
    )

    def write(
        self, actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
    ) -> list[Any]:
        """Create and change categories."""
        return write_categories(actor, changes, reason=reason, batch=batch)

    def remove(self, actor: Actor, rows: Sequence[Any], *, reason: str = "", batch: str = "") -> None:
        """Take categories away."""
        remove_categories(actor, rows, reason=reason, batch=batch)


REQUESTS = SupportRequestRegister()
CATEGORIES = RequestCategoryRegister()
declare_register(REQUESTS)
declare_register(CATEGORIES)
