"""The office's queue, what is done with a request in it, the mails that are held, and the figures."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import find_initiative
from steerco.apps.office.mails import accept_mail, discard_mail
from steerco.apps.office.models import RequestCategory, SupportRequest, TimeSpent
from steerco.apps.office.registers import REQUESTS
from steerco.apps.office.selectors import (
    OFFICE,
    PARTS,
    figures,
    held_mails,
    lines,
    narrowed,
    open_conflicts,
    queue,
    queue_counts,
)
from steerco.apps.office.services import answer_request, book_time, drop_time, give_request, take_request
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.history import Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import ReferenceField
from steerco.kit.registers.masking import mask
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import register_by_key
from steerco.kit.registers.views.finding import actor_of, find_row

SHOWN, MAILS = 100, 50
MOST_MINUTES = 1440


def place_of(actor: Actor, values: Any) -> Initiative | None:
    """The initiative that the address names; None for none. Raises Http404 for one that is not to be seen."""
    code = values.get("in", "")[:60]
    if not code:
        return None
    found = find_initiative(actor, code)
    if found is None:
        raise Http404
    return found


def _require_office(actor: Actor) -> None:
    if not can(actor, OFFICE, anywhere=True):
        require(actor, OFFICE)


@require_GET
@guard("initiative.edit", "the places where the actor works as the office")
def queue_page(request: HttpRequest) -> HttpResponse:
    """What people ask of the office: unassigned first, then by what is owed next; held mails; imports that wait."""
    actor = actor_of(request)
    _require_office(actor)
    place, part = place_of(actor, request.GET), request.GET.get("show", "")
    if part and part not in PARTS:
        raise Http404
    counts = queue_counts(actor, place)
    rows = narrowed(queue(actor, place), part, actor).select_related(*REQUESTS.related)
    found = mask(REQUESTS, actor, list(rows[: SHOWN + 1]))
    where = {"in": place.code} if place else {}
    parts = [
        (counts[key], label, f"?{urlencode({**where, 'show': key})}", key == part)
        for key, label in PARTS.items()
    ]
    total = counts[part] if part else counts["all"]
    context = {
        "place": place,
        "part": part,
        "parts": parts,
        "all_url": f"?{urlencode(where)}",
        "counts": counts,
        "lines": lines(found[:SHOWN]),
        "left_out": max(0, total - SHOWN),
        "mails": list(held_mails(actor)[:MAILS]),
        "conflicts": [(run, register_by_key(run.register)) for run in open_conflicts(actor)[:MAILS]],
        "categories": list(RequestCategory.objects.visible_to(actor).filter(in_use=True)),
        "may_configure": can(actor, "organisation.configure"),
        "today": clock.today(),
        "suffix": f"?{request.GET.urlencode()}" if request.GET else "",
    }
    return page(request, "office/queue.html", context)


def _back(request: HttpRequest, row: SupportRequest) -> HttpResponse:
    """To where it was done: the queue as it was narrowed, or the page of the request."""
    if request.POST.get("from") == "record":
        return redirect_to(request, REQUESTS.url(row))
    query = request.GET.urlencode()
    return redirect_to(request, reverse("office:queue") + (f"?{query}" if query else ""))


@require_POST
@guard("record.edit", "the request")
@answered_once
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request, give it to somebody, or answer it."""
    _register, row = find_row(request, REQUESTS.slug, pk)
    actor, given = actor_of(request), request.POST
    require(actor, "record.edit", row)
    what = given.get("what", "")
    try:
        version = int(given["version"]) if given.get("version", "").isdigit() else None
        if what == "take":
            take_request(actor, row, version)
            messages.success(request, _("You look after %(reference)s now.") % {"reference": row.reference})
        elif what == "give":
            to = ReferenceField(reference("party"), actor).clean(given.get("to", ""))
            give_request(actor, row, to, version)
            messages.success(request, _("Given to %(name)s.") % {"name": to.name})
        elif what == "answer":
            with transaction.atomic():  # a wrong number of minutes sends no answer
                answer_request(actor, row, given.get("text", "")[:20_000], given.get("then", ""))
                if given.get("minutes", "").strip():
                    _book(actor, row, given)
            messages.success(request, _("Answered; whoever asked is told."))
        else:
            raise Http404
    except (Invalid, ValidationError, Conflict) as error:
        messages.error(request, said(error))
    return _back(request, row)


def said(error: Exception) -> str:
    """What is wrong, in words."""
    if isinstance(error, Conflict):
        return _("Somebody was faster. Look at it again.")
    if isinstance(error, Invalid):
        return " ".join(t for row in error.errors.values() for texts in row.values() for t in texts)
    return " ".join(getattr(error, "messages", [str(error)]))


def _book(actor: Actor, row: SupportRequest, given: Any) -> None:
    """Book what was typed. Raises Invalid."""
    text = given.get("minutes", "").strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST_MINUTES):
        raise Invalid({0: {"minutes": [_("Minutes are a number from 1 to 1440.")]}})
    try:
        on = date.fromisoformat(given["on"]) if given.get("on") else clock.today()
    except ValueError:
        raise Invalid({0: {"on": [_("That is no date.")]}}) from None
    person = None
    if given.get("person", "").strip():
        party = ReferenceField(reference("party"), actor).clean(given["person"])
        person = Person.objects.visible_to(actor).filter(party=party).first()
        if person is None:
            raise Invalid({0: {"person": [_("Name a person.")]}})
    book_time(actor, row, int(text), on, person=person, note=given.get("note", ""))


@require_POST
@guard("record.edit", "the request")
@answered_once
def time_spent(request: HttpRequest, pk: int) -> HttpResponse:
    """Book time on a request, or (`drop`) take a booking back."""
    _register, row = find_row(request, REQUESTS.slug, pk)
    actor, given = actor_of(request), request.POST
    require(actor, "record.edit", row)
    try:
        if "drop" in given:
            drop_time(actor, _booking(actor, row, given["drop"]))
        else:
            _book(actor, row, given)
            messages.success(request, _("Booked."))
    except (Invalid, ValidationError, Conflict) as error:
        messages.error(request, said(error))
    return redirect_to(request, REQUESTS.url(row))


def _booking(actor: Actor, row: SupportRequest, text: str) -> TimeSpent:
    rows = TimeSpent.objects.visible_to(actor).filter(request=row)
    found = rows.filter(pk=int(text)).first() if text.isdigit() and len(text) < 18 else None
    if found is None:
        raise Http404
    return found


@require_POST
@guard("initiative.edit", "the whole organisation")
@answered_once
def deal_with_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a held mail as a request, or discard it."""
    actor, given = actor_of(request), request.POST
    require(actor, OFFICE)
    mail = held_mails(actor).filter(pk=pk).first()
    if mail is None:
        raise Http404
    back = redirect_to(request, reverse("office:queue"))
    try:
        if "discard" in given:
            discard_mail(actor, mail)
            messages.success(request, _("Discarded."))
            return back
        known = {
            name: ReferenceField(reference(key), actor, required=False).clean(given.get(name, ""))
            for name, key in (
                ("place", "initiative"),
                ("asked_by", "party"),
                ("category", "request_category"),
            )
        }
        row = accept_mail(actor, mail, **known)
        messages.success(request, _("Accepted as %(reference)s.") % {"reference": row.reference})
    except (Invalid, ValidationError) as error:
        messages.error(request, said(error))
    return back


@require_GET
@guard("initiative.edit", "the requests that the actor may read, where the actor works as the office")
def figures_page(request: HttpRequest) -> HttpResponse:
    """How much the office is asked for, how long it takes and how much of it comes in time."""
    actor = actor_of(request)
    _require_office(actor)
    place = place_of(actor, request.GET)
    return page(request, "office/figures.html", {"place": place, "figures": figures(actor, place)})
