"""Watching: what others changed is told once a day; names for a mention; versions of a file."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from tests.apps import worlds

from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.services import restrict
from steerco.apps.links.selectors import attachments_of, in_versions, suggest_people
from steerco.apps.links.services import Upload, attach_files, watch, write_comment
from steerco.apps.links.watching import tell_of_changes
from steerco.apps.notices.models import Notice
from steerco.apps.notices.services import deliver
from steerco.kit import clock
from steerco.kit.journal import outbox

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def town() -> Any:
    class Town:
        with clock.at(MONDAY - timedelta(days=9)):
            project = worlds.initiative("PAY")
            risk = worlds.record("risk", project, "Rain")
            entry = Entry.objects.get(pk=risk.entry_id)
            beatrice = worlds.person("Beatrice Okafor")
            jonas = worlds.person("Jonas Weber")

    return Town


def test_a_change_by_others_is_told_once_a_day_and_only_to_who_may_see_it(town: Any) -> None:
    with clock.at(MONDAY):
        watch(worlds.actor(town.jonas), town.entry, True)
        write_comment(worlds.actor(town.jonas), town.entry, "My own")
        assert tell_of_changes() == 0
        write_comment(worlds.actor(town.beatrice), town.entry, "Hers")
        for _ in range(3):
            tell_of_changes()
        deliver()
        outbox.send_due()
        [sent] = mail.outbox
        assert sent.to == ["jonas@example.org"]
        assert "PAY/R-1 · Rain was changed by Beatrice Okafor" in sent.body
        write_comment(worlds.actor(town.beatrice), town.entry, "Once more")
        tell_of_changes()
        assert Notice.objects.count() == 1
    with clock.at(MONDAY + timedelta(days=1)):
        write_comment(worlds.actor(town.beatrice), town.entry, "A day later")
        tell_of_changes()
        assert Notice.objects.count() == 2
        restrict(worlds.OPERATOR, town.risk, [town.beatrice.party_id])
        deliver()
        assert outbox.send_due() == 0


def test_who_stopped_watching_is_not_told(town: Any) -> None:
    with clock.at(MONDAY):
        watch(worlds.actor(town.jonas), town.entry, True)
        write_comment(worlds.actor(town.beatrice), town.entry, "Hers")
        tell_of_changes()
        watch(worlds.actor(town.jonas), town.entry, False)
        deliver()
        assert outbox.send_due() == 0


def test_only_who_may_see_the_entry_is_offered_for_a_mention(town: Any) -> None:
    vera = worlds.person("Vera Supply", staff=False)
    boss = worlds.actor(worlds.person("Miriam Vogel", "pmo_manager"))
    assert suggest_people(boss, "e", town.entry) == ["Beatrice Okafor", "Jonas Weber", "Miriam Vogel"]
    assert "Vera Supply" in suggest_people(boss, "e")
    restrict(worlds.OPERATOR, town.risk, [town.jonas.party_id])
    entry = Entry.objects.get(pk=town.entry.pk)
    assert suggest_people(worlds.actor(town.jonas), "e", entry) == ["Jonas Weber"]
    Entry.objects.filter(pk=entry.pk).update(owner=vera.party)
    jonas = worlds.browser(town.jonas)
    assert jonas.get(f"/entries/people/?entry={entry.pk}&q=e").json() == {
        "names": ["Jonas Weber", "Vera Supply"]
    }
    assert worlds.browser(town.beatrice).get(f"/entries/people/?entry={entry.pk}&q=e").status_code == 404


def test_a_file_of_the_same_name_is_a_new_version(town: Any) -> None:
    for text in (b"one", b"two", b"three"):
        attach_files(worlds.OPERATOR, town.entry, [Upload("Plan.txt", [text])])
    attach_files(worlds.OPERATOR, town.entry, [Upload("Other.txt", [b"x"])])
    found = in_versions(attachments_of(worlds.OPERATOR, town.entry))
    assert [(row.name, number, len(earlier)) for row, number, earlier in found] == [
        ("Plan.txt", 3, 2),
        ("Other.txt", 1, 0),
    ]
    [(latest, _number, earlier), _other] = found
    assert latest.pk > earlier[0].pk > earlier[1].pk
    page = worlds.browser(town.jonas).get(f"/registers/risks/{town.risk.pk}/").content.decode()
    assert "version 3" in page
