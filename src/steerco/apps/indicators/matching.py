"""Which initiative a row of a file is about: known for certain, confirmed by a person, or new; never a guess."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from steerco.apps.initiatives.models import Initiative
from steerco.exchange.portfolio import Candidate, Field, ReadingRow, match_names
from steerco.kit.fields import sort_key

Identity = tuple[date, str, str, str]


@dataclass(eq=False)
class Known:
    """An initiative that rows can be about; `initiative` None while it is only about to be created."""

    initiative: Initiative | None
    name: str = ""
    unit: str = ""
    code: str = ""
    start: date | None = None
    end: date | None = None
    description: str = ""
    names: dict[str, str] = field(default_factory=dict)  # every name it goes by, under its sort key
    identities: set[Identity] = field(default_factory=set)  # of every report that there is of it
    rows: list[tuple[date, ReadingRow]] = field(default_factory=list)

    def learn(self, *names: str) -> None:
        """It goes by these names too."""
        for name in names:
            if key := sort_key(name):
                self.names.setdefault(key, name)

    def take(self, day: date, row: ReadingRow) -> None:
        """`row` is about it: the newest that is known of it."""
        self.rows.append((day, row))
        self.name, self.unit, self.code = row.name, row.unit or self.unit, row.code or self.code
        self.start, self.end = row.start or self.start, row.end or self.end
        self.description = row.texts.get(Field.DESCRIPTION, self.description)
        self.learn(row.name, row.published_name, *row.former_names)


@dataclass(frozen=True)
class PossibleMatch:
    """A row that may be about an initiative that is known otherwise; a person decides. `code` is the initiative's."""

    row: int
    name: str
    known: str
    code: str
    confidence: float
    reason: str


def identity(day: date, name: str, unit: str, code: str) -> Identity:
    """What tells that a row is a report that is there already."""
    return day, sort_key(name), " ".join(unit.split()).casefold(), code.casefold()


class Pool:
    """The initiatives that the rows of one portfolio can be about.

    `confirmed` are the matches that a person confirmed: name in the file -> code of the initiative. `bodies` says
    which unit stands in the place of another, by name: what was succeeded is one body with its successor.
    """

    def __init__(
        self, known: Iterable[Known], confirmed: Mapping[str, str], bodies: Mapping[str, str]
    ) -> None:
        self.known = list(known)
        self.confirmed = {sort_key(name): code for name, code in confirmed.items()}
        self.bodies = bodies
        self.possible: list[PossibleMatch] = []

    def assign(self, day: date, rows: Sequence[ReadingRow]) -> list[Known]:
        """The initiative of each row of one date, in order; rows without one get a new one.

        No initiative is taken twice for the date.
        """
        found = self._told(day, rows)
        self._match(rows, found)
        for index, row in enumerate(rows):
            if index not in found:
                found[index] = Known(None)
                self.known.append(found[index])
            found[index].take(day, row)
        return [found[index] for index in range(len(rows))]

    def _told(self, day: date, rows: Sequence[ReadingRow]) -> dict[int, Known]:
        """Rows that are reports already there, that a person confirmed, or that carry our own code."""
        by_identity = {one: known for known in self.known for one in known.identities}
        by_code = {known.initiative.code.casefold(): known for known in self.known if known.initiative}
        found: dict[int, Known] = {}
        taken: set[Known] = set()
        for index, row in enumerate(rows):
            known = (
                by_identity.get(identity(day, row.published_name, row.unit, row.code))
                or by_code.get(self.confirmed.get(sort_key(row.name), "").casefold())
                or by_code.get(row.code.casefold())
            )
            if known and known not in taken:
                found[index] = known
                taken.add(known)
        return found

    def _match(self, rows: Sequence[ReadingRow], found: dict[int, Known]) -> None:
        """Match what is left by names, codes, dates and descriptions; what is not certain is offered."""
        taken = set(found.values())
        free = [known for known in self.known if known not in taken]
        new = [self._candidate_of_row(i, row) for i, row in enumerate(rows) if i not in found]
        old = [self._candidate_of_known(i, known) for i, known in enumerate(free)]
        for match in match_names(new, old):
            index, known = int(match.new.key), free[int(match.known.key)]
            if match.certain:
                found[index] = known
            elif known.initiative is not None:
                self.possible.append(
                    PossibleMatch(
                        rows[index].row,
                        rows[index].name,
                        known.initiative.name,
                        known.initiative.code,
                        match.confidence,
                        match.reason,
                    )
                )

    def _body(self, unit: str) -> str:
        return self.bodies.get(" ".join(unit.split()).casefold(), unit)

    def _candidate_of_row(self, index: int, row: ReadingRow) -> Candidate:
        return Candidate(
            key=str(index),
            name=row.name,
            unit=self._body(row.unit),
            former_names=row.former_names,
            code=row.code,
            start=row.start,
            end=row.end,
            description=row.texts.get(Field.DESCRIPTION, ""),
        )

    def _candidate_of_known(self, index: int, known: Known) -> Candidate:
        return Candidate(
            key=str(index),
            name=known.name,
            unit=self._body(known.unit),
            former_names=tuple(name for key, name in known.names.items() if key != sort_key(known.name)),
            code=known.code,
            start=known.start,
            end=known.end,
            description=known.description,
        )
