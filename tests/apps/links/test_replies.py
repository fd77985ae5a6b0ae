"""A mail that comes back becomes a comment once, of whom it was sent to, about its entry, and nothing else does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from tests.apps import worlds
from tests.exchange.mails.test_letters import letter

from steerco.apps.followups.chasing import chase
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import delegate
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.services import restrict
from steerco.apps.links.models import Comment, Reply
from steerco.apps.links.replies import Outcome, take_reply
from steerco.apps.links.services import write_comment
from steerco.apps.notices.replies import addressed, reply_address
from steerco.apps.notices.services import deliver
from steerco.apps.people.models import Person
from steerco.interfaces.cli import mail_in
from steerco.interfaces.cli.refusal import Refused
from steerco.kit import clock
from steerco.kit.journal import outbox
from steerco.kit.journal.models import Event

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def taken_in(settings: Any) -> Iterator[None]:
    settings.MAIL_REPLY_TO = "reply@pmo.example.org"
    with clock.at(MONDAY):
        yield


@pytest.fixture
def town() -> Any:
    class Town:
        project = worlds.initiative("PAY")
        risk = worlds.record("risk", project, "Supplier insolvency")
        entry = Entry.objects.get(pk=risk.entry_id)
        jonas = worlds.person("Jonas Weber")

    return Town


def answered(town: Any, text: str = "We will pay.", **headers: str) -> Outcome:
    headers.setdefault("to", reply_address(town.jonas, town.entry.pk))
    return take_reply(letter(text, **headers))


def test_an_answer_becomes_a_comment_once(town: Any) -> None:
    assert answered(town) == Outcome.ADDED
    assert answered(town) == Outcome.AGAIN
    assert answered(
        town, "Another", id="<2@example.org>", to=reply_address(town.jonas, town.entry.pk).upper()
    ) == (Outcome.ADDED)
    said = list(Comment.objects.order_by("pk").values_list("text", "author_label"))
    assert said == [("We will pay.", "Jonas Weber"), ("Another", "Jonas Weber")]
    event = Event.objects.filter(kind="comment.added").first()
    assert event is not None
    assert (event.via, event.behalf_source) == ("link", "mail")


def test_what_is_not_their_own_answer_to_us_changes_nothing(town: Any) -> None:
    good = reply_address(town.jonas, town.entry.pk)
    other = worlds.record("risk", town.project, "Other")
    swapped = good.replace(f"-{town.entry.pk}-", f"-{other.entry_id}-")
    late = clock.now() + timedelta(days=61)
    for to in (
        "reply@pmo.example.org",
        "x+1-2-3-4@elsewhere.org",
        swapped,
        good.replace("reply+", "other+"),
        good[1:],
    ):
        assert answered(town, to=to) == Outcome.UNKNOWN, to
    assert answered(town, sender="eve@example.org") == Outcome.NOT_THEIRS
    assert answered(town, Auto_Submitted="auto-replied") == Outcome.AUTOMATIC
    assert answered(town, "> only a quote") == Outcome.EMPTY
    assert take_reply(b"nonsense") == Outcome.UNREADABLE
    with clock.at(late):
        assert answered(town, to=good) == Outcome.UNKNOWN
    Person.objects.filter(pk=town.jonas.pk).update(email="new@example.org")
    assert addressed(good.lower()) is None
    Person.objects.filter(pk=town.jonas.pk).update(
        email="jonas@example.org", leaves=MONDAY.date() - timedelta(days=1)
    )
    assert answered(town, to=good) == Outcome.UNKNOWN
    assert not Comment.objects.exists()
    assert not Reply.objects.exists()


def test_rights_are_those_of_the_moment_it_comes_in(town: Any) -> None:
    beatrice = worlds.person("Beatrice Okafor")
    restrict(worlds.OPERATOR, town.risk, [beatrice.party_id])
    assert answered(town) == Outcome.HIDDEN
    assert not Comment.objects.exists()


def test_somebody_without_an_account_answers_about_what_they_are_asked_and_names_nobody(town: Any) -> None:
    vera, beatrice = worlds.person("Vera Supply", staff=False), worlds.person("Beatrice Okafor")
    assert vera.user is not None
    vera.user.delete()
    vera.refresh_from_db()
    action = worlds.record("action", town.project, "Send it", owner=beatrice.party, due_on=MONDAY.date())
    to = reply_address(vera, action.entry_id)
    sender = "vera@example.org"
    assert take_reply(letter("Hello", to=to, sender=sender)) == Outcome.HIDDEN
    chase()
    delegate(worlds.actor(beatrice), FollowUp.objects.get(), vera.party)
    assert take_reply(letter("Sent to @Beatrice Okafor", to=to, sender=sender)) == Outcome.ADDED
    comment = Comment.objects.get()
    assert (comment.text, comment.author, comment.author_label) == (
        "Sent to @Beatrice Okafor",
        None,
        "Vera Supply",
    )
    assert not comment.mentions.exists()


def test_a_loop_is_stopped(town: Any) -> None:
    for number in range(30):
        assert answered(town, f"No {number}", id=f"<{number}@x>") == Outcome.ADDED
    assert answered(town, "One more", id="<31@x>") == Outcome.TOO_MANY
    with clock.at(MONDAY + timedelta(hours=2)):
        assert answered(town, "Later", id="<31@x>") == Outcome.ADDED


def test_our_mails_say_where_they_are_answered(town: Any) -> None:
    worlds.record("action", town.project, "Call", owner=town.jonas.party, due_on=MONDAY.date())
    chase()
    deliver()
    beatrice = worlds.person("Beatrice Okafor")
    write_comment(worlds.actor(beatrice), town.entry, "@Jonas Weber look")
    outbox.send_due()
    digest, named = mail.outbox
    for sent in (digest, named):
        assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
        assert addressed(sent.extra_headers["Reply-To"]) is not None
    back = message_from_string(named.message().as_string())
    text = "\n".join(f"> {line}" for line in named.body.splitlines())
    raw = letter(f"Seen, thanks.\n\nOn Monday Steerco wrote:\n{text}", to=str(back["Reply-To"]), id="<9@x>")
    assert take_reply(raw) == Outcome.ADDED
    assert Comment.objects.order_by("-pk")[0].text == "Seen, thanks."
    worlds.record("action", town.project, "Write", owner=town.jonas.party, due_on=MONDAY.date())
    worlds.record("action", town.project, "Read", owner=town.jonas.party, due_on=MONDAY.date())
    with clock.at(MONDAY + timedelta(days=1)):
        chase()
        deliver()
        outbox.send_due()
    many = mail.outbox[-1]
    assert "Reply-To" not in many.extra_headers
    assert many.body.count("Comment by mail: reply+") == 2


def test_without_an_address_nothing_is_promised(town: Any, settings: Any) -> None:
    settings.MAIL_REPLY_TO = ""
    assert reply_address(town.jonas, town.entry.pk) == ""
    worlds.record("action", town.project, "Call", owner=town.jonas.party, due_on=MONDAY.date())
    chase()
    deliver()
    outbox.send_due()
    [sent] = mail.outbox
    assert "Reply-To" not in sent.extra_headers
    assert "=-=-=" not in sent.body


def test_a_maildir_is_taken_mail_by_mail(town: Any, tmp_path: Path, capsys: Any, settings: Any) -> None:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1.x.host").write_bytes(letter("Yes", to=reply_address(town.jonas, town.entry.pk)))
    (tmp_path / "new" / "2.x.host").write_bytes(b"nonsense")
    (tmp_path / "new" / "3.link").symlink_to(tmp_path / "new" / "1.x.host")
    args = mail_in.argparse.Namespace(maildir=tmp_path, imap=False)
    assert mail_in.run(args) == 0
    assert "1.x.host: added" in capsys.readouterr().err
    assert sorted(path.name for path in (tmp_path / "cur").iterdir()) == ["1.x.host:2,S", "2.x.host:2,S"]
    assert Comment.objects.count() == 1
    with pytest.raises(Refused):
        mail_in.run(mail_in.argparse.Namespace(maildir=tmp_path / "cur", imap=False))
    settings.MAIL_REPLY_TO = ""
    with pytest.raises(Refused):
        mail_in.run(args)
