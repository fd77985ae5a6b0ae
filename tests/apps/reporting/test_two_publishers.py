"""Publishers at the same moment: one publication, and nobody gets an edition twice or an old one alone."""

from collections.abc import Callable

import pytest
from tests.apps.cycles.test_consolidation import PATH, RED, reported
from tests.apps.cycles.world import WEDNESDAY
from tests.apps.reporting.test_publication import frozen, waiting
from tests.apps.threads import at_once

from steerco.apps.cycles.corrections import correct
from steerco.apps.cycles.drafts import Typed
from steerco.apps.cycles.models import FrozenReport
from steerco.apps.reporting.models import Delivery, Publication
from steerco.apps.reporting.publishing import publish
from steerco.apps.stakeholders.receivers import Recipient
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
OPERATOR = Actor.operator("test")
READERS = [Recipient(f"Reader {n}", f"reader{n}@supplier.example", None, "") for n in range(8)]
CONFIRMED = [one.email for one in READERS]


def test_publishers_at_once_publish_once_and_nobody_gets_two_mails() -> None:
    edition = frozen(reported())
    got: list[list[Delivery]] = []

    def publisher(first: int) -> Callable[[], object]:
        return lambda: got.append(publish(OPERATOR, edition, READERS[first : first + 4], CONFIRMED))

    assert at_once(WEDNESDAY, *(publisher(n) for n in (0, 2, 4, 0))) == []
    assert Publication.objects.count() == 1
    assert sorted(Delivery.objects.values_list("email", flat=True)) == CONFIRMED
    assert waiting() == CONFIRMED
    assert (
        sorted(row.email for rows in got for row in rows) == CONFIRMED
    )  # each was told of its own ones alone
    told = Event.objects.filter(kind="report.published").values_list("changes", flat=True)
    assert sum(changes["readers"][1] for changes in told) == len(CONFIRMED)


def test_who_is_published_to_while_it_is_corrected_gets_the_correction_too() -> None:
    edition = frozen(reported())
    with clock.at(WEDNESDAY):
        publish(OPERATOR, edition, READERS[:1], CONFIRMED)
    failed = at_once(
        WEDNESDAY,
        lambda: correct(OPERATOR, edition.report, Typed("Two are red.", RED, PATH), "One was overlooked."),
        *(lambda n=n: publish(OPERATOR, edition, READERS[n : n + 1], CONFIRMED) for n in range(1, 5)),
    )
    assert all(isinstance(error, Invalid) for error in failed), failed  # too late: there is a newer edition
    newer = FrozenReport.objects.get(report=edition.report_id, number=2)
    first, second = (
        set(Delivery.objects.filter(publication__frozen=one).values_list("email", flat=True))
        for one in (edition, newer)
    )
    assert first == second
    assert len(first) == 5 - len(failed)
    assert len(waiting()) == 2 * len(first)
