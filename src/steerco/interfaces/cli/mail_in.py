"""Take mails that come in: an answer to one of our mails becomes a comment, one to the office opens a request.

  steerco mail-in < message.eml            one mail from standard input: the pipe of a mail relay
  steerco mail-in --maildir /var/mail/pmo  every new mail of a Maildir; taken ones move to `cur`
  steerco mail-in --imap                   every new mail of a mailbox (STEERCO_MAIL_IMAP_…); for a timer

Needs STEERCO_MAIL_REPLY_TO, an address whose mails with anything after a + (reply+…@host) arrive here, or
STEERCO_MAIL_OFFICE, the office's own address:

  /etc/aliases    reply: "|/opt/steerco/bin/steerco mail-in"

An answer is taken from the person to whom our mail went, at the address signed for them; of it only the words, without
quotes, signature and attachments. A mail to the office is taken whole, from people of the address book; of others it
is held in the office's queue. Each is taken once, by its Message-ID. Exit status: 0 dealt with, whatever became of it
(a refusal is not answered, so that no mail goes back and forth); 75 try again later.
"""

import argparse
import sys
from pathlib import Path

from django.conf import settings
from django.db import OperationalError

from steerco.apps.office.mails import take_mail
from steerco.exchange.mails.letters import MOST_BYTES
from steerco.interfaces.cli.imap import Unreachable, empty_mailbox
from steerco.interfaces.cli.prepare import require_prepared
from steerco.interfaces.cli.refusal import Refused

TRY_AGAIN = 75  # EX_TEMPFAIL: the relay keeps the mail


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the mails are."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--maildir", type=Path, metavar="DIR", help="a Maildir instead of standard input")
    where.add_argument("--imap", action="store_true", help="the mailbox that STEERCO_MAIL_IMAP_… names")


def run(args: argparse.Namespace) -> int:
    """Take one mail, or all new ones of a folder or a mailbox."""
    require_prepared()
    if not (settings.MAIL_REPLY_TO or settings.MAIL_OFFICE):
        raise Refused(
            "set STEERCO_MAIL_REPLY_TO, where mails are answered, or STEERCO_MAIL_OFFICE, the office's address"
        )
    try:
        if args.imap:
            empty_mailbox(settings.MAIL_IMAP, take_mail, _say)
        elif args.maildir is None:
            _say("standard input", take_mail(sys.stdin.buffer.read(MOST_BYTES + 1)))
        else:
            _take_folder(args.maildir)
    except OperationalError as error:
        print(f"steerco mail-in: the database is not there: {error}", file=sys.stderr)
        return TRY_AGAIN
    except Unreachable as error:
        print(f"steerco mail-in: the mailbox is not there: {error}", file=sys.stderr)
        return TRY_AGAIN
    return 0


def _take_folder(folder: Path) -> None:
    new, cur = folder / "new", folder / "cur"
    if not new.is_dir() or not cur.is_dir():
        raise Refused(f"{folder} is no Maildir: it has no folders `new` and `cur`")
    for path in sorted(new.iterdir()):
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            _say(path.name, take_mail(file.read(MOST_BYTES + 1)))
        path.rename(cur / f"{path.name.partition(':')[0]}:2,S")


def _say(name: str, outcome: str) -> None:
    print(f"{name}: {outcome}", file=sys.stderr)
