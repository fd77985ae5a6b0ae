"""The addresses of meetings of the small organisation."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.permissions.world import World


def samples(world: "World", code: str) -> dict[str, dict[str, Any]]:
    """The parameters of the addresses of meetings at a place."""
    meeting = {"pk": world.records["meeting", code].pk}
    names = ("page", "answer", "minutes", "paper", "invitation")
    return {
        **{f"meetings:{name}": meeting for name in names},
        "meetings:body": {"pk": world.records["body", code].pk},
        "meetings:feed": {"token": f"1-{'0' * 40}"},
    }
