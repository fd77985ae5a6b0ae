"""The mail of a published report: the report on one screen, with the document attached. Made when it is sent."""

import re
import tempfile
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from steerco.apps.cycles.models import Report
from steerco.apps.initiatives.readers import as_readers
from steerco.apps.notices.mail import headers, reader_of
from steerco.apps.organisation.selectors import organisation
from steerco.apps.reporting.models import Delivery, Publication, PublishedFile
from steerco.apps.reporting.published import published_content
from steerco.apps.reporting.publishing import MAIL, may_read
from steerco.apps.reporting.services import attribution
from steerco.apps.reporting.summary import summary_of
from steerco.exchange.packs.formats import FORMATS
from steerco.kit import clock
from steerco.kit.jobs.results import store_result
from steerco.kit.journal import outbox
from steerco.kit.journal.models import OutboxMessage
from steerco.kit.permissions import Actor

ATTACHED = 5 * 1024 * 1024  # bytes; a larger document is a link
LIFETIME_DAYS = 60  # of that link
TOKEN = re.compile(r"(\d{1,12})-([0-9a-f]{40})")
PDF = "application/pdf"


def document_of(publication: Publication, language: str) -> PublishedFile:
    """The document of a publication in a language, made from what was frozen when it is first wanted."""
    known = publication.files.filter(language=language).first()
    if known is not None and (Path(settings.MEDIA_ROOT) / known.path).exists():
        return known
    frozen = publication.frozen
    readers = as_readers(Actor.operator("publication"), publication.initiative)
    with (
        translation.override(language),
        tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder,
    ):
        content = published_content(frozen, attribution=attribution(readers, publication.initiative))
        path = Path(folder) / "report.pdf"
        FORMATS["pdf"](content, path)
        data = path.read_bytes()
        name = f"{content.initiative_code}-{content.as_of.isoformat()}-{frozen.number}.pdf"
    values = {"path": store_result(name, data), "name": name, "size": len(data)}
    row, _made = PublishedFile.objects.update_or_create(
        publication=publication, language=language, defaults=values
    )
    return row


def language_of(delivery: Delivery) -> str:
    """The language that somebody is written to in."""
    user = delivery.person.user if delivery.person else None
    return (user.language if user and user.language else organisation().language)[:2]


def may_get(delivery: Delivery, report: Report) -> bool:
    """Whether the reader of a delivery may have the report at this moment."""
    if delivery.outside:
        return report.restricted_by_id is None
    return may_read(delivery.person, report)


def token_of(delivery: Delivery) -> str:
    """The last part of the address at which the reader of a delivery fetches a large document."""
    value = f"{delivery.pk}:{delivery.email}:{delivery.asked_at.isoformat()}"
    digest = salted_hmac("steerco.reporting.document", value, algorithm="sha256").hexdigest()
    return f"{delivery.pk}-{digest[:40]}"


def delivery_at(token: str) -> Delivery | None:
    """The delivery with this address, while its reader may have the document; None for any other address."""
    parts = TOKEN.fullmatch(token)
    rows = Delivery.objects.select_related(
        "publication__frozen__report", "publication__initiative", "person__user"
    )
    found = rows.filter(pk=int(parts[1])).first() if parts else None
    if found is None or not constant_time_compare(token_of(found), token):
        return None
    if (clock.now() - found.asked_at).days >= LIFETIME_DAYS:
        return None
    report = found.publication.frozen.report
    shown = summary_of(found.publication.frozen, found.person, _reader(found))
    return None if report.deleted or shown.hidden or not may_get(found, report) else found


def note_fetched(delivery: Delivery) -> None:
    """The reader of a delivery fetched its document. Noted once."""
    Delivery.objects.filter(pk=delivery.pk, opened_at=None).update(opened_at=clock.now())


def _reader(delivery: Delivery) -> Actor | None:
    return reader_of(delivery.person) if delivery.person and not delivery.outside else None


def _render(message: OutboxMessage) -> outbox.Mail | None:
    """The mail as its reader may see it now; None for whoever may no longer read it."""
    rows = Delivery.objects.select_related("publication__frozen__report__initiative", "person__user")
    rows = rows.filter(publication__frozen=int(message.object_key), email=message.recipient)
    delivery = rows.select_related(
        "publication__initiative", "publication__frozen__report", "person__user"
    ).first()
    if delivery is None:
        return None
    report = delivery.publication.frozen.report
    if report.deleted or not may_get(delivery, report):
        return None
    with translation.override(language_of(delivery)):
        return letter(delivery)


def letter(delivery: Delivery) -> outbox.Mail:
    """The mail of a delivery in the active language."""
    publication = delivery.publication
    frozen = publication.frozen
    shown = summary_of(frozen, delivery.person, _reader(delivery))
    site = settings.PUBLIC_URL.rstrip("/")
    attachments: tuple[tuple[str, bytes, str], ...] = ()
    link = ""
    if not shown.hidden:
        file = document_of(publication, (translation.get_language() or "en")[:2])
        if file.size <= ATTACHED:
            attachments = ((file.name, (Path(settings.MEDIA_ROOT) / file.path).read_bytes(), PDF),)
        else:
            link = site + reverse("reporting:document", args=[token_of(delivery)])
    context = {
        "shown": shown,
        "correction": frozen.correction,
        "site": site,
        "page": "" if delivery.outside else site + reverse("reporting:open", args=[frozen.report_id]),
        "link": link,
        "attached": bool(attachments),
        "organisation": organisation().name,
        "marking": organisation().marking,
        "publication": publication,
    }
    subject = f"{shown.place}: {shown.title}"
    if frozen.correction:
        subject = _("Corrected: %(subject)s") % {"subject": subject}
    return outbox.Mail(
        subject=subject[:200],
        text=render_to_string("reporting/mail.txt", context),
        html=render_to_string("reporting/mail.html", context),
        headers=headers(),
        attachments=attachments,
    )


outbox.use_render(MAIL, _render)
