"""Chasing by rule: reminders before and after the due date, then the deputy, then the manager; never twice.

Each step of the ladder is kept with the due date that it was taken for. A follow-up that is found late takes only the
latest step of each sort, so that nobody gets five reminders at once; one whose date moves begins anew.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from steerco.apps.followups.kinds import Step, kind_of, kinds, ladder_of
from steerco.apps.followups.models import FollowUp, LadderStep, Reminder
from steerco.apps.followups.services import OWED, deputies, holders, lapse, reconcile
from steerco.apps.followups.standing_in import supervisor_of
from steerco.apps.notices.services import Telling, tell
from steerco.apps.notices.working_time import working_days_between
from steerco.apps.people.models import Person
from steerco.kit import clock

LATE = "followup.late"
A = LadderStep.Action


def chase() -> dict[str, int]:
    """Bring the follow-ups up to date, let the agreed silences speak, take the steps that are due; how many of each."""
    day = clock.today()
    counts = reconcile(day)
    counts["lapsed"] = lapse(day)
    counts["steps"] = 0
    ladders = {(kind.key, out): ladder_of(kind, outside=out) for kind in kinds() for out in (False, True)}
    taken = _taken()
    for follow_up in _chased():
        ladder = ladders.get((follow_up.kind, _is_outside(follow_up)), [])
        # Most have nothing due: a transaction is opened only for a step that does not stand there yet.
        if follow_up.due and due_steps(ladder, follow_up.due, day, taken[follow_up.pk, follow_up.due]):
            counts["steps"] += _take_steps(follow_up, ladder, day)
    return counts


def _taken() -> dict[tuple[int, date], set[tuple[int, str]]]:
    """The steps taken so far for open follow-ups, by follow-up and due date."""
    rows = Reminder.objects.filter(follow_up__state=FollowUp.State.OPEN)
    found: dict[tuple[int, date], set[tuple[int, str]]] = defaultdict(set)
    for pk, due, step, action in rows.values_list("follow_up", "due", "step", "action"):
        found[pk, due].add((step, action))
    return found


def _chased() -> QuerySet[FollowUp]:
    rows = FollowUp.objects.filter(state=FollowUp.State.OPEN, due__isnull=False)
    return rows.select_related(
        "debtor__person", "entry__initiative__lead", "entry__initiative__sponsor"
    ).order_by("pk")


def _is_outside(follow_up: FollowUp) -> bool:
    """Whether it is owed by somebody who does not belong to the organisation."""
    person = getattr(follow_up.debtor, "person", None)
    return person is not None and person.engagement == Person.Engagement.EXTERNAL


def due_steps(ladder: Sequence[Step], due: date, day: date, taken: set[tuple[int, str]]) -> list[Step]:
    """The steps to take on `day`: of each action the latest that has come and was not taken; `taken` are those of
    this due date."""
    passed = [step for step in ladder if step.days <= working_days_between(due, day)]
    latest = {step.action: step for step in passed}
    return [step for step in latest.values() if (step.days, step.action) not in taken]


def _take_steps(follow_up: FollowUp, ladder: Sequence[Step], day: date) -> int:
    due = follow_up.due
    if due is None:
        return 0
    with transaction.atomic():
        locked = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
        if locked.state != FollowUp.State.OPEN or locked.due != due:
            return 0
        taken = set(Reminder.objects.filter(follow_up=follow_up, due=due).values_list("step", "action"))
        steps = due_steps(ladder, due, day, taken)
        now = clock.now()
        Reminder.objects.bulk_create(
            [
                Reminder(follow_up=follow_up, step=step.days, due=due, action=step.action, taken_at=now)
                for step in steps
            ]
        )
        told: dict[int, Telling] = {}
        for step in steps:
            kind = OWED if step.action == A.REMIND else LATE
            for person in _receivers(follow_up, step.action, day):
                key = f"{follow_up.pk}:{due}:{step.days}"
                data = {"follow_up": follow_up.pk, "as": step.action}
                told.setdefault(person.pk, Telling(person.pk, kind, key, follow_up.entry_id, data))
        tell(list(told.values()))
    return len(steps)


def _receivers(follow_up: FollowUp, action: str, day: date) -> list[Person]:
    """Who is told at a step: whoever owes it, their deputies, the initiative's manager or sponsor."""
    initiative = follow_up.entry.initiative
    if action == A.REMIND:
        found = holders(follow_up.debtor_id, day)
        instead = None if found else supervisor_of(follow_up, day)
        return holders(instead, day) if instead else found
    if action == A.DEPUTY:
        return deputies(follow_up.debtor_id, day)
    if action == A.CREDITOR:
        waits = follow_up.creditor_id
        return holders(waits, day) if waits and waits != follow_up.debtor_id else []
    above = initiative and (initiative.lead_id if action == A.LEAD else initiative.sponsor_id)
    if initiative and above == follow_up.debtor_id:
        above = initiative.sponsor_id  # nobody is told of their own debt as its supervisor
    return holders(above, day) if above and above != follow_up.debtor_id else []


def dry_run(day: date) -> dict[str, dict[int, int]]:
    """What the ladders would do on `day` with what is open now: by kind, how many at which step. Changes nothing."""
    found: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in _chased():
        if row.due:
            taken = set(row.reminders.filter(due=row.due).values_list("step", "action"))
            ladder = ladder_of(kind_of(row), outside=_is_outside(row))
            for step in due_steps(ladder, row.due, day, taken):
                found[row.kind][step.days] += 1
    return {kind: dict(steps) for kind, steps in found.items()}
