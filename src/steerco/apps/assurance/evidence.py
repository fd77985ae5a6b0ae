"""What the system knows already about how an initiative is led: told from everyday work, nobody is asked for it.

An app declares what can be told from its records (`declare_evidence`); the same stands beside the questions of a
review and in the overview of all initiatives.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.assurance.models import Finding
from steerco.apps.deliverables.models import Deliverable
from steerco.apps.governance.models import Decision
from steerco.apps.hygiene.models import Confirmation
from steerco.apps.hygiene.models import Finding as Untidy
from steerco.apps.initiatives.models import Ancestry, Entry, Initiative
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.initiatives.work import work_registers
from steerco.apps.planning.models import Milestone
from steerco.apps.raid.models import Risk
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.register import register_of

FRESH, OLD = 30, 60  # days
MET, PARTLY = 90, 60  # percent
SIGNED_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class Found:
    """What was found: `result` is "met", "partly", "not" or "na"; `n` of `of`, or `n` days where it is an age."""

    result: str
    n: int = 0
    of: int = 0

    @property
    def values(self) -> dict[str, Any]:
        """As a review keeps it."""
        return {"result": self.result, "n": self.n, "of": self.of}


NOTHING = Found("na")


@dataclass(frozen=True)
class Evidence:
    """A sort of evidence. `find(actor, initiatives, day)` gives it by initiative (id), what lies below included, as
    `actor` may see it, in a fixed number of statements. `words` say it with %(n)s and %(of)s; `nothing` where there is
    nothing to judge. `url(initiative)` leads to where it comes from.
    """

    key: str
    label: str | Promise
    words: str | Promise
    nothing: str | Promise
    find: Callable[[Actor, Collection[int], date], Mapping[int, Found]]
    url: Callable[[Initiative], str]

    def say(self, values: Mapping[str, Any]) -> str:
        """What was found, in words."""
        return str(self.nothing) if values["result"] == "na" else str(self.words) % values


_evidence: dict[str, Evidence] = {}


def declare_evidence(evidence: Evidence) -> None:
    """Add a sort of evidence. Raises ValueError when its key is taken."""
    if evidence.key in _evidence:
        raise ValueError(f"evidence declared twice: {evidence.key}")
    _evidence[evidence.key] = evidence


def all_evidence() -> dict[str, Evidence]:
    """Every sort of evidence by its key."""
    return dict(_evidence)


def share(n: int, of: int) -> Found:
    """`n` of `of` in order: met from 90 %, partly from 60 %; nothing to judge where there is none."""
    if not of:
        return NOTHING
    percent = 100 * n // of
    return Found("met" if percent >= MET else "partly" if percent >= PARTLY else "not", n, of)


def aged(days: int) -> Found:
    """An age in days: met up to 30, partly up to 60."""
    return Found("met" if days <= FRESH else "partly" if days <= OLD else "not", days)


def below(initiatives: Collection[int]) -> dict[int, list[int]]:
    """By each initiative at or below some of `initiatives`, those of them that it counts for. One statement."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = Ancestry.objects.filter(ancestor__in=list(initiatives))
    for descendant, ancestor in rows.values_list("descendant", "ancestor"):
        found[descendant].append(ancestor)
    return found


def _summed(
    initiatives: Collection[int], rows: Iterable[tuple[int, int, int]], judge: Callable[[int, int], Found]
) -> dict[int, Found]:
    """Judge the sums over (initiative, n, of) of each of `initiatives` and what lies below it."""
    above = below(initiatives)
    sums: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for place, n, of in rows:
        for pk in above.get(place, ()):
            sums[pk] = (sums[pk][0] + n, sums[pk][1] + of)
    return {pk: judge(n, of) for pk, (n, of) in sums.items()}


def _of(model: Any, actor: Actor, initiatives: Collection[int]) -> Any:
    places = Ancestry.objects.filter(ancestor__in=list(initiatives)).values("descendant")
    rows = visible_to(model._default_manager.all(), actor)
    return rows.filter(initiative__in=places, deleted=False, initiative__archived=False).order_by()


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _grouped(rows: Any, good: Q) -> Iterable[tuple[int, int, int]]:
    found = rows.values("initiative").annotate(n=Count("pk", filter=good), of=Count("pk"))
    return [(row["initiative"], row["n"], row["of"]) for row in found]


def _plan(actor: Actor, initiatives: Collection[int], day: date) -> Mapping[int, Found]:
    rows = _of(Milestone, actor, initiatives).filter(state="planned")
    newest: dict[int, date] = {}
    above = below(initiatives)
    for place, at in rows.values_list("initiative").annotate(last=Max("changed_at")):
        touched = timezone.localdate(at)
        for pk in above.get(place, ()):
            newest[pk] = max(newest.get(pk, touched), touched)
    return {pk: aged(max((day - touched).days, 0)) for pk, touched in newest.items()}


def _risks(actor: Actor, initiatives: Collection[int], day: date) -> Mapping[int, Found]:
    since = day - timedelta(days=FRESH)
    confirmed = Confirmation.objects.filter(on__gte=since).values("entry")
    rows = _of(Risk, actor, initiatives).filter(state_group=StateGroup.OPEN)
    looked = Q(last_reviewed__gte=since) | Q(changed_at__gte=_moment(since)) | Q(entry__in=confirmed)
    return _summed(initiatives, _grouped(rows, looked), share)


def _decisions(actor: Actor, initiatives: Collection[int], day: date) -> Mapping[int, Found]:
    rows = _of(Decision, actor, initiatives).filter(state__in=("decided", "reversed"))
    return _summed(initiatives, _grouped(rows, ~Q(recommendation="") & Q(decided_on__isnull=False)), share)


def _gates(actor: Actor, initiatives: Collection[int], day: date) -> Mapping[int, Found]:
    rows = _of(Milestone, actor, initiatives).filter(tier=Milestone.Tier.GATE).exclude(state="dropped")
    rows = rows.filter(Q(actual__isnull=False) | Q(forecast__lte=day) | Q(forecast=None, baseline__lte=day))
    return _summed(initiatives, _grouped(rows, Q(actual__isnull=False)), share)


def _sign_offs(actor: Actor, initiatives: Collection[int], day: date) -> Mapping[int, Found]:
    rows = _of(Deliverable, actor, initiatives).filter(delivered_on__lte=day - SIGNED_WITHIN)
    return _summed(initiatives, _grouped(rows, Q(signed_off_on__isnull=False)), share)


def _hygiene(actor: Actor, initiatives: Collection[int], day: date) -> Mapping[int, Found]:
    keys = [register.key for register in work_registers()]
    places = Ancestry.objects.filter(ancestor__in=list(initiatives)).values("descendant")
    entries = Entry.objects.visible_to(actor).filter(
        initiative__in=places, register__in=keys, state_group=StateGroup.OPEN, initiative__archived=False
    )
    untidy = Q(pk__in=Untidy.objects.values("entry"))
    return _summed(initiatives, _grouped(entries.order_by(), ~untidy), share)


def _findings(actor: Actor, initiatives: Collection[int], day: date) -> Mapping[int, Found]:
    rows = _of(Finding, actor, initiatives).filter(state__in=("open", "agreed", "done", "contested"))
    late = Q(state__in=("open", "agreed"), due_on__lt=day)
    return _summed(initiatives, _grouped(rows, ~late | Q(due_on=None)), share)


def list_of(register: str, query: str = "") -> Callable[[Initiative], str]:
    """The address of the list of a register at an initiative."""

    def url(initiative: Initiative) -> str:
        return f"{register_of(register).list_url()}?{urlencode({'in': initiative.code})}{query}"

    return url


def _hygiene_url(initiative: Initiative) -> str:
    return f"{reverse('hygiene:list')}?{urlencode({'in': initiative.code})}"


for _one in (
    Evidence(
        "plan",
        _("Plan is kept"),
        _("The plan was last touched %(n)s days ago."),
        _("There is no open milestone."),
        _plan,
        list_of("milestone"),
    ),
    Evidence(
        "risks",
        _("Risks are looked at"),
        _("%(n)s of %(of)s open risks were looked at in the last 30 days."),
        _("There is no open risk."),
        _risks,
        list_of("risk"),
    ),
    Evidence(
        "decisions",
        _("Decisions have papers"),
        _("%(n)s of %(of)s decisions have a recommendation and a day."),
        _("Nothing was decided yet."),
        _decisions,
        list_of("decision", "&group=all"),
    ),
    Evidence(
        "gates",
        _("Gates are passed"),
        _("%(n)s of %(of)s gates whose day has come are passed."),
        _("No gate was due yet."),
        _gates,
        list_of("milestone", "&tier=gate&group=all"),
    ),
    Evidence(
        "sign_offs",
        _("Results are signed off"),
        _("%(n)s of %(of)s results delivered two weeks ago or earlier are signed off."),
        _("Nothing was delivered two weeks ago or earlier."),
        _sign_offs,
        list_of("deliverable", "&group=all"),
    ),
    Evidence(
        "hygiene",
        _("Registers are in order"),
        _("%(n)s of %(of)s open entries are in order."),
        _("There is no open entry."),
        _hygiene,
        _hygiene_url,
    ),
    Evidence(
        "findings",
        _("Findings are dealt with"),
        _("%(n)s of %(of)s open findings are within their day."),
        _("No finding is open."),
        _findings,
        list_of("review_finding"),
    ),
):
    declare_evidence(_one)
