"""The meetings of the example city's board: a year of them, the last two held, the next one with its agenda."""

from datetime import date, timedelta
from functools import partial

from steerco.apps.meetings.agenda import add_action, add_item, build, digest, items_of, note_item, save_texts
from steerco.apps.meetings.models import Meeting
from steerco.apps.meetings.services import mark_presence, plan_series, set_standing, write_meetings
from steerco.engine.calendar import weekday_of_month
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.site.demo.timeline import Call, Timeline

BOARD = "City Board"
THURSDAY = 3
STANDING = "Welcome and quorum | 5\nState of the portfolio, top risks | 20\nAny other business | 5"
SAID = (
    "The board took note of the report. The payments hub and its contractor stay under watch.",
    "The dependency between the permits portal and the payments hub is the one to watch before winter.",
)


class BoardMeetings:
    """What is put on the timeline: planning, inviting, holding, minutes."""

    def __init__(self, timeline: Timeline, office: str) -> None:
        self.timeline, self.office = timeline, office
        self.days = self._first_thursdays()

    def _first_thursdays(self) -> list[date]:
        """The two first Thursdays before today, and the ten after."""
        today = self.timeline.today
        number = today.year * 12 + today.month - 4
        found = [weekday_of_month(n // 12, n % 12 + 1, THURSDAY, 1) for n in range(number, number + 18)]
        past = [day for day in found if day < today - timedelta(days=4)][-2:]
        return past + [day for day in found if day > today][:10]

    def tell(self) -> None:
        """Put it all on the timeline."""
        first, last, coming = self.days[:3]
        self._call(first - timedelta(days=20), 9, self._plan)
        for day, said in zip((first, last), SAID, strict=True):
            self._call(day - timedelta(days=10), 9, partial(self._invite, day=day))
            self._call(day + timedelta(days=1), 10, partial(self._hold, day=day, said=said))
        self._call(self.timeline.today - timedelta(days=1), 16, partial(self._invite, day=coming))

    def _call(self, day: date, hour: int, call: Call) -> None:
        self.timeline.call(min((day - self.timeline.today).days, -1), hour, self.office, call)

    def _plan(self, actor: Actor) -> None:
        body = self.timeline.rows[BOARD]
        set_standing(actor, body, STANDING)
        values = {"begins": "14:00", "minutes": 90, "place": "City hall, room 2.14"}
        plan_series(actor, body, "month", self.days[0], self.days[-1], values, "first Thursday of the month")

    def _meeting(self, day: date) -> Meeting:
        near = (day - timedelta(days=6), day)  # one on a day off was planned for the working day before
        rows = Meeting.objects.select_related("body__party", "initiative", "entry")
        return rows.filter(body=self.timeline.rows[BOARD], day__range=near).latest("day")

    def _invite(self, actor: Actor, day: date) -> None:
        row = self._meeting(day)
        build(actor, row)
        write_meetings(actor, [Change({"state": "called"}, pk=row.pk)])

    def _hold(self, actor: Actor, day: date, said: str) -> None:
        row = self._meeting(day)
        mark_presence(actor, row, dict.fromkeys(row.attendees.values_list("pk", flat=True), "present"))
        for item in items_of(actor, row):
            if item.kind == "minutes":
                note_item(actor, row, item.pk)
            if item.title.startswith("State of the portfolio"):
                save_texts(actor, row, {item.pk: (said, digest(""))})
                owner = row.owner
                due = day + timedelta(days=40)
                add_action(
                    actor,
                    row,
                    item.pk,
                    "Bring the reserve to the board",
                    owner,
                    due,
                    row.initiative,
                )
        add_item(actor, row, "Dates of the coming year", 5, "")
        write_meetings(actor, [Change({"state": "held"}, pk=row.pk)])
        write_meetings(actor, [Change({"state": "issued"}, pk=row.pk)])
