"""Pages of a publication: whom a frozen report goes to, how far the mails are, and what a mail leads to."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from steerco.apps.cycles.kinds import CONSOLIDATED
from steerco.apps.cycles.models import FrozenReport, Report
from steerco.apps.cycles.selectors import find_report
from steerco.apps.cycles.wording import period_of
from steerco.apps.reporting.letters import PDF, delivery_at, document_of, language_of, note_fetched
from steerco.apps.reporting.publishing import Sorted, may_publish, note_opened, publish, sort_out
from steerco.apps.reporting.selectors import editions_published
from steerco.apps.reporting.unread import may_look
from steerco.apps.stakeholders.members import read_members
from steerco.apps.stakeholders.models import DistributionList
from steerco.apps.stakeholders.receivers import Recipient, lists_for, recipients_by, recipients_of
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Denied
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.register import register_of
from steerco.kit.registers.views.finding import actor_of


@dataclass
class Chosen:
    """Whom a form names: lists, and lines of others."""

    lists: list[DistributionList]
    others: str = ""
    recipients: list[Recipient] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)

    def resolve(self) -> None:
        """Find the people. Raises ValidationError for a line that means nobody."""
        parts = [recipients_of(row) for row in self.lists]
        parts.append(recipients_by(read_members(self.others, {})))
        for part in parts:
            self.recipients += part.found
            self.gone += part.gone
            self.unreachable += part.unreachable


def _find(request: HttpRequest, pk: int) -> tuple[Report, FrozenReport]:
    report = find_report(actor_of(request), pk)
    frozen = report.frozen.order_by("number").last() if report else None
    if report is None or frozen is None:
        raise Http404
    return report, frozen


@require_http_methods(["GET", "POST"])
@guard("pack.build", "the initiative of the frozen report, or one's own report")
@answered_once
def publication_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose who gets an edition, see who that is, publish; and how far the mails are."""
    actor = actor_of(request)
    report, frozen = _find(request, pk)
    if not may_publish(actor, report):
        raise Denied("pack.build")
    lists = lists_for(actor)
    chosen = _chosen(request, report, lists)
    problems: list[str] = []
    shown = Sorted()
    try:
        chosen.resolve()
        shown = sort_out(report, chosen.recipients)
        if request.POST.get("take") == "publish":
            fresh = publish(actor, frozen, chosen.recipients, request.POST.getlist("confirm"))
            text = ngettext(
                "Published: %(n)s mail is on its way.", "Published: %(n)s mails are on their way.", len(fresh)
            )
            messages.success(request, text % {"n": len(fresh)} if fresh else _("Everybody has it already."))
            return redirect_to(request, request.path)
    except ValidationError as error:
        problems = list(error.messages)
    except Invalid as refusal:
        problems = [text for texts in refusal.errors[0].values() for text in texts]
    if request.method == "POST" and request.POST.get("take") not in ("look", "publish"):
        problems.append(_("Choose what is to be done."))
    editions = editions_published(report)
    has_it = {
        line.delivery.email
        for one in editions
        if one.publication.frozen_id == frozen.pk
        for line in one.lines
    }
    context: dict[str, Any] = {
        "report": report,
        "period": period_of(report),
        "frozen": frozen,
        "lists": [(row, row in chosen.lists) for row in lists],
        "new_list": register_of("distribution_list").list_url(),
        "chosen": chosen,
        "shown": shown,
        "has_it": has_it,
        "confirmed": request.POST.getlist("confirm"),
        "editions": editions,
        "unread": may_look(actor),
        "problems": problems,
    }
    return page(request, "reporting/publication.html", context, status=422 if problems else 200)


def _chosen(request: HttpRequest, report: Report, lists: list[DistributionList]) -> Chosen:
    if request.method == "POST":
        wanted = set(request.POST.getlist("list"))
        return Chosen(
            [row for row in lists if str(row.pk) in wanted], request.POST.get("others", "")[:20_000]
        )
    cadence = report.cycle.cadence if report.cycle and report.kind == CONSOLIDATED else None
    return Chosen([row for row in lists if cadence and row.pk == cadence.receivers_id])


@require_GET
@guard("record.view", "the frozen report")
def open_report(request: HttpRequest, pk: int) -> HttpResponse:
    """From the mail to the report's page: opening it is counted here and there, not by the mail."""
    report, frozen = _find(request, pk)
    note_opened(actor_of(request), frozen)
    return redirect(reverse("cycles:report", args=[report.pk]))


@require_GET
@guard("record.view", "one document for one reader", public=True)
@never_cache
def document(request: HttpRequest, token: str) -> HttpResponseBase:
    """A document that was too large for the mail, for whom it was sent to, for some weeks."""
    delivery = delivery_at(token)
    if delivery is None:
        raise Http404
    file = document_of(delivery.publication, language_of(delivery))
    note_fetched(delivery)
    path = Path(settings.MEDIA_ROOT) / file.path
    response = FileResponse(path.open("rb"), as_attachment=True, filename=file.name, content_type=PDF)
    response["Content-Security-Policy"] = "sandbox"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
