"""The addresses behind the panels: every one finds the entry first, as the actor sees it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.records import record_of
from steerco.apps.links.files import TooLarge, path_of
from steerco.apps.links.kinds import Refused
from steerco.apps.links.models import Attachment, Comment, Relation
from steerco.apps.links.references import address, label
from steerco.apps.links.selectors import find_entry, suggest_people, suggest_tags, tagged
from steerco.apps.links.services import (
    Upload,
    attach_files,
    relate,
    remove_attachment,
    remove_comment,
    restore_attachment,
    set_tags,
    unrelate,
    watch,
    write_comment,
)
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import register_by_key, registers
from steerco.kit.registers.views.finding import actor_of

PARTS = frozenset({"comments", "files", "relations"})
REFUSALS = {
    "empty": gettext_lazy("“%(name)s” is empty."),
    "program": gettext_lazy("“%(name)s” is a program. Programs are not taken."),
    "other": gettext_lazy("“%(name)s” is not what its name says it is."),
}


def _find(request: HttpRequest, pk: int) -> Entry:
    entry = find_entry(actor_of(request), pk)
    if entry is None:
        raise Http404
    return entry


def _url(entry: Entry, part: str = "") -> str:
    """The page of what the entry stands for, at one of its panels."""
    if entry.register == "initiative":
        row: Any = entry.as_initiative
    else:
        row = record_of(entry)
    register = register_by_key(entry.register)
    if register is None or row is None:
        raise Http404
    place = "initiative" if entry.register == "initiative" else "record"
    return register.url(row) + (f"#panel-{place}.{part}" if part in PARTS else "")


def _back(request: HttpRequest, entry: Entry, part: str) -> HttpResponse:
    return redirect_to(request, _url(entry, part))


@require_GET
@guard("record.view", "the entry")
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to the page of the initiative or record that an entry stands for."""
    return HttpResponseRedirect(_url(_find(request, pk), request.GET.get("part", "")))


@require_POST
@guard("record.view", "the entry")
@answered_once
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something."""
    found = _find(request, pk)
    _say(request, found, None)
    return _back(request, found, "comments")


@require_POST
@guard("record.view", "the actor's own comment; removing also needs record.delete on the entry")
@answered_once
def change_comment(request: HttpRequest, pk: int, comment_pk: int) -> HttpResponse:
    """Say it anew, or take it away."""
    found = _find(request, pk)
    row = (
        Comment.objects.visible_to(actor_of(request))
        .filter(pk=comment_pk, entry=found, deleted=False)
        .first()
    )
    if row is None:
        raise Http404
    if "remove" in request.POST:
        remove_comment(actor_of(request), row)
    else:
        _say(request, found, row)
    return _back(request, found, "comments")


def _say(request: HttpRequest, found: Entry, row: Comment | None) -> None:
    try:
        write_comment(actor_of(request), found, request.POST.get("text", ""), comment=row)
    except Invalid:
        messages.error(request, _("A comment needs some words, and at most 20,000 characters."))


@require_POST
@guard("record.edit", "the entry")
@answered_once
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach files."""
    found = _find(request, pk)
    require(actor_of(request), "record.edit", found)
    source = request.POST.get("source", "")
    if source not in Attachment.Source.values:
        raise Http404
    for file in request.FILES.getlist("files"):
        name = file.name or ""
        try:
            attach_files(actor_of(request), found, [Upload(name, file.chunks())], source=source)
        except Refused as refused:
            messages.error(request, REFUSALS[refused.code] % {"name": name})
        except TooLarge as error:
            messages.error(request, _too_large(name, error))
    return _back(request, found, "files")


def _too_large(name: str, error: TooLarge) -> str:
    words = {"name": name, "limit": filesizeformat(error.limit)}
    return _("“%(name)s” is too large: %(limit)s fit here.") % words


def _attachment(request: HttpRequest, pk: int, file_pk: int, *, removed: bool = False) -> Attachment:
    found = _find(request, pk)
    rows = Attachment.objects.visible_to(actor_of(request)).select_related("file", "entry")
    row = rows.filter(pk=file_pk, entry=found, deleted=removed).first()
    if row is None:
        raise Http404
    return row


@require_GET
@guard("record.view", "the entry that the file hangs on")
def download(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse | FileResponse:
    """Hand out a file: always to be saved, never to be shown inside our pages."""
    row = _attachment(request, pk, file_pk)
    response = FileResponse(
        open(path_of(row.file.digest), "rb"),  # noqa: SIM115  the response closes it
        as_attachment=True,
        filename=row.name,
        content_type=row.file.media_type,
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@guard("record.edit", "the entry that the file hangs on")
@answered_once
def detach(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Take a file off."""
    row = _attachment(request, pk, file_pk)
    remove_attachment(actor_of(request), row)
    return _back(request, row.entry, "files")


@require_POST
@guard("record.edit", "the entry that the file hung on")
@answered_once
def reattach(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Put a removed file back."""
    row = _attachment(request, pk, file_pk, removed=True)
    try:
        restore_attachment(actor_of(request), row)
    except TooLarge as error:
        messages.error(request, _too_large(row.name, error))
    return _back(request, row.entry, "files")


@require_POST
@guard("record.edit", "the entry; the other end must be visible")
@answered_once
def add_relation(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the entry is to another one."""
    found = _find(request, pk)
    actor = actor_of(request)
    kind = request.POST.get("kind", "")
    if kind not in Relation.Kind.values:
        raise Http404
    try:
        target = reference("entry").resolve(actor, request.POST.get("target", "")[:400])
        relate(actor, found, target, kind)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    except Invalid as error:
        messages.error(request, error.errors[0]["target"][0])
    return _back(request, found, "relations")


@require_POST
@guard("record.edit", "either end of the relation; both must be visible")
@answered_once
def remove_relation(request: HttpRequest, pk: int, relation_pk: int) -> HttpResponse:
    """Take a relation back."""
    found = _find(request, pk)
    actor = actor_of(request)
    visible = Entry.objects.visible_to(actor)
    rows = Relation.objects.filter(source__in=visible, target__in=visible).select_related("source", "target")
    row = (rows.filter(source=found) | rows.filter(target=found)).filter(pk=relation_pk).first()
    if row is None:
        raise Http404
    unrelate(actor, row)
    return _back(request, found, "relations")


@require_POST
@guard("record.edit", "the entry")
@answered_once
def change_tags(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the tags: words with commas between them."""
    found = _find(request, pk)
    set_tags(actor_of(request), found, request.POST.get("tags", "")[:1000].split(","))
    return _back(request, found, "relations")


@require_POST
@guard("record.view", "the entry")
@answered_once
def change_watch(request: HttpRequest, pk: int) -> HttpResponse:
    """Start or stop watching."""
    found = _find(request, pk)
    watch(actor_of(request), found, "stop" not in request.POST)
    return _back(request, found, "comments")


@require_GET
@guard("person.view", "the people that the actor may see")
def people(request: HttpRequest) -> HttpResponse:
    """Names for a mention that is being typed."""
    actor = actor_of(request)
    typed, about = request.GET.get("q", "")[:80], request.GET.get("entry", "")
    found = _find(request, int(about[:18])) if about.isascii() and about.isdigit() else None
    allowed = can(actor, "person.view", anywhere=True)
    return JsonResponse({"names": suggest_people(actor, typed, found) if typed and allowed else []})


@require_GET
@guard("record.view", "tags on the entries that the actor may read")
def tags(request: HttpRequest) -> HttpResponse:
    """Tags for a field that is being typed."""
    typed = request.GET.get("q", "").rpartition(",")[2].strip()[:40]
    return JsonResponse({"names": suggest_tags(actor_of(request), typed) if typed else []})


@require_GET
@guard("record.view", "the entries that the actor may read")
def tag_page(request: HttpRequest, name: str) -> HttpResponse:
    """Everything with a tag, by register."""
    found = tagged(actor_of(request), name)
    if not found:
        raise Http404
    groups = []
    for register in registers():
        rows = [(label(row), row.title, address(row)) for row in found if row.register == register.key]
        if rows:
            groups.append((register, rows))
    return page(request, "links/tag.html", {"name": name, "groups": groups})
