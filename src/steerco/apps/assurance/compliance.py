"""How each initiative keeps the ways of working that were agreed, told from everyday work: an offer of help."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from steerco.apps.assurance.evidence import NOTHING, all_evidence
from steerco.apps.assurance.selectors import in_place
from steerco.apps.initiatives.models import Initiative
from steerco.kit.pages.panels import ShownButton, buttons_at
from steerco.kit.permissions import Actor

TONE = {"met": "sc-rag-green", "partly": "sc-rag-amber", "not": "sc-rag-red", "na": "sc-rag-none"}
MOST = 200
CONTROLS = ("reports", "plan", "risks", "gates", "decisions", "sign_offs", "hygiene", "findings")


@dataclass(frozen=True)
class Cell:
    """One control of one initiative: its tone, a short word and the sentence, and where it comes from."""

    result: str
    short: str
    words: str
    url: str

    @property
    def tone(self) -> str:
        """The class of its colour."""
        return TONE[self.result]


@dataclass(frozen=True)
class Row:
    """An initiative with its controls; `help` leads to asking the office."""

    initiative: Initiative
    cells: list[Cell]
    help: list[ShownButton]

    @property
    def wanting(self) -> int:
        """How many controls are not met."""
        return sum(cell.result == "not" for cell in self.cells)


@dataclass(frozen=True)
class Map:
    """All initiatives and controls. `collected`: of how many cells the system could tell, in percent.
    `silent`: of how many projects nothing is known, which are not listed."""

    labels: list[Any]
    rows: list[Row]
    totals: list[tuple[int, int]]
    collected: int
    left_out: int
    silent: int


def compliance(actor: Actor, place: Initiative | None, day: date) -> Map:
    """The map of what lies at `place` and below, the most wanting first. Statements do not grow with the rows."""
    known = all_evidence()
    kinds = [known[key] for key in CONTROLS if key in known]
    every = list(
        in_place(actor, place).filter(type=Initiative.Type.PROJECT).order_by("sort_name", "pk")[: MOST + 1]
    )
    projects = every[:MOST]
    found = [kind.find(actor, [row.pk for row in projects], day) for kind in kinds]
    rows, silent = [], 0
    for project in projects:
        cells = []
        for kind, results in zip(kinds, found, strict=True):
            values = results.get(project.pk, NOTHING).values
            cells.append(Cell(values["result"], _short(values), kind.say(values), kind.url(project)))
        if all(cell.result == "na" for cell in cells):
            silent += 1
            continue
        rows.append(Row(project, cells, buttons_at("assurance.help", actor, project)))
    told = [cell for row in rows for cell in row.cells]
    totals = [
        (
            sum(row.cells[n].result == "met" for row in rows),
            sum(row.cells[n].result != "na" for row in rows),
        )
        for n in range(len(kinds))
    ]
    collected = 100 * sum(cell.result != "na" for cell in told) // len(told) if told else 0
    rows.sort(key=lambda row: (-row.wanting, row.initiative.sort_name))
    return Map([kind.label for kind in kinds], rows, totals, collected, len(every) - len(projects), silent)


def _short(values: dict[str, Any]) -> str:
    if values["result"] == "na":
        return "–"
    return f"{values['n']}/{values['of']}" if values["of"] else f"{values['n']} d"
