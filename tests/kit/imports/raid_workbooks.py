# ruff: noqa: E501  rows of sheets are read as rows
"""RAID workbooks as offices have them: several sheets, one sheet for all, long texts, German lists."""

from collections.abc import Callable
from datetime import date

from tests.kit.imports.risk_workbooks import (
    abbreviations,
    german,
    inherent_and_residual,
    kevs_template,
    percentages,
    three_steps,
)
from tests.kit.imports.workbooks import Book, Grid, Sheet


def issues_and_actions() -> Book:
    """Two sheets of different registers in one workbook, a cover and a list of words beside them."""
    issue_headers = [
        "Issue ID",
        "Date Logged",
        "Issue Description",
        "Raised By",
        "Priority",
        "Action Required",
        "Owner",
        "Due Date",
        "Status",
        "Resolution",
        "Date Closed",
    ]
    issues: Grid = [
        ["Issue Log"],
        [],
        issue_headers,
        [
            "I-01",
            date(2026, 2, 3),
            "Server is too small",
            "Pat",
            "High",
            "Order memory",
            "Ada Lovelace",
            date(2026, 2, 20),
            "Resolved",
            "Ordered",
            date(2026, 2, 18),
        ],
        [
            "I-02",
            date(2026, 2, 9),
            "Nobody signs the interface",
            "Pat",
            "Critical",
            "Ask the sponsor",
            "",
            date(2026, 3, 1),
            "In Progress",
            "",
            "",
        ],
        ["I-03", date(2026, 2, 9), "Room is double booked", "Sam", "P4", "", "", "", "New", "", ""],
    ]
    action_headers = ["No", "Action", "Assigned To", "Meeting", "By When", "Completed", "Status"]
    actions: Grid = [
        action_headers,
        ["1", "Call the landlord", "Ada Lovelace", "Board 3", "20-Mar-26", "", "Not Started"],
        ["2", "Send the minutes", "", "Board 3", "12-Mar-26", "11-Mar-26", "Complete"],
    ]  # fmt: skip
    return Book(
        "log.xlsx",
        [
            Sheet(
                "2. Issue Log",
                "issue",
                issues,
                {
                    "Issue ID": "reference",
                    "Date Logged": "raised_on",
                    "Issue Description": "title",
                    "Raised By": "description",
                    "Priority": "priority",
                    "Action Required": "recommendation",
                    "Owner": "owner",
                    "Due Date": "due_on",
                    "Status": "state",
                    "Resolution": "resolution",
                    "Date Closed": "closed_on",
                },
                ["Server is too small", "Nobody signs the interface", "Room is double booked"],
            ),
            Sheet(
                "3. Action Log",
                "action",
                actions,
                {
                    "No": "reference",
                    "Action": "title",
                    "Assigned To": "owner",
                    "Meeting": "source",
                    "By When": "due_on",
                    "Completed": "done_on",
                    "Status": "state",
                },
                ["Call the landlord", "Send the minutes"],
            ),
        ],
        {"Cover": [["RAID log"], ["Prepared by the PMO"]], "Lists": [["High"], ["Medium"], ["Low"]]},
    )


def one_sheet_for_all() -> Book:
    """One sheet with a column that says what each row is."""
    headers = ["Ref", "Type", "Title", "Description", "Owner", "Date raised", "Due date", "Status"]
    rows: Grid = [
        headers,
        [
            "1",
            "Risk",
            "Vendor lock-in",
            "No second source",
            "Ada Lovelace",
            "2026-01-10",
            "2026-06-30",
            "Open",
        ],
        ["2", "Issue", "Key missing", "Door stays shut", "", "2026-01-12", "2026-02-01", "Open"],
        ["3", "Assumption", "Rates stay", "Below 4 %", "", "2026-01-12", "2026-07-01", "Open"],
        ["4", "Dependency", "Sign-in service", "For the portal", "", "2026-01-15", "2026-05-01", "Open"],
        ["5", "Risk", "Rain", "On the roof", "", "2026-01-20", "2026-04-01", "Closed"],
        ["6", "Action", "Buy a key", "", "Ada Lovelace", "2026-01-20", "2026-02-01", "Complete"],
    ]
    common = {
        "Ref": "reference",
        "Type": "#register",
        "Title": "title",
        "Description": "description",
        "Owner": "owner",
    }
    return Book(
        "raid.xlsx",
        [
            Sheet("RAID", "risk", rows, {**common, "Date raised": "raised_on", "Due date": "next_review", "Status": "state"}, ["Vendor lock-in", "Rain"]),
            Sheet("RAID", "issue", rows, {**common, "Date raised": "raised_on", "Due date": "due_on", "Status": "state"}, ["Key missing"]),
            Sheet("RAID", "assumption", rows, {**common, "Date raised": "raised_on", "Due date": "review_on", "Status": "state"}, ["Rates stay"]),
            Sheet("RAID", "dependency", rows, {**common, "Date raised": "raised_on", "Due date": "need_by", "Status": "state"}, ["Sign-in service"]),
            Sheet("RAID", "action", rows, {**common, "Date raised": "", "Due date": "due_on", "Status": "state"}, ["Buy a key"]),
        ],
    )  # fmt: skip


def assumptions_and_dependencies() -> Book:
    """Assumptions and dependencies, a remark below the table, a category merged over its rows."""
    assumption_headers = [
        "Category",
        "ID",
        "Assumption",
        "Impact if incorrect",
        "Validation method",
        "Validated?",
        "Validation date",
        "Owner",
    ]
    assumptions: Grid = [
        assumption_headers,
        ["Cost", "A1", "Steel stays below 900", "Budget breaks", "Market report", "Yes", date(2026, 3, 1), "Ada Lovelace"],
        ["", "A2", "Land is free", "Two months", "Land registry", "No", "", ""],
        ["Legal", "A3", "No tender is needed", "Start again", "Ask Legal", "TBC", "", ""],
        [],
        ["Reviewed every quarter by the board"],
    ]  # fmt: skip
    dependency_headers = [
        "Ref",
        "Dependency description",
        "Depends on",
        "Date required",
        "Expected date",
        "RAG",
        "Agreed?",
        "Status",
    ]
    dependencies: Grid = [
        dependency_headers,
        ["D1", "Road is closed for the lift", "P2", date(2026, 9, 1), date(2026, 9, 20), "Red", "", "Open"],
        ["D2", "Power is connected", "P2", date(2026, 10, 1), date(2026, 8, 1), "Green", "", "On track"],
    ]
    return Book(
        "ad.xlsx",
        [
            Sheet(
                "Assumptions",
                "assumption",
                assumptions,
                dict(
                    zip(
                        assumption_headers,
                        ("category", "reference", "title", "impact_if_false", "validation", "result", "validated_on", "owner"),
                        strict=True,
                    )
                ),
                ["Steel stays below 900", "Land is free", "No tender is needed"],
                [("A2:A3", "Cost")],
            ),
            Sheet(
                "Dependencies",
                "dependency",
                dependencies,
                dict(
                    zip(
                        dependency_headers,
                        ("reference", "title", "giver", "need_by", "forecast", "rating", "agreed", "state"),
                        strict=True,
                    )
                ),
                ["Road is closed for the lift", "Power is connected"],
            ),
        ],
    )  # fmt: skip


def long_texts() -> Book:
    """Descriptions that are longer than any title, and the first priority as the highest."""
    whole = (
        "The contractor of the northern approach has told us that "
        + "the piles may have to go deeper and " * 12
    )
    rows: Grid = [
        ["Issue no.", "Description", "Impact", "Priority (1 = high)", "Raised on", "Target resolution date", "Issue owner"],
        ["7", whole, "Cost", "1", "3 Feb 2026", "1 Apr 2026", "Ada Lovelace"],
        ["8", "Gate is stuck", "None", "4", "4 Feb 2026", "1 Apr 2026", ""],
    ]  # fmt: skip
    columns = {
        "Issue no.": "reference",
        "Description": "title",
        "Impact": "impact",
        "Priority (1 = high)": "priority",
        "Raised on": "raised_on",
        "Target resolution date": "due_on",
        "Issue owner": "owner",
    }
    return Book("issues.xlsx", [Sheet("Issues", "issue", rows, columns, [whole, "Gate is stuck"])])


def lessons() -> Book:
    """A lessons log of a closed project."""
    headers = [
        "Lesson ID",
        "Date",
        "Event",
        "Effect",
        "Root cause",
        "Recommendation",
        "Category",
        "Positive/Negative",
        "Keywords",
        "Supplier",
    ]
    rows: Grid = [
        ["Lessons Log"],
        headers,
        ["L1", date(2026, 1, 9), "Boxes came unlabelled", "A day lost", "No label in the order", "Put it into the order", "Suppliers and contracts", "Negative", "labels", "Boxes Ltd"],
        ["L2", date(2026, 1, 12), "Morning meeting of ten minutes", "No surprises", "", "Keep it", "Planning and estimating", "Positive", "meeting", ""],
    ]  # fmt: skip
    columns = dict(
        zip(
            headers,
            (
                *("reference", "raised_on", "title", "effect", "cause", "recommendation", "category", "type"),
                *("keywords", "supplier"),
            ),
            strict=True,
        )
    )
    return Book(
        "lessons.xlsx",
        [
            Sheet(
                "Lessons Learned",
                "lesson",
                rows,
                columns,
                ["Boxes came unlabelled", "Morning meeting of ten minutes"],
            )
        ],
    )


def german_list() -> Book:
    """The list of open points of a German office: one table, its own words, times as text."""
    headers = ["Lfd. Nr.", "Thema", "Beschreibung", "Wer", "Bis wann", "Erledigt am", "Prio", "Zustand"]
    rows: Grid = [
        ["LOP Umbau Rathaus", "", "", "", "Stand 12.03.2026"],
        headers,
        [
            "1",
            "Schlüssel bestellen",
            "Für alle Türen im Erdgeschoss",
            "Ada Lovelace",
            "20.03.2026",
            "",
            "hoch",
            "offen",
        ],
        ["2", "Protokoll verteilen", "", "", "13.03.2026", "12.03.2026", "niedrig", "erledigt"],
    ]
    columns = dict(
        zip(
            headers,
            ("reference", "title", "description", "owner", "due_on", "done_on", "priority", "state"),
            strict=True,
        )
    )
    return Book(
        "lop.xlsx",
        [Sheet("Maßnahmenliste", "action", rows, columns, ["Schlüssel bestellen", "Protokoll verteilen"])],
    )


BOOKS: tuple[Callable[[], Book], ...] = (
    kevs_template,
    inherent_and_residual,
    german,
    percentages,
    three_steps,
    issues_and_actions,
    one_sheet_for_all,
    assumptions_and_dependencies,
    long_texts,
    abbreviations,
    lessons,
    german_list,
)
