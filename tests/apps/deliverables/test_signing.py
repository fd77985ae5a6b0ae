"""Rounds of sign-off: who is asked when, what an answer does, what nobody may do alone."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.apps.deliverables.conftest import MONDAY
from tests.apps.worlds import OPERATOR, actor, browser, person, posted, record

from steerco.apps.deliverables.models import Approval, Deliverable, SignOffRound
from steerco.apps.deliverables.registers import DeliverableRegister
from steerco.apps.deliverables.signing import Terms, open_round, withdraw_round
from steerco.apps.followups.chasing import chase
from steerco.apps.followups.models import FollowUp, Reminder
from steerco.apps.followups.services import answer, delegate
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.initiatives.services import restrict
from steerco.apps.links.services import Upload, attach_files
from steerco.apps.notices.models import Notice
from steerco.apps.people.models import Party
from steerco.apps.people.services import make_parties
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied, Via
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db


def put(place: Any, *approvers: Any, **more: Any) -> SignOffRound:
    """The manager asks."""
    terms = Terms([who.party for who in approvers], revision=more.pop("revision", "1.0"), **more)
    return open_round(actor(place.manager), place.entry, terms)


def asked(who: Any) -> FollowUp:
    """What somebody is asked now."""
    return FollowUp.objects.get(debtor=who.party, state="open")


def says(who: Any, key: str, comment: str = "") -> None:
    by = actor(who) if who.user else Actor(None, who.name, Via.LINK, frozenset({who.party_id}), who.pk)
    answer(by, asked(who), key, comment)


def state(place: Any) -> str:
    place.row = Deliverable.objects.get(pk=place.row.pk)
    return str(place.row.state)


def change(place: Any, by: Any = None, **values: Any) -> None:
    who = actor(by or place.manager)
    DeliverableRegister().write(who, [Change(values, pk=place.row.pk)])


def test_asking_delivers_and_keeps_what_was_put_before_them(place: Any) -> None:
    round_ = put(place, place.sponsor)
    assert state(place) == "ready"
    assert place.row.delivered_on == MONDAY.date()
    assert round_.subject["reference"] == "P1/D-1"
    assert round_.subject["texts"] == {"acceptance_criteria": "All seven services are described."}
    assert [one["name"] for one in round_.files] == ["design.txt"]
    assert (asked(place.sponsor).due, asked(place.sponsor).creditor) == (
        date(2026, 11, 30),
        place.manager.party,
    )
    attach_files(OPERATOR, place.entry, [Upload("later.txt", [b"Later."])])
    round_.refresh_from_db()
    assert len(round_.files) == 1


def test_all_at_once_and_the_last_approval_signs_off(place: Any) -> None:
    put(place, place.sponsor, place.user)
    says(place.sponsor, "approve")
    assert state(place) == "ready"
    with clock.at(MONDAY + timedelta(days=2)):
        says(place.user, "approve", "Well done")
    assert (state(place), place.row.signed_off_on) == ("signed_off", date(2026, 11, 25))
    round_ = SignOffRound.objects.get()
    assert (round_.state, round_.approvals.get(party=place.user.party).person_label) == (
        "approved",
        "Ulla User",
    )
    assert [n.kind for n in Notice.objects.filter(person=place.manager)] == ["signoff.closed"]
    kinds = set(Event.objects.filter(entry_id=place.row.entry_id).values_list("kind", flat=True))
    assert {"signoff.opened", "signoff.answered", "signoff.approved", "followup.answered"} <= kinds


def test_one_after_the_other_and_each_has_the_agreed_days(place: Any) -> None:
    put(place, place.sponsor, place.user, order="sequence", days=3)
    assert not FollowUp.objects.filter(debtor=place.user.party).exists()
    with clock.at(MONDAY + timedelta(days=8)):
        says(place.sponsor, "approve")
        assert asked(place.user).due == date(2026, 12, 4)
        says(place.user, "approve")
    assert state(place) == "signed_off"


def test_conditions_need_words_and_stand_on_the_deliverable(place: Any) -> None:
    put(place, place.sponsor, place.user)
    with pytest.raises(Invalid, match="sentence"):
        says(place.sponsor, "conditions")
    says(place.sponsor, "conditions", "Refunds are added by March")
    says(place.user, "approve")
    assert state(place) == "conditional"
    assert place.row.conditions == "Sara Sponsor: Refunds are added by March"
    change(place, place.user, state="signed_off")
    assert state(place) == "signed_off"


def test_a_return_ends_it_and_nobody_else_is_asked_any_longer(place: Any) -> None:
    put(place, place.sponsor, place.user)
    says(place.sponsor, "return", "Rents are missing")
    assert (state(place), place.row.delivered_on) == ("rejected", None)
    assert set(FollowUp.objects.values_list("state", flat=True)) == {"answered", "withdrawn"}
    assert set(Approval.objects.values_list("state", flat=True)) == {"returned", "withdrawn"}
    again = put(place, place.sponsor, revision="1.1")
    assert (again.number, state(place), place.row.revision) == (2, "ready", "1.1")


def test_a_new_version_withdraws_what_is_under_way(place: Any) -> None:
    put(place, place.sponsor)
    change(place, revision="1.1")
    round_ = SignOffRound.objects.get()
    assert (round_.state, round_.withdrawn_because) == ("withdrawn", "new_version")
    assert FollowUp.objects.get(kind="signoff").state == "withdrawn"
    assert state(place) == "ready"


@pytest.mark.parametrize("how", ["rework", "descoped", "deleted"])
def test_what_is_no_longer_ready_is_no_longer_signed(place: Any, how: str) -> None:
    put(place, place.sponsor)
    if how == "deleted":
        DeliverableRegister().delete(actor(place.manager), [place.row.pk])
    else:
        change(place, state="draft" if how == "rework" else how)
    assert SignOffRound.objects.get().state == "withdrawn"
    assert not FollowUp.objects.filter(state="open").exists()


def test_nobody_signs_alone_what_they_wrote(place: Any) -> None:
    with pytest.raises(Invalid, match="alone"):
        put(place, place.author)
    put(place, place.author, place.sponsor)
    says(place.author, "approve")
    delegate(OPERATOR, asked(place.sponsor), place.author.party)
    with pytest.raises(Invalid, match="You wrote it"):
        says(place.author, "approve")
    assert state(place) == "ready"
    says(place.author, "return", "I found a mistake")
    assert state(place) == "rejected"


def test_by_hand_only_who_decides_and_not_what_they_wrote(place: Any) -> None:
    change(place, state="ready", delivered_on=MONDAY.date())
    signed = {"state": "signed_off", "signed_off_on": MONDAY.date()}
    office = person("Olga Office", "pmo_analyst", place.project)
    with pytest.raises(Denied):
        change(place, office, **signed)
    change(place, author=place.user.party)
    with pytest.raises(Invalid, match="You wrote it"):
        change(place, place.user, **signed)
    with pytest.raises(Invalid, match="You wrote it"):
        change(place, place.user, **signed, author=place.manager.party)  # not by changing the name either
    change(place, author=None)
    with pytest.raises(Invalid, match="You wrote it"):
        change(place, place.manager, **signed)  # its owner, where nobody is named as author
    change(place, place.user, **signed)
    assert state(place) == "signed_off"


def test_while_approvers_decide_nobody_decides_by_hand(place: Any) -> None:
    put(place, place.sponsor)
    with pytest.raises(Invalid, match="under way"):
        change(place, place.user, state="signed_off", signed_off_on=MONDAY.date())
    withdraw_round(actor(place.manager), SignOffRound.objects.get(), "The board decides")
    change(place, place.user, state="signed_off", signed_off_on=MONDAY.date())
    assert state(place) == "signed_off"
    assert SignOffRound.objects.get().reason == "The board decides"


def test_an_open_round_offers_no_decision_by_hand(place: Any) -> None:
    """Neither the page nor the API: both say that a round is open and where it is. Withdrawing it is still open."""
    url = f"/registers/deliverables/{place.row.pk}/"
    round_ = put(place, place.sponsor)
    client = browser(person("Petra Portfolio", "portfolio_manager", place.project))  # may decide and move it
    hidden = ("sign_off", "sign_off_with_conditions", "reject")
    shown = client.get(url).content.decode()
    assert not [key for key in hidden if f"{url}to/{key}/" in shown]
    assert f"{url}to/rework/" in shown  # taking it back withdraws the round
    for key in hidden:  # a page that was open before
        assert client.get(f"{url}to/{key}/").status_code == 303
        told = posted(client, f"{url}to/{key}/", {"signed_off_on": "2026-11-23"})
        assert f"{url}#panel-record.signoff" in told
        assert 'id="panel-record.signoff"' in told
    for key in hidden:
        sent = {} if key == "reject" else {"signed_off_on": "2026-11-23"}
        sent |= {"conditions": "None"} if key.endswith("conditions") else {}
        refused = client.post(
            f"/api/v1/deliverables/{place.row.pk}/transitions/{key}/",
            sent,
            content_type="application/json",
        )
        assert refused.status_code in (400, 422), refused.content
        assert "under way" in refused.content.decode()
        assert f"{url}#panel-record.signoff" in refused.content.decode()
    assert state(place) == "ready"
    withdraw_round(actor(place.manager), round_)
    shown = client.get(url).content.decode()
    assert all(f"{url}to/{key}/" in shown for key in hidden)


def test_who_may_ask_and_withdraw(place: Any) -> None:
    reader = person("Rita Reader", "viewer", place.project)
    with pytest.raises(Denied):
        open_round(actor(reader), place.entry, Terms([place.sponsor.party]))
    round_ = put(place, place.sponsor)
    with pytest.raises(Denied):
        withdraw_round(actor(reader), round_)
    with pytest.raises(Invalid, match="under way already"):
        put(place, place.user)
    with pytest.raises(Denied):
        answer(actor(place.manager), asked(place.sponsor), "approve")


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"silence_days": 10}, "Quote"),
        ({"silence_days": 10, "silence_clause": "§ 4", "value": 100}, "Money"),
        ({"silence_days": 10, "silence_clause": "§ 4", "concerns_safety": True}, "safety"),
    ],
)
def test_silence_accepts_neither_without_clause_nor_money_nor_safety(
    place: Any, terms: dict[str, Any], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        put(place, place.sponsor, **terms)


def test_the_silence_of_a_body_accepts_nothing(place: Any) -> None:
    board = make_parties(Party.Kind.BODY, ["Project board"])[0]
    terms = Terms([board], silence_days=5, silence_clause="§ 4")
    with pytest.raises(Invalid, match="body"):
        open_round(actor(place.manager), place.entry, terms)


def test_agreed_silence_signs_off_and_says_so(place: Any) -> None:
    put(
        place,
        place.sponsor,
        silence_days=10,
        silence_clause="§ 4.2: accepted ten working days after delivery",
    )
    with clock.at(MONDAY + timedelta(days=13)):
        assert chase()["lapsed"] == 0
    with clock.at(MONDAY + timedelta(days=14)):
        assert chase()["lapsed"] == 1
    approval = Approval.objects.get()
    assert (state(place), approval.identity, approval.person_label) == ("signed_off", "silence", "")
    assert approval.comment.startswith("§ 4.2")


def test_silence_accepts_nothing_that_is_no_longer_there(place: Any) -> None:
    row = record("requirement", place.project, "Residents pay online", owner=place.manager.party)
    entry = Entry.objects.select_related("initiative").get(pk=row.entry_id)
    terms = Terms([place.user.party], silence_days=5, silence_clause="§ 4.2")
    open_round(actor(place.manager), entry, terms)
    register = register_by_key("requirement")
    assert register is not None
    register.delete(OPERATOR, [row.pk])
    with pytest.raises(Invalid, match="no longer there"):
        answer(actor(place.user), FollowUp.objects.get(entry=entry), "approve")
    with clock.at(MONDAY + timedelta(days=7)):
        assert chase()["lapsed"] == 1
    round_ = SignOffRound.objects.get(entry=entry)
    assert (round_.state, round_.withdrawn_because) == ("withdrawn", "gone")


def test_the_ladder_of_a_sign_off_ends_with_deputy_and_sponsor(place: Any) -> None:
    post = create_post(OPERATOR, place.project, "team_member", "Approver of designs")
    holder, deputy = person("Hans Holder"), person("Dora Deputy")
    appoint(OPERATOR, post, holder)
    appoint(OPERATOR, post, deputy, kind="deputy")
    open_round(actor(place.manager), place.entry, Terms([post.party]))
    for day in range(25):
        with clock.at(MONDAY + timedelta(days=day)):
            chase()
            chase()
    taken = Reminder.objects.filter(follow_up__kind="signoff").order_by("pk").values_list("step", "action")
    assert list(taken) == [(-2, "remind"), (0, "remind"), (3, "remind"), (5, "deputy"), (7, "sponsor")]
    late = Notice.objects.filter(kind="followup.late")
    assert [notice.person for notice in late.order_by("pk")] == [deputy, place.sponsor]


def test_who_answers_for_a_post_is_kept_with_the_post(place: Any) -> None:
    post = create_post(OPERATOR, place.project, "team_member", "Approver of designs")
    holder = person("Hans Holder")
    appoint(OPERATOR, post, holder)
    open_round(actor(place.manager), place.entry, Terms([post.party]))
    answer(actor(holder), FollowUp.objects.get(debtor=post.party), "approve")
    approval = Approval.objects.get()
    assert (approval.person_label, approval.party_label) == ("Hans Holder", post.party.name)
    assert (approval.identity, approval.answered_for) == ("session", None)


def test_whoever_may_not_see_a_restricted_deliverable_is_not_asked(place: Any) -> None:
    restrict(OPERATOR, place.row, [place.manager.party_id, place.user.party_id])
    place.entry.refresh_from_db()
    with pytest.raises(Invalid, match="Sara Sponsor"):
        put(place, place.sponsor)
    put(place, place.user)


def test_any_entry_and_the_scope_of_an_initiative_are_signed_too(place: Any) -> None:
    requirement = record("requirement", place.project, "Residents pay online", text="By card.")
    scope = Entry.objects.select_related("initiative").get(pk=place.project.entry_id)
    for entry in (Entry.objects.select_related("initiative").get(pk=requirement.entry_id), scope):
        open_round(actor(place.manager), entry, Terms([place.user.party]))
        round_ = SignOffRound.objects.get(entry=entry)
        answer(actor(place.user), FollowUp.objects.get(entry=entry), "approve")
        round_.refresh_from_db()
        assert round_.state == "approved"
    requirement.refresh_from_db()
    assert requirement.state == "open"  # the sign-off of a text verifies nothing


@pytest.mark.both_databases
def test_an_entry_has_one_round_at_a_time_whatever_happens(place: Any) -> None:
    first = put(place, place.sponsor)
    twin = SignOffRound(
        entry=first.entry,
        number=2,
        state="asked",
        opened_on=MONDAY.date(),
        created_at=MONDAY,
        changed_at=MONDAY,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        SignOffRound.objects.bulk_create([twin])


def test_pages_ask_withdraw_and_list(place: Any) -> None:
    client = browser(place.manager)
    url = f"/sign-offs/ask/{place.entry.pk}/"
    form = client.get(url).content.decode()
    assert "Sara Sponsor" in form
    refused = client.post(
        url, {"revision": "1.0", "order": "parallel", "days": "5", "approver_1": "Nobody Here"}
    )
    assert refused.status_code == 422
    assert "Nobody Here" in refused.content.decode()
    sent = {"revision": "1.0", "order": "parallel", "days": "5", "approver_1": "Sara Sponsor"}
    assert client.post(url, sent).status_code == 303
    listed = client.get("/registers/deliverables/sign-offs/?in=P1").content.decode()
    assert "Design of the hub" in listed
    assert "Sara Sponsor" in listed
    shown = client.get(f"/registers/deliverables/{place.row.pk}/").content.decode()
    assert "under way" in shown
    round_ = SignOffRound.objects.get()
    assert client.post(f"/sign-offs/{round_.pk}/withdraw/", {"reason": "Too early"}).status_code == 303
    round_.refresh_from_db()
    assert (round_.state, round_.reason) == ("withdrawn", "Too early")
    assert client.get("/registers/deliverables/sign-offs/?in=NOWHERE").status_code == 200
