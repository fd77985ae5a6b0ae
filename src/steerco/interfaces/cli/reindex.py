"""Build the text index anew that search and lists searched by a word use."""

import argparse

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.interfaces.cli.parsing import Manual
from steerco.interfaces.cli.prepare import require_prepared
from steerco.kit.search.indexing import rebuild

MANUAL = Manual(
    gettext_lazy("Build the text index anew that search and lists searched by a word use."),
    ("steerco reindex",),
    gettext_lazy(
        "Needed only when the doctor says so: every write keeps the index, `up` and `restore` build what is missing. "
        "Others may go on working meanwhile."
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    """Build it and say how many rows there are."""
    require_prepared()
    rows = rebuild()
    print(_("%(rows)s rows are in the text index") % {"rows": number_format(rows)})
    return 0
