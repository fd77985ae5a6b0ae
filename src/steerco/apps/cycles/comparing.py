"""Which report another one is compared with: any edition that the reader may read, of whatever initiative and kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from steerco.apps.cycles.models import FrozenReport, Report
from steerco.apps.cycles.wording import period_of
from steerco.apps.initiatives.models import Initiative
from steerco.kit.permissions import Actor

MOST = 60  # of an initiative: the choice is a list
LONGEST_KEY = 18  # digits


def _editions(actor: Actor) -> QuerySet[FrozenReport]:
    """What was frozen of the reports that the actor may read, without its content."""
    rows = Report.objects.visible_to(actor).filter(deleted=False)
    found = FrozenReport.objects.filter(report__in=rows.values("pk")).defer("content")
    return found.select_related("report__initiative", "report__cycle__cadence").order_by(
        F("report__period_end").desc(nulls_last=True), "-report", "-number"
    )


def edition_with(actor: Actor, key: str) -> FrozenReport | None:
    """The edition with that id; None for one that is not there, that the actor may not read, and for no id."""
    if not (key.isascii() and key.isdecimal() and len(key) <= LONGEST_KEY):
        return None
    return _editions(actor).filter(pk=int(key)).first()


def earlier_editions(actor: Actor, report: Report) -> list[FrozenReport]:
    """Every edition of the reports of the same initiative and kind up to the period of `report`, the newest first."""
    rows = _editions(actor).filter(report__initiative=report.initiative_id, report__kind=report.kind)
    if report.period_end:
        rows = rows.filter(report__period_end__lte=report.period_end)
    return list(rows[:MOST])


def editions_at(actor: Actor, place: Initiative) -> list[FrozenReport]:
    """Every edition of the reports of an initiative, of whatever kind, the newest first."""
    return list(_editions(actor).filter(report__initiative=place)[:MOST])


def nearest(own: FrozenReport, others: Sequence[FrozenReport]) -> FrozenReport | None:
    """Of other editions the one about the same time, of the same kind if there is one; of its editions the last."""
    day = _day(own)
    return min(
        others, key=lambda one: (abs(_day(one) - day), one.report.kind != own.report.kind), default=None
    )


def _day(frozen: FrozenReport) -> date:
    return frozen.report.period_end or frozen.frozen_at.date()


@dataclass(frozen=True)
class Pair:
    """Two editions beside each other. Where they are alike, of one initiative and kind, the older one comes first;
    else the one that was chosen."""

    before: FrozenReport
    after: FrozenReport

    @classmethod
    def of(cls, own: FrozenReport, other: FrozenReport) -> "Pair":
        """`own` beside `other`."""
        pair = cls(other, own)
        return cls(own, other) if pair.is_alike and _age(other) > _age(own) else pair

    @property
    def is_alike(self) -> bool:
        """Whether they are reports of one initiative and kind."""
        own, other = self.before.report, self.after.report
        return (own.initiative_id, own.kind) == (other.initiative_id, other.kind)

    @property
    def names(self) -> tuple[str, str]:
        """What tells them apart, as short as possible."""
        ways = (
            lambda one: one.report.initiative.name,
            lambda one: one.report.title,
            lambda one: f"{one.report.title} ({one.report.get_kind_display()})",
            lambda one: f"{one.report.title}, {edition_words(one)}",
            lambda one: f"{one.report.initiative.code}, {one.report.reference}, {edition_words(one)}",
        )
        pairs = [(way(self.before), way(self.after)) for way in ways]
        return next(((one, other) for one, other in pairs if one != other), pairs[-1])


def _age(frozen: FrozenReport) -> tuple[date, int, int]:
    return _day(frozen), frozen.report_id, frozen.number


def edition_words(frozen: FrozenReport) -> str:
    """ "edition 2"."""
    return _("edition %(number)s") % {"number": frozen.number}


def title_of(frozen: FrozenReport, own: Report) -> str:
    """What an edition is called in the list of those to compare with; its kind where it is another one, its number
    where there may be several."""
    report, title = frozen.report, frozen.report.title
    period = "" if report.cycle_id else period_of(report)  # a report of a cycle is called by it
    if period:
        title = f"{title}, {period}"
    if report.kind != own.kind:
        title = f"{title}, {report.get_kind_display()}"
    return f"{title} ({edition_words(frozen)})" if frozen.number > 1 or report.pk == own.pk else title
