"""Take mails that come in: an answer to one of our mails becomes a comment, one to the office opens a request."""

import argparse
import sys
from pathlib import Path

from django.conf import settings
from django.db import OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.links.replies import Outcome
from steerco.apps.office import mails
from steerco.apps.office.models import NO_PLACE, STRANGER
from steerco.exchange.mails.letters import MOST_BYTES
from steerco.interfaces.cli import imap
from steerco.interfaces.cli.parsing import Manual
from steerco.interfaces.cli.prepare import require_prepared
from steerco.interfaces.cli.refusal import Refused

TRY_AGAIN = 75  # EX_TEMPFAIL: the relay keeps the mail


MANUAL = Manual(
    gettext_lazy(
        "Take mails that come in: an answer to one of our mails becomes a comment, one to the office opens a request."
    ),
    (
        (
            "steerco mail-in < message.eml",
            gettext_lazy("one mail from standard input: the pipe of a mail relay"),
        ),
        (
            "steerco mail-in --maildir /var/mail/pmo",
            gettext_lazy("every new mail of a Maildir; taken ones move to `cur`"),
        ),
        (
            "steerco mail-in --imap",
            gettext_lazy("every new mail of a mailbox (STEERCO_MAIL_IMAP_…); for a timer"),
        ),
    ),
    gettext_lazy(
        "Needs STEERCO_MAIL_REPLY_TO, an address whose mails with anything after a + (reply+…@host) arrive here, or "
        "STEERCO_MAIL_OFFICE, the office's own address:"
    ),
    ('/etc/aliases    reply: "|/opt/steerco/bin/steerco mail-in"',),
    gettext_lazy(
        "An answer is taken from the person to whom our mail went, at the address signed for them; of it only"
        " the words, without quotes, signature and attachments. A mail to the office is taken whole, from "
        "people of the address book; of others it is held in the office's queue. Each is taken once, by its "
        "Message-ID. Exit status: 0 dealt with, whatever became of it (a refusal is not answered, so that no "
        "mail goes back and forth); 75 try again later."
    ),
)
OUTCOMES: dict[str, Promise] = {
    Outcome.ADDED: gettext_lazy("added"),
    Outcome.AGAIN: gettext_lazy("taken before"),
    Outcome.AUTOMATIC: gettext_lazy("sent by a machine"),
    Outcome.UNKNOWN: gettext_lazy("not addressed to anything here"),
    Outcome.NOT_THEIRS: gettext_lazy("not sent from the address that it was made for"),
    Outcome.HIDDEN: gettext_lazy("about something that they may not comment on now"),
    Outcome.EMPTY: gettext_lazy("nothing but quotes"),
    Outcome.TOO_MANY: gettext_lazy("too many in an hour"),
    Outcome.UNREADABLE: gettext_lazy("not readable"),
    mails.OPENED: gettext_lazy("opened a request"),
    mails.AUTOMATIC: gettext_lazy("sent by a machine or a list"),
    mails.OWN: gettext_lazy("sent from an address of our own"),
    mails.EMPTY: gettext_lazy("nothing in it"),
    mails.TOO_MANY: gettext_lazy("too many from this sender"),
    mails.TOO_LARGE: gettext_lazy("too large for somebody unknown"),
    mails.FULL: gettext_lazy("too many are held"),
    STRANGER: gettext_lazy("of somebody unknown: held for the office"),
    NO_PLACE: gettext_lazy("held for the office: no place for general requests is chosen"),
    imap.TOO_LARGE: gettext_lazy("larger than 10 MB: not taken"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the mails are."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--maildir", type=Path, metavar=_("DIR"), help=_("a Maildir instead of standard input")
    )
    where.add_argument("--imap", action="store_true", help=_("the mailbox that STEERCO_MAIL_IMAP_… names"))


def run(args: argparse.Namespace) -> int:
    """Take one mail, or all new ones of a folder or a mailbox."""
    require_prepared()
    if not (settings.MAIL_REPLY_TO or settings.MAIL_OFFICE):
        raise Refused(
            _(
                "set STEERCO_MAIL_REPLY_TO, where mails are answered, or STEERCO_MAIL_OFFICE, the office's address"
            )
        )
    try:
        if args.imap:
            imap.empty_mailbox(settings.MAIL_IMAP, mails.take_mail, _say)
        elif args.maildir is None:
            _say(_("standard input"), mails.take_mail(sys.stdin.buffer.read(MOST_BYTES + 1)))
        else:
            _take_folder(args.maildir)
    except OperationalError as error:
        return _later(_("the database is not there: %(why)s") % {"why": error})
    except imap.Unreachable as error:
        return _later(_("the mailbox is not there: %(why)s") % {"why": error})
    return 0


def _later(why: str) -> int:
    print(f"steerco mail-in: {why}", file=sys.stderr)
    return TRY_AGAIN


def _take_folder(folder: Path) -> None:
    new, cur = folder / "new", folder / "cur"
    if not new.is_dir() or not cur.is_dir():
        raise Refused(_("%(folder)s is no Maildir: it has no folders `new` and `cur`") % {"folder": folder})
    for path in sorted(new.iterdir()):
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            _say(path.name, mails.take_mail(file.read(MOST_BYTES + 1)))
        path.rename(cur / f"{path.name.partition(':')[0]}:2,S")


def _say(name: str, outcome: str) -> None:
    print(f"{name}: {OUTCOMES.get(outcome, outcome)}", file=sys.stderr)
