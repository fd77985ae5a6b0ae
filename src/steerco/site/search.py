"""Search over everything: each register finds with its own fields, within what the actor may read."""

from dataclasses import dataclass
from typing import Any

from steerco.kit.permissions import Actor
from steerco.kit.registers.listing import sort_keys
from steerco.kit.registers.paging import fetch
from steerco.kit.registers.register import Register, registers
from steerco.kit.search.finding import numbers_of_models
from steerco.kit.search.models import number_of

PER_REGISTER = 10


@dataclass(frozen=True)
class Found:
    """The hits in one register: (title, address, where)."""

    register: Register
    hits: list[tuple[str, str, str]]
    more: bool


def find_everywhere(actor: Actor, text: str) -> list[Found]:
    """The first hits of `text` in every register that has any, each in its own order."""
    results = []
    worth_asking = numbers_of_models(text)
    for register in registers():
        if number_of(register.model) not in worth_asking:
            continue
        found = register.searched(register.rows(actor), text)
        page = fetch(found, sort_keys(register, {}, "", ""), PER_REGISTER)
        if page.rows:
            hits = [(register.title(row), register.url(row), _where(row)) for row in page.rows]
            results.append(Found(register, hits, bool(page.after)))
    return results


def _where(row: Any) -> str:
    initiative = getattr(row, "initiative", None)
    return initiative.name if initiative is not None else ""
