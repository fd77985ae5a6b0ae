"""A mail as bytes, read into who sent it, to whom, what its sender wrote and attached. Nothing in it is executed.

Quotes are cut as mail programs mark them: our own line, "On … wrote:", "Am … schrieb …:", the headers of Outlook, lines
with ">", and the signature after "-- ". Sources: RFC 3676 4.3 (signatures), RFC 3834 (answers of machines).
"""

import re
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses, parseaddr
from html.parser import HTMLParser

MOST_BYTES = 10 * 1024 * 1024  # with what is attached
MOST_TEXT = 20_000  # characters
MOST_FILES = 20
CUT = "=-=-="  # stands in our mails above everything that we wrote
QUOTED = re.compile(
    r"^(on\b.{0,200}\bwrote:|am\b.{0,200}\bschrieb\b.{0,120}:|le\b.{0,200}\ba écrit\s?:"
    r"|-{2,}\s*(original message|ursprüngliche nachricht|weitergeleitete nachricht|forwarded message)\s*-{2,}"
    r"|_{20,}|(from|von|de):\s.+@.+)$",
    re.IGNORECASE,
)
SENT = re.compile(r"^(sent|gesendet|date|datum|to|an|subject|betreff)\s?:", re.IGNORECASE)
LINES = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "blockquote", "table", "ul", "ol"})
SILENT = frozenset({"script", "style", "head", "title", "template"})
MACHINES = re.compile(r"^(mailer-daemon|postmaster|no-?reply|bounce)[+@.-]", re.IGNORECASE)


class Unreadable(ValueError):
    """This is no mail that can be taken. `code`: "size" or "form"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Enclosure:
    """A file in a mail, under the name that its sender gave it ("" for none)."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """What is read of a mail: addresses in lower case, `text` without quotes and `whole` with them; `is_automatic`: no
    person wrote it."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    text: str
    is_automatic: bool
    sender_name: str = ""
    subject: str = ""
    whole: str = ""


def read_letter(raw: bytes) -> Letter:
    """Read one mail. Raises Unreadable."""
    if len(raw) > MOST_BYTES:
        raise Unreadable("size")
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        if not isinstance(message, EmailMessage) or not message.get("From"):
            raise Unreadable("form")
        senders = _addresses(message, "From")
        text = _text(message)
        return Letter(
            message_id=str(message.get("Message-ID", "")).strip()[:500],
            sender=senders[0] if senders else "",
            recipients=tuple(_addresses(message, "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")),
            text=own_words(text)[:MOST_TEXT],
            is_automatic=_is_automatic(message, senders[0] if senders else ""),
            sender_name=_one_line(parseaddr(str(message.get("From", "")))[0])[:200],
            subject=_one_line(str(message.get("Subject", "")))[:300],
            whole=_clean(text)[:MOST_TEXT],
        )
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, IndexError) as error:
        # What strangers send may break any rule of the format; the parser then fails in many ways.
        raise error if isinstance(error, Unreadable) else Unreadable("form") from error


def enclosures(raw: bytes) -> list[Enclosure]:
    """The files in a mail, the first MOST_FILES of them; what is part of the words is none. Raises Unreadable."""
    if len(raw) > MOST_BYTES:
        raise Unreadable("size")
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        found = []
        for part in message.iter_attachments() if isinstance(message, EmailMessage) else ():
            content = part.get_content()
            if isinstance(content, EmailMessage):  # a mail in the mail
                content = content.as_bytes()
            if isinstance(content, str):
                content = content.encode(part.get_content_charset("utf-8"), "replace")
            if content:
                found.append(Enclosure(_one_line(part.get_filename() or ""), content))
        return found[:MOST_FILES]
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise Unreadable("form") from error


def _one_line(text: str) -> str:
    return " ".join(_printable(text.replace("\r", " ").replace("\n", " ")).split())


def _clean(text: str) -> str:
    """All of the words, without control characters and empty stretches."""
    lines = [_printable(line).rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _addresses(message: EmailMessage, *names: str) -> list[str]:
    values = [str(value) for name in names for value in message.get_all(name, [])]
    return [address.strip().lower() for _name, address in getaddresses(values) if "@" in address]


def _is_automatic(message: EmailMessage, sender: str) -> bool:
    """Whether a machine sent it: answers of absence, bounces, lists."""
    if str(message.get("Auto-Submitted", "no")).split(";")[0].strip().lower() != "no":
        return True
    if str(message.get("Precedence", "")).strip().lower() in {"bulk", "junk", "list", "auto_reply"}:
        return True
    if str(message.get("Return-Path", "")).strip() == "<>" or message.get("List-Id"):
        return True
    return message.get("X-Autoreply") is not None or not sender or bool(MACHINES.match(sender))


def _text(message: EmailMessage) -> str:
    """The words of the mail: its plain part, else what a reader would see of its HTML."""
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    content = part.get_content()
    text = content if isinstance(content, str) else bytes(content).decode("utf-8", "replace")
    return _seen(text) if part.get_content_subtype() == "html" else text


class _Seen(HTMLParser):
    """Collects what is read of a page; everything else is dropped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        elif tag in LINES:
            self.parts.append("\n> " if tag == "blockquote" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT and self.silent:
            self.silent -= 1
        elif tag in LINES:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(" ".join(data.split()) + (" " if data[-1:].isspace() else ""))


def _seen(html: str) -> str:
    reader = _Seen()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)


def own_words(text: str) -> str:
    """What the sender wrote, without quotes, signature and control characters."""
    lines = [_printable(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    kept: list[str] = []
    for number, line in enumerate(lines):
        bare = line.strip()
        if CUT in bare or line.rstrip("\n") in {"-- ", "--"} or _starts_quote(lines, number):
            break
        if not bare.startswith(">"):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _starts_quote(lines: list[str], number: int) -> bool:
    """Whether everything from this line on is what was sent before. "On … wrote:" may run over two lines."""
    bare = lines[number].strip()
    if not bare:
        return False
    following = lines[number + 1].strip() if number + 1 < len(lines) else ""
    found = QUOTED.match(bare)
    if found and re.match(r"^(from|von|de):", bare, re.IGNORECASE):
        return bool(SENT.match(following))  # somebody may well write "From: …" in a sentence
    return bool(found) or bool(
        following and QUOTED.match(f"{bare} {following}") and re.match(r"^(on|am|le)\b", bare, re.I)
    )


def _printable(line: str) -> str:
    return "".join(c for c in line if c.isprintable() or c == "\t")
