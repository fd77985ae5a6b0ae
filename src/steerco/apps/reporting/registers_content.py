"""What the registers give to a pack: decisions wanted, open conflicts, top risks, milestones."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from steerco.apps.change.models import ChangeRequest
from steerco.apps.escalation.models import Escalation
from steerco.apps.escalation.papers import Paper, effect_in_words
from steerco.apps.escalation.selectors import lines, received
from steerco.apps.governance.models import Decision as DecisionPaper
from steerco.apps.initiatives.models import Initiative
from steerco.apps.planning.models import Milestone as MilestoneRecord
from steerco.apps.raid.models import Issue
from steerco.apps.raid.models import Risk as RiskRecord
from steerco.apps.raid.registers.conflicts import rank_text
from steerco.apps.raid.selectors import conflicts_of
from steerco.exchange.packs.content import Conflict, Decision, Milestone, Money, Risk
from steerco.kit.permissions import Actor, visible_to

MOST_DECISIONS = 12
MOST_CONFLICTS = 60

ESCALATIONS = 6
MILESTONES_BACK = timedelta(days=90)
MILESTONES_AHEAD = timedelta(days=365)


def decisions_wanted(actor: Actor, below: Mapping[int, Initiative]) -> Iterable[Decision]:
    """The papers and change requests that are put to a decision, those needed first at the front; then the issues that
    wait for one, most urgent first."""
    asked = [row for model in (DecisionPaper, ChangeRequest) for row in _asked(actor, model, below)]
    found = [_put(row) for row in asked]
    put = [row.entry_id for row in asked]  # an issue that has become a paper is not asked for twice
    found.sort(key=lambda d: (d.deadline is None, d.deadline or date.max, d.project, d.number))
    rows = (
        Issue.objects.visible_to(actor)
        .filter(initiative__in=below, state="waiting", deleted=False)
        .exclude(entry__relations_out__target__in=put)
        .select_related("owner", "initiative")
        .order_by("-priority", "due_on", "pk")
    )
    found += [
        Decision(
            number=row.reference,
            question=row.title,
            options=_lines(row.options),
            recommendation=row.recommendation,
            consequence=row.impact,
            decider=str(row.owner or ""),
            deadline=row.due_on,
            project=row.initiative.name,
        )
        for row in rows[:MOST_DECISIONS]
    ]
    return found[:MOST_DECISIONS]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip("-• ") for line in text.splitlines() if line.strip())


def open_conflicts(actor: Actor, initiative: Initiative) -> list[Conflict]:
    """The open conflicts that `initiative`, or what lies below it, is a party of, the first due first. A party that
    the reader may not see is not named."""
    return [
        Conflict(
            number=row.reference,
            title=row.title,
            about=row.get_type_display(),
            parties=(
                row.initiative.name,
                *((row.other.name,) if row.other is not None else ()),
                *((row.parties,) if row.parties else ()),
            ),
            options=_lines(row.options),
            by_rank=rank_text(row),
            resolver=str(row.owner or ""),
            deadline=row.due_on,
        )
        for row in conflicts_of(actor, initiative, MOST_CONFLICTS)
    ]


def _asked(actor: Actor, model: type[Paper], below: Mapping[int, Initiative]) -> Iterable[Paper]:
    rows = model._default_manager.all()
    asked = visible_to(rows, actor).filter(initiative__in=below, state__in=model.asked_states, deleted=False)
    ordered = asked.order_by(F("decide_by").asc(nulls_last=True), "pk")
    return ordered.select_related("decider", "initiative")[:MOST_DECISIONS]


def _put(row: Paper) -> Decision:
    """A paper as the pack shows it: what follows from its best known effect stands as the consequence."""
    return Decision(
        number=row.reference,
        question=row.title,
        options=tuple(option.in_words for option in row.choices),
        recommendation=row.recommendation,
        consequence=effect_in_words(row.put),
        decider=str(row.decider or ""),
        deadline=row.decide_by,
        project=row.initiative.name,
    )


def escalations_wanted(actor: Actor, initiative: Initiative) -> Iterable[Decision]:
    """What was escalated to the level of the pack and waits for its answer, the first due first."""
    rows = received(actor, initiative).filter(state=Escalation.State.PROPOSED).order_by("due", "pk")
    for line in lines(actor, rows[:ESCALATIONS]):
        yield Decision(
            number=_("Esc."),
            question=line.row.entry.title,
            options=(_("accept"), _("return"), _("decide")),
            recommendation=line.reason,
            decider=line.row.receiver.name,
            deadline=line.row.due,
            project=line.row.origin.name,
        )


def top_risks(actor: Actor, below: Mapping[int, Initiative]) -> list[Risk]:
    """Every open, scored risk below, highest first."""
    rows = (
        RiskRecord.objects.visible_to(actor)
        .filter(initiative__in=below, state_group="open", deleted=False, score__isnull=False)
        .select_related("owner", "initiative")
        .order_by("-score", "sort_title", "pk")
    )
    return [
        Risk(
            number=row.reference,
            project=row.initiative.name,
            title=row.title,
            probability=row.current_probability or 0,
            impact=row.current_impact or 0,
            owner=str(row.owner or ""),
            response=row.response_text or row.get_response_display(),
            exposure=Money(row.exposure, row.currency) if row.exposure and row.currency else None,
            due=row.next_review,
            target_probability=row.target_probability,
            target_impact=row.target_impact,
            opportunity=row.direction == RiskRecord.Direction.OPPORTUNITY,
        )
        for row in rows[:400]
    ]


def milestones_below(actor: Actor, below: Mapping[int, Initiative], day: date) -> list[Milestone]:
    """The milestones around `day`: the quarter before and the year after, in order of date."""
    rows = (
        MilestoneRecord.objects.visible_to(actor)
        .filter(initiative__in=below, deleted=False)
        .exclude(state="dropped")
        .select_related("initiative")
        .order_by("initiative__sort_name", "forecast", "pk")
    )
    found = []
    for row in rows[:2000]:
        expected = row.expected
        if expected and day - MILESTONES_BACK <= expected <= day + MILESTONES_AHEAD:
            found.append(
                Milestone(
                    project=row.initiative.name,
                    name=row.title,
                    baseline=row.baseline,
                    forecast=row.forecast,
                    actual=row.actual,
                    tier=row.tier,
                )
            )
    return found
