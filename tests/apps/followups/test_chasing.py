"""Follow-ups: what is owed is asked, chased by the ladder, answered by whoever owes it; nothing twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError
from tests.apps.worlds import OPERATOR, actor, initiative, person, record

from steerco.apps.followups.chasing import chase
from steerco.apps.followups.kinds import Answer, Kind, declare_kind
from steerco.apps.followups.models import FollowUp, LadderStep, Reminder
from steerco.apps.followups.services import Ask, answer, ask, delegate
from steerco.apps.followups.waiting import nudge
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.initiatives.services import restrict
from steerco.apps.notices.models import Notice
from steerco.apps.notices.services import deliver
from steerco.apps.raid.models import Action
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.journal import outbox
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db
declare_kind(
    Kind(
        "test.acceptance",
        "Acceptance",
        "It was agreed.",
        lambda row: "Accept?",
        (Answer("accepted", "Accept"),),
    )
)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def people() -> dict[str, Any]:
    lead, sponsor = person("Lena Lead"), person("Sven Sponsor")
    project = initiative("P1", name="Payments", lead=lead.party, sponsor=sponsor.party)
    owner = person("Omar Owner")
    return {"project": project, "owner": owner, "lead": lead, "sponsor": sponsor}


def action(people: dict[str, Any], due: date | None, **values: Any) -> Action:
    owner = values.pop("owner", people["owner"].party)
    return record("action", people["project"], "Ask the bank", owner=owner, due_on=due, **values)


def change(row: Any, **values: Any) -> None:
    register = register_by_key("action")
    assert register is not None
    register.write(OPERATOR, [Change(values, pk=row.pk)])


def told(who: Any) -> list[tuple[str, str | None]]:
    return list(Notice.objects.filter(person=who).order_by("pk").values_list("kind", "data__as"))


def on(days: int) -> Any:
    """Some calendar days after that Monday."""
    return clock.at(MONDAY + timedelta(days=days))


def test_an_action_with_owner_and_date_is_owed_until_it_is_done(people: dict[str, Any]) -> None:
    row = action(people, date(2026, 11, 30))
    action(people, None)
    action(people, date(2027, 6, 1))
    assert chase()["asked"] == 1
    follow_up = FollowUp.objects.get()
    assert (follow_up.debtor, follow_up.due, follow_up.question) == (
        people["owner"].party,
        date(2026, 11, 30),
        "Ask the bank",
    )
    assert chase()["asked"] == 0
    change(row, state="done", done_on=date(2026, 11, 23))
    assert chase()["settled"] == 1
    assert FollowUp.objects.get().state == FollowUp.State.SETTLED


def test_the_ladder_climbs_once_a_step(people: dict[str, Any]) -> None:
    action(people, date(2026, 11, 23))
    for day in range(15):
        with on(day):
            chase()
            chase()
    # Due on the Monday; three, five and eight working days later: Thursday, Monday, Thursday.
    assert [(r.step, r.action) for r in Reminder.objects.order_by("pk")] == [
        (0, "remind"),
        (3, "remind"),
        (5, "deputy"),
        (8, "lead"),
    ]
    assert told(people["owner"]) == [("followup.owed", "remind")] * 2
    assert told(people["lead"]) == [("followup.late", "lead")]
    assert told(people["sponsor"]) == []


def test_what_is_found_late_is_not_told_five_times_at_once(people: dict[str, Any]) -> None:
    action(people, date(2026, 9, 1))
    chase()
    assert told(people["owner"]) == [("followup.owed", "remind")]
    assert told(people["lead"]) == [("followup.late", "lead")]


def test_a_moved_date_begins_anew(people: dict[str, Any]) -> None:
    row = action(people, date(2026, 11, 23))
    chase()
    change(row, due_on=date(2026, 11, 25))
    assert chase()["moved"] == 1
    with on(2):
        chase()
    assert [str(r.due) for r in Reminder.objects.order_by("pk")] == ["2026-11-23", "2026-11-25", "2026-11-25"]


def test_the_organisations_own_ladder_replaces_the_shipped_one(people: dict[str, Any]) -> None:
    LadderStep.objects.create(kind="action.due", days=1, action="sponsor")
    action(people, date(2026, 11, 20))
    chase()
    assert told(people["owner"]) == []
    assert told(people["sponsor"]) == [("followup.late", "sponsor")]


def test_a_vacant_post_falls_to_the_sponsor_after_two_working_days(people: dict[str, Any]) -> None:
    post = create_post(OPERATOR, people["project"], "team_member", "Tester")
    action(people, date(2026, 11, 23), owner=post.party)
    chase()
    assert told(people["sponsor"]) == []
    for day in (1, 2, 3):
        with on(day):
            chase()
    assert told(people["sponsor"]) == [("followup.owed", "remind")]
    appoint(OPERATOR, post, people["owner"])
    with on(11):
        chase()
    assert told(people["owner"]) == []  # the ladder ended with the manager
    assert len(told(people["lead"])) == 1


def test_an_answer_does_what_it_says_without_any_other_right(people: dict[str, Any]) -> None:
    outsider = person("Uma Outside", staff=False)
    row = action(people, date(2026, 11, 25), owner=outsider.party)
    chase()
    follow_up = FollowUp.objects.get()
    with pytest.raises(Denied):
        answer(actor(people["lead"]), follow_up, "done")
    with pytest.raises(Invalid, match="among"):
        answer(actor(outsider), follow_up, "explode")
    with pytest.raises(Invalid, match="sentence"):
        answer(actor(outsider), follow_up, "later", "  ")
    answer(actor(outsider), follow_up, "done", "Called them")
    row.refresh_from_db()
    assert (row.state, row.done_on) == ("done", date(2026, 11, 23))
    with pytest.raises(Invalid, match="already"):
        answer(actor(outsider), follow_up, "done")
    kinds = set(Event.objects.filter(entry_id=row.entry_id).values_list("kind", flat=True))
    assert {"followup.asked", "followup.answered"} <= kinds
    assert chase()["asked"] == 0


def test_what_is_put_off_is_asked_again_at_its_new_date(people: dict[str, Any]) -> None:
    row = action(people, date(2026, 11, 23))
    chase()
    for wrong in ("", "soon", "2026-11-01", "2031-01-01"):
        with pytest.raises(Invalid):
            answer(actor(people["owner"]), FollowUp.objects.get(), "later", "Waiting for the bank", wrong)
    answer(actor(people["owner"]), FollowUp.objects.get(), "later", "Waiting for the bank", "2026-11-30")
    row.refresh_from_db()
    assert (row.due_on, row.original_due) == (date(2026, 11, 30), date(2026, 11, 23))
    assert chase()["asked"] == 1
    assert FollowUp.objects.get(state="open").due == date(2026, 11, 30)


def test_what_is_handed_on_is_asked_of_the_other_until_settled(people: dict[str, Any]) -> None:
    other = person("Olga Other")
    row = action(people, date(2026, 11, 27))
    chase()
    delegate(actor(people["owner"]), FollowUp.objects.get(), other.party, "On leave")
    assert chase() == {"asked": 0, "moved": 0, "settled": 0, "lapsed": 0, "steps": 0}
    assert told(other) == [("followup.owed", None)]
    with pytest.raises(Denied):
        answer(actor(people["owner"]), FollowUp.objects.get(), "done")
    answer(actor(other), FollowUp.objects.get(), "done")
    row.refresh_from_db()
    assert row.state == "done"


def test_silence_answers_only_what_was_agreed_and_only_with_its_clause(people: dict[str, Any]) -> None:
    row = action(people, date(2026, 12, 24))
    agreed = Ask(
        "x:1",
        "test.acceptance",
        row.entry_id,
        people["owner"].party_id,
        silence_on=date(2026, 11, 25),
        silence_answer="accepted",
        silence_clause="Clause 4.2: accepted ten days after delivery",
    )
    ask(OPERATOR, [agreed, agreed, replace(agreed, key="x:2", silence_on=None, silence_clause="")])
    with on(1):
        assert chase()["lapsed"] == 0
    with on(2):
        assert chase()["lapsed"] == 1
        assert chase()["lapsed"] == 0
    states = dict(FollowUp.objects.values_list("key", "state"))
    assert states == {"x:1": "lapsed", "x:2": "open"}
    assert FollowUp.objects.get(key="x:1").comment.startswith("Clause 4.2")
    with pytest.raises(IntegrityError):
        ask(OPERATOR, [replace(agreed, key="x:3", silence_clause="")])


def mails(people: dict[str, Any]) -> list[Any]:
    deliver()
    outbox.send_due()
    return mail.outbox


def test_one_mail_a_day_with_a_reason_and_answers(people: dict[str, Any]) -> None:
    action(people, date(2026, 11, 23))
    action(people, date(2026, 11, 24))
    chase()
    for _ in range(3):
        mails(people)
    [sent] = mail.outbox
    assert sent.to == [people["owner"].email]
    assert sent.body.count("You own this action.") == 2
    assert "/answer/" in sent.body
    assert "?answer=done" in sent.body
    with on(1):
        mails(people)
    assert len(mail.outbox) == 1  # nothing new


def test_what_is_told_twice_before_a_mail_stands_in_it_once_with_both_reasons(people: dict[str, Any]) -> None:
    action(people, date(2026, 11, 30))
    with clock.at(
        datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
    ):  # a Saturday: asked, mailed on the next working day
        chase()
    with on(7):
        chase()
        assert nudge(actor(people["lead"]), FollowUp.objects.get())
        [sent] = mails(people)
    assert sent.subject == "Ask the bank · Payments · due today"
    assert sent.body.count("- Ask the bank") == 1
    assert "You own this action." in sent.body
    assert "waits for it and reminds you." in sent.body
    assert "/me/notices/" in sent.body


def test_what_is_asked_stands_above_what_is_told(people: dict[str, Any]) -> None:
    action(people, date(2026, 11, 11), owner=people["owner"].party)
    action(people, date(2026, 11, 23), owner=people["lead"].party)
    chase()
    mails(people)
    [sent] = [row for row in mail.outbox if row.to == [people["lead"].email]]
    assert sent.body.startswith("You are asked")
    assert "Late with others" in sent.body


def test_no_mail_at_night_on_weekends_or_while_away(people: dict[str, Any]) -> None:
    action(people, date(2026, 11, 28))
    with clock.at(datetime(2026, 11, 28, 9, 0, tzinfo=UTC)):  # a Saturday
        chase()
        assert mails(people) == []
    with clock.at(datetime(2026, 11, 30, 22, 30, tzinfo=UTC)):
        assert mails(people) == []
    with clock.at(datetime(2026, 12, 1, 9, 0, tzinfo=UTC)):
        assert len(mails(people)) == 1


def test_what_is_done_or_hidden_meanwhile_is_not_mailed(people: dict[str, Any]) -> None:
    done, hidden = action(people, date(2026, 11, 23)), action(people, date(2026, 11, 23))
    chase()
    change(done, state="done", done_on=date(2026, 11, 23))
    chase()
    change(hidden, owner=people["lead"].party)
    FollowUp.objects.filter(state="open").update(debtor=people["owner"].party)
    restrict(OPERATOR, hidden, [people["lead"].party_id])
    assert mails(people) == []


def test_a_person_who_left_is_told_nothing(people: dict[str, Any]) -> None:
    action(people, date(2026, 11, 23))
    chase()
    type(people["owner"]).objects.filter(pk=people["owner"].pk).update(leaves=date(2026, 11, 1))
    assert mails(people) == []


def test_nobody_is_owed_an_answer_by_an_actor_without_parties(people: dict[str, Any]) -> None:
    action(people, date(2026, 11, 23))
    chase()
    nobody = Actor(user_id=None, label="nobody", via=actor(people["lead"]).via)
    with pytest.raises(Denied):
        answer(nobody, FollowUp.objects.get(), "done")
