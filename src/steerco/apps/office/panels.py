"""What pages show of requests: the contact of an initiative, the office's queue, one's own, the time that was spent."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Initiative
from steerco.apps.office.contacts import contact_of
from steerco.apps.office.models import Contact, SupportRequest, TimeSpent
from steerco.apps.office.registers import REQUESTS
from steerco.apps.office.selectors import (
    OFFICE,
    PARTS,
    held_mails,
    lines,
    open_conflicts,
    own_requests,
    queue,
    queue_counts,
)
from steerco.apps.office.states import GOING, WAITING
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.pages.panels import Button, PageState, Panel, declare_button, declare_panel
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.masking import mask
from steerco.kit.registers.register import register_by_key

FIRST, OWN, IMPORTS = 5, 5, 10


def ask_url(place: Initiative | None = None) -> str:
    """Where one asks the office, about `place` or in general."""
    query = f"?{urlencode({'in': place.code})}" if place else ""
    return reverse("office:ask") + query


def _help_url(actor: Actor, subject: Initiative) -> str:
    return ask_url(subject) if actor.parties else ""


declare_button(Button("assurance.help", _("What would help?"), _help_url))


def _contact(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any]:
    named = contact_of(subject)
    may_edit = can(actor, "initiative.edit", subject)
    return {
        "named": named,
        "people": [(person, _known(actor, person)) for person in named.people],
        "edit": reverse("office:contact", args=[subject.code]) if may_edit else "",
    }


def _known(actor: Actor, person: Person) -> bool:
    """Whether the actor may read the person's entry in the address book."""
    rows: QuerySet[Person] = Person.objects.visible_to(actor)
    return rows.filter(pk=person.pk).exists()


def _queue(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """The office's queue on its home page and in the queue of what is to be put in order (at `subject`)."""
    if not can(actor, OFFICE, anywhere=True):
        return None
    place = subject if isinstance(subject, Initiative) else None
    counts = queue_counts(actor, place)
    mails = 0 if place else held_mails(actor).order_by().count()
    if not counts["all"] and not mails:
        return None
    rows = queue(actor, place).select_related(*REQUESTS.related)[:FIRST] if counts["all"] else []
    where = {"in": place.code} if place else {}
    url = reverse("office:queue")
    return {
        "counts": counts,
        "parts": [
            (counts[key], label, f"{url}?{urlencode({**where, 'show': key})}")
            for key, label in PARTS.items()
            if counts[key]
        ],
        "mails": mails,
        "lines": lines(mask(REQUESTS, actor, list(rows))),
        "url": f"{url}?{urlencode(where)}" if where else url,
    }


def _conflicts(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """The actor's imports that wait because something was changed both here and in the file."""
    runs = list(open_conflicts(actor)[: IMPORTS + 1])
    if not runs:
        return None
    return {
        "runs": [(run, register_by_key(run.register)) for run in runs[:IMPORTS]],
        "is_more": len(runs) > IMPORTS,
    }


def _own(actor: Actor, subject: None, state: PageState) -> dict[str, Any] | None:
    rows = list(own_requests(actor).filter(state__in=sorted(GOING))[: OWN + 1]) if actor.parties else []
    if not rows:
        return None
    shown = [
        {
            "row": row,
            "state": row.states.by_key[row.state],
            "url": reverse("office:own", args=[row.pk]),
            "is_waiting": row.state == WAITING,
        }
        for row in rows[:OWN]
    ]
    return {"rows": shown, "is_more": len(rows) > OWN}


def _time(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """The bookings of a request, for those who do the work."""
    if not isinstance(subject, SupportRequest) or not can(actor, "record.edit", subject):
        return None
    bookings = TimeSpent.objects.filter(request=subject).select_related("person")
    return {
        "bookings": list(bookings),
        "row": subject,
        "today": clock.today(),
        "going": subject.state in GOING,
    }


READ = (SupportRequest._meta.label_lower, Initiative._meta.label_lower)
CONTACTS = (Contact._meta.label_lower, "initiatives.initiative", "initiatives.holding", "initiatives.post")
declare_button(
    Button("initiative", _("Ask the office"), lambda actor, row: ask_url(row) if actor.parties else "")
)
declare_panel(
    Panel(
        "office.contact",
        "initiative",
        2,
        "office/_contact.html",
        _contact,
        reads=(*CONTACTS, "office.officesettings"),
    )
)
declare_panel(
    Panel("home.requests", "home", 33, "office/_queue.html", _queue, _("Requests to the office"), 12)
)
declare_panel(
    Panel("home.own_requests", "home", 59, "office/_own.html", _own, _("What I asked for"), 6, READ, True)
)
declare_panel(
    Panel("hygiene.requests", "hygiene", 10, "office/_queue.html", _queue, _("Requests to the office"), 12)
)
declare_panel(
    Panel(
        "hygiene.imports",
        "hygiene",
        20,
        "office/_conflicts.html",
        _conflicts,
        _("Imports with conflicts"),
        12,
    )
)
declare_panel(Panel("office.time", "record", 7, "office/_time.html", _time, _("Time and answer"), 12))
