"""A command that will not do what was asked, with a sentence for the person who asked."""


class Refused(Exception):
    """Shown as one line on stderr; the exit status is 1."""
