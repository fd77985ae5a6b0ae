"""The page of a meeting: who comes, the agenda, the minutes; its papers and its entry for calendars."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.initiatives.selectors import find_initiative
from steerco.apps.meetings import agenda as writing
from steerco.apps.meetings.documents import paper_name, paper_of
from steerco.apps.meetings.models import Attendee, Meeting
from steerco.apps.meetings.selectors import (
    HELD,
    agenda,
    attendees_of,
    find_meeting,
    happening,
    quorum,
)
from steerco.apps.meetings.services import add_guest, mark_presence, remove_guest, reply
from steerco.exchange.icalendar import Calendar, write
from steerco.kit.history import Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.downloads import download
from steerco.kit.pages.htmx import page, redirect_to, wants_fragment
from steerco.kit.pages.panels import render_panels
from steerco.kit.permissions import Actor, can
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import register_of
from steerco.kit.registers.views.finding import actor_of


def _find(request: HttpRequest, pk: int) -> Meeting:
    row = find_meeting(actor_of(request), pk)
    if row is None:
        raise Http404
    return row


@require_http_methods(["GET", "POST"])
@guard("record.view", "the meeting; changing its agenda and minutes: record.edit")
@answered_once
def meeting_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A meeting: when, who, what about, what came of it."""
    actor, row = actor_of(request), _find(request, pk)
    problem = ""
    if request.method == "POST":
        try:
            _take(request, actor, row)
        except Invalid as error:
            problem = " ".join(str(text) for texts in error.errors[0].values() for text in texts)
        else:
            return redirect_to(request, f"{reverse('meetings:page', args=[row.pk])}{_anchor(request.POST)}")
    context = {
        **_shown(actor, row),
        "panels": render_panels("meeting", request, actor, row),
        "problem": problem,
    }
    return page(request, "meetings/page.html", context, status=422 if problem else 200)


def _anchor(post: QueryDict) -> str:
    item = post.get("item", "")
    return (
        f"#item-{item}"
        if item.isdecimal() and post.get("take") not in ("remove", "up", "down")
        else "#agenda"
    )


def _take(request: HttpRequest, actor: Actor, row: Meeting) -> None:
    """What a button of the page asks for. Raises Denied, Invalid."""
    post = request.POST
    match post.get("take"):
        case "build":
            count = writing.build(actor, row)
            messages.success(request, _("Added to the agenda: %(n)s.") % {"n": count})
        case "add":
            writing.add_item(
                actor, row, post.get("title", ""), _number(post, "minutes"), post.get("presenter", "")
            )
        case "box":
            writing.change_item(
                actor, row, _number(post, "item"), _number(post, "minutes"), post.get("presenter", "")
            )
        case "up":
            writing.move_item(actor, row, _number(post, "item"), -1)
        case "down":
            writing.move_item(actor, row, _number(post, "item"), 1)
        case "remove":
            writing.remove_item(actor, row, _number(post, "item"))
        case "defer":
            writing.defer(actor, row, _number(post, "item"))
        case "noted":
            writing.note_item(actor, row, _number(post, "item"))
        case "decide":
            writing.decide(actor, row, _number(post, "item"), post.get("verdict", ""), post.get("why", ""))
            messages.success(request, _("Recorded. It counts once it is confirmed."))
        case "action":
            _add_action(actor, row, post)
            messages.success(request, _("Saved."))
        case "guest":
            add_guest(
                actor, row, post.get("name", ""), post.get("email", ""), required="optional" not in post
            )
        case "unguest":
            remove_guest(actor, row, _number(post, "attendee"))
        case "presence":
            said = {
                int(k[9:]): str(v) for k, v in post.items() if k.startswith("presence-") and _is_id(k[9:])
            }
            mark_presence(actor, row, said)
            messages.success(request, _("Saved."))
        case _:
            raise Invalid({0: {"": [_("Choose what is to be done.")]}})


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 12


def _number(post: QueryDict, name: str) -> int:
    text = post.get(name, "").strip()
    if not _is_id(text):
        raise Invalid({0: {name: [_("“%(text)s” is not a whole number.") % {"text": text[:40]}]}})
    return int(text)


def _add_action(actor: Actor, row: Meeting, post: QueryDict) -> None:
    owner, due, where = None, None, row.initiative
    if name := post.get("owner", "").strip():
        try:
            owner = reference("party").resolve(actor, name[:300])
        except ValidationError as error:
            raise Invalid({0: {"owner": error.messages}}) from None
    if code := post.get("where", "").strip():
        found = find_initiative(actor, code[:60])
        if found is None:
            raise Invalid({0: {"where": [_("There is no such initiative.")]}})
        where = found
    if day := post.get("due", "").strip():
        try:
            due = date.fromisoformat(day)
        except ValueError:
            raise Invalid({0: {"due": [_("“%(text)s” is no date.") % {"text": day[:40]}]}}) from None
    writing.add_action(actor, row, _number(post, "item"), post.get("title", ""), owner, due, where)


def _shown(actor: Actor, row: Meeting) -> dict[str, Any]:
    lines, attendees = agenda(actor, row), attendees_of(row)
    may_edit = can(actor, "record.edit", row)
    total = sum(line.item.minutes for line in lines)
    own = next((one for one in attendees if one.person_id and one.person_id == actor.person_id), None)
    register = register_of("meeting")
    return {
        "row": row,
        "state": row.states.by_key[row.state],
        "lines": lines,
        "attendees": attendees,
        "quorum": quorum(row, attendees),
        "total": total,
        "beyond": max(total - row.minutes, 0),
        "own": own,
        "replies": [choice for choice in Attendee.Reply.choices if choice[0]],
        "presences": Attendee.Presence.choices,
        "details": register.url(row),
        "is_over": row.state in HELD,
        "may_edit": may_edit,
        "may_plan": may_edit and row.state in ("draft", "called", "held"),
        "may_write": may_edit and row.state in ("called", "held"),
        "may_ask": may_edit and row.is_ahead,
        "actions": _actions(actor, row),
    }


def _actions(actor: Actor, row: Meeting) -> list[dict[str, Any]]:
    register = register_of("action")
    return [
        {
            "url": register.url(one),
            "title": one.title,
            "owner": one.owner,
            "due": one.due_on,
            "reference": one.reference,
        }
        for one in writing.actions_of(actor, row)
    ]


@require_POST
@guard("record.view", "one's own invitation")
@answered_once
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether one comes."""
    row = _find(request, pk)
    try:
        reply(actor_of(request), row, request.POST.get("reply", ""))
    except Invalid as error:
        text = " ".join(str(text) for texts in error.errors[0].values() for text in texts)
        context = {**_shown(actor_of(request), row), "problem": text}
        return page(request, "meetings/page.html", context, status=422)
    messages.success(request, _("Thank you, it is noted."))
    return redirect_to(request, reverse("meetings:page", args=[row.pk]))


@require_POST
@guard("record.edit", "the meeting")
@answered_once
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is being typed into the minutes."""
    row, post = _find(request, pk), request.POST
    texts = {
        int(name[5:]): (str(text), post.get(f"seen-{name[5:]}", ""))
        for name, text in post.items()
        if name.startswith("text-") and _is_id(name[5:])
    }
    context: dict[str, Any] = {}
    try:
        writing.save_texts(actor_of(request), row, texts)
        context["lines"] = agenda(actor_of(request), row)
        context["saved"] = True
    except Invalid as refusal:
        context["problem"] = next(iter(refusal.errors[0].values()))[0]
    except Conflict:
        context["problem"] = _("Somebody else is writing here too. Copy your text and load the page again.")
    if wants_fragment(request):
        return page(request, "meetings/_saved.html", context, status=422 if "problem" in context else 200)
    if "problem" in context:
        return page(request, "meetings/page.html", {**_shown(actor_of(request), row), **context}, status=422)
    return redirect_to(request, reverse("meetings:page", args=[row.pk]))


@never_cache
@require_GET
@guard("record.view", "the meeting, without the items that the actor may not read")
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The agenda, after the meeting the minutes, as PDF."""
    row = _find(request, pk)
    return download(paper_of(actor_of(request), row), paper_name(row))


@never_cache
@require_GET
@guard("record.view", "the meeting")
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting for a calendar."""
    row = _find(request, pk)
    content = write(Calendar((happening(row, attendees_of(row)),)))
    return download(content.encode(), f"{row.reference}.ics")
