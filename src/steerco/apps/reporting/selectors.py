"""Reads of packs and publications across initiatives."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.cycles.corrections import corrected_since
from steerco.apps.cycles.models import FrozenReport, Report
from steerco.apps.reporting.models import Delivery, PackFile, PackTemplate, Publication, PublishedFile
from steerco.apps.reporting.publishing import MAIL
from steerco.kit.journal.models import OutboxMessage

FEWEST = 5  # people behind a measure of people
STATES: dict[str, tuple[str | Promise, str]] = {
    OutboxMessage.State.WAITING: (_("queued"), "blue"),
    OutboxMessage.State.SENT: (_("sent"), "green"),
    OutboxMessage.State.FAILED: (_("failed"), "red"),
    OutboxMessage.State.DROPPED: (_("withheld: may no longer read it"), "orange"),
}


def file_paths() -> list[str]:
    """The paths below the media folder that packs and templates name: for the comparison of files with rows."""
    packs = PackFile.objects.values_list("path", flat=True)
    published = PublishedFile.objects.values_list("path", flat=True)
    return [*packs, *published, *PackTemplate.objects.values_list("path", flat=True)]


def corrections_in(frozen: FrozenReport) -> list[FrozenReport]:
    """The corrections, since it was frozen, of a report and of those that it was made of."""
    own = FrozenReport.objects.filter(report=frozen.report_id, number__gt=frozen.number).exclude(
        correction=""
    )
    return [*own.select_related("report__initiative").order_by("number"), *corrected_since(frozen)]


@dataclass(frozen=True)
class DeliveryLine:
    """A reader of an edition and how far the mail is; `why` says what hindered it."""

    delivery: Delivery
    state: str | Promise
    tone: str
    why: str


@dataclass(frozen=True)
class Edition:
    """A published edition with its deliveries. `opened` is None where fewer than five readers could open it."""

    publication: Publication
    lines: list[DeliveryLine]
    sent: int
    opened: int | None


def editions_published(report: Report) -> list[Edition]:
    """The published editions of a report, the newest first. Three statements."""
    rows = Publication.objects.filter(frozen__report=report).select_related("frozen")
    found = list(rows.prefetch_related("deliveries").order_by("-frozen__number"))
    keys = [str(row.frozen_id) for row in found]
    mails = {
        (mail.object_key, mail.recipient): mail
        for mail in OutboxMessage.objects.filter(kind=MAIL, object_key__in=keys)
    }
    return [_edition(row, mails) for row in found]


def _edition(row: Publication, mails: dict[tuple[str, str], OutboxMessage]) -> Edition:
    lines = []
    deliveries = list(row.deliveries.all())
    for one in deliveries:
        mail = mails.get((str(row.frozen_id), one.email))
        state, tone = STATES[mail.state] if mail else (_("sent, removed from the outbox"), "green")
        lines.append(DeliveryLine(one, state, tone, mail.last_error if mail else ""))
    able = [one for one in deliveries if one.person_id and not one.outside]
    opened = sum(one.opened_at is not None for one in able) if len(able) >= FEWEST else None
    sent = sum(line.tone == "green" for line in lines)
    return Edition(row, lines, sent, opened)
