"""The tables of docs/reference/performance.md from what load.py printed: python benchmarks/tables.py FILE..."""

import json
import sys
from pathlib import Path
from typing import Any

READERS = {"all": "sees all", "portfolio": "one portfolio", "project": "one project", "none": "none"}


def rows(lines: list[dict[str, Any]], reader: str) -> list[str]:
    """The Markdown rows of one reader, a page each."""
    found = []
    for line in lines:
        if line["reader"] == reader:
            over = "**" if line["p95_ms"] > line["budget_ms"] else ""
            database = f"{line['database_cpu_ms']:.0f}" if "database_cpu_ms" in line else "–"
            found.append(
                f"| {line['page']} | {line['p50_ms']:.0f} | {over}{line['p95_ms']:.0f}{over} | {line['budget_ms']} | "
                f"{line['server_cpu_ms']:.0f} | {database} | {line['queries']} | {line['kilobytes_gz']:.0f} | "
                f"{line['load_average']:.0f} |"
            )
    return found


def main(paths: list[str]) -> None:
    """Print a table per database and reader."""
    for path in paths:
        lines = json.loads(Path(path).read_text())["pages"]
        for reader, words in READERS.items():
            table = rows(lines, reader)
            if table:
                print(f"\n### {lines[0]['database']}, {words}\n")
                print(
                    "| page | p50 ms | p95 ms | budget | CPU ms | database CPU ms | queries | kB gz | load |"
                )
                print("|---|---|---|---|---|---|---|---|---|")
                print("\n".join(table))


if __name__ == "__main__":
    main(sys.argv[1:])
