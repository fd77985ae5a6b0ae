"""Ways around the policy that were found by looking for them: each is closed, and stays so."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse
from tests.permissions.browser import Browser, body_of
from tests.permissions.world import CANARY, OPERATOR, World

from steerco.apps.indicators.models import PortfolioImport, Snapshot
from steerco.apps.indicators.undo import undo_import
from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.initiatives.records import write_records
from steerco.apps.initiatives.services import restrict, write_initiatives
from steerco.apps.raid.models import Action, Risk
from steerco.apps.reporting.models import Pack
from steerco.apps.reporting.services import request_pack
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.history.writes import append_events
from steerco.kit.imports.finding import rows_by_pk
from steerco.kit.imports.models import ImportRun
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied, Via
from steerco.kit.registers.masking import mask_past
from steerco.kit.registers.models import SavedView
from steerco.kit.registers.recordpage import held_at
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db


def browser_of(world: World, persona: str) -> Browser:
    browser = Browser()
    browser.force_login(world.users[persona])
    return browser


def actor_of(world: World, persona: str) -> Actor:
    return actor_for(world.users[persona], Via.SESSION)


@pytest.fixture
def pointing(world: World) -> Action:
    """An action that everybody at A11 reads, pointing at a risk that is hidden from them."""
    change = Change({"risk": world.record("risk", "A11-restricted")}, pk=world.record("action", "A11").pk)
    return write_records(OPERATOR, Action, [change])[0]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_does_not_name_a_hidden_reference(world: World, pointing: Action, form: str) -> None:
    address = reverse("imports:export", args=["actions", form]) + "?cols=title,risk&all_columns=1"
    for persona, named in (("portfolio_manager", True), ("project_manager", False)):
        content = body_of(browser_of(world, persona).get(address))
        assert (CANARY in _text_of(content, form)) == named, persona


def _text_of(content: bytes, form: str) -> str:
    """All that stands in an exported file."""
    if form == "csv":
        return content.decode()
    with ZipFile(BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def test_an_import_does_not_tell_what_a_hidden_reference_was(world: World, pointing: Action) -> None:
    register = register_by_key("action")
    assert register is not None
    row = rows_by_pk(register, actor_of(world, "project_manager"), [pointing.pk])[pointing.pk]
    assert register.all_columns()["risk"].as_text(row) == ""
    assert row.risk_id == pointing.risk_id


def test_nothing_is_sorted_by_what_may_be_hidden(world: World, pointing: Action) -> None:
    browser = browser_of(world, "project_manager")
    for register, name in (("actions", "risk"), ("actions", "issue"), ("initiatives", "parent")):
        assert browser.get(f"/api/v1/{register}/?sort={name}&size=1").status_code == 400
        assert browser.get(f"/registers/{register}/?sort={name}").status_code == 200
    assert browser.get("/api/v1/actions/?sort=initiative").status_code == 200


def test_a_cell_with_a_hidden_reference_cannot_be_opened(world: World, pointing: Action) -> None:
    address = reverse("registers:cell", args=["actions", pointing.pk, "risk"])
    assert browser_of(world, "project_manager").get(address).status_code == 404
    assert browser_of(world, "portfolio_manager").get(address).status_code == 200


def test_the_past_of_a_record_names_neither_hidden_references_nor_hidden_places(
    world: World, pointing: Action
) -> None:
    register = register_by_key("action")
    assert register is not None
    values = {"initiative": world.initiatives["HID"], "title": "Moved", "risk": world.record("risk", "HID")}
    moved = write_records(OPERATOR, Action, [Change(values)])[0]
    moment = clock.now()
    write_records(OPERATOR, Action, [Change({"initiative": world.initiatives["A11"]}, pk=moved.pk)])
    browser = browser_of(world, "project_manager")
    for row, instant in ((moved, moment), (pointing, clock.now())):
        page = browser.get(
            reverse("registers:record", args=["actions", row.pk]), {"as_at": instant.isoformat()}
        )
        assert page.status_code == 200
        assert CANARY not in page.content.decode()
        data = browser.get(f"/api/v1/actions/{row.pk}/", {"as_at": instant.isoformat()})
        assert CANARY not in data.content.decode()
    present = Action.objects.get(pk=moved.pk)
    held = held_at(register, present, moment)
    mask_past(register, actor_of(world, "portfolio_manager"), held, present)
    assert held is not None
    assert held.initiative.code == "HID"


def test_an_import_by_somebody_else_into_a_hidden_place_leaves_no_trace(world: World) -> None:
    for code in ("B1", "HID"):
        run = ImportRun.objects.filter(pk=world.extras["run", code])
        run.update(state=ImportRun.State.APPLIED, owner_label=f"by one at {code}")
        change = Change({"initiative": world.initiatives[code], "title": "Imported"})
        write_records(OPERATOR, Risk, [change], batch=code)
    browser = browser_of(world, "administrator")
    listed = browser.get(reverse("imports:index")).content.decode()
    assert "by one at B1" in listed
    assert "by one at HID" not in listed
    assert browser.post(reverse("imports:undo", args=[world.extras["run", "HID"]])).status_code == 404
    assert browser.post(reverse("imports:undo", args=[world.extras["run", "B1"]])).status_code == 303


def test_an_import_that_is_not_made_yet_is_its_owners_alone(world: World) -> None:
    browser = browser_of(world, "administrator")
    assert browser.post(reverse("imports:undo", args=[world.extras["run", "B1"]])).status_code == 404
    draft = PortfolioImport.objects.filter(batch=world.batch("A11"))
    address = reverse("indicators:import-one", args=[world.batch("A11")])
    assert browser.get(address).status_code == 200
    draft.update(
        state=PortfolioImport.State.DRAFT, user=world.users["pmo_manager"], content=b"Name,Code\nx,y\n"
    )
    assert browser.get(address).status_code == 404
    assert browser_of(world, "pmo_manager").get(address).status_code == 200


def test_a_portfolio_import_with_a_hidden_project_in_it_is_there_for_its_readers_only(world: World) -> None:
    batch = world.batch("A11")
    append_events(
        OPERATOR, [Event(kind="snapshot.recorded", entry_id=world.initiatives["HID"].entry_id)], batch=batch
    )
    for persona, status in (("administrator", 404), ("portfolio_manager", 200)):
        browser = browser_of(world, persona)
        assert browser.get(reverse("indicators:import-one", args=[batch])).status_code == status
        assert (batch in browser.get(reverse("indicators:import")).content.decode()) == (status == 200)


def test_an_import_is_not_taken_back_from_where_one_may_not(world: World) -> None:
    post = create_post(OPERATOR, world.initiatives["A"], "pmo_analyst")
    appoint(OPERATOR, post, world.people["staff"])
    batch = world.batch("A11")
    Snapshot.objects.filter(initiative=world.initiatives["A11"]).update(batch=batch)
    write_initiatives(OPERATOR, [Change({"parent": world.initiatives["B"]}, pk=world.initiatives["A11"].pk)])
    PortfolioImport.objects.filter(batch=batch).update(portfolio=world.initiatives["A"])
    with pytest.raises(Denied):
        undo_import(actor_of(world, "staff"), batch)
    assert Snapshot.objects.filter(batch=batch).exists()


def test_a_pack_is_closed_to_those_from_whom_something_in_it_was_hidden_since(world: World) -> None:
    earlier = request_pack(OPERATOR, world.initiatives["A"], formats=["pdf"])
    assert Pack.objects.visible_to(actor_of(world, "sponsor")).filter(pk=earlier.pk).exists()
    restrict(OPERATOR, world.initiatives["A111"], [world.people["portfolio_manager"].party_id])
    later = request_pack(OPERATOR, world.initiatives["A"], formats=["pdf"])
    Pack.objects.filter(pk=later.pk).update(requested_at=clock.now() + timedelta(seconds=1))
    sponsors = Pack.objects.visible_to(actor_of(world, "sponsor"))
    assert set(sponsors.filter(pk__in=[earlier.pk, later.pk])) == {later}
    named = Pack.objects.visible_to(actor_of(world, "portfolio_manager"))
    assert named.filter(pk__in=[earlier.pk, later.pk]).count() == 2


def test_nobody_gives_themselves_a_post_that_decides(world: World) -> None:
    office = actor_of(world, "pmo_manager")
    post = create_post(office, Initiative.objects.get(code="B1"), "sponsor")
    with pytest.raises(Denied):
        appoint(office, post, world.people["pmo_manager"])
    appoint(office, post, world.people["staff"])
    own = create_post(office, Initiative.objects.get(code="B1"), "viewer")
    appoint(office, own, world.people["pmo_manager"])


def test_a_shared_view_of_a_hidden_place_is_shared_with_its_readers_only(world: World) -> None:
    owner = world.users["portfolio_manager"]
    for name, query in ((f"{CANARY} view", "in=HID"), ("Everywhere", "sort=-score")):
        SavedView.objects.create(register="risk", owner=owner, name=name, query=query, shared=True)
    for persona, seen in (
        ("portfolio_manager", {"hidden", "open"}),
        ("administrator", {"open"}),
        ("project_manager", {"open"}),
        ("outsider", set()),
    ):
        page = browser_of(world, persona).get("/registers/risks/?group=all").content.decode()
        shown = {"hidden"} if f"{CANARY} view" in page else set()
        shown |= {"open"} if "Everywhere" in page else set()
        assert shown == seen, persona


def test_somebody_elses_view_is_missing_and_stays(world: World) -> None:
    foreign = world.saved_view("risk", "B1")
    browser = browser_of(world, "project_manager")
    answers = [browser.post(reverse("registers:remove_view", args=["risks", pk])) for pk in (foreign, 987654)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert SavedView.objects.filter(pk=foreign).exists()
    own = world.saved_view("risk", "A11")
    assert browser.post(reverse("registers:remove_view", args=["risks", own])).status_code == 303
    assert not SavedView.objects.filter(pk=own).exists()


def test_a_record_named_to_an_outsider_opens_nothing_beside_it(world: World) -> None:
    party = world.people["outsider"].party_id
    risk = world.record("risk", "B1")
    Entry.objects.filter(pk=risk.entry_id).update(owner=party)
    Risk.objects.filter(pk=risk.pk).update(owner=party)
    browser = browser_of(world, "outsider")
    assert browser.get(reverse("registers:record", args=["risks", risk.pk])).status_code == 200
    assert browser.get(f"/api/v1/risks/{risk.pk}/").status_code == 200
    for address in ("/portfolio/B1/", "/figures/B1/initiatives/", f"/packs/{world.extras['pack', 'B1']}/"):
        assert browser.get(address).status_code == 404
    issue = world.record("issue", "B1")
    assert (
        "Issue of B1"
        not in browser.get(reverse("registers:record", args=["risks", risk.pk])).content.decode()
    )
    assert browser.get(reverse("registers:record", args=["issues", issue.pk])).status_code == 404


def test_a_record_that_moves_into_a_restricted_place_is_restricted_and_out_of_it_is_not(world: World) -> None:
    risk = world.record("risk", "A11")
    for code, seen in (("HID", False), ("A11", True)):
        write_records(OPERATOR, Risk, [Change({"initiative": world.initiatives[code]}, pk=risk.pk)])
        office = actor_of(world, "pmo_manager")
        assert Risk.objects.visible_to(office).filter(pk=risk.pk).exists() == seen
        assert Entry.objects.visible_to(office).filter(pk=risk.entry_id).exists() == seen
        assert Risk.objects.visible_to(actor_of(world, "portfolio_manager")).filter(pk=risk.pk).exists()


def test_a_record_with_a_restriction_of_its_own_keeps_it_wherever_it_moves(world: World) -> None:
    hidden = world.record("risk", "A11-restricted")
    for code in ("B1", "HID", "A11"):
        write_records(OPERATOR, Risk, [Change({"initiative": world.initiatives[code]}, pk=hidden.pk)])
        stored = Risk.objects.get(pk=hidden.pk)
        assert (
            stored.restricted_by_id
            == stored.entry_id
            == Entry.objects.get(pk=stored.entry_id).restricted_by_id
        )
