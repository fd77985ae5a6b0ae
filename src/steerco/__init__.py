"""Steerco: the system that a project management office runs on."""

__version__ = "0.1.0"
LANGUAGES = ("en-gb", "de")  # the first is that of the sources
