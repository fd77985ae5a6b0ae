"""A programme over some weeks, from a seed through the services; and an oracle that is told what people did and says by
itself, without a database, what must have been asked, reminded, told upwards and mailed, to whom and on which day."""

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core import mail
from django.db import connection
from django.utils import timezone
from tests.apps.worlds import OPERATOR, actor, initiative, person, record

from steerco.apps.followups.chasing import chase
from steerco.apps.followups.links import actor_of_link, address_for, link_at
from steerco.apps.followups.models import FollowUp, Reminder
from steerco.apps.followups.services import answer, delegate
from steerco.apps.followups.waiting import nudge
from steerco.apps.notices.models import Notice, Preference
from steerco.apps.notices.services import deliver
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.journal import outbox
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_by_key

PEOPLE, LEADS, OUTSIDE = 40, 8, 4
FIRST_DAY = date(2026, 1, 5)  # a Monday
HOURS = (6, 9, 16)  # when the clock ticks, local time
DAY = timedelta(days=1)
LADDER = {"remind": (-3, 0, 3), "deputy": (5,), "lead": (8,)}
NAMES = {"action": "due_on", "issue": "due_on", "risk": "next_review"}
TITLE = re.compile(r"\bR\d{4}\b")


class Killed(BaseException):
    """The worker died here."""


def working_days(after: date, until: date) -> int:
    """How many of Monday to Friday lie after one day up to another; negative backwards. Counted one by one."""
    if until < after:
        return -working_days(until, after)
    return sum((after + n * DAY).weekday() < 5 for n in range(1, (until - after).days + 1))


@dataclass
class Thing:
    """A record as the oracle knows it."""

    kind: str
    owner: int | None
    due: date | None
    lead: int
    open: bool = True


@dataclass
class Asked:
    """An open question as the oracle knows it."""

    number: int
    debtor: int
    due: date
    first: int
    taken: set[tuple[date, int, str]] = field(default_factory=set)


@dataclass(frozen=True)
class Habit:
    """How a person is told."""

    days: str
    digest_at: time
    at_once: bool
    away: tuple[date, date] | None


class Oracle:
    """The rules, in memory, day by day. People are numbers, records are their titles."""

    def __init__(self, habits: list[Habit], sponsor: int, outside: set[int]) -> None:
        self.habits, self.sponsor, self.outside = habits, sponsor, outside
        self.things: dict[str, Thing] = {}
        self.asked: dict[str, Asked] = {}
        self.count = 0
        self.steps: set[tuple[str, date, int, str]] = set()
        self.left: dict[int, date] = {}  # the last day
        self.waiting: dict[int, list[tuple[str, int, str]]] = defaultdict(list)
        self.told: set[tuple[int, str, str]] = set()
        self.mailed: dict[int, date] = {}
        self.mails: list[tuple[date, int, tuple[str, ...]]] = []

    def tell(self, who: int, title: str, role: str, key: str) -> None:
        """Somebody is to be told once for each key."""
        kind = "owed" if role == "remind" else "late"
        if (who, kind, key) not in self.told:
            self.told.add((who, kind, key))
            self.waiting[who].append((title, self.asked[title].number, role))

    def is_here(self, who: int, day: date) -> bool:
        """Whether somebody has not left."""
        return who not in self.left or self.left[who] >= day

    def chase(self, day: date) -> None:
        """What is owed is asked, what is not is no longer; then the steps."""
        for title, thing in self.things.items():
            owed = (
                thing.open
                and thing.owner is not None
                and thing.due is not None
                and thing.due <= day + 14 * DAY
            )
            found = self.asked.get(title)
            if found and (not owed or found.first != thing.owner):
                del self.asked[title]
                found = None
            if owed and thing.owner is not None and thing.due is not None:
                if found is None:
                    self.count += 1
                    self.asked[title] = Asked(self.count, thing.owner, thing.due, thing.owner)
                else:
                    found.due = thing.due
        for title, found in self.asked.items():
            self._climb(title, found, day)

    def _climb(self, title: str, found: Asked, day: date) -> None:
        late = working_days(found.due, day)
        ladder = {**LADDER, **({"creditor": (3,)} if found.debtor in self.outside else {})}
        new = []
        for role, days in ladder.items():
            passed = [step for step in days if step <= late]
            if passed and (found.due, max(passed), role) not in found.taken:
                new.append((max(passed), role))
        seen: set[int] = set()
        for step, role in sorted(new, key=lambda pair: [*_order(ladder), pair].index(pair)):
            found.taken.add((found.due, step, role))
            self.steps.add((title, found.due, step, role))
            for who in self._receivers(title, found, role, day):
                if who not in seen:
                    seen.add(who)
                    self.tell(who, title, role, f"{found.number}:{found.due}:{step}")

    def _receivers(self, title: str, found: Asked, role: str, day: date) -> list[int]:
        lead = self.things[title].lead
        above = {"remind": found.debtor, "lead": lead, "creditor": lead}.get(role)
        if role == "remind" and not self.is_here(found.debtor, day):
            above = lead if lead != found.debtor else self.sponsor
        elif role == "lead" and lead == found.debtor:
            above = self.sponsor
        elif role == "creditor" and (lead in (found.debtor, found.first)):
            above = None
        return [above] if above is not None and self.is_here(above, day) else []

    def deliver(self, moment: datetime) -> None:
        """The mails that go out now, with what is still open of what was to be told."""
        day = moment.date()
        for who, rows in list(self.waiting.items()):
            habit = self.habits[who]
            if not rows:
                continue
            if not self.is_here(who, day):
                rows.clear()
                continue
            away = habit.away and habit.away[0] <= day <= habit.away[1]
            if away or str(day.isoweekday()) not in habit.days or not time(7) <= moment.time() < time(19):
                continue
            if not habit.at_once and (moment.time() < habit.digest_at or self.mailed.get(who) == day):
                continue
            self.mailed[who] = day
            lines = {title for title, number, role in rows if self._says(who, title, number, role, day)}
            rows.clear()
            if lines:
                self.mails.append((day, who, tuple(sorted(lines))))

    def _says(self, who: int, title: str, number: int, role: str, day: date) -> bool:
        found = self.asked.get(title)
        if found is None or found.number != number:
            return False
        if role != "remind":
            return True
        if self.is_here(found.debtor, day):
            return who == found.debtor
        lead = self.things[title].lead
        return who == (lead if lead != found.debtor else self.sponsor)


def _order(ladder: dict[str, tuple[int, ...]]) -> list[tuple[int, str]]:
    pairs = [(step, role) for role, steps in LADDER.items() for step in steps]
    pairs += [(step, "creditor") for step in ladder.get("creditor", ())]
    return sorted(pairs, key=lambda pair: pair[0])


class Programme:
    """The programme in the product, and the oracle beside it, driven by one seed."""

    def __init__(self, seed: int, records: int, weeks: int, kills: float = 0.0) -> None:
        self.chance, self.deaths = random.Random(seed), random.Random(seed + 1)
        self.records, self.weeks, self.kills = records, weeks, kills
        self.died = 0
        self.mails: list[tuple[date, int, tuple[str, ...]]] = []
        self.message_ids: set[str] = set()

    def run(self) -> None:
        """All weeks, day by day."""
        with clock.at(_at(FIRST_DAY, 1)):
            self._build()
        for number in range(self.weeks * 7):
            day = FIRST_DAY + number * DAY
            for hour in HOURS:
                with clock.at(_at(day, hour)):
                    self._tick(day)
            with clock.at(_at(day, 17)):
                self._work(day, number)

    def _build(self) -> None:
        chance = self.chance
        self.people: list[Person] = [
            person(f"P{n:02} Person", staff=n < PEOPLE - OUTSIDE) for n in range(PEOPLE)
        ]
        habits = []
        for number, who in enumerate(self.people):
            start = FIRST_DAY + chance.randint(0, self.weeks * 7) * DAY
            habit = Habit(
                chance.choice(("12345", "12345", "1234", "2345")),
                chance.choice((time(7, 30), time(7, 30), time(15, 0))),
                chance.random() < 0.1,
                (start, start + 9 * DAY) if chance.random() < 0.3 else None,
            )
            habits.append(habit)
            away = habit.away or (None, None)
            Preference.objects.create(
                person=who,
                delivery="at_once" if habit.at_once else "digest",
                digest_at=habit.digest_at,
                working_days=habit.days,
                away_from=away[0],
                away_to=away[1],
            )
            if number >= PEOPLE - OUTSIDE and who.user is not None:
                who.user.delete()
                who.refresh_from_db()
        sponsor = LEADS
        self.projects = [
            initiative(f"P{n}", lead=self.people[n].party, sponsor=self.people[sponsor].party)
            for n in range(LEADS)
        ]
        self.oracle = Oracle(habits, sponsor, set(range(PEOPLE - OUTSIDE, PEOPLE)))
        self.rows: dict[str, Any] = {}

    def _tick(self, day: date) -> None:
        """What the worker does at each tick: chase, deliver, send. It may die at any statement and is started again."""
        self.oracle.chase(day)
        self.oracle.deliver(timezone.localtime(clock.now()).replace(tzinfo=None))
        before = len(mail.outbox)
        if self.deaths.random() < self.kills:
            try:
                with dying_at(self.deaths.randint(1, 150)):
                    work()
            except Killed:
                self.died += 1
                clock.advance(timedelta(minutes=6))  # leases of the dead run out
        work()
        for sent in mail.outbox[before:]:
            identity = sent.extra_headers["Message-ID"]
            if identity not in self.message_ids:
                self.message_ids.add(identity)
                titles = tuple(sorted(set(TITLE.findall(sent.body))))
                self.mails.append((day, int(sent.to[0][1:3]), titles))

    def _work(self, day: date, number: int) -> None:
        """What people do in a day: new records, answers, hand-ons, reminders, changes in the registers."""
        chance, days = self.chance, self.weeks * 7
        for _ in range(self.records * (number + 1) // days - self.records * number // days):
            self._new(day)
        for title in sorted(self.oracle.asked):
            if chance.random() < 0.09:
                self._answer(title, day)
        for title in sorted(self.rows):
            if chance.random() < 0.008:
                self._change(title, day)
        if number == days // 2:
            self._leave(day)

    def _new(self, day: date) -> None:
        chance = self.chance
        title, kind = f"R{len(self.rows):04}", chance.choice(("action", "action", "issue", "risk"))
        owner = chance.choice([None, *range(PEOPLE)]) if chance.random() < 0.1 else chance.randrange(PEOPLE)
        lead, due = chance.randrange(LEADS), day + chance.randint(-3, 40) * DAY
        values = {"owner": self.people[owner].party if owner is not None else None, NAMES[kind]: due}
        self.rows[title] = record(kind, self.projects[lead], title, **values)
        self.oracle.things[title] = Thing(kind, owner, due, lead)

    def _answer(self, title: str, day: date) -> None:
        chance, found, thing = self.chance, self.oracle.asked[title], self.oracle.things[title]
        row = FollowUp.objects.get(entry__title=title, state="open")
        who = found.debtor if self.oracle.is_here(found.debtor, day) else None
        what = chance.choice(("end", "end", "later", "tell", "hand on", "nudge"))
        if who is None:
            return
        if what == "nudge" and thing.lead not in (found.first, found.debtor):
            if self.oracle.is_here(thing.lead, day) and nudge(actor(self.people[thing.lead]), row):
                self.oracle.tell(found.debtor, title, "remind", f"{found.number}:nudge:{day}")
            return
        speaks = self._speaker(who, row)
        if what == "hand on":
            to = chance.randrange(PEOPLE)
            if to != who and self.oracle.is_here(to, day):
                delegate(speaks, row, self.people[to].party)
                found.debtor = to
                self.oracle.tell(to, title, "remind", f"{found.number}:to:{to}")
            return
        if thing.kind == "risk":
            answer(speaks, row, "right")
            thing.due = day + 30 * DAY
        elif what == "tell" and thing.kind == "action":
            answer(speaks, row, "progress", "", str(chance.randint(0, 100)))
            return
        elif what == "later":
            thing.due = day + chance.randint(1, 30) * DAY
            answer(speaks, row, "later", "More is needed", thing.due.isoformat())
        else:
            answer(speaks, row, "done" if thing.kind == "action" else "resolved", "It is so")
            thing.open = False
        del self.oracle.asked[title]

    def _speaker(self, who: int, row: FollowUp) -> Actor:
        """With an account, or through the door of a mail."""
        if self.people[who].user is not None:
            return actor(self.people[who])
        link = link_at(address_for(row, self.people[who]).strip("/").split("/")[-1])
        assert link is not None
        return actor_of_link(link)

    def _change(self, title: str, day: date) -> None:
        thing, chance = self.oracle.things[title], self.chance
        if not thing.open:
            return
        what, values = chance.choice(("due", "owner", "end")), {}
        if what == "due":
            thing.due = day + chance.randint(0, 30) * DAY
            values = {NAMES[thing.kind]: thing.due}
        elif what == "owner":
            thing.owner = chance.randrange(PEOPLE)
            values = {"owner": self.people[thing.owner].party}
        else:
            thing.open = False
            ends = {
                "action": {"state": "done", "done_on": day},
                "risk": {"state": "closed", "closing": "expired"},
            }
            values = ends.get(thing.kind, {"state": "closed", "resolution": "Solved"})
        register = register_by_key(thing.kind)
        assert register is not None
        register.write(OPERATOR, [Change(values, pk=self.rows[title].pk)])

    def _leave(self, day: date) -> None:
        who = PEOPLE // 2
        self.oracle.left[who] = day
        Person.objects.filter(pk=self.people[who].pk).update(leaves=day)

    def taken(self) -> set[tuple[str, date, int, str]]:
        """The steps that the product took."""
        return set(Reminder.objects.values_list("follow_up__entry__title", "due", "step", "action"))

    def open_ones(self) -> dict[str, tuple[int, date | None]]:
        """What the product asks at the end, by title: of whom, until when."""
        number = {who.party_id: n for n, who in enumerate(self.people)}
        rows = FollowUp.objects.filter(state="open").values_list("entry__title", "debtor", "due")
        return {title: (number[debtor], due) for title, debtor, due in rows}

    def signature(self) -> tuple[Any, ...]:
        """Everything that happened, without ids."""
        rows = Notice.objects.values_list("person__name", "kind", "entry__title", "told_at")
        told = [(*told, at and timezone.localdate(at)) for *told, at in rows]
        return sorted(self.taken(), key=str), self.mails, sorted(told, key=str), self.open_ones()


def work() -> None:
    """One round of the worker."""
    chase()
    deliver()
    outbox.send_due()


@contextmanager
def dying_at(number: int) -> Iterator[None]:
    """The process dies before its statement of that number; what was not committed is undone."""
    left = [number]

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            return execute(sql, params, many, context)
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
