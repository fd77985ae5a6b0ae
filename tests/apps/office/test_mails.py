"""Mails to the office: of whom is known they become requests once, of others they wait, and loops end."""

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from tests.apps.office.conftest import MONDAY
from tests.apps.office.mailbox import PASSWORD, USER, mailbox
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, posted, record
from tests.exchange.mails.test_letters import letter

from steerco.apps.links.models import Attachment, Comment
from steerco.apps.notices.replies import reply_address
from steerco.apps.notices.services import deliver
from steerco.apps.office import mails
from steerco.apps.office.mails import accept_mail, discard_mail, forget_old, take_mail
from steerco.apps.office.models import NO_PLACE, STRANGER, IncomingMail, SupportRequest
from steerco.apps.office.settings import set_office
from steerco.apps.people.services import write_people
from steerco.interfaces.cli import imap, mail_in
from steerco.interfaces.cli.refusal import Refused
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.journal import outbox
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Denied

OFFICE = "pmo@city.example.org"


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> None:
    settings.MAIL_OFFICE = OFFICE
    settings.MAIL_REPLY_TO = "reply@city.example.org"
    settings.DEFAULT_FROM_EMAIL = "Steerco <steerco@city.example.org>"


def sent(text: str = "Please open the door.", **headers: str) -> bytes:
    start = {"sender": "Omar Asker <Omar@example.org>", "to": OFFICE, "Subject": "A key"}
    return letter(text, **{**start, **headers})


def with_files(**headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = headers.get("sender", "omar@example.org"), OFFICE
    message["Subject"], message["Message-ID"] = "Plan", headers.get("id", "<f@example.org>")
    message.set_content("As said.\n\nOn Monday Grace wrote:\n> which floor?\n")
    message.add_attachment("Second floor", filename="plan.txt")
    message.add_attachment(b"MZ\x00\x01", maintype="application", subtype="octet-stream", filename="run.exe")
    return message.as_bytes()


def test_a_mail_of_somebody_known_opens_one_request(town: Any) -> None:
    assert take_mail(sent()) == mails.OPENED
    assert take_mail(sent("Changed on the way")) == mails.AGAIN, "by its Message-ID"
    row = SupportRequest.objects.get()
    assert (row.title, row.description, row.asked_by) == ("A key", "Please open the door.", town.omar.party)
    assert (row.initiative, row.unit, row.asked_at) == (town.city, town.unit, MONDAY)
    event = Event.objects.get(kind="support_request.created")
    assert (event.via, event.behalf_source, event.actor_label) == ("link", "mail", "Omar Asker")
    deliver()
    outbox.send_due()
    [receipt] = [m for m in mail.outbox if m.to == ["omar@example.org"]]
    assert "The office has received “A key” (Q-1)." in receipt.body
    assert receipt.extra_headers["Auto-Submitted"] == "auto-generated"
    take_mail(sent())
    deliver()
    outbox.send_due()
    assert len(mail.outbox) == 1, "one receipt and no more"


def test_what_is_attached_comes_with_it_but_no_program(town: Any) -> None:
    assert take_mail(with_files()) == mails.OPENED
    row = SupportRequest.objects.get()
    assert [a.name for a in Attachment.objects.filter(entry=row.entry_id)] == ["plan.txt"]
    assert "> which floor?" in row.description, "a mail that is forwarded is read whole"
    assert "Not taken with it: run.exe" in row.description


@pytest.mark.parametrize(
    ("headers", "note"),
    [
        ({"Auto_Submitted": "auto-replied"}, mails.AUTOMATIC),
        ({"List_Id": "<all.example.org>"}, mails.AUTOMATIC),
        ({"Precedence": "bulk"}, mails.AUTOMATIC),
        ({"sender": "MAILER-DAEMON@example.org"}, mails.AUTOMATIC),
        ({"sender": OFFICE.upper()}, mails.OWN),
        ({"sender": "steerco@city.example.org"}, mails.OWN),
        ({"sender": "reply+1-2-3-x@city.example.org"}, mails.OWN),
    ],
)
def test_loops_end_with_a_note(town: Any, headers: dict[str, str], note: str) -> None:
    assert take_mail(sent(**headers)) == note
    assert not SupportRequest.objects.exists()
    kept = IncomingMail.objects.get()
    assert (kept.state, kept.note, bytes(kept.content), kept.text) == ("dropped", note, b"", "")
    deliver()
    outbox.send_due()
    assert mail.outbox == []


def test_an_answer_stays_an_answer(town: Any) -> None:
    risk = record("risk", town.pay, "Supplier")
    to = reply_address(town.omar, risk.entry_id)
    assert take_mail(sent(to=f"{to}, {OFFICE}")) == "added"
    assert Comment.objects.get().entry_id == risk.entry_id
    assert not SupportRequest.objects.exists()
    assert take_mail(sent(to="reply@city.example.org")) == "not addressed to anything here"
    assert take_mail(b"nonsense") == mails.UNREADABLE


def test_a_mail_of_somebody_unknown_waits_and_is_not_answered(town: Any) -> None:
    stranger = {"sender": "Eve Else <eve@example.net>"}
    assert take_mail(with_files(**stranger)) == STRANGER
    assert not SupportRequest.objects.exists()
    deliver()
    outbox.send_due()
    assert mail.outbox == []
    grace = browser(town.grace)
    page = grace.get("/office/queue/").content.decode()
    for words in ("eve@example.net", "plan.txt, run.exe", "the sender is not in the address book"):
        assert words in page
    assert "mails from unknown senders" in grace.get("/").content.decode()
    held = IncomingMail.objects.get()
    local = person("Lena Local", "pmo_administrator", town.pay)
    assert "eve@example.net" not in browser(local).get("/office/queue/").content.decode()
    assert browser(local).post(f"/office/mails/{held.pk}/", {"discard": "1"}).status_code == 403
    with pytest.raises(Denied):
        accept_mail(actor(local), held)
    url = f"/office/mails/{held.pk}/"
    assert "is not known" in posted(grace, url, {"place": "NOWHERE"})
    assert "Accepted as Q-1." in posted(grace, url, {"place": "PAY", "category": "Access"})
    row = SupportRequest.objects.get()
    assert (row.initiative, row.asked_by, row.category) == (town.pay, None, town.access)
    assert row.description.startswith("From: Eve Else <eve@example.net>")
    assert [a.name for a in Attachment.objects.all()] == ["plan.txt"]
    held.refresh_from_db()
    assert (held.state, held.request, bytes(held.content), held.text) == ("accepted", row, b"", "")
    assert grace.post(url, {"discard": "1"}).status_code == 404
    with pytest.raises(Invalid):
        discard_mail(actor(town.grace), held)


def test_a_held_mail_is_thrown_away(town: Any) -> None:
    take_mail(sent(sender="eve@example.net"))
    held = IncomingMail.objects.get()
    assert "Discarded." in posted(browser(town.grace), f"/office/mails/{held.pk}/", {"discard": "1"})
    held.refresh_from_db()
    assert (held.state, bytes(held.content)) == ("discarded", b"")
    assert take_mail(sent(sender="eve@example.net")) == mails.AGAIN


def test_strangers_are_limited_in_number_and_size(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    eve = "eve@example.net"
    for number in range(mails.MOST_A_DAY):
        assert take_mail(sent(sender=eve, id=f"<{number}@x>")) == STRANGER
    assert take_mail(sent(sender=eve, id="<more@x>")) == mails.TOO_MANY
    assert IncomingMail.objects.count() == mails.MOST_A_DAY, "a flood leaves no rows"
    with clock.at(MONDAY + timedelta(hours=25)):
        assert take_mail(sent(sender=eve, id="<more@x>")) == STRANGER
    monkeypatch.setattr(mails, "MOST_HELD", 6)
    assert take_mail(sent(sender="mallory@example.net", id="<m@x>")) == mails.FULL
    monkeypatch.setattr(mails, "MOST_HELD", 100)
    monkeypatch.setattr(mails, "HELD_BYTES", 100)
    assert take_mail(sent(sender="mallory@example.net", id="<m@x>")) == mails.TOO_LARGE
    assert IncomingMail.objects.get(sender="mallory@example.net").state == "dropped"


def test_a_known_sender_who_does_not_stop_is_a_loop(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mails, "MOST_AN_HOUR", 2)
    assert [take_mail(sent(id=f"<{n}@x>")) for n in range(3)] == [mails.OPENED, mails.OPENED, mails.TOO_MANY]
    with clock.at(MONDAY + timedelta(minutes=61)):
        assert take_mail(sent(id="<3@x>")) == mails.OPENED


def test_who_is_not_one_person_here_is_unknown(town: Any) -> None:
    write_people(OPERATOR, [Change({"name": "Omar Second", "email": "omar@example.org"})])
    assert take_mail(sent()) == STRANGER, "two have the address"
    write_people(OPERATOR, [Change({"leaves": MONDAY.date() - timedelta(days=1)}, pk=town.grace.pk)])
    assert take_mail(sent(sender="grace@example.org", id="<2@x>")) == STRANGER, "she has left"


def test_without_a_place_mails_wait_until_one_is_chosen(town: Any) -> None:
    initiative("SECOND", type="portfolio")
    assert take_mail(sent()) == NO_PLACE
    held = IncomingMail.objects.get()
    with pytest.raises(Invalid):
        accept_mail(actor(town.grace), held)
    hours = {"opens": clock.now().time(), "closes": (clock.now() + timedelta(hours=5)).time()}
    set_office(actor(town.miriam), place=town.pay, party=None, **hours)
    row = accept_mail(actor(town.grace), held, asked_by=town.omar.party)
    assert (row.initiative, row.asked_by) == (town.pay, town.omar.party)


def test_notes_of_old_mails_go_and_what_nobody_looked_at_is_discarded(town: Any) -> None:
    take_mail(sent())
    take_mail(sent(sender="eve@example.net", id="<2@x>"))
    with clock.at(MONDAY + timedelta(days=89)):
        assert forget_old() == {"discarded": 0, "forgotten": 0}
    with clock.at(MONDAY + timedelta(days=91)):
        assert forget_old() == {"discarded": 1, "forgotten": 1}
    left = IncomingMail.objects.get()
    assert (left.state, bytes(left.content)) == ("discarded", b"")


# -- the mailbox --------------------------------------------------------------------------------------------------


@pytest.fixture
def named(settings: Any, tmp_path: Path) -> dict[str, Any]:
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n")
    found = {"host": "127.0.0.1", "port": 0, "tls": "none", "user": USER, "password_file": str(secret)}
    settings.MAIL_IMAP = {**found, "folder": "INBOX", "done": "Done"}
    return settings.MAIL_IMAP  # type: ignore[no-any-return]


def fetched() -> int:
    return mail_in.run(mail_in.argparse.Namespace(maildir=None, imap=True))


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 MOVE", "IMAP4rev1 UIDPLUS", "IMAP4rev1"])
def test_the_mailbox_is_emptied(town: Any, named: dict[str, Any], capabilities: str, capsys: Any) -> None:
    with mailbox(capabilities) as box:
        named["port"] = box.port
        box.put(sent(), sent(sender="eve@example.net", id="<2@x>"))
        assert fetched() == 0
        said = capsys.readouterr().err
        assert "mail 1: opened a request" in said
        assert "mail 2: of somebody unknown" in said
        assert [m.uid for m in box.folders["Done"]] == [1, 2]
        left = [m.flags for m in box.folders["INBOX"]]
        assert left in ([], [{"\\Seen", "\\Deleted"}] * 2)
        assert fetched() == 0
        assert len(box.folders["Done"]) == 2, "what is marked deleted is not taken again"
    assert SupportRequest.objects.count() == 1


def test_without_a_folder_for_what_is_done_mails_are_marked_as_read(town: Any, named: dict[str, Any]) -> None:
    named["done"] = ""
    with mailbox() as box:
        named["port"] = box.port
        box.put(sent(), b"From: x@example.org\r\n\r\n" + b"x" * (11 * 1024 * 1024))
        assert fetched() == 0
        assert [m.flags for m in box.folders["INBOX"]] == [{"\\Seen"}, {"\\Seen"}]
        assert box.said.count("FETCH") == 3, "one that is too large is not fetched"
        assert fetched() == 0
        assert box.said.count("FETCH") == 3
    assert SupportRequest.objects.count() == 1


def test_a_mail_is_put_away_only_after_it_was_taken(
    town: Any, named: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with mailbox() as box:
        named["port"] = box.port
        box.put(sent(), sent(id="<2@x>"))

        def falls(raw: bytes) -> str:
            raise RuntimeError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(mails, "take_mail", falls)
            with pytest.raises(RuntimeError):
                fetched()
        assert len(box.folders["INBOX"]) == 2
        box.faults = {"MOVE"}
        assert fetched() == mail_in.TRY_AGAIN, "taken, and could not be put away"
        assert (SupportRequest.objects.count(), len(box.folders["INBOX"])) == (1, 2)
        box.faults, box.cut = set(), "FETCH"
        assert fetched() == mail_in.TRY_AGAIN
        box.cut = ""
        assert fetched() == 0
        assert (SupportRequest.objects.count(), len(box.folders["Done"])) == (2, 2)


def test_what_is_wrong_with_the_mailbox_is_said(
    town: Any, named: dict[str, Any], settings: Any, capsys: Any
) -> None:
    with mailbox() as box:
        named["port"] = box.port
        settings.MAIL_IMAP = {**named, "folder": "Nowhere"}
        with pytest.raises(Refused, match="no folder Nowhere"):
            fetched()
        settings.MAIL_IMAP = {**named, "user": "mallory"}
        assert fetched() == mail_in.TRY_AGAIN
        assert "wrong password" in capsys.readouterr().err
        settings.MAIL_IMAP = {**named, "tls": "tls"}
        assert fetched() == mail_in.TRY_AGAIN, "it speaks no TLS"
    settings.MAIL_IMAP = named
    assert fetched() == mail_in.TRY_AGAIN, "nobody listens"
    for change, words in (
        ({"host": ""}, "STEERCO_MAIL_IMAP_HOST"),
        ({"host": "mail.example.org"}, "in the clear"),
        ({"tls": "maybe"}, "one of"),
        ({"password_file": "/nowhere/at/all"}, "cannot be read"),
    ):
        settings.MAIL_IMAP = {**named, **change}
        with pytest.raises(Refused, match=words):
            fetched()
    settings.MAIL_OFFICE = settings.MAIL_REPLY_TO = ""
    with pytest.raises(Refused):
        fetched()
    assert imap.TIMEOUT <= 60
