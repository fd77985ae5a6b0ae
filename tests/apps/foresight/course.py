"""Records whose values were changed on days in the past, each at its own time."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.apps.worlds import OPERATOR, record

from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.registers.register import register_of

TODAY, DAY = date(2026, 11, 27), timedelta(days=1)


def on(day: date) -> Any:
    """The clock at ten in the morning of a day."""
    return clock.at(datetime.combine(day, time(10), UTC))


class Told:
    """Records made and changed on days in the past, written in the order of the days, as history wants it."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int, str, dict[str, Any]]] = []
        self.rows: dict[str, Any] = {}

    def made(
        self, key: str, where: Any, title: str, ago: int, *moves: tuple[int, dict[str, Any]], **values: Any
    ) -> None:
        """A record made `ago` days before TODAY, then changed by `moves`: (days before TODAY, values)."""
        self.steps.append((-ago, len(self.steps), title, {"key": key, "where": where, **values}))
        for days, changed in moves:
            self.steps.append((-days, len(self.steps), title, changed))

    def write(self) -> dict[str, Any]:
        """Write what was told and not written yet; all rows by title."""
        for ago, _number, title, values in sorted(self.steps, key=lambda step: step[:2]):
            with on(TODAY + ago * DAY):
                if title not in self.rows:
                    more = dict(values)
                    self.rows[title] = record(more.pop("key"), more.pop("where"), title, **more)
                else:
                    row = self.rows[title]
                    changes = [Change(values, pk=row.pk)]
                    self.rows[title] = register_of(row.register_key).write(OPERATOR, changes)[0]
        self.steps = []
        return self.rows


def drifting(told: Told, where: Any, title: str, *late: int, tier: str = "board", **more: Any) -> None:
    """A milestone due in 70 days; `late`: calendar days by which its forecast was moved, every two weeks, a week ago
    last."""
    base = TODAY + 70 * DAY
    moves = [(14 * (len(late) - n) - 7, {"forecast": base + days * DAY}) for n, days in enumerate(late)]
    told.made("milestone", where, title, 90, *moves, baseline=base, forecast=base, tier=tier, **more)


def scored(told: Told, where: Any, title: str, *scores: int, **more: Any) -> None:
    """A threat with impact 3; `scores`: its probability, every ten days up to ten days ago."""
    first, *rest = scores
    moves = [(10 * (len(rest) - n), {"current_probability": p}) for n, p in enumerate(rest)]
    values = {"current_probability": first, "current_impact": 3, "state": "open", **more}
    told.made("risk", where, title, 70, *moves, **values)
