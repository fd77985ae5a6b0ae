"""What people answered is told from what they quoted; what is no mail, or of a machine, is known as such."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.exchange.mails import Unreadable, read_letter
from steerco.exchange.mails.letters import CUT, MOST_BYTES, own_words


def letter(text: str, html: str = "", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = headers.pop("sender", "Jonas Weber <Jonas@Example.org>")
    message["To"] = headers.pop("to", "reply+1-2-3-x@pmo.example.org")
    message["Message-ID"] = headers.pop("id", "<1@example.org>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


@pytest.mark.parametrize(
    "quote",
    [
        f"{CUT} Write above this line {CUT}\nold",
        "On Mon, 23 Nov 2026 at 07:30, Steerco <x@y.org> wrote:\n> old",
        "On Mon, 23 Nov 2026 at 07:30, Steerco of the Programme Office\n<x@y.org> wrote:\n> old",
        "Am 23.11.2026 um 07:30 schrieb Steerco:\n> old",
        "Le lun. 23 nov. 2026 à 07:30, Steerco <x@y.org> a écrit :\n> old",
        "-----Original Message-----\nold",
        "----- Ursprüngliche Nachricht -----\nold",
        "________________________________\nFrom: Steerco <x@y.org>\nSent: Monday\nold",
        "Von: Steerco <x@y.org>\nGesendet: Montag\nold",
        "-- \nJonas Weber\nArchitect\nold",
        "> old\n> older",
    ],
)
def test_only_the_own_words_are_kept(quote: str) -> None:
    found = read_letter(letter(f"They will pay.\n\nFrom: the bank, in March.\n\n{quote}\n"))
    assert found.text == "They will pay.\n\nFrom: the bank, in March."
    assert (found.sender, found.message_id) == ("jonas@example.org", "<1@example.org>")
    assert found.recipients == ("reply+1-2-3-x@pmo.example.org",)
    assert not found.is_automatic


def test_a_page_is_read_never_run() -> None:
    message = EmailMessage()
    message["From"], message["To"] = "a@b.org", "c@d.org"
    html = (
        "<head><title>x</title><style>p{}</style></head><p>Yes &amp; <b>no</b></p><script>alert(1)</script>"
    )
    message.set_content(
        html + "<img src=x onerror=alert(1)><blockquote>old</blockquote><p>Bye</p>", subtype="html"
    )
    assert read_letter(message.as_bytes()).text == "Yes & no\n\nBye"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; x=y"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"List_Id": "<all.example.org>"},
        {"X_Autoreply": "yes"},
        {"sender": "MAILER-DAEMON@example.org"},
        {"sender": "no-reply@example.org"},
    ],
)
def test_what_a_machine_sent_is_known(headers: dict[str, str]) -> None:
    assert read_letter(letter("I am away.", **headers)).is_automatic
    assert not read_letter(letter("I am here.", Auto_Submitted="no")).is_automatic


def test_what_is_no_mail_is_refused() -> None:
    for raw in (b"", b"nonsense", b"Subject: x\n\nno sender", b"x" * (MOST_BYTES + 1)):
        with pytest.raises(Unreadable):
            read_letter(raw)


@given(st.binary(max_size=400))
def test_nothing_that_strangers_send_breaks_it(noise: bytes) -> None:
    for raw in (noise, b"From: a@b.org\n" + noise, b"From: a@b.org\nContent-Type: text/html\n\n" + noise):
        try:
            read_letter(raw)
        except Unreadable:
            pass


@given(st.text(max_size=200))
def test_own_words_are_never_more_than_what_was_written(text: str) -> None:
    assert len(own_words(text)) <= len(text)
    assert own_words(own_words(text)) == own_words(text)
