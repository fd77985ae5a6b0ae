"""Escalating by hand, what the receiver does with what was accepted, and the lists of both ends."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.escalation.ladder import Step
from steerco.apps.escalation.models import Escalation
from steerco.apps.escalation.panels import with_steps
from steerco.apps.escalation.proposals import (
    acknowledge,
    end_escalation,
    escalate,
    rescore,
    steps_for,
    withdraw_escalation,
)
from steerco.apps.escalation.recording import may_record, record_answer
from steerco.apps.escalation.reminders import ANSWERS
from steerco.apps.escalation.rules import reason_in_words
from steerco.apps.escalation.selectors import (
    lines,
    mine,
    own_responses,
    received,
    response_times,
    sent,
    visible,
)
from steerco.apps.followups.services import holders
from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.records import address_of
from steerco.apps.initiatives.selectors import find_initiative
from steerco.apps.people.models import Party
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import DateInput
from steerco.kit.registers.views.finding import actor_of

PAGE = 50
SIDES = (
    ("mine", gettext_lazy("Mine")),
    ("to", gettext_lazy("Escalated to us")),
    ("by", gettext_lazy("Escalated by us")),
    ("all", gettext_lazy("All")),
)


def _entry(actor: Actor, pk: int) -> Entry:
    row = Entry.objects.visible_to(actor).select_related("initiative").filter(pk=pk).first()
    if row is None or row.initiative is None:
        raise Http404
    return row


def _escalation(actor: Actor, pk: int) -> Escalation:
    row = visible(actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@require_GET
@guard("record.view", "the escalations of records that the actor may read")
def list_page(request: HttpRequest) -> HttpResponse:
    """Escalated to us, by us, mine, all; open or all; and how fast levels respond."""
    actor = actor_of(request)
    place: Initiative | None = None
    if request.GET.get("in"):
        place = find_initiative(actor, request.GET["in"])
        if place is None:
            raise Http404
    sides = [side for side in SIDES if place is not None or side[0] in {"mine", "all"}]
    side = request.GET.get("side", "")
    if side not in {key for key, _label in sides}:
        side = "to" if place is not None else "mine"
    every = request.GET.get("closed") == "1"
    rows = _rows(actor, place, side, every=every)
    chosen = Paginator(rows.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "place": place,
        "sides": sides,
        "side": side,
        "every": every,
        "found": with_steps(actor, lines(actor, chosen.object_list)),
        "chosen": chosen,
        "responses": response_times(actor, place),
        "own": own_responses(actor),
    }
    return page(request, "escalation/list.html", context)


def _rows(actor: Actor, place: Initiative | None, side: str, *, every: bool) -> Any:
    if side == "mine":
        return mine(actor)
    if place is not None and side in {"to", "by"}:
        rows = received(actor, place) if side == "to" else sent(actor, place)
    else:
        rows = visible(actor)
        if place is not None:
            rows = rows.filter(origin__above__ancestor=place)
    return rows if every else rows.filter(state__in=Escalation.LIVE)


class EscalateForm(forms.Form):
    """To whom, and why."""

    to = forms.ChoiceField(label=pgettext_lazy("receiver", "To"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, choices: list[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data, initial={"to": choices[0][0] if choices else ""})
        self.fields["to"].choices = choices  # type: ignore[attr-defined]
        self.fields["reason"].widget.attrs["class"] = "form-control"


@require_http_methods(["GET", "POST"])
@guard("record.edit", "the record")
@answered_once
def escalate_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a record to a level above, with a reason."""
    actor = actor_of(request)
    entry = _entry(actor, pk)
    require(actor, "record.edit", entry)
    steps = {f"{step.to}-{step.receiver}": step for step in steps_for(entry)}
    form = EscalateForm(_choices(actor, entry, steps), request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            escalate(actor, entry, steps[form.cleaned_data["to"]], form.cleaned_data["reason"])
        except Invalid as error:
            for name, texts in error.errors[0].items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, _("Proposed: the receiver is asked."))
            return redirect_to(request, address_of(entry))
    context = {"entry": entry, "form": form, "steps": steps, "back": address_of(entry)}
    return page(request, "escalation/escalate.html", context, status=422 if form.is_bound else 200)


def _choices(actor: Actor, entry: Entry, steps: dict[str, Step]) -> list[tuple[str, str]]:
    """The receivers with the names of their levels, where the actor may read them; a post whose holder is offered by
    name is not offered again."""
    asked, own = {s.receiver for s in steps.values()}, entry.initiative
    parties = Party.objects.in_bulk(asked)
    again = {
        party.pk
        for party in parties.values()
        if party.kind == Party.Kind.POST
        and (people := {person.party_id for person in holders(party.pk, clock.today())})
        and people <= asked
    }
    places = Initiative.objects.visible_to(actor).filter(pk__in=[s.to for s in steps.values()])
    levels = {row.pk: f"{row.get_type_display()} {row.name}" for row in places}
    found = []
    for key, step in steps.items():
        if step.receiver in again:
            continue
        level = levels.get(step.to, "")
        if own is not None and step.receiver == own.sponsor_id and level:
            level = _("sponsor of %(place)s") % {"place": own.name}
        found.append((key, " · ".join(part for part in (parties[step.receiver].name, level) if part)))
    return found


@require_POST
@guard("record.edit", "the record, or its owner")
@answered_once
def acknowledge_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one has seen a record and takes care of it."""
    actor = actor_of(request)
    entry = _entry(actor, pk)
    acknowledge(actor, entry)
    messages.success(request, _("Acknowledged."))
    return redirect_to(request, address_of(entry))


@require_POST
@guard("record.edit", "the record, or whoever proposed it")
@answered_once
def withdraw_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a proposal that is not answered."""
    actor = actor_of(request)
    row = _escalation(actor, pk)
    withdraw_escalation(actor, row, request.POST.get("reason", "")[:2000])
    messages.success(request, _("Withdrawn."))
    return redirect_to(request, address_of(row.entry))


class RecordedForm(forms.Form):
    """What the body decided, when, where it is written."""

    answer = forms.ChoiceField(label=gettext_lazy("What was decided"))
    decided_on = forms.DateField(label=gettext_lazy("Day of the meeting or decision"), widget=DateInput)
    source = forms.CharField(
        label=gettext_lazy("Where it is written"),
        max_length=300,
        help_text=gettext_lazy("For example: minutes of 12 May, item 4."),
    )
    comment = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"decided_on": clock.today()})
        choice: Any = self.fields["answer"]
        choice.choices = [("", "—"), *((one.key, one.label) for one in ANSWERS)]
        for field in self.fields.values():
            css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = css


@require_http_methods(["GET", "POST"])
@guard("record.transition", "the level above, or a seat of the body that is asked")
@answered_once
def record_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what a body decided about an escalation."""
    actor = actor_of(request)
    row = _escalation(actor, pk)
    if not may_record(actor, row):
        require(actor, "record.transition", row.to)
        raise Http404
    form = RecordedForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        values = dict(form.cleaned_data)
        try:
            record_answer(actor, row, values.pop("answer"), **values)
        except Invalid as error:
            for name, texts in error.errors[0].items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            row.refresh_from_db()
            waits = bool(row.recorded)
            messages.success(
                request, _("Recorded. It counts once it is confirmed.") if waits else _("Saved.")
            )
            return redirect_to(request, address_of(row.entry))
    context = {"row": row, "form": form, "reason": reason_in_words(row), "back": address_of(row.entry)}
    return page(request, "escalation/record_answer.html", context, status=422 if form.is_bound else 200)


@require_POST
@guard("record.decide", "the level above, or the receiver")
@answered_once
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Give what was accepted back to the level below."""
    actor = actor_of(request)
    row = _escalation(actor, pk)
    return _done(request, row, lambda: end_escalation(actor, row, request.POST.get("reason", "")[:2000]))


@require_POST
@guard("record.decide", "the level above, or the receiver")
@answered_once
def score_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Score an accepted record on the scale of the level above."""
    actor = actor_of(request)
    row = _escalation(actor, pk)
    probability, impact = (_figure(request.POST.get(name, "")) for name in ("probability", "impact"))
    return _done(request, row, lambda: rescore(actor, row, probability, impact))


def _figure(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0


def _done(request: HttpRequest, row: Escalation, act: Any) -> HttpResponse:
    """Do it and go back to the record, with what was wrong where it was."""
    try:
        act()
    except Invalid as error:
        messages.error(request, error.text)
    else:
        messages.success(request, _("Saved."))
    return redirect_to(request, address_of(row.entry))
