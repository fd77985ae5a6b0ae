"""What taking a revision of a plan does: row by row against the milestones as they stand. Nothing is written here."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_noop

from steerco.apps.initiatives.models import Initiative
from steerco.apps.planning.choosing import Choice, chosen
from steerco.apps.planning.matching import NEW, SAME, SKIP, Candidate, Tracked, match_tasks
from steerco.apps.planning.models import Milestone
from steerco.engine.schedule import Schedule, Task
from steerco.exchange.tables import Said
from steerco.kit.history import Change
from steerco.kit.permissions import Actor, can, read_ahead

MOST_MILESTONES = 2000
TITLE = 300


class Kind(StrEnum):
    """What happens to a milestone, or why nothing does. A row is of the first that is true."""

    ASKED = "asked"  # it may be another milestone: a person has to say
    LEFT_OUT = "left_out"  # said so, or not allowed
    NEW = "new"
    GONE = "gone"  # in the last revision, not in this one
    DONE = "done"
    REOPENED = "reopened"
    MOVED = "moved"
    RENAMED = "renamed"
    AGREED = "agreed"  # it had no baseline here, the plan has one
    UNCHANGED = "unchanged"


@dataclass
class MilestoneRow:
    """One milestone in the comparison of two revisions. Days as ISO text where stored; `days` is how far it moved."""

    kind: Kind
    name: str
    key: str = ""  # of the task within its plan
    wbs: str = ""
    pk: int | None = None
    reference: str = ""
    former_name: str = ""
    before: date | None = None
    after: date | None = None
    done_on: date | None = None
    baseline: date | None = None
    days: int = 0
    notes: list[Said] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    answer: str = ""

    def as_json(self) -> dict[str, Any]:
        """As it is kept and answered to scripts."""
        days = {
            name: value.isoformat() if value else None
            for name, value in (
                ("before", self.before),
                ("after", self.after),
                ("done_on", self.done_on),
                ("baseline", self.baseline),
            )
        }
        notes = [note.as_data() for note in self.notes]
        return {**asdict(self), **days, "kind": str(self.kind), "notes": notes}


@dataclass
class Comparison:
    """Everything that taking a revision would do: the rows, the writes, and what is kept for the next revision."""

    rows: list[MilestoneRow]
    changes: list[tuple[MilestoneRow, Change]]
    tracked: list[tuple[MilestoneRow, Tracked]]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each kind."""
        found = dict.fromkeys(Kind, 0)
        for row in self.rows:
            found[row.kind] += 1
        return {str(kind): number for kind, number in found.items()}

    @property
    def fingerprint(self) -> str:
        """The same text as long as the same would be written over the same versions."""
        digest = sha256()
        for _row, change in self.changes:
            values = sorted((name, str(getattr(value, "pk", value))) for name, value in change.values.items())
            digest.update(repr((change.pk, change.version, values)).encode())
        for row in self.rows:
            digest.update(repr((str(row.kind), row.key, row.pk)).encode())
        return digest.hexdigest()


def compare_revision(
    actor: Actor,
    initiative: Initiative,
    schedule: Schedule,
    choice: Choice,
    tracked: Sequence[Tracked],
    answers: Mapping[str, str],
) -> Comparison:
    """What taking `schedule` does to the milestones of `initiative`, as `actor` sees and may change them.

    `tracked` is what the last revision left. What is uncertain and has no answer is left as it is, and asked.
    """
    wanted = chosen(schedule, choice)
    known = {one.pk: one for one in tracked}
    visible = Milestone.objects.visible_to(actor).filter(deleted=False).select_related("initiative")
    stored = {row.pk: row for row in visible.filter(initiative=initiative)}
    stored |= {row.pk: row for row in visible.filter(pk__in=[pk for pk in known if pk not in stored])}
    read_ahead(actor, list(stored.values()))
    others = [
        (row.pk, row.title)
        for row in stored.values()
        if row.pk not in known and row.initiative_id == initiative.pk
    ]
    found = match_tasks(schedule.tasks, wanted, tracked, others, schedule.identity)
    made = _Comparing(actor, initiative, choice, known, stored, {task.uid for task in wanted})
    linked = {task.uid: pk for pk, task in found.same.items()}
    answered_pks: set[int] = set()
    for task in schedule.tasks:
        key = str(task.uid)
        if task.uid in linked:
            made.same(linked[task.uid], task)
            continue
        if task.uid not in made.wanted and task.uid not in found.asked:
            continue
        candidates = [one for one in found.asked.get(task.uid, []) if one.pk in stored]
        answer = _usable(answers.get(key, ""), candidates, answered_pks)
        if answer.startswith(f"{SAME}:"):
            pk = int(answer.partition(":")[2])
            answered_pks.add(pk)
            made.same(pk, task, answer=answer, candidates=candidates)
        elif answer == SKIP:
            made.left_out(task, Said(gettext_noop("You said to leave it out.")), answer, candidates)
        elif candidates and answer != NEW:
            made.asked(task, candidates)
        elif task.uid in made.wanted:
            made.new(task, answer, candidates)
    # What a person still has to say, or left open, keeps what it may be.
    asked_of = {
        one.pk for row in made.rows if row.kind is Kind.ASKED or row.answer == SKIP for one in row.candidates
    }
    matched = {one.pk for _row, one in made.tracked}
    for one in tracked:
        if one.pk not in matched and one.pk not in made.hidden:
            made.gone(one, is_asked=one.pk in asked_of)
    return Comparison(made.rows, made.changes, made.tracked)


def _usable(answer: str, candidates: Sequence[Candidate], taken: set[int]) -> str:
    """An answer that can be followed: one of the candidates, which no other task was given; else none."""
    if answer in (NEW, SKIP):
        return answer
    kind, _colon, pk = answer.partition(":")
    is_there = kind == SAME and pk.isdigit() and int(pk) in {one.pk for one in candidates} - taken
    return answer if is_there else ""


class _Comparing:
    """Collects the rows of one comparison."""

    def __init__(
        self,
        actor: Actor,
        initiative: Initiative,
        choice: Choice,
        known: Mapping[int, Tracked],
        stored: Mapping[int, Milestone],
        wanted: set[int],
    ) -> None:
        self.actor, self.initiative, self.choice = actor, initiative, choice
        self.known, self.stored, self.wanted = known, stored, wanted
        self.may_create = can(actor, "record.create", initiative)
        self.rows: list[MilestoneRow] = []
        self.changes: list[tuple[MilestoneRow, Change]] = []
        self.tracked: list[tuple[MilestoneRow, Tracked]] = []
        self.hidden: set[int] = set()  # tracked ones that this actor does not see, or that were deleted

    def _row(self, kind: Kind, task: Task, **values: Any) -> MilestoneRow:
        row = MilestoneRow(
            kind,
            task.name[:TITLE],
            str(task.uid),
            task.wbs,
            after=task.at,
            done_on=task.done_on,
            baseline=task.baseline_at,
            **values,
        )
        self.rows.append(row)
        return row

    def asked(self, task: Task, candidates: list[Candidate]) -> None:
        self._row(Kind.ASKED, task, candidates=candidates)

    def left_out(self, task: Task, why: Said, answer: str = "", candidates: Sequence[Candidate] = ()) -> None:
        self._row(Kind.LEFT_OUT, task, notes=[why], answer=answer, candidates=list(candidates))

    def new(self, task: Task, answer: str, candidates: list[Candidate]) -> None:
        """A milestone that is not here yet."""
        if not self.may_create:
            self.left_out(task, Said(gettext_noop("You may not add entries here.")))
            return
        row = self._row(Kind.NEW, task, answer=answer, candidates=candidates)
        agreed = task.baseline_at or (task.at if self.choice.present_as_baseline else None)
        values: dict[str, Any] = {
            "initiative": self.initiative,
            "title": row.name,
            "tier": self.choice.tier,
            "baseline": agreed,
            "forecast": task.at,
        }
        row.baseline = agreed
        if task.done_on:
            values |= {"actual": task.done_on, "state": "reached"}
        self.changes.append((row, Change(values)))
        self.tracked.append((row, Tracked.of(0, task)))

    def same(self, pk: int, task: Task, *, answer: str = "", candidates: Sequence[Candidate] = ()) -> None:
        """A milestone that is here: its forecast, actual and name follow the plan, its baseline stays."""
        milestone, before = self.stored.get(pk), self.known.get(pk)
        if milestone is None:
            self.hidden.add(pk)
            self.left_out(task, Said(gettext_noop("Its milestone was deleted here, or you may not see it.")))
            if before is not None:
                self.tracked.append((self.rows[-1], Tracked.of(pk, task)))
            return
        row = self._row(
            Kind.UNCHANGED,
            task,
            pk=pk,
            reference=milestone.reference,
            before=milestone.forecast,
            answer=answer,
            candidates=list(candidates),
        )
        row.baseline = milestone.baseline
        row.name = milestone.title
        self.tracked.append((row, Tracked.of(pk, task)))
        if not can(self.actor, "record.edit", milestone):
            row.kind = Kind.LEFT_OUT
            row.notes.append(Said(gettext_noop("You may not change it.")))
            return
        if milestone.state == "dropped":
            row.kind = Kind.LEFT_OUT
            row.notes.append(Said(gettext_noop("It was dropped here: it stays as it is.")))
            return
        values = self._values(row, milestone, before, task)
        if before is not None and task.uid not in self.wanted:
            row.notes.append(
                Said(gettext_noop("The plan no longer marks it as a milestone; it is followed all the same."))
            )
        if task.baseline_at and milestone.baseline and task.baseline_at != milestone.baseline:
            row.notes.append(
                Said(
                    gettext_noop("The baseline in the plan is %(theirs)s; the one agreed here stays."),
                    theirs=task.baseline_at.isoformat(),
                )
            )
        if values:
            self.changes.append((row, Change(values, pk=pk, version=milestone.version)))

    def _values(
        self, row: MilestoneRow, milestone: Milestone, before: Tracked | None, task: Task
    ) -> dict[str, Any]:
        """What of a milestone follows the plan, and which kind of row that makes it."""
        values: dict[str, Any] = {}
        if before is not None and before.name != task.name and milestone.title != task.name[:TITLE]:
            values["title"] = task.name[:TITLE]
            row.former_name, row.name, row.kind = milestone.title, task.name[:TITLE], Kind.RENAMED
        if task.at is not None and task.at != milestone.forecast:
            values["forecast"] = task.at
            row.kind = Kind.MOVED
            row.days = (task.at - milestone.forecast).days if milestone.forecast else 0
            if before is not None and before.at and milestone.forecast and before.at != milestone.forecast:
                row.notes.append(
                    Said(
                        gettext_noop("Changed here since: the last revision said %(day)s."),
                        day=before.at.isoformat(),
                    )
                )
        elif task.at is None:
            row.notes.append(Said(gettext_noop("The plan has no date for it.")))
        if milestone.baseline is None and task.baseline_at is not None:
            values["baseline"] = row.baseline = task.baseline_at
            row.kind = Kind.AGREED if row.kind is Kind.UNCHANGED else row.kind
            row.notes.append(Said(gettext_noop("The baseline was taken from the plan: there was none here.")))
        if task.done_on is not None and task.done_on != milestone.actual:
            values["actual"] = task.done_on
            row.kind = Kind.DONE
        if task.done_on is not None and milestone.state == "planned":
            values |= {"state": "reached", "actual": task.done_on}
            row.kind = Kind.DONE
        if task.done_on is None and milestone.actual is not None:
            if before is not None and before.done_on is not None:
                values |= {"actual": None, "state": "planned"}
                row.kind = Kind.REOPENED
            else:
                row.notes.append(Said(gettext_noop("It was reached here; the plan does not say so yet.")))
        if values.get("state") == milestone.state:
            del values["state"]
        return values

    def gone(self, one: Tracked, *, is_asked: bool) -> None:
        """A milestone that this revision no longer has: told, not deleted."""
        milestone = self.stored.get(one.pk)
        if milestone is None:
            return
        row = MilestoneRow(
            Kind.GONE,
            milestone.title,
            "",
            one.wbs,
            one.pk,
            milestone.reference,
            before=milestone.forecast,
            baseline=milestone.baseline,
        )
        if one.gone:
            row.kind = Kind.UNCHANGED
            row.notes.append(Said(gettext_noop("It was gone from the plan before.")))
        if not is_asked:
            self.rows.append(row)
        self.tracked.append((row, Tracked(**{**asdict(one), "gone": not is_asked})))
