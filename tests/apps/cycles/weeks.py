"""A programme that reports: its workstreams each week, its projects each month, played day by day with an own clock.

Everything goes through the services, as the people whose reports they are. What each workstream does is drawn from a
seed: milestones move or are reached, risks get worse or better, some weeks nothing happens, now and then somebody says
nothing. `tests/apps/cycles/test_weeks.py` plays a small one, `benchmarks/reporting_cycle.py` the large one with its
figures, `tests/faults/cycles.py` kills it.
"""

import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from steerco.apps.access.models import User
from steerco.apps.cycles.drafts import Typed, check, may_stay, open_page
from steerco.apps.cycles.kinds import CONSOLIDATED
from steerco.apps.cycles.models import Cycle, FrozenReport, Report
from steerco.apps.cycles.services import approve, give_back, submit, write_cadences
from steerco.apps.cycles.states import WRITABLE
from steerco.apps.cycles.turning import turn
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.people.models import Person
from steerco.apps.people.services import write_people
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor, Via
from steerco.kit.registers.register import register_of

OPERATOR = Actor.operator("test")
FIRST_FRIDAY = date(2026, 10, 9)
SILENT, RETURNED, BUSY = (
    0.04,
    0.05,
    0.5,
)  # the share of reports that nobody gives, that are sent back, of busy weeks
BY = timedelta(days=30)


@dataclass
class Weeks:
    """The programme, and what happened so far."""

    projects: int
    streams: int  # of each project
    seed: int = 1
    counts: Counter[str] = field(default_factory=Counter)
    digests: dict[int, str] = field(default_factory=dict)  # of everything that was frozen, when it was

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.actors: dict[int, Actor] = {}
        with clock.at(at(FIRST_FRIDAY - timedelta(days=14))):
            self._build()

    # -- the programme

    def _build(self) -> None:
        codes = [(f"P{p:02}", [f"P{p:02}-W{s:02}" for s in range(1, self.streams + 1)])
                 for p in range(1, self.projects + 1)]  # fmt: skip
        names = ["Rita Programme", "Otto Office"]
        names += [f"Lead of {code}" for project, below in codes for code in (project, *below)]
        self.people = dict(
            zip(names, write_people(OPERATOR, [Change(self._person(n)) for n in names]), strict=True)
        )
        self.root = self._place("PRG", None, "programme", "Rita Programme", "programme_manager")
        self.rows = []
        for project, below in codes:
            top = self._place(project, self.root, "project", f"Lead of {project}", "project_manager")
            self.rows += [top]
            for code in below:
                self.rows.append(self._place(code, top, "workstream", f"Lead of {code}", "project_manager"))
        appoint(OPERATOR, create_post(OPERATOR, None, "pmo_analyst"), self.people["Otto Office"])
        for row in self.rows:
            self._fill(row)
        week = {"initiative": self.root, "title": "Weekly report", "kind": "weekly", "covers": "workstreams"}
        month = {"initiative": self.root, "title": "Monthly report", "kind": "monthly", "covers": "projects"}
        starts = FIRST_FRIDAY - timedelta(days=6)
        changes = [
            Change({**week, "anchor": FIRST_FRIDAY, "starts": starts}),
            Change({**month, "rhythm": "month", "anchor": date(2026, 10, 31), "starts": starts}),
        ]
        office = self.people["Otto Office"].party
        for change in changes:
            change.values["consolidator"] = office  # whoever leads the programme reviews
        write_cadences(OPERATOR, changes)

    def _person(self, name: str) -> dict[str, Any]:
        user = User.objects.create_user(f"{name.replace(' ', '.').lower()}@example.org")
        return {"name": name, "email": user.email, "user": user}

    def _place(self, code: str, parent: Initiative | None, kind: str, lead: str, role: str) -> Initiative:
        values: dict[str, Any] = {
            "code": code,
            "name": f"{kind.title()} {code}",
            "parent": parent,
            "type": kind,
        }
        values |= {"status": "delivering", "lead": self.people[lead].party}
        row = write_initiatives(OPERATOR, [Change(values)])[0]
        appoint(OPERATOR, create_post(OPERATOR, row, role), self.people[lead])
        return row

    def _fill(self, row: Initiative) -> None:
        days = [FIRST_FRIDAY + timedelta(days=self.chance.randrange(-7, 150)) for _ in range(4)]
        milestones = [
            Change(
                {"initiative": row, "title": f"Milestone {n} of {row.code}", "baseline": day, "forecast": day}
            )
            for n, day in enumerate(days, 1)
        ]
        register_of("milestone").write(OPERATOR, milestones)
        scores = [(self.chance.randint(1, 5), self.chance.randint(1, 5)) for _ in range(3)]
        owner = {"initiative": row, "owner": row.lead}
        risks = [
            Change(
                {**owner, "title": f"Risk {n} of {row.code}", "current_probability": p, "current_impact": i}
            )
            for n, (p, i) in enumerate(scores, 1)
        ]
        register_of("risk").write(OPERATOR, risks)
        due = FIRST_FRIDAY + timedelta(days=self.chance.randrange(60))
        register_of("action").write(
            OPERATOR, [Change({**owner, "title": f"Action of {row.code}", "due_on": due})]
        )

    # -- its days

    def play(self, weeks: int) -> None:
        """Play until the cycles of the last week, and of the months that ended by then, are published."""
        day, last = FIRST_FRIDAY - timedelta(days=3), FIRST_FRIDAY + timedelta(weeks=weeks, days=7)
        while day <= last:
            if day.weekday() < 5:
                self.day(day)
            day += timedelta(days=1)

    def day(self, day: date) -> None:
        """One day: what happened, what is written, reviewed, locked, consolidated."""
        with clock.at(at(day, 8)):
            self.happen(day)
            turn()
        with clock.at(at(day, 10)):
            for report in self.owed(day):
                self.write(report)
        with clock.at(at(day, 11)):
            for report in (
                reports().filter(state="submitted", cycle__review_on=day).exclude(kind=CONSOLIDATED)
            ):
                self.review(report)
        with clock.at(at(day, 13)):
            self.lock()
            self.keep()
            for report in reports().filter(state="due", kind=CONSOLIDATED):
                self.consolidate(report)
            self.keep()

    def lock(self) -> None:
        """What is due to be locked is."""
        turn()

    def happen(self, day: date) -> None:
        """What changed in the work since yesterday."""
        for row in self.rows:
            if self.chance.random() < BUSY / 5:
                self._milestone(row, day)
            if self.chance.random() < BUSY / 5:
                self._risk(row)

    def _milestone(self, row: Initiative, day: date) -> None:
        register = register_of("milestone")
        model: Any = register.model
        open_ones = model.objects.filter(initiative=row, state="planned").order_by("pk")
        found = list(open_ones)
        if not found:
            return
        one = self.chance.choice(found)
        if one.forecast and one.forecast <= day:
            change = Change({"state": "reached", "actual": day}, pk=one.pk)
        else:
            moved = (one.forecast or day) + timedelta(days=self.chance.choice((-3, 2, 5, 10)))
            change = Change({"forecast": moved}, pk=one.pk)
        register.write(OPERATOR, [change])
        self.counts["milestones"] += 1

    def _risk(self, row: Initiative) -> None:
        register = register_of("risk")
        model: Any = register.model
        one = self.chance.choice(list(model.objects.filter(initiative=row).order_by("pk")))
        register.write(OPERATOR, [Change({"current_probability": self.chance.randint(1, 5)}, pk=one.pk)])
        self.counts["risks"] += 1

    def owed(self, day: date) -> Iterator[Report]:
        """The reports to be written on `day`: all that are due then or were sent back."""
        rows = reports().filter(state__in=WRITABLE, due_on__lte=day).exclude(kind=CONSOLIDATED)
        yield from rows.order_by("pk")

    def write(self, report: Report) -> None:
        """As its owner: nothing, “no change”, or what the form asks."""
        if self.chance.random() < SILENT:
            self.counts["silent"] += 1
            return
        actor = self.actor(report.owner_id)
        page = open_page(actor, report)
        if may_stay(page):
            submit(actor, report, unchanged=True)
            self.counts["unchanged"] += 1
            return
        submit(actor, report, self.typed(report, page))
        self.counts["written"] += 1

    def typed(self, report: Report, page: Any, summary: str = "") -> Typed:
        """What its owner types: overall as the figures say, with a path back; why where it is better than they are."""
        overall = page.computed.colours.get("overall", "green")
        ratings = {d: {"value": "green", "why": ""} for d in report.what.dimensions}
        ratings["overall"]["value"] = overall if overall in ("amber", "red") else "green"
        by = (clock.today() + BY).isoformat()
        path = (
            {"text": "The supplier catches up.", "by": by} if ratings["overall"]["value"] != "green" else {}
        )
        typed = Typed("As planned." if not path else "Late.", ratings, path or {"text": "", "by": ""})
        if summary:
            typed.texts["summary"] = summary
        page.draft.content = typed.content
        for name in check(page):
            if name.startswith("why-"):
                ratings[name.removeprefix("why-")]["why"] = "A buffer covers it."
        return typed

    def review(self, report: Report) -> None:
        """As its reviewer: mostly good, now and then sent back."""
        reviewer = self.actor(report.reviewer_id)
        if report.returns == 0 and self.chance.random() < RETURNED:
            give_back(reviewer, report, "Say by when.")
            self.counts["returned"] += 1
        else:
            approve(reviewer, report)
            self.counts["approved"] += 1

    def consolidate(self, report: Report) -> None:
        """The office writes the consolidated report, the programme approves: it is frozen and published."""
        actor = self.actor(report.owner_id)
        page = open_page(actor, report)
        submit(actor, report, self.typed(report, page, "See the first lines."))
        self.approve(report)

    def approve(self, report: Report) -> None:
        """As its reviewer."""
        approve(self.actor(report.reviewer_id), report)
        self.counts["consolidated"] += 1

    def actor(self, party: int | None) -> Actor:
        """Whoever holds that party."""
        assert party is not None
        if party not in self.actors:
            user = Person.objects.get(party=party).user
            assert user is not None
            self.actors[party] = actor_for(user, Via.SESSION)
        return self.actors[party]

    # -- what must hold

    def keep(self) -> None:
        """Remember everything that was frozen since."""
        rows = FrozenReport.objects.exclude(pk__in=self.digests)
        self.digests |= {
            pk: hashlib.sha256(text.encode()).hexdigest() for pk, text in rows.values_list("pk", "content")
        }

    def unchanged_since(self) -> bool:
        """Whether every frozen report still is what it was when it was frozen, and its hash says so."""
        rows = FrozenReport.objects.values_list("pk", "content", "digest")
        return all(
            self.digests[pk] == digest == hashlib.sha256(content.encode()).hexdigest()
            for pk, content, digest in rows
        )


def reports() -> Any:
    """Reports with what the services read of them."""
    return Report.objects.filter(deleted=False).select_related(
        "initiative__unit", "initiative__lead", "owner", "cycle__cadence__initiative"
    )


def at(day: date, hour: int = 9) -> datetime:
    """That hour of that day."""
    return datetime.combine(day, time(hour), UTC)


def whole(cycle: Cycle) -> bool:
    """Whether a locked cycle is locked altogether: each report frozen or missing, each frozen one with an edition, and
    one consolidated report."""
    rows = Report.objects.filter(cycle=cycle, deleted=False)
    below = rows.exclude(kind=CONSOLIDATED)
    states = set(below.values_list("state", flat=True))
    editions = (
        FrozenReport.objects.filter(report__in=below.filter(state="frozen"))
        .values("report")
        .distinct()
        .count()
    )
    return (
        states <= {"frozen", "missing"}
        and editions == below.filter(state="frozen").count()
        and rows.filter(kind=CONSOLIDATED).count() == 1
    )
