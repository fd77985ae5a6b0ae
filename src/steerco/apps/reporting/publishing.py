"""Publishing a frozen report: who may get it, and one mail to each of them, once for each edition.

Everything of a publication stands in one transaction with the outbox: killed in the middle, nothing of it is there.
Who reads what is asked when it is published and again when the mail is made.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.cycles.models import FrozenReport, Report
from steerco.apps.cycles.services import mark_published
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.people.models import Person
from steerco.apps.reporting.models import Delivery, Publication
from steerco.apps.stakeholders.receivers import Recipient
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.journal import outbox
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied, Via, can

MAIL = "reporting.published"


def may_publish(actor: Actor, report: Report) -> bool:
    """Whether the actor may publish this frozen report: whose it is, its reviewer, or who builds packs there."""
    if report.state != "frozen":
        return False
    own = {report.owner_id, report.reviewer_id} - {None}
    return bool(own & actor.parties) or can(actor, "pack.build", report.initiative)


@dataclass
class Sorted:
    """Recipients by what they may read: readers; outsiders, who need to be confirmed by name; those who get nothing
    because the report is restricted."""

    readers: list[Recipient] = field(default_factory=list)
    outsiders: list[Recipient] = field(default_factory=list)
    withheld: list[Recipient] = field(default_factory=list)


def sort_out(report: Report, recipients: Iterable[Recipient]) -> Sorted:
    """Who of them may read the report now; each address once."""
    found, seen = Sorted(), set()
    for one in recipients:
        if one.email in seen:
            continue
        seen.add(one.email)
        if may_read(one.person, report):
            found.readers.append(one)
        elif report.restricted_by_id is not None:
            found.withheld.append(one)
        else:
            found.outsiders.append(one)
    return found


def may_read(person: Person | None, report: Report) -> bool:
    """Whether somebody may read a report with their own rights of this moment."""
    if person is None or person.user is None or not person.user.is_active:
        return False
    reader = actor_for(person.user, Via.JOB)
    return Report.objects.visible_to(reader).filter(pk=report.pk, deleted=False).exists()


def publish(
    actor: Actor, frozen: FrozenReport, recipients: Iterable[Recipient], confirmed: Iterable[str] = ()
) -> list[Delivery]:
    """Send an edition to its readers; returns who gets it by this call. Who has it already gets nothing again.

    `confirmed` are the addresses without a right to read that the actor confirms to be outside readers; others without
    the right get nothing. Raises Denied; Invalid where nobody is left, or the edition is not the newest.
    """
    report = Report.objects.select_related("initiative", "cycle__cadence").get(pk=frozen.report_id)
    if not may_publish(actor, report):
        raise Denied("pack.build")
    with transaction.atomic():
        # One at a time; what a correction froze while this waited is seen only by a statement of its own.
        editions = FrozenReport.objects.filter(report=report).order_by("number")
        editions.select_for_update().last()
        newest = editions.last()
        if newest is None or newest.pk != frozen.pk:
            raise Invalid({0: {"": [_("There is a newer edition: publish that one.")]}})
        found = sort_out(report, recipients)
        agreed = {address.lower() for address in confirmed}
        outsiders = [one for one in found.outsiders if one.email in agreed]
        if not found.readers and not outsiders:
            raise Invalid({0: {"": [_("Nobody is left who may get it.")]}})
        fresh = _deliver(
            actor,
            frozen,
            report,
            [(one, False) for one in found.readers] + [(one, True) for one in outsiders],
        )
        mark_published(report)
    return fresh


def _deliver(
    actor: Actor, frozen: FrozenReport, report: Report, wanted: list[tuple[Recipient, bool]]
) -> list[Delivery]:
    now = clock.now()
    publication, _made = Publication.objects.get_or_create(
        frozen=frozen,
        defaults={
            "initiative_id": report.initiative_id,
            "published_at": now,
            "published_by": actor.label[:200],
        },
    )
    known = set(publication.deliveries.values_list("email", flat=True))
    rows = [
        Delivery(
            publication=publication,
            person=one.person,
            name=one.name[:200],
            email=one.email,
            via=one.via[:300],
            outside=outside,
            asked_at=now,
        )
        for one, outside in wanted
        if one.email not in known
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        outbox.put(row.email, MAIL, str(frozen.pk))
    if rows:
        changes = {"edition": [None, frozen.number], "readers": [None, len(rows)]}
        model = report._meta.label_lower
        append_events(
            actor,
            [
                Event(
                    kind="report.published",
                    entry_id=report.entry_id,
                    model=model,
                    object_id=report.pk,
                    changes=changes,
                )
            ],
        )
    return rows


def republish(actor: Actor, frozen: FrozenReport) -> None:
    """A correction goes to whoever got the edition before it, as far as they may still read it."""
    report = Report.objects.select_related("initiative", "cycle__cadence").get(pk=frozen.report_id)
    before = (
        Publication.objects.filter(frozen__report=report)
        .exclude(frozen=frozen)
        .order_by("frozen__number")
        .last()
    )
    if before is None:
        return
    wanted = []
    for row in before.deliveries.select_related("person__user"):
        recipient = Recipient(row.name, row.email, row.person, row.via)
        if row.outside:
            if report.restricted_by_id is None:
                wanted.append((recipient, True))
        elif may_read(row.person, report):
            wanted.append((recipient, False))
    _deliver(actor, frozen, report, wanted)


def note_opened(actor: Actor, frozen: FrozenReport) -> None:
    """Whoever got an edition opened it, on its page or as a document. Noted once."""
    if actor.person_id is not None:
        rows = Delivery.objects.filter(publication__frozen=frozen, person=actor.person_id, opened_at=None)
        if rows.exists():  # a page that is only read takes no lock
            rows.update(opened_at=clock.now())
