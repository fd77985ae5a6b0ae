"""How people name reviews in the fields of other records."""

from steerco.apps.assurance.models import Review
from steerco.apps.initiatives.references import declare_record_reference


def declare() -> None:
    """Declare reviews."""
    declare_record_reference(Review, "reviews")
