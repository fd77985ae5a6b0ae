"""How people name deliverables and requirements in the fields of other records."""

from steerco.apps.deliverables.models import Deliverable, Requirement
from steerco.apps.initiatives.references import declare_record_reference


def declare() -> None:
    """Declare deliverables and requirements."""
    declare_record_reference(Deliverable, "deliverables")
    declare_record_reference(Requirement, "requirements")
