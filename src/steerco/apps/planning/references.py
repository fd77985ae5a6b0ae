"""How people name milestones in the fields of other records."""

from steerco.apps.initiatives.references import declare_record_reference
from steerco.apps.planning.models import Milestone


def declare() -> None:
    """Declare milestones."""
    declare_record_reference(Milestone, "milestones")
