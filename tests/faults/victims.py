"""What every scene needs: processes to kill, the operator who acts, and the look at what is there afterwards."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connections

from steerco.apps.initiatives.models import Ancestry, Entry, Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.kit.history import Change, version_model
from steerco.kit.journal import seals
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor

OPERATOR = Actor.operator("fault test")


def fork(act: Callable[[], None]) -> int:
    """Run `act` in a child process with connections of its own; returns its id."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        act()
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def write_for_ever(name: str, acknowledged: Callable[[int, int], None]) -> None:
    """Create and change projects; tell each acknowledged write as (id, version)."""
    for number in range(1_000_000):
        code = f"{name}-{number}"
        row = write_initiatives(OPERATOR, [Change({"name": f"Project {code}", "code": code})])[0]
        acknowledged(row.pk, row.version)
        for step in range(3):
            change = Change({"summary": f"step {step}", "name": f"Project {code} {step}"}, pk=row.pk)
            row = write_initiatives(OPERATOR, [change])[0]
            acknowledged(row.pk, row.version)
            if step == 1:
                seals.seal_pending()


def into(handle: int) -> Callable[[int, int], None]:
    """Tell acknowledged writes to an open file, which other processes write to as well."""
    return lambda pk, version: (os.write(handle, f"{pk} {version}\n".encode()), None)[1]


def look(told: Path) -> dict[str, int]:
    """Everything that one action writes is there together: row, version, event, entry, tree."""
    acknowledged: dict[int, int] = {}
    for line in told.read_text().splitlines():
        pk, number = map(int, line.split())
        acknowledged[pk] = max(number, acknowledged.get(pk, 0))
    rows = {row.pk: row for row in Initiative.objects.all()}
    lost = [pk for pk, number in acknowledged.items() if pk not in rows or rows[pk].version < number]
    assert not lost, f"acknowledged and lost: {lost}"
    versions: dict[int, list[Any]] = {}
    for version in version_model(Initiative)._default_manager.order_by("since"):
        versions.setdefault(version.id, []).append(version)
    events: dict[int, list[int]] = {}
    of_initiatives = Event.objects.filter(model="initiatives.initiative").order_by("sequence")
    for pk, sequence in of_initiatives.values_list("object_id", "sequence"):
        events.setdefault(pk or 0, []).append(sequence)
    entries = dict(Entry.objects.filter(register="initiative").values_list("pk", "title"))
    selves = set(Ancestry.objects.filter(depth=0).values_list("descendant", flat=True))
    assert set(versions) == set(events) == set(rows) == selves
    assert len(entries) == len(rows)
    for pk, row in rows.items():
        history = versions[pk]
        assert [v.version for v in history] == list(range(1, row.version + 1))
        assert [v.until for v in history] == [v.since for v in history[1:]] + [None]
        assert {v.since for v in history} <= set(events[pk])
        assert (history[-1].name, history[-1].summary) == (row.name, row.summary)
        assert entries[row.entry_id] == row.name
    audit = seals.verify_audit()
    assert audit.is_whole, audit.bad_reason
    return {"acknowledged": len(acknowledged), "rows": len(rows), "sealed": audit.sealed}
