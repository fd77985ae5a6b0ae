"""The mailbox that `steerco mail-in --imap` empties: each mail is read whole, taken, and only then put away.

A mail that was taken and could not be put away is taken again the next time, and known by its Message-ID then.
"""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from steerco.exchange.mails.letters import MOST_BYTES
from steerco.interfaces.cli.refusal import Refused

TIMEOUT = 30  # seconds without an answer
MOST_AT_ONCE = 500
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
TOO_LARGE = "too_large"


class Unreachable(Exception):
    """The mailbox could not be opened, or was lost on the way: try again later."""


def empty_mailbox(
    settings: Mapping[str, Any], take: Callable[[bytes], str], say: Callable[[str, str], None]
) -> int:
    """Take every new mail of the mailbox that `settings` names and put it away; returns how many.

    `take` commits what follows from a mail and returns what became of it, which `say` is told. Raises Refused for
    settings that cannot be, Unreachable when the mailbox is.
    """
    password = _password(settings)
    try:
        with _opened(settings, password) as box:
            return _empty(box, str(settings["done"]), take, say)
    except (imaplib.IMAP4.error, OSError) as error:  # ssl.SSLError and timeouts are OSErrors
        raise Unreachable(f"{settings['host']}: {_words(error)}") from error


def _words(error: Exception) -> str:
    found = error.args[0] if error.args else error
    return found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)


def _password(settings: Mapping[str, Any]) -> str:
    """Raises Refused for what is missing or unsafe."""
    for name in ("host", "user", "password_file"):
        if not settings[name]:
            raise Refused(_("set %(name)s") % {"name": f"STEERCO_MAIL_IMAP_{name.upper()}"})
    if settings["tls"] not in ("tls", "starttls", "none"):
        raise Refused(_("STEERCO_MAIL_IMAP_TLS is one of: tls, starttls, none"))
    if settings["tls"] == "none" and settings["host"] not in LOCAL:
        raise Refused(
            _("STEERCO_MAIL_IMAP_TLS=none would send the password in the clear: only to this machine")
        )
    try:
        return Path(settings["password_file"]).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            _("STEERCO_MAIL_IMAP_PASSWORD_FILE cannot be read: %(why)s") % {"why": error}
        ) from error


@contextmanager
def _opened(settings: Mapping[str, Any], password: str) -> Iterator[imaplib.IMAP4]:
    """The mailbox, signed in, its folder chosen."""
    host, port = settings["host"], settings["port"]
    box: imaplib.IMAP4
    if settings["tls"] == "tls":
        box = imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT)
    else:
        box = imaplib.IMAP4(host, port, timeout=TIMEOUT)
    try:
        if settings["tls"] == "starttls":
            box.starttls(ssl.create_default_context())
        box.login(_quoted(settings["user"]), password)
        state, answer = box.select(_quoted(settings["folder"]))
        if state != "OK":
            words = {"folder": settings["folder"], "why": _words(Exception(*answer))}
            raise Refused(_("there is no folder %(folder)s: %(why)s") % words)
        yield box
    finally:
        try:
            box.logout()
        except (imaplib.IMAP4.error, OSError):
            box.shutdown()


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _empty(
    box: imaplib.IMAP4, done: str, take: Callable[[bytes], str], say: Callable[[str, str], None]
) -> int:
    # Without a folder for what is done, what was read before is not looked at again; with one, all that lies here is.
    found = _checked(box.uid("SEARCH", "UNDELETED", *([] if done else ["UNSEEN"])))
    uids = found[0].split()[:MOST_AT_ONCE] if found and found[0] else []
    for raw_uid in uids:
        uid = raw_uid.decode("ascii")
        raw = _fetch(box, uid)
        say(_("mail %(number)s") % {"number": uid}, TOO_LARGE if raw is None else take(raw))
        _put_away(box, uid, done)
    return len(uids)


def _checked(answer: tuple[str, list[Any]]) -> list[Any]:
    state, data = answer
    if state != "OK":
        raise imaplib.IMAP4.error(*(data or [state]))
    return data


def _fetch(box: imaplib.IMAP4, uid: str) -> bytes | None:
    """The mail, without marking it; None for one that is larger than any that is taken."""
    size = SIZE.search(_flat(_checked(box.uid("FETCH", uid, "(RFC822.SIZE)"))))
    if size is None:
        raise imaplib.IMAP4.error(_("mail %(number)s is gone") % {"number": uid})
    if int(size[1]) > MOST_BYTES:
        return None
    for part in _checked(box.uid("FETCH", uid, "(BODY.PEEK[])")):
        if isinstance(part, tuple) and isinstance(part[1], bytes):
            return part[1]
    raise imaplib.IMAP4.error(_("mail %(number)s cannot be read") % {"number": uid})


def _flat(data: list[Any]) -> bytes:
    return b" ".join(part if isinstance(part, bytes) else part[0] for part in data if part)


def _put_away(box: imaplib.IMAP4, uid: str, done: str) -> None:
    """Into the folder `done`, or marked as read where there is none."""
    if not done:
        _checked(box.uid("STORE", uid, "+FLAGS", r"(\Seen)"))
    elif "MOVE" in box.capabilities:
        _checked(box.uid("MOVE", uid, _quoted(done)))
    else:
        _checked(box.uid("COPY", uid, _quoted(done)))
        _checked(box.uid("STORE", uid, "+FLAGS", r"(\Seen \Deleted)"))
        if "UIDPLUS" in box.capabilities:  # a plain EXPUNGE would take what others marked too
            _checked(box.uid("EXPUNGE", uid))
