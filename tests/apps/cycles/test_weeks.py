"""Weeks and a month of a programme go as its calendars say, twice the same, and what was frozen stays."""

import pytest
from tests.apps.cycles.weeks import Weeks, whole

from steerco.apps.cycles.models import Cycle, FrozenReport, Report
from steerco.apps.followups.models import FollowUp
from steerco.apps.initiatives.services import write_initiatives
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_of

OPERATOR = Actor.operator("test")


@pytest.mark.django_db
@pytest.mark.slow
def test_weeks_and_a_month_are_collected_frozen_and_consolidated() -> None:
    played = Weeks(projects=2, streams=2, seed=5)
    played.play(weeks=4)
    cycles = Cycle.objects.order_by("pk")
    published = cycles.filter(state=Cycle.State.PUBLISHED)
    assert published.filter(cadence__kind="weekly").count() >= 4
    assert published.filter(cadence__kind="monthly").count() == 1
    assert all(whole(cycle) for cycle in published)
    given = Report.objects.filter(cycle__in=published, state="frozen").exclude(kind="consolidated").count()
    missing = Report.objects.filter(cycle__in=published, state="missing").count()
    assert given + missing == sum(4 if c.cadence.kind == "weekly" else 2 for c in published)
    assert given > 10
    # Nothing is owed any more for what is published.
    entries = Report.objects.filter(cycle__in=published).values("entry")
    assert not FollowUp.objects.filter(entry__in=entries, state=FollowUp.State.OPEN).exists()
    # What happens afterwards changes nothing of what was frozen.
    assert FrozenReport.objects.count() == len(played.digests)
    write_initiatives(OPERATOR, [Change({"name": f"Renamed {row.code}"}, pk=row.pk) for row in played.rows])
    register = register_of("milestone")
    register.write(
        OPERATOR, [Change({"title": "Renamed"}, pk=row.pk) for row in register.model._default_manager.all()]
    )
    assert played.unchanged_since()
