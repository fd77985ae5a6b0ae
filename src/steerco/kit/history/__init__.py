"""History: what the system held at an instant, and the one way to write it."""

from steerco.kit.history.versions import Versioned, as_at, version_model, versioned
from steerco.kit.history.writes import Change, Conflict, FieldConflict, Invalid, Write, save

__all__ = [
    "Change",
    "Conflict",
    "FieldConflict",
    "Invalid",
    "Versioned",
    "Write",
    "as_at",
    "save",
    "version_model",
    "versioned",
]
