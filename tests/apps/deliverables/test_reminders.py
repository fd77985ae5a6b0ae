"""What is asked of whoever owes a delivery, a review or an obligation, and what their answers do."""

from datetime import date
from typing import Any

import pytest
from tests.apps.deliverables.conftest import guest
from tests.apps.worlds import OPERATOR, actor, person, record

from steerco.apps.deliverables.models import Deliverable, QualityReview, Requirement
from steerco.apps.followups.chasing import chase
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer
from steerco.kit.history import Change
from steerco.kit.permissions import Actor, Via
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 27)


def test_a_delivery_is_asked_of_its_owner_until_it_is_there(place: Any) -> None:
    row = record(
        "deliverable", place.project, "Test report", owner=place.author.party, delivery_forecast=FRIDAY
    )
    chase()
    follow_up = FollowUp.objects.get(kind="deliverable.due")
    assert (follow_up.debtor, follow_up.due) == (place.author.party, FRIDAY)
    answer(actor(place.author), follow_up, "later", "The bank is late", "2026-12-04")
    row.refresh_from_db()
    assert row.delivery_forecast == date(2026, 12, 4)
    chase()
    answer(actor(place.author), FollowUp.objects.get(state="open"), "delivered")
    row.refresh_from_db()
    assert (row.state, row.delivered_on) == ("ready", date(2026, 11, 23))
    chase()
    assert not FollowUp.objects.filter(kind="deliverable.due", state="open").exists()


def test_what_is_owed_to_us_is_asked_of_the_supplier_for_its_owner(place: Any) -> None:
    supplier = guest("Sid Supplier")
    row = record(
        "deliverable",
        place.project,
        "Pump data sheet",
        direction="in",
        supplier=supplier.party,
        owner=place.manager.party,
        delivery_forecast=FRIDAY,
    )
    chase()
    follow_up = FollowUp.objects.get(kind="deliverable.due")
    assert (follow_up.debtor, follow_up.creditor) == (supplier.party, place.manager.party)
    by_link = Actor(None, "Sid Supplier", Via.LINK, frozenset({supplier.party_id}), supplier.pk)
    answer(by_link, follow_up, "delivered")
    row.refresh_from_db()
    assert row.state == "ready"


def test_a_reviewer_gives_the_result_with_the_findings(place: Any) -> None:
    reviewer = person("Rosa Reviewer")
    row = record(
        "quality",
        place.project,
        "Meets the interface standard",
        deliverable=Deliverable.objects.get(),
        owner=place.manager.party,
        reviewer=reviewer.party,
        planned_on=FRIDAY,
    )
    chase()
    follow_up = FollowUp.objects.get(kind="quality.due")
    assert (follow_up.debtor, follow_up.creditor) == (reviewer.party, place.manager.party)
    answer(actor(reviewer), follow_up, "failed", "Two fields are missing")
    row = QualityReview.objects.get(pk=row.pk)
    assert (row.state, row.done_on, row.findings) == ("failed", date(2026, 11, 23), "Two fields are missing")


def test_an_obligation_is_met_with_a_word_on_its_evidence(place: Any) -> None:
    row = record("requirement", place.project, "Security test", owner=place.author.party, due_on=FRIDAY)
    chase()
    answer(
        actor(place.author),
        FollowUp.objects.get(kind="requirement.due"),
        "met",
        "Report in the project folder",
    )
    row = Requirement.objects.get(pk=row.pk)
    assert (row.state, row.evidence) == ("met", "Report in the project folder")


def test_nothing_is_asked_of_what_is_archived_delivered_or_descoped(place: Any) -> None:
    owner = {"owner": place.author.party, "delivery_forecast": FRIDAY}
    done = record("deliverable", place.project, "Done", **owner)
    gone = record("deliverable", place.project, "Gone", **owner)
    register = register_by_key("deliverable")
    assert register is not None
    register.write(OPERATOR, [Change({"state": "ready", "delivered_on": FRIDAY}, pk=done.pk)])
    register.write(OPERATOR, [Change({"state": "descoped"}, pk=gone.pk)])
    chase()
    assert not FollowUp.objects.exists()
