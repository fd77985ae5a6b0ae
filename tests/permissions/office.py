"""What the small organisation asks of its office, and the addresses that are tried on it."""

from typing import TYPE_CHECKING, Any

from steerco.apps.office.contacts import set_contact
from steerco.apps.office.models import IncomingMail
from steerco.apps.office.services import write_categories, write_requests
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor

if TYPE_CHECKING:
    from tests.permissions.world import World

OPERATOR = Actor.operator("test")
ASKERS = {"A11": "project_manager", "HID": "portfolio_manager"}


def add_mail(world: "World", canary: str) -> None:
    """What the office promises, and a mail of somebody unknown that waits for it."""
    world.category = write_categories(OPERATOR, [Change({"name": "Access", "answer_hours": 4})])[0]
    held = {"sender": "eve@example.net", "subject": f"{canary} mail", "state": "held", "at": clock.now()}
    world.extras["mail", ""] = IncomingMail.objects.create(digest="0" * 64, **held).pk


def add_request(world: "World", code: str, name: str) -> None:
    """What somebody asked about a place: about the own one the project manager. There is a contact at the own one."""
    place, asker = world.initiatives[code], world.people[ASKERS.get(code, "leaver")].party
    values = {"initiative": place, "title": f"Request {name}", "asked_by": asker, "category": world.category}
    world.records["support_request", code] = write_requests(OPERATOR, [Change(values)])[0]
    if code == "A11":
        set_contact(OPERATOR, place, world.people["programme_manager"].party)


def samples(world: "World", code: str) -> dict[str, dict[str, Any]]:
    """The parameters of the office's addresses at a place."""
    request = {"pk": world.records["support_request", code].pk}
    return {
        "office:act": request,
        "office:time": request,
        "office:own": request,
        "office:mail": {"pk": world.extras["mail", ""]},
        "office:contact": {"code": code},
    }
