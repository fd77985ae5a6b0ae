"""The look and the pages: who sees which warnings, what is decided about them and how long it stands, the limits."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from tests.apps.foresight.course import DAY, TODAY, Told, drifting, on, scored
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, posted, record

from steerco.apps.foresight.looking import catch_up, look_at
from steerco.apps.foresight.models import EarlyWarning, Limit, Look, Stance
from steerco.apps.foresight.replaying import days_of, replay_all
from steerco.apps.foresight.selectors import mine, warnings
from steerco.apps.foresight.services import decide
from steerco.apps.foresight.signals import signals
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.services import restrict, write_initiatives
from steerco.apps.notices.models import Notice
from steerco.apps.notices.services import deliver
from steerco.apps.raid.models import Action
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.journal import outbox
from steerco.kit.journal.models import Event
from steerco.kit.journal.seals import seal_pending as seal
from steerco.kit.permissions import Denied
from steerco.kit.registers.register import register_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with on(TODAY):
        yield


@pytest.fixture
def town() -> Any:
    with on(TODAY - 400 * DAY):
        city = initiative("CITY", type="portfolio")
        pay, road = initiative("PAY", city), initiative("ROAD", city)
        lead = person("Lena Lead", "project_manager", pay)
        omar = person("Omar Owner")
        write_initiatives(OPERATOR, [Change({"lead": lead.party}, pk=pay.pk)])
    told = Told()
    drifting(told, pay, "Drifts", 4, 5, owner=lead.party)
    scored(told, pay, "Rises", 1, 2, 3, owner=omar.party)
    scored(told, road, "Secret", 1, 2, 3, owner=omar.party)
    rows = told.write()
    restrict(OPERATOR, rows["Secret"], [omar.party_id])
    look_at(TODAY)
    return SimpleNamespace(city=city, pay=pay, road=road, lead=lead, omar=omar, rows=rows)


def warning(row: Any, signal: str = "") -> EarlyWarning:
    found = EarlyWarning.objects.filter(entry=row.entry_id, settled_on=None)
    return found.get(signal=signal) if signal else found.get()


def change(row: Any, **values: Any) -> None:
    register_of(row.register_key).write(OPERATOR, [Change(values, pk=row.pk)])


def titles(rows: Any) -> list[str]:
    return [row.entry.title for row in rows]


def test_everybody_sees_the_warnings_of_what_they_see_the_soonest_first(town: Any) -> None:
    assert sorted(titles(warnings(actor(town.lead)))) == ["Drifts", "Rises"]
    assert sorted(titles(warnings(actor(town.omar)))) == ["Drifts", "Rises", "Secret"]
    days = [row.breach_on for row in warnings(actor(town.omar))]
    assert days == sorted(days)
    outsider = person("Oda Outside", staff=False)
    assert titles(warnings(actor(outsider))) == []
    page = browser(town.lead).get("/warnings/").content.decode()
    assert "Rises" in page
    assert "Secret" not in page
    assert "<strong>1</strong> Risk rises" in page
    assert "Secret" not in browser(outsider).get("/warnings/").content.decode()
    assert "Rises" not in browser(town.lead).get("/warnings/?signal=milestone.drift").content.decode()
    assert "Drifts" not in browser(town.lead).get("/warnings/?owner=omar").content.decode()
    assert "Rises" not in browser(town.lead).get("/warnings/?in=ROAD").content.decode()
    for wrong in ("?signal=nonsense", "?in=NOWHERE"):
        assert browser(town.lead).get(f"/warnings/{wrong}").status_code == 404


def test_the_initiative_the_record_and_my_work_show_them(town: Any) -> None:
    lead, omar = browser(town.lead), browser(town.omar)
    assert "Its score rose from 3 to 9" in lead.get("/portfolio/PAY/").content.decode()
    assert "Secret" not in lead.get("/portfolio/CITY/").content.decode()
    shown = lead.get(f"/registers/risks/{town.rows['Rises'].pk}/").content.decode()
    assert "Its score rose from 3 to 9" in shown
    assert sorted(titles(mine(actor(town.lead)))) == ["Drifts", "Rises"]
    assert sorted(titles(mine(actor(town.omar)))) == ["Rises", "Secret"]
    home = omar.get("/").content.decode()
    assert "on its way past a limit" in home
    assert "Secret" in home
    assert "on its way past a limit" not in browser(person("Nina Nobody")).get("/").content.decode()


def test_my_work_shows_five_at_most(town: Any) -> None:
    data = warning(town.rows["Rises"]).data
    for n in range(7):
        row = record("risk", town.road, f"More {n}", owner=town.omar.party)
        EarlyWarning.objects.create(
            entry_id=row.entry_id, signal="risk.rising", since=TODAY, weight=9, data=data
        )
    home = browser(town.omar).get("/").content.decode()
    panel = home.split('id="panel-home.foresight"')[1].split("</section>")[0]
    assert panel.count("data-sc-row") == 5
    assert "All early warnings" in panel


def test_what_is_no_longer_true_is_settled_and_what_comes_back_soon_is_the_same(town: Any) -> None:
    row = warning(town.rows["Rises"])
    change(town.rows["Rises"], current_probability=1)
    assert look_at(TODAY)["went"] == 1
    assert EarlyWarning.objects.get(pk=row.pk).settled_on == TODAY
    assert browser(town.lead).get(f"/warnings/{row.pk}/").status_code == 404
    change(town.rows["Rises"], current_probability=3)
    with on(TODAY + DAY):
        assert look_at(TODAY + DAY)["came"] == 0
    again = EarlyWarning.objects.get(pk=row.pk)
    assert (again.settled_on, again.since) == (None, TODAY)


def test_the_look_follows_the_journal_and_does_nothing_when_nothing_happened(town: Any) -> None:
    EarlyWarning.objects.all().delete()
    seal()
    assert catch_up()["came"] == 3
    turns = Look.objects.get().turns
    assert catch_up() == {"came": 0, "went": 0}
    record("lesson", town.pay, "Learnt")
    seal()
    assert catch_up() == {"came": 0, "went": 0}
    assert Look.objects.get().turns == turns  # nothing that a signal reads was written
    change(town.rows["Rises"], current_probability=1)
    seal()
    assert catch_up()["went"] == 1
    assert Look.objects.get().turns == turns + 1
    Limit.objects.create(signal="milestone.drift", limit=2, off=True)
    assert catch_up()["went"] == 1
    with on(TODAY + DAY):
        catch_up()
        assert Look.objects.get().day == TODAY + DAY


def test_an_action_is_made_of_it_and_it_rests_until_that_is_done_or_it_gets_worse(town: Any) -> None:
    row, client = warning(town.rows["Rises"]), browser(town.lead)
    url = f"/warnings/{row.pk}/"
    page = client.get(url).content.decode()
    assert "Make an action of it" in page
    assert "Omar Owner" in page
    asked = {"what": "action", "title": "Call the supplier", "owner": "Omar Owner", "due_on": "2026-12-04"}
    for wrong in (
        {"title": " "},
        {"owner": ""},
        {"owner": "Nobody Known"},
        {"due_on": ""},
        {"due_on": "soon"},
    ):
        assert client.post(url, {**asked, **wrong}).status_code == 422, wrong
    assert not Action.objects.exists()
    assert "The action was made." in posted(client, url, asked)
    action = Action.objects.get()
    assert (action.title, action.owner, action.risk) == (
        "Call the supplier",
        town.omar.party,
        town.rows["Rises"],
    )
    assert "Its score rose from 3 to 9" in action.description
    assert titles(mine(actor(town.omar))) == ["Secret"]
    assert "Call the supplier" in client.get(url).content.decode()
    assert "Rises" in client.get("/warnings/?every=1").content.decode()
    change(action, state="done", done_on=TODAY)
    assert sorted(titles(mine(actor(town.omar)))) == ["Rises", "Secret"]
    change(action, state="open")
    assert titles(mine(actor(town.omar))) == ["Secret"]
    change(town.rows["Rises"], current_probability=4)
    look_at(TODAY)
    assert sorted(titles(mine(actor(town.omar)))) == ["Rises", "Secret"]


def test_what_is_watched_comes_back_after_its_day_and_what_is_no_worry_when_it_gets_worse(town: Any) -> None:
    row, client = warning(town.rows["Rises"]), browser(town.lead)
    url = f"/warnings/{row.pk}/"
    watch = {"what": "watch", "until": (TODAY + 5 * DAY).isoformat(), "reason": "The audit is on Tuesday."}
    for wrong in (
        {"reason": ""},
        {"until": ""},
        {"until": TODAY.isoformat()},
        {"until": "9999-01-01"},
        {"until": "x"},
        {"what": "explode"},
        {"what": ""},
    ):
        assert client.post(url, {**watch, **wrong}).status_code == 422, wrong
    assert client.post(url, {}).status_code == 422
    assert not Stance.objects.exists()
    posted(client, url, watch)
    assert titles(warnings(actor(town.lead))) == ["Drifts"]
    assert "watched until a date" in client.get("/warnings/?every=1").content.decode()
    with on(TODAY + 6 * DAY):
        assert "Rises" in titles(warnings(actor(town.lead)))
    row = warning(town.rows["Rises"])
    stance = decide(actor(town.lead), row, Stance.Kind.FINE, "Insured.")
    assert (stance.by, stance.weight, stance.until) == (town.lead, row.weight, None)
    assert Event.objects.filter(kind="warning.decided").latest("sequence").reason == "Insured."
    with on(TODAY + 6 * DAY):
        assert titles(warnings(actor(town.lead))) == ["Drifts"]
        change(town.rows["Rises"], current_probability=4)
        look_at(TODAY + 6 * DAY)
        assert "Rises" in titles(warnings(actor(town.lead)))
        assert "Insured." in client.get(url).content.decode()
    with pytest.raises(Invalid):
        decide(actor(town.lead), row, "explode", "Why not")


def test_what_is_escalated_rests(town: Any) -> None:
    boss, client = person("Berta Boss"), browser(town.lead)
    write_initiatives(OPERATOR, [Change({"lead": boss.party}, pk=town.city.pk)])
    row = warning(town.rows["Rises"])
    page = client.get(f"/warnings/{row.pk}/").content.decode()
    up = f"/entries/{row.entry_id}/escalate/"
    assert up in page
    client.post(up, {"to": f"{town.city.pk}-{boss.party_id}", "reason": "It rises"})
    assert titles(warnings(actor(town.lead))) == ["Drifts"]
    assert up not in client.get(f"/warnings/{row.pk}/").content.decode()


def test_only_who_may_change_it_takes_it_up(town: Any) -> None:
    url = f"/warnings/{warning(town.rows['Rises']).pk}/"
    secret = f"/warnings/{warning(town.rows['Secret']).pk}/"
    nina = browser(person("Nina Nobody"))
    assert "Whoever may change it takes it up." in nina.get(url).content.decode()
    fine = {"what": "fine", "reason": "No"}
    assert nina.post(url, fine).status_code == 403
    assert nina.get(secret).status_code == 404
    assert browser(town.lead).post(secret, fine).status_code == 404
    assert browser(person("Oda Outside", staff=False)).get(url).status_code == 404
    assert nina.get("/warnings/999999/").status_code == 404
    with pytest.raises(Denied):
        decide(actor(person("Nils Nobody")), warning(town.rows["Rises"]), "fine", "No")
    assert browser(town.omar).post(url, fine).status_code == 303  # its owner


def test_each_warning_is_told_once_in_the_mail_of_the_day(town: Any) -> None:
    told = Notice.objects.filter(kind="foresight.warning").order_by("person__name", "entry__title")
    assert list(told.values_list("person__name", "entry__title")) == [
        ("Lena Lead", "Drifts"),
        ("Lena Lead", "Rises"),
        ("Omar Owner", "Rises"),
        ("Omar Owner", "Secret"),
    ]
    look_at(TODAY)
    with clock.at(datetime(2026, 11, 30, 9, 0, tzinfo=UTC)):
        look_at(clock.today())
        deliver()
        outbox.send_due()
    assert told.count() == 4
    bodies = {message.to[0]: message.body for message in mail.outbox}
    assert "Its score rose from 3 to 9" in bodies["lena@example.org"]
    assert "Secret" in bodies["omar@example.org"]
    assert "Secret" not in bodies["lena@example.org"]


def test_limits_are_set_by_who_configures_and_the_record_is_shown_to_all(town: Any) -> None:
    with on(TODAY):
        assert replay_all() == len([s for s in signals().values() if s.broken])
    boss, omar = browser(person("Miriam Vogel", "pmo_manager")), browser(town.omar)
    shown = omar.get("/warnings/rules/").content.decode()
    assert "was moved out 2 times or more in 60 days" in shown
    assert "How good the warnings are" in shown
    assert 'name="limit-' not in shown
    every = {f"limit-{key}": str(signal.limit) for key, signal in signals().items()}
    assert omar.post("/warnings/rules/", every).status_code == 403
    for wrong in ("0", "many", "99999", "²", ""):
        assert boss.post("/warnings/rules/", {**every, "limit-risk.rising": wrong}).status_code == 422
    assert boss.post("/warnings/rules/", {}).status_code == 422
    assert not Limit.objects.exists()
    changed = {**every, "limit-milestone.drift": "3", "off-risk.rising": "1"}
    assert boss.post("/warnings/rules/", changed).status_code == 303
    assert "was moved out 3 times or more in 60 days" in omar.get("/warnings/rules/").content.decode()
    assert look_at(TODAY)["went"] == 3
    assert not EarlyWarning.objects.filter(settled_on=None).exists()


def test_the_days_of_a_replay_are_weeks_up_to_the_last() -> None:
    assert days_of(TODAY - 20 * DAY, TODAY) == [TODAY - 14 * DAY, TODAY - 7 * DAY, TODAY]
    assert days_of(TODAY + DAY, TODAY) == [TODAY]
    assert Entry.objects.count() == 0
