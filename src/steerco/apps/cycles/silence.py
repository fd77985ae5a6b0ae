"""What a level no longer tells, or tells again, only because somebody below did not report one time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from steerco.apps.cycles.drafts import Content
from steerco.apps.cycles.facts import Fact
from steerco.apps.initiatives.models import Entry

LIVE = ("ahead",)  # parts that are told from the records, whoever reports


def has_told(line: Mapping[str, Any]) -> bool:
    """Whether a line of a consolidated report is about what was reported that time; see `read_line`."""
    return bool(line.get("current", not line.get("age")))


@dataclass(frozen=True)
class Silence:
    """The entries in two consolidated reports of which nobody told the second time, and the first time."""

    now: frozenset[int] = field(default_factory=frozenset)
    then: frozenset[int] = field(default_factory=frozenset)

    def unsaid(self, part: str, lost: Sequence[Fact]) -> list[Fact]:
        """Of the facts that are gone those whose initiative did not report this time."""
        return [] if part in LIVE else [fact for fact in lost if fact["entry"] in self.now]

    def resumed(self, part: str, found: Sequence[Fact]) -> list[Fact]:
        """Of the facts that are new those whose initiative did not report the time before."""
        return [] if part in LIVE else [fact for fact in found if fact["entry"] in self.then]


def silence_between(before: Content, after: Content) -> Silence:
    """Who was silent in one of two consolidated reports of an initiative. At most one statement, which sorts the
    entries that both reports show anyway."""
    old, new = ({line["code"]: has_told(line) for line in one.get("below", ())} for one in (before, after))
    if all(old.values()) and all(new.values()):
        return Silence()
    entries = {fact["entry"] for one in (before, after) for part in one["parts"] for fact in part["facts"]}
    rows = Entry.objects.filter(pk__in=entries, initiative__above__ancestor__code__in={*old, *new})
    tellers: dict[int, set[str]] = defaultdict(set)
    for entry, code in rows.values_list("pk", "initiative__above__ancestor__code"):
        tellers[entry].add(code)
    return Silence(_silent(tellers.items(), new), _silent(tellers.items(), old))


def _silent(tellers: Iterable[tuple[int, set[str]]], told: Mapping[str, bool]) -> frozenset[int]:
    """The entries for which somebody was asked, and nobody reported: a project tells of its workstreams too."""
    return frozenset(
        entry
        for entry, codes in tellers
        if (asked := [told[code] for code in codes if code in told]) and not any(asked)
    )
