"""The rules find what they say and nothing else; the look keeps up with what is changed; answers settle findings."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.apps.worlds import OPERATOR, actor, initiative, person, record

from steerco.apps.followups.chasing import chase
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer
from steerco.apps.hygiene.looking import catch_up, look_at
from steerco.apps.hygiene.models import Confirmation, Finding, Limit, Look
from steerco.apps.hygiene.rules import RULES
from steerco.apps.hygiene.services import carry_out, confirm, plan
from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.journal.seals import seal_pending as seal
from steerco.kit.permissions import Denied
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 23), timedelta(days=1)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.at(NOW):
        yield


def ago(days: int) -> Any:
    return clock.at(NOW - days * DAY)


def change(row: Any, key: str = "", **values: Any) -> None:
    register = register_by_key(key or row.register_key)
    assert register is not None
    register.write(OPERATOR, [Change(values, pk=row.pk)])


def wrong() -> set[tuple[str, str]]:
    """(title, rule) of every finding."""
    return set(Finding.objects.values_list("entry__title", "rule"))


def entry(row: Any) -> Entry:
    return Entry.objects.get(pk=row.entry_id)


def test_every_rule_finds_what_it_says() -> None:
    pay, omar = initiative("PAY"), person("Omar Owner")
    leaver, post = person("Lea Leaver"), create_post(OPERATOR, pay, "team_member", "Tester")
    own = {"owner": omar.party}
    with ago(200):
        record("action", pay, "Nobody's", due_on=None)
        record("issue", pay, "Untouched", **own)
        moved = record("action", pay, "Moved", due_on=TODAY + 5 * DAY, **own)
        twice = record("action", pay, "Moved twice", due_on=TODAY + 5 * DAY, **own)
        record("risk", pay, "Same score", current_probability=2, current_impact=2, **own)
        other = record("risk", pay, "Other score", current_probability=2, current_impact=2, **own)
        back = record("risk", pay, "There and back", current_probability=2, current_impact=2, **own)
    with ago(50):
        change(other, current_impact=3)
        change(back, current_impact=3)
    with ago(40):
        change(back, current_impact=2)
        for days in (1, 2, 3):
            change(moved, due_on=TODAY + days * DAY)
        for days in (1, 2):
            change(twice, due_on=TODAY + days * DAY)
        change(twice, title="Moved only twice")
    record("action", pay, "New and nobody's")
    record("action", pay, "Of one who left", owner=leaver.party)
    record("action", pay, "Of a vacant post", owner=post.party)
    record("action", pay, "Late", due_on=TODAY - DAY, **own)
    record("action", pay, "Due today", due_on=TODAY, **own)
    high = {"current_probability": 5, "current_impact": 3, **own}
    record("risk", pay, "High, nothing done", **high)
    helped = record("risk", pay, "High, something done", **high)
    record("action", pay, "Doing it", risk=helped, **own)
    done = record("risk", pay, "High, all done", **high)
    record("action", pay, "Did it", risk=done, state="done", done_on=TODAY, **own)
    closed = record("issue", pay, "Closed silently", **own)
    type(closed).objects.filter(pk=closed.pk).update(state="closed", state_group="done")
    record("issue", pay, "Closed well", state="closed", resolution="Paid", **own)
    Person.objects.filter(pk=leaver.pk).update(leaves=TODAY - DAY)
    look_at(TODAY)
    assert wrong() == {
        ("Nobody's", "no_owner"),
        ("Nobody's", "stale"),
        ("Untouched", "stale"),
        ("Moved", "moved"),
        ("Same score", "stale"),
        ("Same score", "unchanged"),
        ("Of one who left", "left"),
        ("Of a vacant post", "vacant"),
        ("Late", "overdue"),
        ("High, nothing done", "no_action"),
        ("High, all done", "no_action"),
        ("Closed silently", "no_outcome"),
    }
    appoint(OPERATOR, post, omar)
    look_at(TODAY)
    assert ("Of a vacant post", "vacant") not in wrong()


@pytest.mark.both_databases
def test_many_random_entries_are_found_as_counted_one_by_one() -> None:
    """An independent reading of the rules, row by row in Python, agrees on every entry."""
    chance = random.Random(7)
    places = [initiative(f"P{n}") for n in range(3)]
    Initiative.objects.filter(pk=places[2].pk).update(archived=True)
    people = [person(f"N{n} Name") for n in range(4)]
    Person.objects.filter(pk=people[3].pk).update(leaves=TODAY - 9 * DAY)
    made: list[tuple[Any, str, int, int]] = []
    for n in range(60):
        key = chance.choice(("action", "issue", "risk"))
        born, touched = (age := chance.randint(0, 200)), chance.randint(0, age)
        owner = chance.choice([None, *people])
        due = TODAY + chance.randint(-30, 30) * DAY
        values: dict[str, Any] = {"owner": owner.party if owner else None}
        values["next_review" if key == "risk" else "due_on"] = due
        if key == "risk":
            values |= {"current_probability": chance.randint(1, 5), "current_impact": chance.randint(1, 5)}
        with ago(born):
            row = record(key, chance.choice(places), f"Row {n}", **values)
        if touched != born:
            with ago(touched):
                change(row, title=f"Row {n} changed")
        confirmed = chance.choice((None, chance.randint(0, 100)))
        if confirmed is not None:
            Confirmation.objects.create(entry_id=row.entry_id, on=TODAY - confirmed * DAY)
        made.append((row, key, touched, born))
    look_at(TODAY)
    found: dict[int, set[str]] = {}
    for entry_id, rule in Finding.objects.values_list("entry", "rule"):
        found.setdefault(entry_id, set()).add(rule)
    for row, key, touched, born in made:
        row.refresh_from_db()
        expected = set()
        if not row.initiative.archived:
            said = Confirmation.objects.filter(entry=row.entry_id).values_list("on", flat=True).first()
            quiet = [touched] + ([(TODAY - said).days] if said else [])
            leaver = row.owner is not None and row.owner.person.leaves is not None
            score = getattr(row, "score", None)
            expected |= {"no_owner"} if row.owner is None and born >= 2 else set()
            expected |= {"left"} if leaver else set()
            expected |= {"overdue"} if row.due < TODAY else set()
            expected |= {"stale"} if touched > 60 and (said is None or min(quiet) > 60) else set()
            expected |= {"no_action"} if (score or 0) >= 15 else set()
            unconfirmed = said is None or (TODAY - said).days > 90
            expected |= {"unchanged"} if key == "risk" and born > 90 and unconfirmed else set()
        assert found.get(row.entry_id, set()) == expected, (row, touched, born)


def test_the_look_follows_the_journal_and_does_nothing_when_nothing_happened(
    django_assert_max_num_queries: Any,
) -> None:
    pay, omar = initiative("PAY"), person("Omar Owner")
    risk = record("risk", pay, "High", owner=omar.party, current_probability=5, current_impact=5)
    seal()
    assert catch_up() == {"came": 1, "went": 0}
    with django_assert_max_num_queries(4):
        assert catch_up() == {"came": 0, "went": 0}
    action = record("action", pay, "Help", owner=omar.party, risk=risk)
    seal()
    assert catch_up() == {"came": 0, "went": 1}
    change(action, state="done", done_on=TODAY)
    seal()
    assert catch_up() == {"came": 1, "went": 0}
    with clock.at(NOW + 61 * DAY):
        assert catch_up()["came"] >= 1  # a new day: stale by now
    Limit.objects.create(rule="no_action", limit=0, off=True)
    seal()
    catch_up()
    assert ("High", "no_action") not in wrong()


def test_confirming_settles_what_is_only_old() -> None:
    pay, omar, other = initiative("PAY"), person("Omar Owner"), person("Olga Other")
    with ago(200):
        row = record("risk", pay, "Old", owner=omar.party, current_probability=5, current_impact=5)
    look_at(TODAY)
    assert {rule for _title, rule in wrong()} == {"stale", "unchanged", "no_action"}
    with pytest.raises(Denied):
        confirm(actor(other), [entry(row)])
    confirm(actor(omar), [entry(row)])
    assert {rule for _title, rule in wrong()} == {"no_action"}
    look_at(TODAY)
    assert {rule for _title, rule in wrong()} == {"no_action"}
    look_at(TODAY + 70 * DAY)
    assert ("Old", "stale") in wrong()


def test_the_owner_of_what_is_stale_is_asked_by_itself_once_and_confirms_in_one_click() -> None:
    pay, omar = initiative("PAY"), person("Omar Owner")
    with ago(100):
        record("issue", pay, "Old", owner=omar.party)
    look_at(TODAY)
    chase()
    chase()
    [asked] = FollowUp.objects.filter(kind="hygiene.right")
    assert (asked.debtor, asked.due) == (omar.party, date(2026, 12, 7))
    answer(actor(omar), asked, "right")
    assert wrong() == set()
    assert chase()["asked"] == 0
    Look.objects.update(asks_owners=False)
    with ago(100):
        record("issue", pay, "Older", owner=omar.party)
    look_at(TODAY)
    assert chase()["asked"] == 0


def test_nobody_is_asked_twice_about_one_thing() -> None:
    pay, omar = initiative("PAY"), person("Omar Owner")
    with ago(200):
        record("risk", pay, "Old", owner=omar.party, next_review=TODAY)
    look_at(TODAY)
    chase()
    assert list(FollowUp.objects.filter(state="open").values_list("kind", flat=True)) == ["risk.review"]


def test_many_are_cleaned_at_once_and_what_may_not_be_is_counted() -> None:
    pay, road = initiative("PAY"), initiative("ROAD")
    grace, omar = person("Grace Lim", "pmo_administrator", pay), person("Omar Owner")
    leaver = person("Lea Leaver")
    mine = [record("action", pay, f"A{n}", owner=leaver.party) for n in range(3)]
    theirs = record("action", road, "Elsewhere", owner=leaver.party)
    issue = record("issue", pay, "Needs words", owner=leaver.party)
    Person.objects.filter(pk=leaver.pk).update(leaves=TODAY - DAY)
    look_at(TODAY)
    office = actor(grace)
    entries = [entry(row) for row in (*mine, theirs, issue)]
    found = plan(office, entries, "reassign", to=omar.party)
    assert (found.count, dict(found.left_out)) == (4, {"You may not change it.": 1})
    assert carry_out(office, found, "reassign", to=omar.party, reason="Lea left") == 4
    for row in mine:
        row.refresh_from_db()
        assert row.owner == omar.party
    assert wrong() == {("Elsewhere", "left")}
    found = plan(office, entries[:3] + entries[4:], "close")
    assert (found.count, dict(found.left_out)) == (3, {"It needs more to be closed: open it.": 1})
    assert carry_out(office, found, "close") == 3
    mine[0].refresh_from_db()
    assert mine[0].state == "cancelled"  # the way that asks nothing
    found = plan(office, [entry(issue)], "close", way="close")
    carry_out(office, found, "close", way="close", values={"resolution": "Paid"})
    issue.refresh_from_db()
    assert (issue.state, issue.resolution) == ("closed", "Paid")


def test_the_office_asks_owners_until_it_is_in_order() -> None:
    pay = initiative("PAY")
    grace, omar = person("Grace Lim", "pmo_administrator", pay), person("Omar Owner")
    row = record("action", pay, "Late", owner=omar.party, due_on=TODAY - DAY)
    nobodys = record("action", pay, "Nobody's")
    look_at(TODAY)
    found = plan(actor(grace), [entry(row), entry(nobodys)], "ask")
    assert (found.count, dict(found.left_out)) == (1, {"Nobody owns it.": 1})
    carry_out(actor(grace), found, "ask", reason="before Friday")
    carry_out(actor(grace), found, "ask")
    [asked] = FollowUp.objects.filter(kind="hygiene.ask")
    assert (asked.debtor, asked.creditor) == (omar.party, grace.party)
    assert asked.question == "Please put in order: Late (overdue) before Friday"
    change(row, due_on=TODAY + DAY)
    look_at(TODAY)
    asked.refresh_from_db()
    assert asked.state == FollowUp.State.SETTLED


def test_the_rules_say_themselves() -> None:
    assert RULES["stale"].said(60) == "not changed or confirmed for 60 days"
