"""What the small organisation reviews, and the addresses that are tried on it."""

from typing import TYPE_CHECKING, Any

from steerco.apps.assurance.issuing import issue
from steerco.apps.assurance.models import Review, Working
from steerco.apps.assurance.services import write_questions
from steerco.apps.initiatives.records import write_records
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor

if TYPE_CHECKING:
    from tests.permissions.world import World

OPERATOR = Actor.operator("test")


def add_question(world: "World") -> None:
    """The organisation's own question."""
    row = write_questions(OPERATOR, [Change({"title": "Is it wanted?", "area": "case"})])[0]
    for code in ("A11", "B1", "HID"):
        world.records["review_question", code] = row


def add_review(world: "World", code: str, name: str) -> None:
    """An issued review of a place, with a finding."""
    start = {"initiative": world.initiatives[code], "title": f"Issued review {name}", "state": "checking"}
    row = write_records(OPERATOR, Review, [Change(start)])[0]
    owner = world.people["project_manager"].party_id if code == "A11" else None
    finding = {
        "severity": "essential",
        "title": f"Recommended {name}",
        "description": "",
        "area": "case",
        "topic": "",
        "owner": owner or world.people["leaver"].party_id,
        "owner_name": "",
        "due": "2026-12-20",
    }
    content = {"confidence": "amber", "reasons": f"Because {name}", "findings": [finding]}
    Working.objects.create(review=row, content=content, changed_at=clock.now())
    issue(OPERATOR, Review.objects.select_related("initiative").get(pk=row.pk))
    world.extras["issued review", code] = row.pk


def samples(world: "World", code: str) -> dict[str, dict[str, Any]]:
    """The parameters of the addresses of reviews at a place."""
    issued = {"pk": world.extras["issued review", code]}
    return {
        "assurance:review": issued,
        "assurance:team": {"pk": world.records["review", code].pk},
        "assurance:document": {**issued, "form": "pdf"},
    }
