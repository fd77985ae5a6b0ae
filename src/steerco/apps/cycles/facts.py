"""What the system knows of a period: what stands in a report before anybody writes a word.

A fact is {"kind", "entry", "ref", "title", "place", …}: typed, in no language; `wording.py` says it. `before` and
`after` are dates (ISO) or numbers, `days` working days. The same facts are frozen with the report, so that it can be
read when everything has changed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from steerco.apps.change.models import ChangeRequest
from steerco.apps.deliverables.models import Deliverable
from steerco.apps.escalation.papers import Paper
from steerco.apps.finance.selectors import money_at, money_of
from steerco.apps.governance.models import Decision
from steerco.apps.initiatives.models import Initiative, Record
from steerco.apps.planning.models import Milestone
from steerco.apps.raid.models import Action, Issue, Lesson, Risk
from steerco.apps.raid.reserves import ledger_of
from steerco.engine.finance.sheet import Outlook
from steerco.engine.performance.lateness import working_days
from steerco.kit.history.versions import as_at
from steerco.kit.permissions import Actor, visible_to

Fact = dict[str, Any]
MOST = 60  # of each group: a report is read by people
TOP_RISKS = 5
WORTH_TELLING = 10  # the score from which a new risk is told of
LATE = timedelta(days=31)  # what is recorded later than that is history, not news
DONE: tuple[tuple[type[Record], str, str], ...] = (
    (Deliverable, "delivered", "delivered_on"),
    (Action, "done", "done_on"),
    (Deliverable, "signed_off", "signed_off_on"),
)
AHEAD = timedelta(days=90)  # the milestones of a consolidated report


@dataclass(frozen=True)
class Span:
    """The period told of: what changed after `since` (aware), what happened up to `until`, what is due up to `ahead`.

    `told` is the last day that the last report was about; None where there was none, or none that says. Whatever has a
    day is told once: by its day, and where it was recorded late, by the first report after that.
    """

    since: datetime
    until: date
    ahead: date
    told: date | None = None

    @classmethod
    def of(cls, start: date, end: date, since: datetime | None = None, told: date | None = None) -> "Span":
        """The period from `start` to `end`, since the last report if there was one; what comes next is as long."""
        begun = timezone.make_aware(datetime.combine(start, time.min))
        return cls(since or begun, end, end + (end - start) + timedelta(days=1), told)

    @property
    def after(self) -> date:
        """What has a day later than this one has not been told."""
        return self.told or timezone.localdate(self.since) - timedelta(days=1)


@dataclass(frozen=True)
class Places:
    """The initiatives told of, by id, and the one whose report it is."""

    own: Initiative
    rows: dict[int, Initiative]

    @classmethod
    def below(cls, reader: Actor, initiative: Initiative) -> "Places":
        """The initiative and what lies below it, as far as `reader` sees."""
        rows = Initiative.objects.visible_to(reader).filter(above__ancestor=initiative, archived=False)
        return cls(initiative, {row.pk: row for row in rows} | {initiative.pk: initiative})

    def of(self, model: type[Record], reader: Actor) -> Any:
        """The records of `model` there that `reader` may read and that are not deleted."""
        rows = visible_to(model._default_manager.all(), reader)
        return rows.filter(initiative__in=self.rows, deleted=False).select_related("owner")

    def fact(self, kind: str, row: Any, **values: Any) -> Fact:
        """A fact about a record; its place is named where it is not the report's own."""
        place = self.rows[row.initiative_id]
        return {
            "kind": kind,
            "entry": row.entry_id,
            "ref": row.reference,
            "title": row.title,
            "place": "" if place.pk == self.own.pk else place.name,
            "owner": str(row.owner or ""),
            **{name: plain(value) for name, value in values.items()},
        }


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def gather(reader: Actor, initiative: Initiative, span: Span) -> dict[str, list[Fact]]:
    """The facts of a period by group, as `reader` may see them. The number of statements does not grow with what
    there is."""
    places = Places.below(reader, initiative)
    milestones = list(places.of(Milestone, reader).order_by("forecast", "sort_title", "pk"))
    found = {
        "achieved": _achieved(places, reader, span),
        "planned": _planned(places, reader, milestones, span),
        "slipped": _slipped(places, milestones, span),
        "risks": _risks(places, reader, span),
        "issues": _issues(places, reader, span),
        "decisions": _papers(places, reader, (Decision, ChangeRequest), span),
        "changes": _changes(places, reader, span),
        "money": list(_money(places, reader, span.since)),
        "lessons": [places.fact("lesson", row) for row in _new(places, reader, Lesson, span)],
    }
    return {group: facts[:MOST] for group, facts in found.items()}


def _happened(places: Places, reader: Actor, model: type[Record], name: str, span: Span) -> list[Any]:
    """The records whose day `name` came up to the end of the period and stands in no report yet, in order of it."""
    rows = places.of(model, reader).filter(**{f"{name}__lte": span.until})
    fresh = Q(**{f"{name}__gt": span.after})
    if span.told:  # recorded since for a day that was told of: not so long ago that it is history, not news
        fresh |= Q(**{f"{name}__gt": span.told - LATE}, changed_at__gt=span.since)
    found = list(rows.filter(fresh).order_by(name, "pk"))
    late = [row.pk for row in found if getattr(row, name) <= span.after]
    known = dict(as_at(model, span.since).filter(id__in=late).values_list("id", name)) if late else {}
    return [row for row in found if row.pk not in late or (known.get(row.pk) or date.max) > span.after][:MOST]


def _new(places: Places, reader: Actor, model: type[Record], span: Span) -> Iterable[Any]:
    return places.of(model, reader).filter(created_at__gt=span.since).order_by("created_at", "pk")[:MOST]


def _achieved(places: Places, reader: Actor, span: Span) -> list[Fact]:
    reached = _happened(places, reader, Milestone, "actual", span)
    return [places.fact("reached", row, after=row.actual, before=row.baseline) for row in reached] + [
        places.fact(kind, row, after=getattr(row, name))
        for model, kind, name in DONE
        for row in _happened(places, reader, model, name, span)
    ]


def _planned(places: Places, reader: Actor, milestones: Sequence[Milestone], span: Span) -> list[Fact]:
    facts = [
        places.fact("milestone_due", row, after=row.due)
        for row in milestones
        if row.state == "planned" and row.due and span.until < row.due <= span.ahead
    ]
    for model, kind in ((Deliverable, "deliverable_due"), (Action, "action_due")):
        rows = places.of(model, reader).filter(
            state_group="open", due_on__gt=span.until, due_on__lte=span.ahead
        )
        facts += [places.fact(kind, row, after=row.due_on) for row in rows.order_by("due_on", "pk")[:MOST]]
    return facts


def _slipped(places: Places, milestones: Sequence[Milestone], span: Span) -> list[Fact]:
    """Milestones whose date moved since then, with the working days, and those that were missed."""
    held = as_at(Milestone, span.since).filter(initiative_id__in=places.rows, deleted=False)
    before = {pk: actual or forecast or baseline for pk, actual, forecast, baseline in held.values_list(
        "id", "actual", "forecast", "baseline"
    )}  # fmt: skip
    facts = []
    for row in milestones:
        was, now = before.get(row.pk), row.expected
        if row.state == "dropped":
            continue
        if was and now and was != now:
            facts.append(places.fact("moved", row, before=was, after=now, days=working_days(was, now)))
        elif row.state == "planned" and now and now <= span.until:
            late = working_days(now, span.until)
            facts.append(places.fact("missed", row, before=now, days=late, tier=row.tier))
    return sorted(facts, key=lambda fact: -abs(fact["days"]))


def _risks(places: Places, reader: Actor, span: Span) -> list[Fact]:
    """Risks that are new, worse, better or closed; then the top ones that stayed as they were."""
    return _moved(places, reader, Risk, span, "score", lambda value: (value or 0) >= WORTH_TELLING)


def _issues(places: Places, reader: Actor, span: Span) -> list[Fact]:
    """Issues that are new, worse, better or closed."""
    return _moved(places, reader, Issue, span, "priority", lambda value: value >= Issue.Level.HIGH)


def _moved(
    places: Places,
    reader: Actor,
    model: type[Record],
    span: Span,
    measure: str,
    is_top: Callable[[Any], bool],
) -> list[Fact]:
    key = model.register_key
    held = as_at(model, span.since).filter(initiative_id__in=places.rows, deleted=False)
    before = {pk: (value, group) for pk, value, group in held.values_list("id", measure, "state_group")}
    facts: list[Fact] = []
    top = 0
    rows = places.of(model, reader).filter(Q(state_group="open") | Q(changed_at__gt=span.since))
    for row in rows.order_by(F(measure).desc(nulls_last=True), "sort_title", "pk"):
        now = getattr(row, measure)
        was, group = before.get(row.pk, (None, ""))
        values = {"before": was, "after": now, **(_scored(row) if isinstance(row, Risk) else {})}
        if row.state_group == "done":
            if group in ("open", "pending"):
                facts.append(places.fact(f"{key}_closed", row, **values))
        elif row.state_group != "open":
            continue
        elif not group:
            facts.append(places.fact(f"{key}_new", row, **values))
        elif (was or 0) != (now or 0):
            worse = (now or 0) > (was or 0)
            facts.append(places.fact(f"{key}_{'worse' if worse else 'better'}", row, **values))
        elif is_top(now) and top < TOP_RISKS:
            top += 1
            facts.append(places.fact(f"{key}_top", row, **values))
    order = ("new", "worse", "top", "better", "closed")
    return sorted(facts, key=lambda fact: order.index(fact["kind"].rpartition("_")[2]))


def _scored(row: Risk) -> dict[str, Any]:
    """What a heat map and a list of risks need beside the score."""
    return {
        "probability": row.current_probability,
        "impact": row.current_impact,
        "direction": row.direction,
        "response": row.response_text[:300],
        "review": row.next_review,
    }


def _papers(places: Places, reader: Actor, models: Sequence[type[Paper]], span: Span) -> list[Fact]:
    """What waits for a decision, the first needed first; and what was decided since."""
    facts = []
    for model in models:
        rows = places.of(model, reader).select_related("decider")
        asked = rows.filter(state__in=model.asked_states).order_by(F("decide_by").asc(nulls_last=True), "pk")
        facts += [
            places.fact("wanted", row, after=row.decide_by, decider=str(row.decider or ""), put=row.put)
            for row in asked[:MOST]
        ]
        facts += [
            places.fact("decided", row, after=row.decided_on, words=str(row.verdict_text)[:300])
            for row in _happened(places, reader, model, "decided_on", span)
        ]
    return sorted(facts, key=lambda fact: (fact["kind"] != "wanted", fact["after"] or "9999"))


def _changes(places: Places, reader: Actor, span: Span) -> list[Fact]:
    """Change requests that were raised since, and those that still wait."""
    rows = places.of(ChangeRequest, reader).filter(
        Q(state_group__in=("open", "pending")) | Q(created_at__gt=span.since)
    )
    return [
        places.fact("change_new" if row.created_at > span.since else "change_open", row, state=row.state)
        for row in rows.order_by("-created_at", "pk")[:MOST]
    ]


def money_facts(reader: Actor, initiative: Initiative, since: datetime) -> list[Fact]:
    """The money at and below an initiative, against what it was at `since` (aware)."""
    return list(_money(Places.below(reader, initiative), reader, since))


def _money(places: Places, reader: Actor, since: datetime) -> Iterable[Fact]:
    """Approved, spent and expected by currency against the last report, and what is left of the contingency. Amounts
    are minor units of the currency that stands as the title."""
    before = money_at(reader, places.rows, since)
    ledger = ledger_of(places.rows, reader)
    own = places.own
    start = {"entry": own.entry_id, "ref": own.code, "place": "", "owner": ""}
    for money in money_of(reader, own):
        was, now = before.get(money.currency, Outlook()), money.life
        told = {**start, "title": money.currency, "data_date": plain(money.data_date)}
        if now.approved is not None:
            yield {**told, "kind": "money_approved", "before": was.approved, "after": now.approved}
        if now.spent is not None:
            month = plain(money.spent_to)
            yield {**told, "kind": "money_spent", "before": was.spent, "after": now.spent, "month": month}
        if now.expected is not None:
            more = {"before": was.expected, "after": now.expected, "approved": now.approved}
            yield {**told, "kind": "money_expected", **more}
        if kept := ledger.money.get(money.currency):
            yield {**told, "kind": "money_contingency", "before": kept.held, "after": kept.remaining}


def milestones_ahead(reader: Actor, initiative: Initiative, day: date) -> list[Fact]:
    """The milestones of the next ninety days at and below an initiative: those of a board, gate, contract or payment
    first, in order of date."""
    places = Places.below(reader, initiative)
    rows = places.of(Milestone, reader).filter(state="planned").order_by("forecast", "pk")
    facts = [
        places.fact("milestone_due", row, before=row.baseline, after=row.due, tier=row.tier) for row in rows
    ]
    near = [
        fact
        for fact in facts
        if fact["after"] and day.isoformat() <= fact["after"] <= (day + AHEAD).isoformat()
    ]
    return sorted(near, key=lambda fact: (fact["tier"] not in Milestone.KEY_TIERS, fact["after"]))[:MOST]
