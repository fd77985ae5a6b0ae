"""How people name decisions in the fields of other records."""

from steerco.apps.governance.models import Decision
from steerco.apps.initiatives.references import declare_record_reference


def declare() -> None:
    """Declare decisions."""
    declare_record_reference(Decision, "decisions")
