"""One page of a list with the addresses of its neighbours, by keyset: nothing is skipped or counted to the end."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from steerco.interfaces.api.errors import BadParameters
from steerco.interfaces.api.operations import ADDRESS, NUMBER, Json, Schema, array_of, object_of
from steerco.kit.registers.listing import COUNT_LIMIT, count_of
from steerco.kit.registers.paging import BrokenCursor, Key, fetch


class Listed:
    """The page of `rows` that the address of `request` asks for. Raises BadParameters for a made-up cursor."""

    def __init__(self, request: Request, rows: QuerySet[Any], keys: Sequence[Key], size: int) -> None:
        self.request, self.all_rows = request, rows
        after, before = request.query_params.get("after", ""), request.query_params.get("before", "")
        try:
            self.page = fetch(rows, keys, size, after, before)
        except BrokenCursor as error:
            raise BadParameters({"after" if after else "before": [_("This is no cursor.")]}) from error

    def answer(self, told: Callable[[Sequence[Any]], list[dict[str, Any]]]) -> dict[str, Any]:
        """The page as the answer, its rows told by `told`."""
        count = count_of(self.all_rows, self.page)
        return {
            "results": told(self.page.rows),
            "next": self._address("after", self.page.after),
            "previous": self._address("before", self.page.before),
            "count": min(count, COUNT_LIMIT),
            "count_is_limit": count > COUNT_LIMIT,
        }

    def _address(self, name: str, cursor: str) -> str | None:
        if not cursor:
            return None
        query = self.request.query_params.copy()
        for other in ("after", "before"):
            query.pop(other, None)
        query[name] = cursor
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")


def page_schema(row: Json | Schema) -> Json:
    """The schema of such a page."""
    return object_of(
        {
            "results": array_of(row),
            "next": ADDRESS,
            "previous": ADDRESS,
            "count": {**NUMBER, "description": "Rows that match, counted up to 1,000."},
            "count_is_limit": {"type": "boolean", "description": "Whether there are more than were counted."},
        }
    )
