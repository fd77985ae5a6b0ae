"""What every register of records must do; a new one is tested here without a line."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from tests.apps.worlds import NEEDED, OPERATOR, actor, browser, initiative, person, record

from steerco.apps.initiatives.models import Entry, Record
from steerco.apps.initiatives.services import restrict
from steerco.apps.people.models import Party
from steerco.apps.people.services import make_parties
from steerco.kit import clock
from steerco.kit.history import Change, Conflict, as_at
from steerco.kit.history.versions import version_model
from steerco.kit.journal.models import Event
from steerco.kit.registers.columns import Kind
from steerco.kit.registers.listing import listing
from steerco.kit.registers.register import Register, register_by_key, registers

RECORDS = [r.key for r in registers() if r.is_records and issubclass(r.model, Record)]
pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("key", RECORDS)]


def register_of(key: str) -> Register:
    found = register_by_key(key)
    assert found is not None
    return found


@pytest.fixture
def place() -> Any:
    return initiative("PLACE")


WRITERS = {"review": "pmo_manager"}  # whose role it takes, where it is not the project manager's


@pytest.fixture
def writer(place: Any, key: str) -> Client:
    return browser(person("Wanda Writer", WRITERS.get(key, "project_manager"), place))


@pytest.fixture
def reader(place: Any) -> Client:
    return browser(person("Rita Reader", "viewer", place))


def test_a_record_has_entry_number_version_and_event(key: str, place: Any) -> None:
    first, second = record(key, place, "First"), record(key, place, "Second")
    assert (first.number, second.number) == (1, 2)
    entry = Entry.objects.get(pk=first.entry_id)
    assert (entry.register, entry.title, entry.initiative_id) == (key, "First", place.pk)
    assert version_model(type(first))._default_manager.filter(id=first.pk, until=None).count() == 1
    event = Event.objects.get(object_id=first.pk, model=type(first)._meta.label_lower)
    assert event.entry_id == first.entry_id
    assert event.changes["title"] == [None, "First"]


def test_a_change_keeps_what_stood_before(key: str, place: Any) -> None:
    row = record(key, place, "Before")
    moment = clock.now()
    with clock.at(moment + timedelta(days=3)):
        register_of(key).write(OPERATOR, [Change({"title": "After"}, pk=row.pk, version=1)])
    assert as_at(type(row), moment).get(id=row.pk).title == "Before"
    with clock.at(moment + timedelta(days=4)):
        assert as_at(type(row), clock.now()).get(id=row.pk).title == "After"
    assert Entry.objects.get(pk=row.entry_id).title == "After"


def test_who_was_faster_is_not_overwritten(key: str, place: Any) -> None:
    row = record(key, place, "Start")
    register = register_of(key)
    register.write(OPERATOR, [Change({"title": "Theirs"}, pk=row.pk, version=1)])
    with pytest.raises(Conflict) as caught:
        register.write(OPERATOR, [Change({"title": "Mine"}, pk=row.pk, version=1)])
    assert [(f.name, f.theirs, f.mine) for f in caught.value.fields] == [("title", "Theirs", "Mine")]
    assert type(row).objects.get(pk=row.pk).title == "Theirs"


def test_every_column_is_shown_sorted_and_filtered(key: str, place: Any) -> None:
    row = record(key, place, "Ünique title")
    register = register_of(key)
    every = ",".join(register.all_columns())
    for column in register.all_columns().values():
        for query in (f"cols={every}&sort={column.name}", f"cols={every}&sort=-{column.name}"):
            shown = listing(register, OPERATOR, QueryDict(query + "&group=all"))
            assert [r.row.pk for r in shown.rows] == [row.pk]
    found = listing(register, OPERATOR, QueryDict("q=unique title&group=all"))
    assert found.count == 1
    assert listing(register, OPERATOR, QueryDict("q=ÜNIQ&group=all")).count == 1
    assert listing(register, OPERATOR, QueryDict("q=nowhere&group=all")).count == 0


def test_every_group_counts_its_rows(key: str, place: Any) -> None:
    for number in range(3):
        record(key, place, f"Row {number}")
    register = register_of(key)
    for name in register.groups:
        shown = listing(register, OPERATOR, QueryDict(f"by={name}&group=all"))
        assert sum(shown.group_counts.values()) == 3, name


def test_pages_follow_each_other_without_gap_or_double_in_every_order(key: str, place: Any) -> None:
    register = register_of(key)
    register.write(
        OPERATOR,
        [Change({"initiative": place, "title": f"Row {n % 7}", **NEEDED.get(key, {})}) for n in range(120)],
    )
    for sort in ("", "title", "-title", "owner", "-reference"):
        seen: list[int] = []
        after = ""
        while True:
            shown = listing(register, OPERATOR, QueryDict(f"sort={sort}&group=all&after={after}"))
            seen += [r.row.pk for r in shown.rows]
            after = shown.page.after
            if not after:
                break
        assert len(seen) == len(set(seen)) == 120, sort
        back = listing(register, OPERATOR, QueryDict(f"sort={sort}&group=all&before={shown.page.before}"))
        assert [r.row.pk for r in back.rows] == seen[50:100] if sort else True


def test_a_writer_adds_changes_deletes_and_restores_in_the_browser(
    key: str, place: Any, writer: Client
) -> None:
    register = register_of(key)
    form = {"title": "Made here", "initiative": "PLACE", **_required(register)}
    added = writer.post(f"/registers/{register.slug}/new/", form)
    assert added.status_code == 303, added.content.decode()[:3000]
    row = register.model._default_manager.get(title="Made here")  # type: ignore[misc]
    changed = writer.post(
        f"/registers/{register.slug}/{row.pk}/cell/title/", {"title": "Changed here", "version": row.version}
    )
    assert changed.status_code == 200
    url = f"/registers/{register.slug}/{row.pk}/"
    assert "Changed here" in writer.get(url).content.decode()
    assert writer.post(f"{url}delete/").status_code == 303
    assert "Changed here" not in writer.get(f"/registers/{register.slug}/?group=all").content.decode()
    assert writer.post(f"{url}delete/").status_code == 303
    assert "Changed here" in writer.get(f"/registers/{register.slug}/?group=all").content.decode()


def _required(register: Register) -> dict[str, Any]:
    """What a form of the register wants besides its title: the defaults that it shows."""
    values = {}
    for name, column in register.editable_columns().items():
        field = column.model_field
        if field is None or name in {"title", "initiative"}:
            continue
        if field.has_default() and column.kind in {Kind.CHOICE, Kind.NUMBER}:
            values[name] = str(field.get_default())
    values["state"] = register.states.first.key if register.states else ""
    return {**values, **NEEDED.get(register.key, {})}


def test_a_second_saver_sees_both_values(key: str, place: Any, writer: Client) -> None:
    row = record(key, place, "Start")
    register = register_of(key)
    register.write(OPERATOR, [Change({"title": "Theirs"}, pk=row.pk)])
    answer = writer.post(
        f"/registers/{register.slug}/{row.pk}/cell/title/", {"title": "Mine", "version": row.version}
    )
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Theirs" in text
    assert "Mine" in text


def test_a_reader_reads_and_changes_nothing(key: str, place: Any, reader: Client) -> None:
    row = record(key, place, "Only to read")
    slug = register_of(key).slug
    assert reader.get(f"/registers/{slug}/{row.pk}/").status_code == 200
    assert reader.get(f"/registers/{slug}/{row.pk}/edit/").status_code == 403
    assert reader.post(f"/registers/{slug}/{row.pk}/delete/").status_code == 403
    answer = reader.post(f"/registers/{slug}/{row.pk}/cell/title/", {"title": "No", "version": "1"})
    assert answer.status_code == 403
    assert type(row).objects.get(pk=row.pk).title == "Only to read"


def test_every_transition_leads_where_it_says(key: str, place: Any) -> None:
    register = register_of(key)
    assert register.states is not None
    for way in register.states.transitions:
        row = record(key, place, way.key, state=sorted(way.sources)[0], **_put_to(key, place))
        values = {name: _filled(register, name) for name in way.asks}
        register.write(OPERATOR, [Change({**values, "state": way.target}, pk=row.pk)])
        after = type(row).objects.get(pk=row.pk)
        assert after.state == way.target
        assert Entry.objects.get(pk=row.entry_id).state_group == register.states.group(way.target)


def _put_to(key: str, place: Any) -> dict[str, Any]:
    """What a paper needs so that a decision can be asked for: somebody who may decide, and a choice."""
    if key not in {"decision", "change_request", "review_finding"}:
        return {}
    sponsor = (
        Party.objects.filter(name="Sue Sponsor").first() or person("Sue Sponsor", "sponsor", place).party
    )
    if key == "review_finding":
        return {"decider": sponsor}
    return {"decider": sponsor, "options": [{"key": f"o{n}", "title": f"Option {n}"} for n in (1, 2)]}


def _filled(register: Register, name: str) -> Any:
    column = register.all_columns()[name]
    if column.kind is Kind.CHOICE:
        return column.model_field.flatchoices[0][0]
    if column.kind is Kind.REFERENCE:
        return make_parties(Party.Kind.PERSON, ["Ruth Referee"])[0]
    return clock.today() if column.kind is Kind.DATE else "said"


def test_a_restriction_of_its_place_covers_it(key: str, place: Any, reader: Client) -> None:
    row = record(key, place, "Hidden now")
    url = f"/registers/{register_of(key).slug}/{row.pk}/"
    assert reader.get(url).status_code == 200
    restrict(OPERATOR, place, [person("Nora Named").party_id])
    assert reader.get(url).status_code == 404


def test_an_entry_for_somebody_else_says_so_in_its_history(key: str, place: Any, writer: Client) -> None:
    caller = person("Carla Caller", "viewer", place)
    register = register_of(key)
    form = {"title": "By phone", "initiative": "PLACE", **_required(register)}
    form |= {"behalf_of": "Carla Caller", "behalf_source": "call"}
    assert writer.post(f"/registers/{register.slug}/new/", form).status_code == 303
    row = register.model._default_manager.get(title="By phone")  # type: ignore[misc]
    event = Event.objects.get(object_id=row.pk, model=register.model._meta.label_lower)
    assert (event.behalf_of, event.behalf_source) == (caller.party_id, "call")
    text = browser(caller).get(f"/registers/{register.slug}/{row.pk}/").content.decode()
    assert "for Carla Caller" in text
    assert "by phone" in text


def test_compare_shows_added_changed_and_removed(key: str, place: Any) -> None:
    register = register_of(key)
    start = clock.now()
    with clock.at(start - timedelta(days=20)):
        changed, gone = record(key, place, "Was so"), record(key, place, "Will go")
    with clock.at(start - timedelta(days=2)):
        register.write(OPERATOR, [Change({"title": "Is so"}, pk=changed.pk)])
        register.delete(OPERATOR, [gone.pk])
        record(key, place, "Came later")
    since = (start - timedelta(days=10)).date().isoformat()
    shown = listing(register, OPERATOR, QueryDict(f"compare={since}&group=all"))
    assert shown.comparison is not None
    assert (shown.comparison.added, shown.comparison.changed, shown.comparison.removed) == (1, 1, 1)
    row = next(r for r in shown.rows if r.row.pk == changed.pk)
    assert row.mark == "changed"
    assert next(c for c in row.cells if c.column.name == "title").was == "Was so"


def test_nobody_sees_what_is_in_a_place_without_a_post(key: str, place: Any) -> None:
    record(key, place, "Private enough")
    stranger = actor(person("Otto Outside", staff=False))
    assert not register_of(key).rows(stranger).exists()
