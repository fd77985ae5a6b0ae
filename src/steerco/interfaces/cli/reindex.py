"""Build the text index anew that search and lists searched by a word use.

  steerco reindex

Needed only when the doctor says so: every write keeps the index, `up` and `restore` build what is missing. Others may
go on working meanwhile.
"""

import argparse

from steerco.interfaces.cli.prepare import require_prepared
from steerco.kit.search.indexing import rebuild


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    """Build it and say how many rows there are."""
    require_prepared()
    rows = rebuild()
    print(f"{rows} rows are in the text index")
    return 0
