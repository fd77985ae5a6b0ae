"""Writing eighteen months in their order: every step through its service, at the moment when it happened.

Events are ordered by sequence, so steps of all kinds are written strictly by time; steps of one moment and one
service go in one call.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from steerco.apps.initiatives.models import Initiative, Record
from steerco.apps.initiatives.records import write_records
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.raid.models import Action
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor

MARK = "example"  # the request id of every event of the example data: removal knows by it what came with it
FRIDAY = 4
DAYS_OFF = ((1, 1), (12, 25), (12, 26))
HOURS = {Initiative: 7, Action: 10}  # in which rows are entered: what others name comes first
Call = Callable[[Actor], object]


def acting(name: str) -> Actor:
    """The operator who loads the example, under the name of the person whose work is told."""
    return Actor.operator(name, request_id=MARK)


@dataclass(frozen=True)
class Row:
    """What a step before this one wrote under `key`."""

    key: str


@dataclass
class Step:
    """One thing that `who` did on a day. Either a row of `model`, made or changed, or a `call` of a service."""

    moment: datetime
    who: str
    key: str = ""
    model: type[Any] | None = None
    create: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    call: Call | None = None


class Timeline:
    """Steps, then `write()`."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.rows: dict[str, Any] = {}
        self._steps: list[Step] = []

    def day(self, offset: int) -> date:
        """The working day that is `offset` days from today: one on a day off goes on, away from today."""
        day = self.today + timedelta(days=offset)
        while day.weekday() > FRIDAY or (day.month, day.day) in DAYS_OFF:
            day += timedelta(days=-1 if offset < 0 else 1)
        return day

    def moment(self, offset: int, hour: int, who: str) -> datetime:
        """An instant of a past working day, in the given hour; the minute is the person's own.

        What falls on a day off is done in the evening of the working day before, so that whatever is told for a later
        day also happens later: on any day of the week on which the example is loaded.
        """
        offset = min(offset, -1)
        day = self.day(offset)
        at = time(hour, zlib.crc32(f"{who}{day}".encode()) % 60)
        off = (self.today + timedelta(days=offset) - day).days
        if off:
            minute = (at.hour * 60 + at.minute) * 60 // (24 * 60)
            at = time(17 + off, minute)
        return datetime.combine(day, at, UTC)

    def create(self, offset: int, who: str, model: type[Any], key: str, values: dict[str, Any]) -> None:
        """Somebody enters a row; later steps know it by `key`."""
        self._steps.append(Step(self.moment(offset, HOURS.get(model, 9), who), who, key, model, True, values))

    def change(self, offset: int, who: str, model: type[Any], key: str, values: dict[str, Any]) -> None:
        """Somebody changes a row."""
        self._steps.append(Step(self.moment(offset, 14, who), who, key, model, False, values))

    def call(self, offset: int, hour: int, who: str, call: Call) -> None:
        """Somebody does what is no change of one row."""
        self._steps.append(Step(self.moment(offset, hour, who), who, call=call))

    def write(self) -> None:
        """Write all steps."""
        for (moment, who, model, _create), steps in groupby(sorted(self._steps, key=_order), _together):
            actor = acting(who)
            with clock.at(moment):
                if model is None:
                    for step in steps:
                        if step.call is not None:
                            step.call(actor)
                else:
                    self._write_rows(actor, model, list(steps))

    def _write_rows(self, actor: Actor, model: type[Any], steps: Sequence[Step]) -> None:
        merged: dict[str, dict[str, Any]] = {}
        for step in steps:
            merged.setdefault(step.key, {}).update(step.values)
        write = write_initiatives if model is Initiative else partial(_write_records, model)
        create = steps[0].create
        changes = [
            Change(
                {n: self.rows[v.key] if isinstance(v, Row) else v for n, v in values.items()},
                pk=None if create else self.rows[key].pk,
            )
            for key, values in merged.items()
        ]
        for key, row in zip(merged, write(actor, changes), strict=True):
            self.rows[key] = row


def _write_records(model: type[Record], actor: Actor, changes: Sequence[Change]) -> list[Any]:
    return write_records(actor, model, changes)


def _together(step: Step) -> tuple[datetime, str, type[Any] | None, bool]:
    return step.moment, step.who, step.model, step.create


def _order(step: Step) -> tuple[datetime, str, str, bool]:
    name = step.model.__name__ if step.model else ""
    return step.moment, step.who, name, not step.create
