"""Sign-off rounds of the permission world."""

from dataclasses import replace
from typing import TYPE_CHECKING

from steerco.apps.deliverables.signing import Terms, open_round
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer
from steerco.apps.initiatives.models import Entry
from steerco.kit.permissions import Actor

if TYPE_CHECKING:
    from tests.permissions.world import World

OPERATOR = Actor.operator("test")


def bring_rounds(world: "World", code: str) -> None:
    """A sign-off of the place's deliverable that is over, and one that waits for the project manager."""
    entry = Entry.objects.get(pk=world.record("deliverable", code).entry_id)
    approver = world.people["project_manager" if code == "A11" else "leaver"].party
    other = world.people["sponsor"].party
    signer = replace(OPERATOR, parties=frozenset({approver.pk}))
    for name in ("signed round", "round"):
        world.extras[name, code] = open_round(OPERATOR, entry, Terms([approver, other])).pk
        follow_up = FollowUp.objects.get(kind="signoff", entry=entry, state="open", debtor=approver)
        if name == "signed round":
            answer(signer, follow_up, "return", "Page 3 is missing")
        world.extras["approval", code] = follow_up.pk
