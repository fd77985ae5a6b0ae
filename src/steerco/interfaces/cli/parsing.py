"""Arguments and manuals of the commands, in the language that is spoken."""

import argparse
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_noop, ngettext, ngettext_lazy, override, pgettext

from steerco.interfaces.cli import words

Text = str | Promise
Example = str | tuple[str, Text]  # what to type, and what it does
WIDTH = 118
# What argparse itself says to somebody who calls a command; it asks for the translation by these very words.
OF_ARGPARSE = (
    gettext_noop("usage: "),
    gettext_noop("positional arguments"),
    gettext_noop("show this help message and exit"),
    gettext_noop("%(prog)s: error: %(message)s\n"),
    gettext_noop("argument %(argument_name)s: %(message)s"),
    gettext_noop("the following arguments are required: %s"),
    gettext_noop("one of the arguments %s is required"),
    gettext_noop("unrecognized arguments: %s"),
    gettext_noop("ambiguous option: %(option)s could match %(matches)s"),
    gettext_noop("invalid choice: %(value)r (choose from %(choices)s)"),
    gettext_noop("invalid %(type)s value: %(value)r"),
    gettext_noop("unknown parser %(parser_name)r (choices: %(choices)s)"),
    gettext_noop("expected one argument"),
    gettext_noop("expected at most one argument"),
    gettext_noop("expected at least one argument"),
    ngettext_lazy("expected %s argument", "expected %s arguments", 0),
    gettext_noop("not allowed with argument %s"),
    gettext_noop("ignored explicit argument %r"),
    gettext_noop("unexpected option string: %s"),
)


class Manual:
    """What `--help` says of a command: paragraphs, and blocks of examples between them."""

    def __init__(self, summary: Text, *parts: Text | tuple[Example, ...]) -> None:
        self.summary = summary
        self.parts = parts

    def __str__(self) -> str:
        """The manual in the language that is active."""
        return "\n\n".join(
            _block(part) if isinstance(part, tuple) else textwrap.fill(str(part), WIDTH)
            for part in (self.summary, *self.parts)
        )


def _block(examples: tuple[Example, ...]) -> str:
    width = max((len(one[0]) for one in examples if isinstance(one, tuple)), default=0)
    return "\n".join(
        f"  {one}" if isinstance(one, str) else f"  {one[0]:<{width}}   {one[1]}" for one in examples
    )


def _of_argparse(text: str) -> str:
    return pgettext("of a command", "options") if text == "options" else gettext(text)


@contextmanager
def spoken() -> Iterator[None]:
    """The block, argparse's own words included, speaks the language of whoever called the command."""
    before = vars(argparse)["_"], vars(argparse)["ngettext"]
    vars(argparse).update(_=_of_argparse, ngettext=ngettext)
    try:
        with override(words.language()):
            yield
    finally:
        vars(argparse).update(_=before[0], ngettext=before[1])


@contextmanager
def answering(args: argparse.Namespace) -> Iterator[None]:
    """The block answers a script in English whatever the terminal speaks; a person in the language that is active."""
    if getattr(args, "json", False):
        with override(words.ENGLISH):
            yield
    else:
        yield


def add_json(parser: argparse.ArgumentParser, told: str = "") -> None:
    """The argument --json: the same keys and words in every language."""
    parser.add_argument("--json", action="store_true", help=told or gettext("answer as JSON"))


def day(text: str) -> date:
    """A date that was written as 2026-03-31. Raises ArgumentTypeError."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            gettext("%(text)s is no date; write it as 2026-03-31") % {"text": repr(text)}
        ) from error


def day_text(day: date | None) -> str:
    """A day as a person reads it here: in English as it is typed, 2026-03-31; a dash for none."""
    return date_format(day, pgettext("how the command line writes a date", "Y-m-d")) if day else "—"


def moment_text(moment: datetime) -> str:
    """A moment as a person reads it here, in the time zone of the installation."""
    return date_format(localtime(moment), pgettext("how the command line writes a moment", "Y-m-d H:i:s"))
