"""Fill an empty database with an organisation of a given size, the same one for the same seed:

    STEERCO_DATA_DIR=/tmp/large python benchmarks/generate.py [--initiatives 10000] [--people 10000]
        [--risks 100000] [--seed 1]

Writes into the installation's own database (STEERCO_DATABASE_URL for PostgreSQL). Rows go in by the hundreds with
their entries, ancestry, versions and events, as the services write them one by one; a test compares the two.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steerco.site.settings")
if __name__ == "__main__":
    django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from steerco.apps.access.models import User
from steerco.apps.indicators.indicators import END, OVERALL, RATING, START
from steerco.apps.indicators.models import Value
from steerco.apps.indicators.services import Report, record_snapshots
from steerco.apps.initiatives.models import Ancestry, Entry, Holding, Initiative, Post
from steerco.apps.initiatives.records import delete_records
from steerco.apps.initiatives.services import restrict
from steerco.apps.organisation.services import configure
from steerco.apps.people.models import Party, Person, Unit
from steerco.apps.people.services import make_parties, write_units
from steerco.apps.planning.models import Milestone
from steerco.apps.raid.models import Action, Issue, Risk
from steerco.kit import clock
from steerco.kit.history import Versioned, Write
from steerco.kit.history.versions import version_model
from steerco.kit.history.writes import (
    _append_events,
    _create,
    _differences,
    _update,
    _write_versions,
)
from steerco.kit.journal.seals import seal_pending
from steerco.kit.permissions import Actor
from steerco.kit.search.indexing import rebuild

OPERATOR = Actor.operator("generator")
TODAY = date(2026, 11, 2)
CHUNK = 5000
V = TypeVar("V", bound=Versioned)
T = Initiative.Type

# The readers of the load test: who they are, and on what they hold a post (a key of `World.places`).
READERS = {
    "all": ("pmo_analyst", "organisation"),
    "portfolio": ("portfolio_manager", "portfolio"),
    "project": ("project_manager", "project"),
    "none": ("", ""),
}
_lists = dict(line.split(": ") for line in Path(__file__).with_name("words.txt").read_text().splitlines())
WORDS, DEEDS, FIRST, LAST = (_lists[key].split() for key in ("things", "deeds", "first", "last"))
TROUBLES = (
    "supplier insolvency", "late approval of the design", "shortage of engineers", "rising price of steel",
    "contaminated ground", "loss of the interface owner", "rejected change of law", "unclear acceptance criteria",
    "data that cannot be migrated", "strike at the main contractor", "key person leaving", "late site access",
)  # fmt: skip
STATES = ("open", "treating", "accepted", "draft", "closed")
COLOURS = ("green", "amber-green", "amber", "amber-red", "red")


def record(rows: Sequence[Versioned], kind: str) -> None:
    """Create `rows` as `kit.history.save` does: rows, companions, one event and one version each.

    Left out is only `full_clean`, which asks the database once for each foreign key of each row.
    """
    for chunk in batches(iter(rows), CHUNK):
        writes = [Write(row) for row in chunk]
        now = clock.now()
        with transaction.atomic():
            _create(type(chunk[0]), writes, now)
            events = _append_events(OPERATOR, writes, now, kind=kind, reason="", batch="")
            _open_versions(chunk, events[-1].sequence)


def change(rows: Sequence[Versioned], fields: frozenset[str], kind: str) -> None:
    """Write the new values of `fields` as `kit.history.save` does, without `full_clean`."""
    for chunk in batches(iter(rows), CHUNK):
        now = clock.now()
        with transaction.atomic():
            writes = _differences(type(chunk[0]), [Write(row, fields=fields) for row in chunk])
            _update(type(chunk[0]), writes, now)
            events = _append_events(OPERATOR, writes, now, kind=kind, reason="", batch="")
            _write_versions(type(chunk[0]), writes, events)


def _open_versions(rows: Sequence[Versioned], since: int) -> None:
    """The versions of new rows, copied by the database."""
    model = type(rows[0])
    names = ", ".join(connection.ops.quote_name(str(f.column)) for f in model._meta.concrete_fields)
    source = connection.ops.quote_name(model._meta.db_table)
    target = connection.ops.quote_name(version_model(model)._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {target} ({names}, since) SELECT {names}, %s FROM {source} WHERE id BETWEEN %s AND %s",
            [since, rows[0].pk, rows[-1].pk],
        )


def batches(rows: Iterator[V], size: int) -> Iterator[list[V]]:
    """`rows` in lists of at most `size`."""
    while chunk := list(islice(rows, size)):
        yield chunk


class World:
    """An organisation that is being filled. `seed` decides every value; nothing depends on the time of day."""

    def __init__(self, initiatives: int, people: int, risks: int, seed: int) -> None:
        self.sizes = {"initiatives": initiatives, "people": people, "risks": risks}
        self.random = Random(seed)
        self.units: list[Unit] = []
        self.people: list[Person] = []
        self.tree: list[Initiative] = []
        self.chains: dict[int, list[Initiative]] = {}
        self.risks: list[Risk] = []
        self.issues: list[Issue] = []

    def fill(self, say: Callable[[str], None]) -> None:
        """Everything, in the order in which an organisation would write it."""
        steps: list[tuple[str, int, Callable[[], None]]] = [
            ("organisation and people", 400, self.fill_people),
            ("tree", 390, self.fill_tree),
            ("posts", 380, self.fill_posts),
            ("snapshots", 370, self.fill_snapshots),
            ("risks", 30, self.fill_risks),
            ("issues, actions, milestones", 28, self.fill_others),
            ("changes of last week", 7, self.change_some),
            ("restrictions", 5, self.restrict_some),
        ]
        for name, days_ago, step in steps:
            started = time.perf_counter()
            with clock.at(datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC) - timedelta(days_ago)):
                step()
            say(f"{time.perf_counter() - started:6.1f} s  {name}")

    def day(self, low: int, high: int) -> date:
        """A date between `low` and `high` days from the world's today."""
        return TODAY + timedelta(self.random.randint(low, high))

    # -- people -----------------------------------------------------------------------------------------------

    def fill_people(self) -> None:
        """Sixty units; people, every fifth with an account; the four readers of the load test."""
        configure(OPERATOR, {"name": "Large organisation", "staff_read_all": False, "currency": "GBP"})
        units = [
            Unit(code=f"U{n:02}", name=f"Department of {WORDS[n % len(WORDS)]} {n:02}") for n in range(60)
        ]
        self.units = write_units(OPERATOR, units)
        names = [
            f"{self.random.choice(FIRST)} {self.random.choice(LAST)} {n}" for n in range(self.sizes["people"])
        ]
        emails = [f"person{n}@large.example" for n in range(len(names))]
        for n, reader in enumerate(READERS):
            names[n], emails[n] = f"Reader {reader}", f"{reader}@large.example"
        accounts = [User(email=email) for n, email in enumerate(emails) if n < len(READERS) or n % 5 == 0]
        for account in accounts:
            account.set_unusable_password()
        by_email = {user.email: user for user in User.objects.bulk_create(accounts, batch_size=500)}
        self.people = [
            Person(
                party=party, name=name, email=email, user=by_email.get(email),
                unit=self.random.choice(self.units), job_title=f"{self.random.choice(WORDS).title()} specialist",
                engagement=self.random.choice(("staff", "staff", "staff", "contractor", "external"))
                if n >= len(READERS) else "staff",
            )
            for n, (party, name, email) in enumerate(zip(make_parties("person", names), names, emails, strict=True))
        ]  # fmt: skip
        record(self.people, "person.changed")
        self.others = self.people[len(READERS) :]

    # -- tree -------------------------------------------------------------------------------------------------

    def fill_tree(self) -> None:
        """One portfolio over all; below it portfolios, programmes, projects, workstreams as 1 : 10 : 350 : 140."""
        total = self.sizes["initiatives"]
        portfolios, programmes = max(1, total // 500), max(2, total // 50)
        projects = max(4, total * 7 // 10)
        top = self._level(T.PORTFOLIO, "ALL", 1, [None])
        below = self._level(T.PORTFOLIO, "PF", portfolios, list(top))
        middle = self._level(T.PROGRAMME, "PG", programmes, list(below))
        self.projects = self._level(T.PROJECT, "PJ", projects, list(middle))
        rest = max(0, total - len(self.tree))
        self._level(T.WORKSTREAM, "WS", rest, list(self.projects))
        pairs = [
            Ancestry(ancestor=above, descendant=row, depth=depth)
            for row in self.tree
            for depth, above in enumerate(self.chains[row.pk])
        ]
        Ancestry.objects.bulk_create(pairs, batch_size=2000)
        own = Initiative.objects.filter(entry=OuterRef("pk")).values("pk")
        Entry.objects.filter(register="initiative").update(initiative=Subquery(own[:1]))
        middle_portfolio, project = below[len(below) // 2], self.projects[7 % projects]
        self.places = {"organisation": None, "portfolio": middle_portfolio, "project": project}

    def _level(
        self, type_: str, prefix: str, count: int, parents: Sequence[Initiative | None]
    ) -> list[Initiative]:
        rows = []
        for n in range(count):
            parent = parents[n % len(parents)]
            start = self.day(-1500, 100)
            end = start + timedelta(self.random.randint(200, 2500))
            rows.append(
                Initiative(
                    parent=parent, type=type_, code=f"{prefix}-{n + 1:05}",
                    name=f"{self.random.choice(WORDS).title()} {self.random.choice(DEEDS)} {n + 1}",
                    summary=self.sentences(3), unit=self.random.choice(self.units),
                    status=self.random.choices(("delivering", "proposed", "closing", "closed"), (80, 8, 6, 6))[0],
                    category=self.random.choice(("Infrastructure", "Digital", "Services", "Defence")),
                    lead=self.random.choice(self.others).party, sponsor=self.random.choice(self.others).party,
                    priority=self.random.choice((None, n + 1)), planned_start=start, planned_end=end,
                    forecast_end=end + timedelta(self.random.choice((0, 0, 0, 30, 90, 400))),
                )
            )  # fmt: skip
        record(rows, "initiative.created")
        for row in rows:
            self.chains[row.pk] = [row, *(self.chains[row.parent_id] if row.parent_id else [])]
        self.tree += rows
        return rows

    def sentences(self, count: int) -> str:
        """So many sentences of the length that people write."""
        pick = self.random.choice
        one = [f"The {pick(WORDS)} {pick(DEEDS)} depends on the {pick(WORDS)} team" for _ in range(count)]
        return ". ".join(one) + "."

    def fill_posts(self) -> None:
        """A head on each initiative that is no workstream, a sponsor on every second, members on every third."""
        wanted: list[tuple[str, Initiative | None]] = []
        heads = {
            T.PORTFOLIO: "portfolio_manager",
            T.PROGRAMME: "programme_manager",
            T.PROJECT: "project_manager",
        }
        for n, row in enumerate(self.tree):
            if row.type in heads:
                wanted.append((heads[T(row.type)], row))
                wanted += [("sponsor", row)] * (n % 2 == 0) + [("team_member", row)] * (n % 3 == 0)
        held_by: list[Person] = [self.random.choice(self.others) for _ in wanted]
        for n, (role, place) in enumerate(READERS.values()):
            if role:
                wanted.append((role, self.places[place]))
                held_by.append(self.people[n])
        parties = make_parties("post", [f"{role}, {row.name if row else ''}" for role, row in wanted])
        posts = [Post(party=p, initiative=row, role=role, title=role.replace("_", " ").title())
                 for p, (role, row) in zip(parties, wanted, strict=True)]  # fmt: skip
        record(posts, "post.created")
        record([Holding(post=p, person=who) for p, who in zip(posts, held_by, strict=True)], "post.filled")

    # -- reports ----------------------------------------------------------------------------------------------

    def fill_snapshots(self) -> None:
        """Six reports of every project, a quarter apart: rating, dates, money and a narrative that drift."""
        state = {
            row.pk: [self.random.randint(0, 4), self.random.randint(10**8, 10**11), row.planned_end]
            for row in self.projects
        }
        for quarter in range(6):
            day = date(2025, 6, 30) + timedelta(91 * quarter)
            with clock.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
                reports = [self._report(row, day, state[row.pk]) for row in self.projects]
                for start in range(0, len(reports), CHUNK):
                    record_snapshots(OPERATOR, reports[start : start + CHUNK], source="generated")

    def _report(self, row: Initiative, day: date, state: list[Any]) -> Report:
        state[0] = min(4, max(0, state[0] + self.random.choice((-1, 0, 0, 0, 0, 1))))
        state[1] = int(state[1] * self.random.choice((1, 1, 1, 1.01, 1.06, 0.98)))
        state[2] = state[2] + timedelta(self.random.choice((0, 0, 0, 0, 14, 60)))
        year = state[1] // 6
        money = {"year_budget": year, "year_forecast": year + year // 20, "whole_life_cost": state[1]}
        values = [
            Value(indicator=RATING, dimension=OVERALL, scale="five_point", rating=COLOURS[state[0]]),
            Value(indicator=START, day=row.planned_start),
            Value(indicator=END, day=state[2]),
            *(Value(indicator=k, amount=v, currency="GBP", year=str(day.year)) for k, v in money.items()),
        ]
        if day.year == TODAY.year:
            values.append(Value(indicator="rating_comment", text=self.sentences(4)))
        unit = next(u for u in self.units if u.pk == row.unit_id)
        fields = {
            "name": row.name,
            "code": row.code,
            "unit": unit,
            "unit_name": unit.name,
            "category": row.category,
        }
        return Report(row, day, fields, values)

    # -- registers --------------------------------------------------------------------------------------------

    def _title(self) -> str:
        pick = self.random.choice
        return f"{pick(TROUBLES)} at the {pick(WORDS)} {pick(DEEDS)}".capitalize()

    def _where(self) -> Initiative:
        """Half of the records stand on the first fifth of the projects: registers are never equally long."""
        early = self.projects[: max(1, len(self.projects) // 5)]
        return self.random.choice(early if self.random.random() < 0.5 else self.tree)

    def fill_risks(self) -> None:
        """The risks, five sixths of them open, most with scores, an owner, texts and money."""
        pick = self.random.choice
        for _ in range(self.sizes["risks"]):
            where = self._where()
            inherent = (self.random.randint(1, 5), self.random.randint(1, 5))
            current = tuple(max(1, x - pick((0, 0, 1))) for x in inherent)
            target = tuple(max(1, x - pick((0, 1, 2))) for x in current)
            rated = self.random.random() < 0.9
            self.risks.append(
                Risk(
                    initiative=where, title=self._title(), currency="GBP",
                    state=self.random.choices(STATES, (40, 25, 10, 10, 15))[0],
                    owner=pick((where.lead, where.lead, pick(self.others).party, None)),
                    direction=self.random.choices(("threat", "opportunity"), (92, 8))[0],
                    category=pick(Risk.Category.values), proximity=pick(Risk.Proximity.values),
                    response=pick(("avoid", "reduce", "transfer", "accept")),
                    cause=self.sentences(2), effect=self.sentences(2), response_text=self.sentences(2),
                    inherent_probability=inherent[0] if rated else None, inherent_impact=inherent[1] if rated else None,
                    current_probability=current[0] if rated else None, current_impact=current[1] if rated else None,
                    target_probability=target[0] if rated else None, target_impact=target[1] if rated else None,
                    exposure=pick((None, self.random.randint(10**5, 10**9))), raised_on=self.day(-300, -61),
                    next_review=pick((None, self.day(-30, 90))),
                )
            )  # fmt: skip
        record(self.risks, "risk.created")

    def fill_others(self) -> None:
        """A tenth as many issues, actions and milestones as risks, each."""
        pick, count = self.random.choice, self.sizes["risks"] // 10
        self.issues = [
            Issue(
                initiative=(where := self._where()), title=self._title(), description=self.sentences(2),
                owner=pick((where.lead, None)), state=pick(("open", "working", "waiting", "closed")),
                priority=self.random.randint(1, 4), severity=self.random.randint(1, 4), due_on=self.day(-40, 120),
            )
            for _ in range(count)
        ]  # fmt: skip
        record(self.issues, "issue.created")
        actions = [
            Action(
                initiative=risk.initiative, risk=risk, title=f"Prevent: {risk.title}"[:300], owner=risk.owner,
                state=pick(("open", "open", "done")), priority=self.random.randint(1, 4), due_on=self.day(-40, 120),
            )
            for risk in islice(self.risks, count)
        ]  # fmt: skip
        record(actions, "action.created")
        milestones = [
            Milestone(
                initiative=(where := pick(self.projects)), title=f"{pick(DEEDS).title()} of the {pick(WORDS)} accepted",
                tier=pick(Milestone.Tier.values), owner=where.lead, state=pick(("planned", "planned", "reached")),
                baseline=(day := self.day(-300, 500)), forecast=day + timedelta(pick((0, 0, 10, 60))),
            )
            for _ in range(count)
        ]  # fmt: skip
        record(milestones, "milestone.created")

    def change_some(self) -> None:
        """Every twentieth risk was rated anew last week; a few were deleted; the last of the closed came before."""
        chosen = self.risks[::20]
        for risk in chosen:
            risk.current_probability, risk.current_impact = (
                self.random.randint(1, 5),
                self.random.randint(1, 5),
            )
        change(chosen, frozenset({"current_probability", "current_impact"}), "risk.changed")
        delete_records(OPERATOR, Risk, [risk.pk for risk in self.risks[3::1000]])

    def restrict_some(self) -> None:
        """Every tenth project, at most twenty, and a few risks are for named people only."""
        step = max(10, len(self.projects) // 20)
        for row in self.projects[step - 1 :: step]:
            restrict(OPERATOR, row, [row.lead_id or 0, row.sponsor_id or 0])
        for risk in self.risks[11::2000]:
            if risk.owner_id:
                restrict(OPERATOR, risk, [risk.owner_id])


def counts() -> dict[str, int]:
    """How many rows there are of each kind."""
    models = (
        Initiative,
        Ancestry,
        Person,
        Party,
        Post,
        Holding,
        Entry,
        Risk,
        Issue,
        Action,
        Milestone,
        Value,
    )
    return {m._meta.model_name or "": m._default_manager.count() for m in models}


def main() -> None:
    """Migrate, fill, print what was made as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, number in (("initiatives", 10_000), ("people", 10_000), ("risks", 100_000), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=number)
    args = parser.parse_args()
    call_command("migrate", verbosity=0)
    if Initiative.objects.exists():
        sys.exit("the database is not empty: choose another STEERCO_DATA_DIR or STEERCO_DATABASE_URL")
    started = time.perf_counter()
    World(args.initiatives, args.people, args.risks, args.seed).fill(
        lambda line: print(line, file=sys.stderr)
    )
    seal_pending()  # what the worker does within seconds of each write
    rebuild()  # what each write does itself
    with connection.cursor() as cursor:  # what a database does by itself once it has run for a while
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    seconds = round(time.perf_counter() - started, 1)
    print(
        json.dumps({"database": connection.vendor, "seconds": seconds, "seed": args.seed, "rows": counts()})
    )


if __name__ == "__main__":
    main()
