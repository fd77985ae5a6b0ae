"""Take mails that people send back: an answer to one of our mails becomes a comment on what it was about.

  steerco mail-in < message.eml            one mail from standard input: the pipe of a mail relay
  steerco mail-in --maildir /var/mail/pmo  every new mail of a Maildir; taken ones move to `cur`

Needs STEERCO_MAIL_REPLY_TO, an address whose mails with anything after a + (reply+…@host) arrive here:

  /etc/aliases    reply: "|/opt/steerco/bin/steerco mail-in"

Only an answer from the person to whom the mail went, at the address signed for them, is taken; of it only the words,
without quotes, signature and attachments, once. Exit status: 0 dealt with, whatever became of it (a refusal is not
answered, so that no mail goes back and forth); 75 try again later.
"""

import argparse
import sys
from pathlib import Path

from django.conf import settings
from django.db import OperationalError

from steerco.apps.links.replies import Outcome, take_reply
from steerco.exchange.mails.letters import MOST_BYTES
from steerco.interfaces.cli.prepare import require_prepared
from steerco.interfaces.cli.refusal import Refused

TRY_AGAIN = 75  # EX_TEMPFAIL: the relay keeps the mail


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the mails are."""
    parser.add_argument("--maildir", type=Path, metavar="DIR", help="a Maildir instead of standard input")


def run(args: argparse.Namespace) -> int:
    """Take one mail, or all new ones of a folder."""
    require_prepared()
    if not settings.MAIL_REPLY_TO:
        raise Refused("set STEERCO_MAIL_REPLY_TO to the address that mails are answered at")
    try:
        if args.maildir is None:
            _say("standard input", take_reply(sys.stdin.buffer.read(MOST_BYTES + 1)))
        else:
            _take_folder(args.maildir)
    except OperationalError as error:
        print(f"steerco mail-in: the database is not there: {error}", file=sys.stderr)
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
            _say(path.name, take_reply(file.read(MOST_BYTES + 1)))
        path.rename(cur / f"{path.name.partition(':')[0]}:2,S")


def _say(name: str, outcome: Outcome) -> None:
    print(f"{name}: {outcome}", file=sys.stderr)
