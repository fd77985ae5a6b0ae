"""How people name change requests in the fields of other records."""

from steerco.apps.change.models import ChangeRequest
from steerco.apps.initiatives.references import declare_record_reference


def declare() -> None:
    """Declare change requests."""
    declare_record_reference(ChangeRequest, "changes")
