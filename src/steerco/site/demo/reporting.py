"""The weekly reports of the example city: a calendar of the portfolio, and what its projects said in the last weeks."""

from datetime import date, timedelta
from typing import Any

from steerco.apps.cycles.drafts import Typed, check, may_stay, open_page
from steerco.apps.cycles.kinds import CONSOLIDATED, KINDS
from steerco.apps.cycles.layouts import plain
from steerco.apps.cycles.models import Cadence, FrozenReport, Report
from steerco.apps.cycles.services import approve, submit, write_cadences
from steerco.apps.cycles.turning import turn
from steerco.apps.initiatives.records import write_records
from steerco.apps.organisation.selectors import work_week
from steerco.apps.people.models import Person
from steerco.apps.reporting.publishing import publish
from steerco.apps.stakeholders.models import DistributionList
from steerco.apps.stakeholders.receivers import recipients_of
from steerco.engine.calendar import dates_of
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.site.demo.story import City, ProjectText
from steerco.site.demo.timeline import Timeline

WEEKS = 3  # that are over
SILENT = 5  # every fifth project is silent in the last of them
AMBER = frozenset({"amber", "amber-red", "red"})
QUESTION = {
    "key": "q1",
    "label": "Does the team lack somebody next week?",
    "type": "yes_no",
    "help": "Only whom the plan counts on.",
    "required": False,
    "choices": [],
}
OF_FIVE = {"amber-green": "green", "amber-red": "amber"}


class WeeklyReports:
    """What is put on the timeline: the calendar, then opening, writing, review and lock of each week."""

    def __init__(self, timeline: Timeline, city: City, people: dict[str, Person], office: str) -> None:
        self.timeline, self.city, self.people, self.office = timeline, city, people, office
        self.last = timeline.today - timedelta(days=(timeline.today.weekday() - 4) % 7 or 7)
        self.first = self.last - timedelta(weeks=WEEKS - 1)

    def tell(self) -> None:
        """Put it all on the timeline."""
        self._call(self.first - timedelta(days=7), 9, self.office, self._set)
        week = work_week()
        for number in range(WEEKS):
            end = self.first + timedelta(weeks=number)
            dates = dates_of(end, Cadence().offsets, week)
            self._call(dates.opens, 8, self.office, lambda _actor: turn())
            for place, project in enumerate(self.city.projects):
                if not self._is_silent(number, place):
                    name = self.city.people[project.lead].name
                    self._call(dates.due, 9 + place % 6, name, self._writing(project, end))
            reviewer = self.city.people[self.city.portfolio.lead].name
            self._call(dates.review, 16, reviewer, self._reviewing(end))
            self._call(dates.lock, 13, self.office, lambda _actor: turn())
            if number < WEEKS - 1:  # the last one is still being consolidated
                self._call(dates.publish, 10, reviewer, self._consolidating(end))
                sponsor = self.city.people[self.city.portfolio.sponsor].name
                self._call(dates.publish, 15, sponsor, self._reviewing(end))
                self._call(dates.publish, 16, self.office, self._publishing(end))
        self._call(self.timeline.today - timedelta(days=1), 17, self.office, lambda _actor: turn())

    def _call(self, day: date, hour: int, who: str, call: Any) -> None:
        offset = (day - self.timeline.today).days
        if offset < 0:
            self.timeline.call(offset, hour, who, call)

    def _is_silent(self, week: int, place: int) -> bool:
        return week == WEEKS - 1 and place % SILENT == SILENT - 1

    def _set(self, actor: Actor) -> None:
        start = {
            "initiative": self.timeline.rows[self.city.portfolio.code],
            "title": "Weekly report",
            "kind": "weekly",
            "covers": "projects",
            "anchor": self.last,
            "starts": self.first - timedelta(days=6),
            "receivers": self._board(actor),
            "layout": {**plain(KINDS["weekly"]), "questions": [QUESTION]},
        }
        write_cadences(actor, [Change(start)])

    def _writing(self, project: ProjectText, end: date) -> Any:
        def write(actor: Actor) -> None:
            report = self._report(project, end)
            if report is None:
                return
            page = open_page(actor, report)
            if may_stay(page):
                submit(actor, report, unchanged=True)
                return
            typed = self._typed(project)
            page.draft.content = typed.content
            for name in check(page):  # the figures say worse than the project does: it says why
                if name.startswith("why-"):
                    typed.ratings[name.removeprefix("why-")]["why"] = project.report[0].comment[:300]
            submit(actor, report, typed)

        return write

    def _board(self, actor: Actor) -> DistributionList:
        """To whom the report of the portfolio goes: who sponsors and runs it, and every programme."""
        places = (self.city.portfolio, *self.city.programmes)
        keys = dict.fromkeys(key for place in places for key in (place.sponsor, place.lead))
        values = {
            "initiative": self.timeline.rows[self.city.portfolio.code],
            "title": "Portfolio board",
            "purpose": "The weekly report of the portfolio and what corrects it.",
            "members": "\n".join(self.city.people[key].name for key in keys),
            "owner": self.people[next(iter(keys))].party,
            "confirmed": self.first - timedelta(days=7),
        }
        return write_records(actor, DistributionList, [Change(values)])[0]

    def _publishing(self, end: date) -> Any:
        def send(actor: Actor) -> None:
            rows = FrozenReport.objects.filter(report__kind=CONSOLIDATED, report__period_end=end)
            frozen = rows.select_related("report__cycle__cadence__receivers").order_by("number").last()
            if frozen is not None and frozen.report.cycle and frozen.report.cycle.cadence.receivers:
                publish(actor, frozen, recipients_of(frozen.report.cycle.cadence.receivers).found)

        return send

    def _report(self, project: ProjectText, end: date) -> Report | None:
        rows = Report.objects.select_related("initiative__unit", "owner", "cycle__cadence")
        found = rows.filter(initiative=self.timeline.rows[project.code].pk, period_end=end, state="due")
        return found.exclude(kind="on_hold").first()

    def _typed(self, project: ProjectText) -> Typed:
        said = min(project.report, key=lambda text: text.month)
        declared = {"overall": said.rating, "schedule": said.schedule, "cost": said.cost}
        ratings = {d: {"value": OF_FIVE.get(v, v), "why": ""} for d, v in declared.items()}
        by = (self.timeline.today + timedelta(days=45)).isoformat()
        path = {"text": said.schedule_comment or said.comment, "by": by} if said.rating in AMBER else {}
        typed = Typed(said.comment[:300], ratings, path or {"text": "", "by": ""}, {"help": ""})
        typed.answers = {"q1": "yes" if said.rating in AMBER else "no"}
        return typed

    def _consolidating(self, end: date) -> Any:
        def write(actor: Actor) -> None:
            rows = Report.objects.select_related("initiative__unit", "owner", "cycle__cadence")
            report = rows.get(kind=CONSOLIDATED, period_end=end)
            reported = sum(one.content is not None for one in open_page(actor, report).below)
            by = (self.timeline.today + timedelta(days=45)).isoformat()
            path = {"text": "The payments hub decides on its go-live with the sponsor.", "by": by}
            headline = f"{reported} projects reported; the payments hub holds the portfolio back."
            submit(actor, report, Typed(headline, {"overall": {"value": "red", "why": ""}}, path))

        return write

    def _reviewing(self, end: date) -> Any:
        def review(actor: Actor) -> None:
            rows = Report.objects.select_related("initiative__unit", "owner", "cycle__cadence")
            for report in rows.filter(period_end=end, state="submitted").order_by("pk"):
                approve(actor, report)

        return review
