# ruff: noqa: E501  rows of sheets are read as rows
"""Risk logs as offices have them: titles above the headers, merged cells, the scales, German, blank rows, totals."""

from datetime import date

from tests.kit.imports.workbooks import Book, Grid, Sheet


def kevs_template() -> Book:
    """The headers of the best known free template, a title block above, scores typed wrongly, blank form rows."""
    headers = [
        *("ID", "Author", "Date Identified", "Description", "Category", "Proximity", "Probability", "Impact"),
        *("Exposure", "RAG Status", "Escalation", "Status", "Mitigation in Place", "Mitigation Date"),
        *("Short Mitigation Brief", "Target Date"),
    ]
    rows: Grid = [
        ["Risk Log", "", "", "Project: Harbour crossing"],
        ["Version", "1.4", "", "Owner: PMO"],
        [],
        headers,
        ["R001", "P. Adams", date(2026, 3, 2), "Steel prices rise before the order", "Commercial", "3 months", "High 4",
         "Low 2", 9, "Amber", "Board", "Open", "Yes", date(2026, 4, 1), "Order early", date(2026, 5, 30)],
        ["R002", "P. Adams", date(2026, 3, 9), "The only surveyor leaves", "Resource", "Imminent", "Medium 3", "V High 5",
         16, "Red", "", "In progress", "No", "", "Train a second one", date(2026, 4, 15)],
        ["R003", "S. Bell", date(2026, 3, 9), "Permit is late", "Regulatory", "6-12 months", "V Low 1", "High 4", 4, "Green",
         "", "Closed", "Yes", "", "", ""],
        *[[f"R{n:03}", "", "", "", "", "", "", "", 0, "Green", "", "", "", "", "", ""] for n in range(4, 30)],
    ]  # fmt: skip
    columns = dict.fromkeys(headers, "") | {
        "ID": "reference", "Date Identified": "raised_on", "Description": "title", "Category": "category",
        "Proximity": "proximity", "Probability": "current_probability", "Impact": "current_impact", "Exposure": "score",
        "RAG Status": "rating", "Status": "state", "Mitigation in Place": "response_text",
        "Short Mitigation Brief": "response_text", "Target Date": "next_review",
        "Author": "description", "Escalation": "description",
    }  # fmt: skip
    titles = ["Steel prices rise before the order", "The only surveyor leaves", "Permit is late"]
    return Book("kevs.xlsx", [Sheet("Risk Log", "risk", rows, columns, titles)])


def inherent_and_residual() -> Book:
    """Grouped headers in two rows with merged cells, words in the cells, totals at the end."""
    rows: Grid = [
        ["Corporate risk register", *[""] * 12],
        ["", "", "", "", "Inherent", "", "", "Residual", "", "", "", "", ""],
        ["Ref", "Risk title", "Cause", "Consequence", "Likelihood", "Impact", "Rating", "Likelihood", "Impact", "Rating",
         "Treatment", "Risk owner", "Next review"],
        ["CR1", "Supplier becomes insolvent", "Thin margins", "Delay of a year", "Likely", "Major", 16, "Unlikely",
         "Major", 8, "Transfer", "Ada Lovelace", "31 March 2027"],
        ["CR2", "Data is lost", "No second site", "Fines", "Possible", "Catastrophic", 15, "Rare", "Catastrophic", 5,
         "Treat", "Ada Lovelace", "30 June 2027"],
        ["Total", "", "", "", "", "", 31, "", "", 13, "", "", ""],
    ]  # fmt: skip
    columns = {
        "Ref": "reference", "Risk title": "title", "Cause": "cause", "Consequence": "effect",
        "Inherent Likelihood": "inherent_probability", "Inherent Impact": "inherent_impact",
        "Inherent Rating": "inherent_score", "Residual Likelihood": "current_probability",
        "Residual Impact": "current_impact", "Residual Rating": "score", "Treatment": "response",
        "Risk owner": "owner", "Next review": "next_review",
    }  # fmt: skip
    merged = [("A1:M1", "Corporate risk register"), ("E2:G2", "Inherent"), ("H2:J2", "Residual")]
    titles = ["Supplier becomes insolvent", "Data is lost"]
    return Book("register.xlsx", [Sheet("Risks", "risk", rows, columns, titles, merged)])


def german() -> Book:
    """German headers and words, dates as text with dots, amounts with commas."""
    headers = [
        *(
            "Nr.",
            "Risikobezeichnung",
            "Ursache",
            "Auswirkungsbeschreibung",
            "Kategorie",
            "Eintrittswahrscheinlichkeit",
        ),
        *(
            "Auswirkung",
            "Risikowert",
            "Schadenshöhe EUR",
            "Strategie",
            "Maßnahmen",
            "Verantwortlich",
            "Status",
            "Wiedervorlage",
        ),
    ]
    rows: Grid = [
        ["Risikoliste Neubau Klinik"],
        ["Stand: 14.03.2026"],
        headers,
        ["1", "Grundwasser höher als im Gutachten", "Altes Gutachten", "Zwei Monate Verzug", "Technik", "hoch", "sehr hoch",
         "20", "1.250.000,00", "mindern", "Neue Bohrungen", "Ada Lovelace", "in Arbeit", "30.04.2026"],
        ["2", "Fachplaner fällt aus", "Krankheit", "Planung steht", "Personal", "mittel", "mittel", "9", "80.000,50",
         "akzeptieren", "Vertretung benannt", "", "offen", "15.05.2026"],
    ]  # fmt: skip
    columns = dict(
        zip(
            headers,
            (
                *(
                    "reference",
                    "title",
                    "cause",
                    "effect",
                    "category",
                    "current_probability",
                    "current_impact",
                    "score",
                ),
                *("exposure", "response", "response_text", "owner", "state", "next_review"),
            ),
            strict=True,
        )
    )
    titles = ["Grundwasser höher als im Gutachten", "Fachplaner fällt aus"]
    return Book("risiken.xlsx", [Sheet("Risiken", "risk", rows, columns, titles)])


def percentages() -> Book:
    """Probability as percent cells, impact on a scale to ten, money by risk, dates in the American order."""
    headers = [
        "Risk #",
        "Risk Description",
        "Probability (%)",
        "Impact (1-10)",
        "Cost Impact ($)",
        "Risk Owner",
        "Date Raised",
        "Response",
    ]
    rows: Grid = [
        headers,
        [
            "1",
            "Foundation costs more than planned",
            0.6,
            8,
            "$250,000",
            "Ada Lovelace",
            "04/25/2026",
            "Mitigate",
        ],
        ["2", "Crane is not available", 0.15, 3, "$40,000", "", "05/13/2026", "Accept"],
        ["3", "Strike at the harbour", 0.9, 10, "$1,100,000", "", "05/30/2026", "Contingency"],
    ]
    columns = dict(
        zip(
            headers,
            (
                "reference",
                "title",
                "current_probability",
                "current_impact",
                "exposure",
                "owner",
                "raised_on",
                "response",
            ),
            strict=True,
        )
    )
    return Book(
        "quantified.xlsx", [Sheet("Register", "risk", rows, columns, [row[1] for row in rows[1:]])],
    )  # fmt: skip


def three_steps() -> Book:
    """Numbers beside words on a scale of three, one column for the place of every row, hidden rows."""
    headers = ["Project", "Risk", "Likelihood", "Severity", "Score", "Status", "Comments"]
    rows: Grid = [
        headers,
        ["P1", "Scope creeps", "3 - High", "2 - Medium", 6, "Open", "Discussed in March"],
        ["P1", "Tests start late", "2 - Medium", "3 - High", 6, "Closed", ""],
        ["P1", "Licence expires", "1 - Low", "1 - Low", 1, "Open", ""],
    ]
    columns = dict(
        zip(
            headers,
            ("initiative", "title", "current_probability", "current_impact", "score", "state", "description"),
            strict=True,
        )
    )
    titles = [row[1] for row in rows[1:]]
    return Book("lmh.xlsx", [Sheet("Risk list", "risk", rows, columns, titles, hidden_rows=[2])])


def abbreviations() -> Book:
    """Headers of one letter and scores as a product, letters in the cells, opportunities beside threats."""
    headers = ["#", "Risk event", "T/O", "P", "I", "PxI", "Mitigation actions", "Resp.", "Last updated"]
    rows: Grid = [
        ["RISK REGISTER", "", "", "", "", "", "", "", "v0.9"],
        headers,
        [
            "1",
            "Bid is too low",
            "Threat",
            "H",
            "VH",
            20,
            "Review by two people",
            "Ada Lovelace",
            "01.02.2026",
        ],
        ["2", "Grant is extended", "Opportunity", "L", "M", 6, "Apply in May", "", "15.02.2026"],
        ["3", "Frost", "Threat", "VL", "L", 2, "", "", "28.02.2026"],
    ]
    columns = dict(
        zip(
            headers,
            (
                *("reference", "title", "direction", "current_probability", "current_impact", "score"),
                *("response_text", "owner", "last_reviewed"),
            ),
            strict=True,
        )
    )
    return Book("abc.xlsx", [Sheet("Sheet1", "risk", rows, columns, [row[1] for row in rows[2:]])])
