"""Take mails that people send back: an answer to one of our mails becomes a comment on what it was about."""

import argparse
import sys
from pathlib import Path

from django.conf import settings
from django.db import OperationalError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.links.replies import Outcome, take_reply
from steerco.exchange.mails.letters import MOST_BYTES
from steerco.interfaces.cli.parsing import Manual
from steerco.interfaces.cli.prepare import require_prepared
from steerco.interfaces.cli.refusal import Refused

TRY_AGAIN = 75  # EX_TEMPFAIL: the relay keeps the mail


MANUAL = Manual(
    gettext_lazy(
        "Take mails that people send back: an answer to one of our mails becomes a comment on what it was about."
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
    ),
    gettext_lazy(
        "Needs STEERCO_MAIL_REPLY_TO, an address whose mails with anything after a + (reply+…@host) arrive here:"
    ),
    ('/etc/aliases    reply: "|/opt/steerco/bin/steerco mail-in"',),
    gettext_lazy(
        "Only an answer from the person to whom the mail went, at the address signed for them, is taken; of it only "
        "the words, without quotes, signature and attachments, once. Exit status: 0 dealt with, whatever became of it "
        "(a refusal is not answered, so that no mail goes back and forth); 75 try again later."
    ),
)
OUTCOMES = {
    Outcome.ADDED: gettext_lazy("added"),
    Outcome.AGAIN: gettext_lazy("taken before"),
    Outcome.AUTOMATIC: gettext_lazy("sent by a machine"),
    Outcome.UNKNOWN: gettext_lazy("not addressed to anything here"),
    Outcome.NOT_THEIRS: gettext_lazy("not sent from the address that it was made for"),
    Outcome.HIDDEN: gettext_lazy("about something that they may not comment on now"),
    Outcome.EMPTY: gettext_lazy("nothing but quotes"),
    Outcome.TOO_MANY: gettext_lazy("too many in an hour"),
    Outcome.UNREADABLE: gettext_lazy("not readable"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the mails are."""
    parser.add_argument(
        "--maildir", type=Path, metavar=_("DIR"), help=_("a Maildir instead of standard input")
    )


def run(args: argparse.Namespace) -> int:
    """Take one mail, or all new ones of a folder."""
    require_prepared()
    if not settings.MAIL_REPLY_TO:
        raise Refused(_("set STEERCO_MAIL_REPLY_TO to the address that mails are answered at"))
    try:
        if args.maildir is None:
            _say(_("standard input"), take_reply(sys.stdin.buffer.read(MOST_BYTES + 1)))
        else:
            _take_folder(args.maildir)
    except OperationalError as error:
        why = _("the database is not there: %(why)s") % {"why": error}
        print(f"steerco mail-in: {why}", file=sys.stderr)
        return TRY_AGAIN
    return 0


def _take_folder(folder: Path) -> None:
    new, cur = folder / "new", folder / "cur"
    if not new.is_dir() or not cur.is_dir():
        raise Refused(_("%(folder)s is no Maildir: it has no folders `new` and `cur`") % {"folder": folder})
    for path in sorted(new.iterdir()):
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            _say(path.name, take_reply(file.read(MOST_BYTES + 1)))
        path.rename(cur / f"{path.name.partition(':')[0]}:2,S")


def _say(name: str, outcome: Outcome) -> None:
    print(f"{name}: {OUTCOMES[outcome]}", file=sys.stderr)
