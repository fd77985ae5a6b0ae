"""How people name distribution lists in the fields of calendars."""

from steerco.apps.initiatives.references import declare_record_reference
from steerco.apps.stakeholders.models import DistributionList


def declare() -> None:
    """Declare distribution lists."""
    declare_record_reference(DistributionList, "distribution-lists")
