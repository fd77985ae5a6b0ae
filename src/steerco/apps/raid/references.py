"""How people name risks and issues in the fields of other records."""

from steerco.apps.initiatives.references import declare_record_reference
from steerco.apps.raid.models import Issue, Risk


def declare() -> None:
    """Declare risks and issues."""
    declare_record_reference(Risk, "risks")
    declare_record_reference(Issue, "issues")
