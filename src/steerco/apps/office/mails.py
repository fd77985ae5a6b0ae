"""Mails to the office's address: of known people they open requests, of others they are held; loops end here."""

import hashlib
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from steerco.apps.followups.links import actor_without_account
from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.links.kinds import HEAD, Refused, media_type
from steerco.apps.links.replies import take_reply
from steerco.apps.links.services import Upload, attach_files
from steerco.apps.notices.replies import addressed
from steerco.apps.office.models import NO_PLACE, STRANGER, IncomingMail, RequestCategory, SupportRequest
from steerco.apps.office.services import ask_office, write_requests
from steerco.apps.office.settings import office_place
from steerco.apps.office.telling import RECEIVED, tell_asker
from steerco.apps.people.models import Party, Person
from steerco.exchange.mails import Enclosure, Letter, Unreadable, enclosures, read_letter
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Via, require

MOST_AN_HOUR = 30  # requests of one person by mail: more is a loop, not a person
MOST_A_DAY = 5  # mails of one unknown sender that are held
MOST_HELD = 200
HELD_BYTES = 2 * 1024 * 1024  # of one mail from somebody unknown
S = IncomingMail.State
# What is printed, and kept beside the mail where something of it is kept.
AGAIN, UNREADABLE = "taken before", "not readable"
AUTOMATIC, OWN, EMPTY = "sent by a machine or a list", "sent from an address of our own", "nothing in it"
TOO_MANY, TOO_LARGE = "too many from this sender", "too large for somebody unknown"
FULL, OPENED = "too many are held", "opened a request"


def take_mail(raw: bytes) -> str:
    """Take one mail: an answer to one of ours becomes a comment, one to the office's address a request. Returns what
    became of it. Taken twice it does nothing."""
    try:
        letter = read_letter(raw)
    except Unreadable:
        return UNREADABLE
    office = settings.MAIL_OFFICE.lower()
    if not office or office not in letter.recipients or any(addressed(a) for a in letter.recipients):
        return str(take_reply(raw))
    digest = hashlib.sha256(letter.message_id.encode() or raw).hexdigest()
    if IncomingMail.objects.filter(digest=digest).exists():
        return AGAIN
    reason = _loop(letter)
    if reason:
        return _note(letter, digest, S.DROPPED, reason)
    person = _known(letter.sender)
    return _of_stranger(letter, digest, raw) if person is None else _of(person, letter, digest, raw)


def _loop(letter: Letter) -> str:
    """Why the mail is dropped whoever sent it; "" for one that a person wrote."""
    own = {settings.MAIL_OFFICE.lower(), parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()}
    local, _at, host = settings.MAIL_REPLY_TO.lower().partition("@")
    name, _at, sent_from = letter.sender.rpartition("@")
    if letter.sender in own or (host and sent_from == host and name.partition("+")[0] == local):
        return OWN
    if letter.is_automatic:
        return AUTOMATIC
    return "" if letter.whole or letter.subject else EMPTY


def _known(address: str) -> Person | None:
    """The one person who has that address and has not left; None where several have it."""
    found = Person.objects.filter(
        Q(email__iexact=address) | Q(user__email__iexact=address, user__is_active=True)
    )
    people = list(found.exclude(leaves__lt=clock.today()).select_related("user", "party").distinct()[:2])
    return people[0] if len(people) == 1 else None


def _note(letter: Letter, digest: str, state: str, note: str, **more: object) -> str:
    IncomingMail.objects.get_or_create(
        digest=digest,
        defaults={
            "sender": letter.sender[:254],
            "sender_name": letter.sender_name,
            "subject": letter.subject,
            "at": clock.now(),
            "state": state,
            "note": note,
            **more,
        },
    )
    return note


def _of(person: Person, letter: Letter, digest: str, raw: bytes) -> str:
    """Open a request of a known person, in one transaction with the note that the mail was taken."""
    since = clock.now() - timedelta(hours=1)
    if IncomingMail.objects.filter(sender=letter.sender, at__gte=since).count() >= MOST_AN_HOUR:
        return TOO_MANY
    if office_place() is None:
        return _hold(letter, digest, raw, NO_PLACE)
    actor = actor_for(person.user, Via.LINK) if person.user else actor_without_account(person)
    files, refused = _files(raw)
    with transaction.atomic():
        mail, made = IncomingMail.objects.get_or_create(
            digest=digest,
            defaults={
                "sender": letter.sender[:254],
                "subject": letter.subject,
                "at": clock.now(),
                "state": S.OPENED,
                "note": OPENED,
            },
        )
        if not made:
            return AGAIN
        values = {"title": _title(letter.subject, letter.whole), "description": _words(letter.whole, refused)}
        mail.request = ask_office(actor.acting_for(None, "mail"), values, files)
        mail.save(update_fields=["request"])
        tell_asker(actor, mail.request, RECEIVED)
    return OPENED


def _title(subject: str, text: str) -> str:
    return subject or next((line for line in text.splitlines() if line), "")[:300]


def _words(text: str, refused: list[str]) -> str:
    if not refused:
        return text
    said = _("Not taken with it: %(names)s") % {"names": ", ".join(refused)}
    return f"{text}\n\n{said}".strip()


def _files(raw: bytes) -> tuple[list[Upload], list[str]]:
    """The files of a mail that are taken, and the names of those that are not."""
    taken: list[Upload] = []
    refused: list[str] = []
    try:
        found: list[Enclosure] = enclosures(raw)
    except Unreadable:
        return [], [_("the attachments, which cannot be read")]
    for file in found:
        name = file.name or _("attachment")
        try:
            media_type(name, file.content[:HEAD])
        except Refused:
            refused.append(name)
        else:
            taken.append(Upload(name, [file.content]))
    return taken, refused


def _of_stranger(letter: Letter, digest: str, raw: bytes) -> str:
    """Hold a mail of somebody unknown. What is beyond the limits leaves no row, or a flood of mails would be one of
    rows."""
    day = clock.now() - timedelta(days=1)
    if IncomingMail.objects.filter(sender=letter.sender, at__gte=day).count() >= MOST_A_DAY:
        return TOO_MANY
    if IncomingMail.objects.filter(state=S.HELD).count() >= MOST_HELD:
        return FULL
    if len(raw) > HELD_BYTES:
        return _note(letter, digest, S.DROPPED, TOO_LARGE)
    return _hold(letter, digest, raw, STRANGER)


def _hold(letter: Letter, digest: str, raw: bytes, note: str) -> str:
    try:
        names = [file.name for file in enclosures(raw)]
    except Unreadable:
        names = []
    return _note(letter, digest, S.HELD, note, text=letter.whole, files=names, content=raw)


def accept_mail(
    actor: Actor,
    mail: IncomingMail,
    *,
    place: Initiative | None = None,
    asked_by: Party | None = None,
    category: RequestCategory | None = None,
) -> SupportRequest:
    """Open a request from a held mail, about `place` or in general. Raises Denied, Invalid."""
    require(actor, "initiative.edit")
    where = place or office_place()
    if where is None:
        raise Invalid({0: {"initiative": [_("Say for which initiative.")]}})
    with transaction.atomic():
        row = _held(mail)
        files, refused = _files(bytes(row.content))
        sender = f"{row.sender_name} <{row.sender}>".strip()
        words = _("From: %(sender)s") % {"sender": sender} + f"\n\n{row.text}"
        values = {
            "initiative": where,
            "title": _title(row.subject, row.text),
            "description": _words(words, refused),
            "asked_by": asked_by,
            "category": category,
        }
        acting = actor.acting_for(asked_by.pk if asked_by else None, "mail")
        request = write_requests(acting, [Change(values)], of_nobody=True)[0]
        if files:
            attach_files(acting, Entry.objects.get(pk=request.entry_id), files)
        row.request = request
        _close(actor, row, S.ACCEPTED)
    return request


def discard_mail(actor: Actor, mail: IncomingMail) -> None:
    """Throw a held mail away; that it came stays noted. Raises Denied, Invalid."""
    require(actor, "initiative.edit")
    with transaction.atomic():
        _close(actor, _held(mail), S.DISCARDED)


def _held(mail: IncomingMail) -> IncomingMail:
    row = IncomingMail.objects.select_for_update().get(pk=mail.pk)
    if row.state != S.HELD:
        raise Invalid({0: {"mail": [_("Somebody has dealt with this mail already.")]}})
    return row


def _close(actor: Actor, row: IncomingMail, state: str) -> None:
    row.state, row.content, row.text, row.files = state, b"", "", []
    row.save()
    event = Event(
        kind=f"mail.{state}",
        entry_id=row.request.entry_id if row.request else None,
        model="office.incomingmail",
        object_id=row.pk,
        changes={"state": [S.HELD, state]},
    )
    append_events(actor, [event])


def forget_old() -> dict[str, int]:
    """Discard held mails that nobody looked at and remove notes of old ones; returns how many of each."""
    before = clock.now() - timedelta(days=settings.KEEP_DAYS["incoming mails"])
    old = IncomingMail.objects.filter(at__lt=before)
    gone = old.exclude(state=S.HELD).delete()[0]
    discarded = old.filter(state=S.HELD).update(state=S.DISCARDED, content=b"", text="", files=[])
    return {"discarded": discarded, "forgotten": gone}
