"""What is asked of those who report and of those who review."""

from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.cycles.kinds import CONSOLIDATED
from steerco.apps.cycles.models import Report
from steerco.apps.cycles.services import REVIEW, WRITE, approve, give_back, submit
from steerco.apps.followups.kinds import Answer, Kind, Step, declare_kind
from steerco.apps.followups.models import FollowUp, LadderStep
from steerco.kit.permissions import Actor

A = LadderStep.Action
# A cycle is short: the day before, on the day, the day after, then the level above.
LADDER = (Step(-1, A.REMIND), Step(0, A.REMIND), Step(1, A.REMIND), Step(1, A.DEPUTY))


def _report(row: FollowUp) -> Report:
    rows = Report.objects.select_related("initiative__unit", "owner", "cycle__cadence")
    return rows.get(entry=row.entry_id)


def _ask_report(row: FollowUp) -> str:
    words = {"title": row.entry.title, "place": row.entry.initiative}
    if row.data.get("returned"):
        return _("Sent back: report on %(place)s: %(title)s") % words
    return _("Report on %(place)s: %(title)s") % words


class _Writing(Kind):
    """Writing a report: what was sent back is not answered with “no change”."""

    def permitted(self, follow_up: FollowUp) -> tuple[Answer, ...]:
        """The answers to this one."""
        return () if follow_up.data.get("returned") else super().permitted(follow_up)


def _ask_review(row: FollowUp) -> str:
    words = {"title": row.entry.title, "place": row.entry.initiative}
    return _("Review the report on %(place)s: %(title)s") % words


def _form(row: FollowUp, address: str) -> str:
    """Where the report itself is written: behind the same link of a mail, or on its page."""
    report = _report(row)
    match = resolve(address)
    if match.view_name != "followups:link":
        return reverse("cycles:report", args=[report.pk])
    return reverse("cycles:guest", args=[match.kwargs["token"]]) if report.kind != CONSOLIDATED else ""


def _write(actor: Actor, row: FollowUp, answer: str, comment: str) -> None:
    submit(actor, _report(row), unchanged=True)


def _review(actor: Actor, row: FollowUp, answer: str, comment: str) -> None:
    if answer == "approve":
        approve(actor, _report(row))
    else:
        give_back(actor, _report(row), comment)


declare_kind(
    _Writing(
        WRITE,
        gettext_lazy("Report"),
        gettext_lazy("You report on it."),
        _ask_report,
        (Answer("unchanged", gettext_lazy("No change"), comment=""),),
        apply=_write,
        ladder=LADDER,
        form=_form,
    )
)
declare_kind(
    Kind(
        REVIEW,
        gettext_lazy("Review of a report"),
        gettext_lazy("You review it."),
        _ask_review,
        (
            Answer("approve", gettext_lazy("Approve"), comment=""),
            Answer("return", gettext_lazy("Send back"), comment="must"),
        ),
        apply=_review,
        ladder=LADDER,
    )
)
