"""What reports tell others: whether they come in time, for reviews and ways of working; the last rating, for a gate."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from steerco.apps.assurance.evidence import Evidence, Found, below, declare_evidence, list_of, share
from steerco.apps.cycles.covering import latest_editions
from steerco.apps.cycles.models import Report
from steerco.apps.governance.gates import declare_gate_evidence
from steerco.apps.planning.models import Milestone
from steerco.kit import clock
from steerco.kit.permissions import Actor

LAST = 8  # reports of each initiative
BACK = timedelta(days=370)


def _reports(actor: Actor, initiatives: Collection[int], day: date) -> Mapping[int, Found]:
    """The last eight reports that were due, of each initiative and of what lies below it."""
    above = below(initiatives)
    rows = Report.objects.visible_to(actor).filter(
        initiative__in=list(above), cycle__isnull=False, deleted=False, due_on__lt=day, due_on__gte=day - BACK
    )
    rows = rows.exclude(state="spared").order_by("-due_on", "-pk")
    taken: dict[int, int] = defaultdict(int)
    sums: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for place, due, at, state in rows.values_list("initiative_id", "due_on", "submitted_at", "state"):
        if taken[place] == LAST or due is None:
            continue
        taken[place] += 1
        on_time = at is not None and state != "missing" and timezone.localdate(at) <= due
        for pk in above[place]:
            sums[pk] = (sums[pk][0] + on_time, sums[pk][1] + 1)
    return {pk: share(n, of) for pk, (n, of) in sums.items()}


declare_evidence(
    Evidence(
        "reports",
        _("Reports are on time"),
        _("%(n)s of the last %(of)s reports came in time."),
        _("No report was due yet."),
        _reports,
        list_of("report", "&group=all"),
    )
)


def _for_gate(row: Milestone) -> Iterable[str]:
    """How the initiative was rated in its last report."""
    place = row.initiative
    found = latest_editions([place.pk], clock.today()).get(place.pk)
    if found is None or not found.report.rating or found.report.restricted_by_id != place.restricted_by_id:
        return
    said = {"title": found.report.title, "rating": found.report.get_rating_display()}
    yield gettext("%(title)s: rated %(rating)s.") % said


declare_gate_evidence(_for_gate)
