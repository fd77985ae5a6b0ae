"""Files that people bring, made here: rows as CSV."""

import csv
import io

from steerco.kit.imports.services import Upload

RAID_HEADERS = (
    "ID", "Author", "Date Identified", "Description", "Category", "Proximity", "Probability", "Impact", "Exposure",
    "RAG Status", "Escalation", "Status", "Mitigation in Place", "Mitigation Date", "Short Mitigation Brief",
    "Target Date", "Owner",
)  # fmt: skip
RAID_ROWS = (
    ("1", "Pat", "14/03/2026", "Supplier fails", "Commercial and suppliers", "within a month", "4 - Likely", "High",
     "16", "Red", "Board", "Open", "Yes", "01/05/2026", "Second source", "30/06/2026", "Ada Lovelace"),
    ("2", "Pat", "15/03/2026", "Key people leave", "people and resources", "later", "Low", "3", "9", "Amber", "",
     "Open", "No", "", "Deputies named", "31/07/2026", ""),
    ("3", "Sam", "2026-02-30", "Ground water", "technical", "now", "7", "Very high", "20", "Red", "", "Closed", "",
     "", "", "", "Nobody Known"),
)  # fmt: skip


def upload(headers: tuple[str, ...], rows: tuple[tuple[str, ...], ...], name: str = "log.csv") -> Upload:
    """A CSV file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headers)
    writer.writerows(rows)
    return Upload(name, text.getvalue().encode("utf-8"))
