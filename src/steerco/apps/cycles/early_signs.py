"""What reporting warns of: an initiative that stops reporting."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import takewhile
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.cycles.kinds import CONSOLIDATED
from steerco.apps.cycles.models import Cycle, Report
from steerco.apps.cycles.states import WRITABLE
from steerco.apps.foresight.history import rows_on
from steerco.apps.foresight.signals import Sign, Signal, act_until, declare_signal, joined
from steerco.apps.initiatives.models import Initiative

LAST = 12  # periods looked back


def _is_silent(row: Any, day: date) -> bool:
    """Nobody reported, or what is owed is past its day."""
    return row.state == "missing" or (row.state in WRITABLE and row.due_on is not None and row.due_on < day)


def _silent(day: date, limit: int) -> Iterable[Sign]:
    rows = rows_on(Report, day, deleted=False, cycle_id__isnull=False, due_on__lt=day)
    rows = rows.exclude(kind=CONSOLIDATED).exclude(state="spared").order_by("-period_end", "-id")
    by_kind: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for row in rows:
        by_kind[row.initiative_id, row.kind].append(row)
    found = {
        key: own
        for key, reports in by_kind.items()
        if len(own := list(takewhile(lambda row: _is_silent(row, day), reports[:LAST]))) >= limit
    }
    entries = dict(Initiative.objects.filter(pk__in={pk for pk, _kind in found}).values_list("pk", "entry"))
    locks = dict(
        Cycle.objects.filter(pk__in={own[0].cycle_id for own in found.values()}).values_list("pk", "lock_at")
    )
    for (place, kind), own in found.items():
        lock = timezone.localdate(locks[own[0].cycle_id])
        on = lock if own[0].state in WRITABLE and lock >= day else None
        data = {"count": len(own), "on": on.isoformat() if on else ""}
        yield Sign(entries[place], len(own), on, data, kind)


def _said(data: Mapping[str, Any]) -> str:
    said = _("%(count)s reports in a row are late or missing.") % {"count": data["count"]}
    return joined(
        said, act_until(data["on"]) if data["on"] else _("The next one is the chance to report again.")
    )


declare_signal(
    Signal(
        "report.silent",
        gettext_lazy("Reports stop"),
        lambda limit: _("%(limit)s reports in a row of an initiative are late or missing") % {"limit": limit},
        2,
        _silent,
        _said,
        ("cycles.report", "cycles.cycle", "initiatives.initiative"),
        least=1,
    )
)
