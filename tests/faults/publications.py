"""Scenes about publication: killed while an edition goes to its readers, and while it is corrected."""

import random
from collections import Counter
from datetime import timedelta

from tests.apps.cycles.weeks import FIRST_FRIDAY, OPERATOR, Weeks, at, reports
from tests.faults.cycles import killed

from steerco.apps.cycles.corrections import correct
from steerco.apps.cycles.drafts import Typed
from steerco.apps.cycles.models import FrozenReport, Report
from steerco.apps.cycles.turning import turn
from steerco.apps.reporting.models import Delivery, Publication
from steerco.apps.reporting.publishing import MAIL, publish
from steerco.apps.stakeholders.receivers import Recipient
from steerco.kit import clock
from steerco.kit.journal import seals
from steerco.kit.journal.models import Event, OutboxMessage

READERS = [Recipient(f"Reader {n}", f"reader{n:02}@supplier.example", None, "") for n in range(40)]
EVERYBODY = [one.email for one in READERS]
ONCE = dict.fromkeys(EVERYBODY, 1)
TYPED = Typed(
    "One was overlooked.",
    {"overall": {"value": "amber", "why": "One is late."}},
    {"text": "It is caught up.", "by": "2027-12-18"},
    {"summary": "Corrected."},
)


def publication_kills(kills: int, seed: int) -> dict[str, int]:
    """Each week a consolidated report is published by mail, then corrected, each killed at a random moment: then there
    is nothing of it, or the publication with every letter once in the outbox; done again, nobody gets a second one."""
    chance = random.Random(seed)
    played = Weeks(projects=1, streams=2, seed=seed)
    cut, killings = dict.fromkeys(("publish", "correct"), 0), 0
    for week in range(kills):
        friday = FIRST_FRIDAY + timedelta(weeks=week)
        for offset in (-2, 3, 4):  # opened, written, reviewed
            played.day(friday + timedelta(days=offset))
        with clock.at(at(friday + timedelta(days=5), 13)):
            turn()
            for report in reports().filter(state="due", kind="consolidated").order_by("pk"):
                played.consolidate(report)
                cut["publish"] += _published(report, chance)
                cut["correct"] += _corrected(report, chance)
                killings += 2
    assert seals.verify_audit().is_whole
    assert min(cut.values()) > 0 or kills < 10, f"no kill came in the middle: {cut}"
    return {"weeks": kills, "kills": killings, **{f"{name}_cut_in_the_middle": n for name, n in cut.items()}}


def _published(report: Report, chance: random.Random) -> bool:
    edition = FrozenReport.objects.get(report=report)
    cut = killed(lambda: _publish(edition), chance.uniform(0, 0.2), lambda: _whole(edition))
    assert _publish(edition) == (len(EVERYBODY) if cut else 0)
    assert _whole(edition)
    assert _publish(edition) == 0
    return cut


def _publish(edition: FrozenReport) -> int:
    return len(publish(OPERATOR, edition, READERS, EVERYBODY))


def _corrected(report: Report, chance: random.Random) -> bool:
    def newest() -> FrozenReport:
        return FrozenReport.objects.filter(report=report).order_by("-number")[0]

    row = reports().get(pk=report.pk)
    cut = killed(
        lambda: correct(OPERATOR, row, TYPED, "One was overlooked."),
        chance.uniform(0, 0.3),
        lambda: newest().number > 1,
    )
    if cut:
        correct(OPERATOR, row, TYPED, "One was overlooked.")
    assert newest().number == 2
    assert all(map(_whole, FrozenReport.objects.filter(report=report)))
    return cut


def _whole(edition: FrozenReport) -> bool:
    """Whether an edition is published; then with everything that belongs to it, once."""
    publications = Publication.objects.filter(frozen=edition).count()
    key = str(edition.pk)
    letters = Counter(
        OutboxMessage.objects.filter(kind=MAIL, object_key=key).values_list("recipient", flat=True)
    )
    readers = Counter(Delivery.objects.filter(publication__frozen=edition).values_list("email", flat=True))
    told = Event.objects.filter(kind="report.published", object_id=edition.report_id)
    events = sum(one.changes["edition"][1] == edition.number for one in told)
    assert (publications, letters, readers, events) in ((0, {}, {}, 0), (1, ONCE, ONCE, 1))
    return publications == 1
