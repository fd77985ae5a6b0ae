"""The year of meetings, one's own meetings with their calendar feed, and the meetings of one body."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from steerco.apps.meetings.models import CLOCK_TIME
from steerco.apps.meetings.selectors import (
    feed_address,
    feed_key,
    feed_of,
    feed_reader,
    find_body,
    months,
    own_meetings,
    visible,
)
from steerco.apps.meetings.services import close_feed, new_feed, plan_days, plan_series, set_standing
from steerco.engine.calendar import MeetingRhythm
from steerco.exchange.icalendar import Calendar, write
from steerco.kit import clock
from steerco.kit.fields.days import days_in
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Denied, can
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import DateInput
from steerco.kit.registers.register import register_of
from steerco.kit.registers.scopes import find_scope
from steerco.kit.registers.views.finding import actor_of

SHOWN = 60
OWN = "own"
RHYTHMS = (
    (MeetingRhythm.WEEK.value, gettext_lazy("every week")),
    (MeetingRhythm.FORTNIGHT.value, gettext_lazy("every two weeks")),
    (MeetingRhythm.MONTH.value, gettext_lazy("each month on the same weekday, as the first Monday")),
    (MeetingRhythm.QUARTER.value, gettext_lazy("each quarter on the same weekday of its month")),
    (OWN, gettext_lazy("on days of its own")),
)


@require_GET
@guard("record.view", "the meetings that the actor may read")
def year_page(request: HttpRequest) -> HttpResponse:
    """The meetings of all bodies below a place, month by month."""
    actor, today = actor_of(request), clock.today()
    scope = find_scope(actor, request.GET.get("in", ""))
    first = _month(request.GET.get("from", "")) or today.replace(day=1)
    place = scope.row if scope else None
    context = {
        "months": months(actor, place, first),
        "scope": scope,
        "today": today,
        "first": first,
        "earlier": _shifted(first, -12),
        "later": _shifted(first, 12),
        "list_url": register_of("meeting").list_url(),
        "may_add": can(actor, "record.create", anywhere=True),
    }
    return page(request, "meetings/year.html", context)


def _month(text: str) -> date | None:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if 1950 <= found.year <= 2150 else None


def _shifted(day: date, count: int) -> str:
    number = day.year * 12 + day.month - 1 + count
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


@require_http_methods(["GET", "POST"])
@guard("record.view", "one's own meetings")
@answered_once
def own_page(request: HttpRequest) -> HttpResponse:
    """One's own meetings, and their address for a calendar."""
    actor = actor_of(request)
    if request.method == "POST":
        match request.POST.get("take"):
            case "open":
                new_feed(actor)
                messages.success(request, _("The address is ready. Older ones open nothing any more."))
            case "close":
                close_feed(actor)
                messages.success(request, _("The address opens nothing any more."))
            case _:
                return _own(request, 422)
        return redirect_to(request, reverse("meetings:mine"))
    return _own(request, 200)


def _own(request: HttpRequest, status: int) -> HttpResponse:
    actor = actor_of(request)
    key = feed_key(actor)
    context = {
        "meetings": list(own_meetings(actor, clock.today())[:SHOWN]),
        "feed": settings.PUBLIC_URL.rstrip("/") + feed_address(key) if key else "",
        "is_person": actor.person_id is not None,
    }
    return page(request, "meetings/mine.html", context, status=status)


@never_cache
@require_GET
@guard("record.view", "the meetings of whoever holds the address", public=True)
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """One's own meetings for a program that shows calendars. A wrong or revoked address answers like none."""
    reader = feed_reader(token)
    if reader is None:
        raise Http404
    content = write(Calendar(tuple(feed_of(reader)), name=_("My meetings")))
    return HttpResponse(content.encode(), content_type="text/calendar; charset=utf-8")


class SeriesForm(forms.Form):
    """How often a body meets, from when to when, and where."""

    rhythm = forms.ChoiceField(label=gettext_lazy("How often"), choices=RHYTHMS, initial="month")
    first = forms.DateField(label=gettext_lazy("First meeting"), widget=DateInput, required=False)
    until = forms.DateField(label=gettext_lazy("Until"), widget=DateInput, required=False)
    days = forms.CharField(
        label=gettext_lazy("Days of its own"),
        help_text=gettext_lazy("Only on days of its own: one a line."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    begins = forms.RegexField(
        CLOCK_TIME.pattern + "$",
        label=gettext_lazy("Begins at"),
        initial="10:00",
        error_messages={"invalid": gettext_lazy("Write the time as 09:30.")},
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Length in minutes"), min_value=5, max_value=480, initial=90
    )
    place = forms.CharField(label=gettext_lazy("Room or place"), max_length=200, required=False)
    link = forms.URLField(
        label=gettext_lazy("Link to join"), max_length=500, required=False, assume_scheme="https"
    )

    def clean_days(self) -> list[date]:
        """The days. Raises ValidationError."""
        return days_in(self.cleaned_data["days"])

    def clean(self) -> dict[str, Any]:
        """A rhythm needs its first day and its end, days of its own are named."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        needed = ("days",) if given.get("rhythm") == OWN else ("first", "until")
        for name in needed:
            if name not in self.errors and not given.get(name):
                self.add_error(name, _("This field is required."))
        return given

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for field in self.fields.values():
            css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = css


@require_http_methods(["GET", "POST"])
@guard(
    "record.view",
    "the body; planning: record.create at its initiative; its standing items: initiative.appoint",
)
@answered_once
def body_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The meetings of a body: a series is planned, and what is on the agenda each time."""
    actor = actor_of(request)
    body = find_body(actor, pk)
    if body is None:
        raise Http404
    may_plan = body.initiative is not None and can(actor, "record.create", body.initiative)
    may_set = can(actor, "initiative.appoint", body.initiative)
    if request.method == "POST" and not (may_plan or may_set):
        raise Denied("record.create")
    take = request.POST.get("take", "") if request.method == "POST" else ""
    form = SeriesForm(request.POST if take == "plan" else None)
    known = request.method == "GET" or take in ("plan", "standing")
    problem = "" if known else _("Choose what is to be done.")
    try:
        if take == "standing":
            set_standing(actor, body, request.POST.get("lines", "")[:20_000])
            messages.success(request, _("Saved."))
            return redirect_to(request, request.path)
        if form.is_valid():
            values = dict(form.cleaned_data)
            rhythm, first, until, days = (values.pop(name) for name in ("rhythm", "first", "until", "days"))
            words = str(dict(RHYTHMS)[rhythm])
            if rhythm == OWN:
                planned = plan_days(actor, body, days, values, words)
            else:
                planned = plan_series(actor, body, rhythm, first, until, values, words)
            messages.success(request, _("Planned: %(n)s meetings.") % {"n": len(planned)})
            return redirect_to(request, request.path)
    except Invalid as error:
        problem = " ".join(str(text) for texts in error.errors[0].values() for text in texts)
    rows = visible(actor).filter(body=body)
    context = {
        "body": body,
        "form": form,
        "problem": problem,
        "coming": list(rows.filter(day__gte=clock.today()).order_by("day", "pk")[:SHOWN]),
        "past": list(rows.filter(day__lt=clock.today()).order_by("-day", "-pk")[:20]),
        "standing": list(body.standing_items.all()),
        "lines": "\n".join(f"{one.title} | {one.minutes}" for one in body.standing_items.all()),
        "may_plan": may_plan,
        "may_set": may_set,
        "details": register_of("body").url(body),
    }
    return page(request, "meetings/body.html", context, status=422 if request.method == "POST" else 200)
