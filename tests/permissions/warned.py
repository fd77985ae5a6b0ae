"""Early warnings of the permission world."""

from steerco.apps.foresight.models import EarlyWarning
from steerco.apps.initiatives.models import Entry
from steerco.kit import clock


def warn_of(entry: Entry) -> int:
    """A warning about an entry, a risk that is near; its id."""
    near = {"score": 20, "proximity": "month", "on": clock.today().isoformat()}
    values = {"signal": "risk.near", "since": clock.today(), "weight": 20, "data": near}
    return EarlyWarning.objects.create(entry=entry, **values).pk
