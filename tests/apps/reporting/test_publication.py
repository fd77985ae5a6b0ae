"""A frozen report reaches each of its readers once: freeze, publish, correct; nobody else gets anything."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation
from tests.apps.cycles.test_consolidation import PATH, RED, consolidated, reported
from tests.apps.cycles.world import FRIDAY, WEDNESDAY, Programme
from tests.apps.worlds import OPERATOR, actor, browser, person, record

from steerco.apps.cycles.corrections import correct
from steerco.apps.cycles.drafts import Typed
from steerco.apps.cycles.models import Cadence, Cycle, FrozenReport
from steerco.apps.cycles.services import approve, freeze, submit
from steerco.apps.cycles.turning import turn
from steerco.apps.followups.models import FollowUp
from steerco.apps.governance.services import write_decisions
from steerco.apps.initiatives.services import restrict
from steerco.apps.organisation.services import configure
from steerco.apps.people.services import write_people
from steerco.apps.reporting import letters
from steerco.apps.reporting.models import Delivery, Pack, Publication
from steerco.apps.reporting.publishing import MAIL, publish, sort_out
from steerco.apps.reporting.selectors import corrections_in, editions_published
from steerco.apps.reporting.services import request_pack
from steerco.apps.reporting.summary import summary_of
from steerco.apps.stakeholders.receivers import Recipient, recipients_of
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.journal import outbox
from steerco.kit.journal.models import OutboxMessage
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db
OUTSIDE = "ann@supplier.example"


def frozen(found: Programme | None = None) -> FrozenReport:
    found = found or reported()
    with clock.at(WEDNESDAY):
        turn()
        typed = Typed("One is red.", RED, PATH, {"summary": "The supplier decides."})
        return freeze(OPERATOR, submit(found.reviewer, consolidated(), typed))


def readers(edition: FrozenReport, *lines: str) -> list[Recipient]:
    """The people of a list that stands on the programme."""
    text = "\n".join(lines or ("Rita Reviewer", f"Ann Ash <{OUTSIDE}>"))
    row = record("distribution_list", edition.report.initiative, "Board", members=text)
    return recipients_of(row).found


def waiting() -> list[str]:
    return sorted(OutboxMessage.objects.filter(kind=MAIL).values_list("recipient", flat=True))


@pytest.mark.both_databases
def test_each_reader_gets_one_mail_an_outsider_only_when_confirmed_and_a_correction_goes_to_the_same() -> (
    None
):
    found = reported()
    edition = frozen(found)
    people = readers(edition)
    with clock.at(WEDNESDAY):
        first = publish(found.reviewer, edition, people)
        assert [row.email for row in first] == ["rita@example.org"]
        assert publish(found.reviewer, edition, people) == []
        assert waiting() == ["rita@example.org"]
        confirmed = publish(found.reviewer, edition, people, [OUTSIDE.upper()])
        assert [(row.email, row.outside) for row in confirmed] == [(OUTSIDE, True)]
        assert publish(found.reviewer, edition, people, [OUTSIDE]) == []
        assert Publication.objects.count() == 1
        assert waiting() == [OUTSIDE, "rita@example.org"]
        report = edition.report
        newer = correct(OPERATOR, report, Typed("Two are red.", RED, PATH), "One was overlooked.")
        assert waiting() == [OUTSIDE, OUTSIDE, "rita@example.org", "rita@example.org"]
        with pytest.raises(Invalid):
            publish(found.reviewer, edition, people)
        shown = letters.letter(Delivery.objects.get(publication__frozen=newer, email=OUTSIDE))
    assert shown.subject.startswith("Corrected: ")
    assert "One was overlooked." in shown.text
    assert "One was overlooked." in shown.html


def test_only_who_builds_packs_there_or_whose_it_is_may_publish() -> None:
    edition = frozen()
    people = readers(edition)
    for name in ("", "viewer"):
        reader = actor(
            person(f"{name or 'nobody'} Reader", name, edition.report.initiative if name else None)
        )
        with pytest.raises(Denied):
            publish(reader, edition, people, [OUTSIDE])
    assert waiting() == []


def test_a_restricted_report_is_sent_to_nobody_who_may_not_read_it_even_if_confirmed() -> None:
    found = reported()
    edition = frozen(found)
    people = readers(edition)
    restrict(OPERATOR, found.root, [found.rita.party_id])
    edition.report.refresh_from_db()
    sorted_out = sort_out(edition.report, people)
    assert [one.email for one in sorted_out.withheld] == [OUTSIDE]
    with clock.at(WEDNESDAY):
        fresh = publish(found.reviewer, edition, people, [OUTSIDE])
    assert [row.email for row in fresh] == ["rita@example.org"]


@pytest.mark.slow
def test_the_mail_carries_the_document_and_whoever_may_no_longer_read_gets_nothing(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    found = reported()
    edition = frozen(found)
    with clock.at(WEDNESDAY):
        publish(found.reviewer, edition, readers(edition), [OUTSIDE])
        restrict(OPERATOR, found.root, [found.rita.party_id])
        outbox.send_due()
    sent = {letter.to[0]: letter for letter in mail.outbox}
    assert OUTSIDE not in sent
    name, data, kind = sent["rita@example.org"].attachments[0]
    assert (name, data[:5], kind) == ("PRG-2026-11-27-1.pdf", b"%PDF-", "application/pdf")
    states = {line.delivery.email: str(line.state) for line in editions_published(edition.report)[0].lines}
    rita = Delivery.objects.get(email="rita@example.org")
    assert letters.language_of(rita) == "en-gb"  # a mail writes days as the pages do
    assert states == {OUTSIDE: "withheld: may no longer read it", "rita@example.org": "sent"}


def test_the_summary_says_first_what_is_wanted_and_leaves_out_what_was_restricted_since() -> None:
    found = reported()
    edition = frozen(found)
    shown = summary_of(edition, found.rita, found.reviewer)
    assert shown.sections[0].title == "Decisions and help wanted"
    assert shown.sections[0].lines[0].text.endswith("Decide on the second supplier by Friday.")
    assert not shown.hidden
    restrict(OPERATOR, found.streams[0], [found.people[0].party_id])
    outside = summary_of(edition, None, None)
    assert outside.hidden
    assert "supplier" not in json.dumps([line.text for section in outside.sections for line in section.lines])


def test_only_who_decides_has_buttons_in_the_mail_and_they_answer_that_one_question() -> None:
    found = reported()
    edition = frozen(found)
    sponsor = person("Sam Sponsor", "sponsor", found.root)
    other = person("Vera Viewer", "viewer", found.root)
    options = [{"key": "o1", "title": "Buy half now"}, {"key": "o2", "title": "Wait"}]
    start = {"initiative": found.root, "title": "Buy ahead?", "options": options, "currency": "EUR"}
    more = {
        "recommendation": "Buy.",
        "decide_by": FRIDAY,
        "owner": found.rita.party,
        "decider": sponsor.party,
    }
    with clock.at(WEDNESDAY):
        row = write_decisions(found.reviewer, [Change({**start, **more})])[0]
        for state in ("prepared", "asked"):
            write_decisions(found.reviewer, [Change({"state": state}, pk=row.pk)])
        content = json.loads(edition.content)
        part = next(part for part in content["parts"] if part["key"] == "asked")
        fact = {"kind": "wanted", "entry": row.entry_id, "ref": "D-1", "title": row.title, "place": "Prg"}
        part["facts"].append({**fact, "after": FRIDAY.isoformat(), "decider": "Sam Sponsor", "owner": ""})
        edition.pk, edition._state.adding, edition.number = None, True, 2
        edition.content = json.dumps(content)
        edition.save()
        shown = summary_of(edition, sponsor, actor(sponsor)).sections[0].lines
        assert shown[0].text == "D-1 Buy ahead?"
        assert "Buy half now" in [label for label, _path in shown[0].answers]
        assert not any(line.answers for line in summary_of(edition, other, actor(other)).sections[0].lines)
        assert not any(line.answers for line in summary_of(edition, None, None).sections[0].lines)
        assert Client().get(shown[0].answers[0][1]).status_code == 200
        assert len({path.split("?")[0] for _label, path in shown[0].answers}) == 1
        configure(OPERATOR, {"code_from": 100})
        asked = FollowUp.objects.get(kind="decision.take", entry=row.entry_id)
        FollowUp.objects.filter(pk=asked.pk).update(data={**asked.data, "money": 5_000, "currency": ""})
        shown = summary_of(edition, sponsor, actor(sponsor)).sections[0].lines
        assert shown[0].answers == (("Sign in and answer", f"/entries/{row.entry_id}/"),)


@pytest.mark.slow
def test_a_large_document_is_a_link_that_opens_for_its_reader_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "ATTACHED", 10)
    found = reported()
    edition = frozen(found)
    with clock.at(WEDNESDAY):
        publish(found.reviewer, edition, readers(edition), [OUTSIDE])
        row = Delivery.objects.select_related("publication__frozen__report__initiative").get(email=OUTSIDE)
        with translation.override("de"):
            shown = letters.letter(row)
        assert shown.attachments == ()
        token = letters.token_of(row)
        assert f"/packs/document/{token}/" in shown.html
        answer = Client().get(f"/packs/document/{token}/")
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
        assert Client().get(f"/packs/document/{token[:-1]}x/").status_code == 404
        assert Client().get(f"/packs/document/{row.pk}-{'0' * 40}/").status_code == 404
        row.refresh_from_db()
        assert row.opened_at is not None
        restrict(OPERATOR, found.root, [found.rita.party_id])
        assert Client().get(f"/packs/document/{token}/").status_code == 404


def test_reading_is_a_count_from_five_readers_on() -> None:
    found = reported()
    edition = frozen(found)
    names = [person(f"Reader{n} Reads", "viewer", found.root).name for n in range(4)]
    with clock.at(WEDNESDAY):
        publish(found.reviewer, edition, readers(edition, "Rita Reviewer", *names[:3]))
        rita = browser(found.rita)
        assert rita.get(f"/packs/opened/{edition.report_id}/").status_code == 302
        assert editions_published(edition.report)[0].opened is None
        publish(found.reviewer, edition, readers(edition, names[3]))
        assert editions_published(edition.report)[0].opened == 1
        text = rita.get(f"/packs/publication/{edition.report_id}/").content.decode()
    assert "Opened by 1 reader." in text


def test_the_page_shows_who_gets_it_and_publishes() -> None:
    found = reported()
    edition = frozen(found)
    row = record("distribution_list", found.root, "Board", members=f"Rita Reviewer\nAnn Ash <{OUTSIDE}>")
    url = f"/packs/publication/{edition.report_id}/"
    rita = browser(found.rita)
    text = rita.post(url, {"list": row.pk, "take": "look"}).content.decode()
    assert "They have no right to read it here" in text
    assert waiting() == []
    for nonsense in ({}, {"take": "x"}, {"take": "look", "others": "Nobody Known"}, {"take": "publish"}):
        assert rita.post(url, nonsense).status_code == 422
    answer = rita.post(url, {"list": row.pk, "take": "publish", "confirm": OUTSIDE})
    assert answer.status_code == 303
    assert waiting() == [OUTSIDE, "rita@example.org"]
    assert browser(person("Vera Viewer", "viewer", found.root)).get(url).status_code == 403
    restrict(OPERATOR, found.root, [found.rita.party_id])
    assert browser(person("Oskar Outside", staff=False)).get(url).status_code == 404
    assert browser(person("Omar Other")).get(f"/packs/opened/{edition.report_id}/").status_code == 404


def test_a_calendar_with_receivers_is_published_by_publishing_its_consolidated_report() -> None:
    found = reported()
    row = record("distribution_list", found.root, "Board", members="Rita Reviewer")
    Cadence.objects.filter(pk=found.cadence.pk).update(receivers=row)
    with clock.at(WEDNESDAY):
        turn()
        report = submit(found.reviewer, consolidated(), Typed("One is red.", RED, PATH))
        approve(actor(person("Sara Sponsor", "sponsor", found.root)), report)
        cycle = Cycle.objects.get(pk=report.cycle_id)
        assert cycle.state == "locked"
        text = browser(found.rita).get(f"/packs/publication/{report.pk}/").content.decode()
        assert "rita@example.org" in text  # chosen on the calendar
        assert (
            f"/packs/publication/{report.pk}/"
            in browser(found.rita).get(f"/reporting/cycles/{cycle.pk}/").content.decode()
        )
        publish(found.reviewer, FrozenReport.objects.get(report=report), recipients_of(row).found)
    cycle.refresh_from_db()
    assert cycle.state == "published"


def test_a_pack_says_that_it_contains_a_corrected_report() -> None:
    found = reported()
    edition = frozen(found)
    pack = request_pack(OPERATOR, found.root, frozen=edition)
    assert corrections_in(edition) == []
    with clock.at(WEDNESDAY + timedelta(hours=1)):
        correct(OPERATOR, found.report(0), Typed("Not stuck.", RED, PATH), "The wrong week.")
    assert [one.correction for one in corrections_in(edition)] == ["The wrong week."]
    Pack.objects.filter(pk=pack.pk).update(state=Pack.State.READY)
    text = browser(found.rita).get(f"/packs/{pack.pk}/").content.decode()
    assert "Contains a corrected report." in text


def test_who_left_gets_nothing_and_is_flagged() -> None:
    found = reported()
    row = record("distribution_list", found.root, "Board", members="Rita Reviewer\nWriter1 Lead")
    write_people(OPERATOR, [Change({"leaves": "2020-01-01"}, pk=found.people[0].pk)])
    seen = recipients_of(row)
    assert [one.name for one in seen.found] == ["Rita Reviewer"]
    assert seen.gone == ["Writer1 Lead"]
    text = browser(found.rita).get(f"/registers/distribution-lists/{row.pk}/").content.decode()
    assert "Nobody stands behind “Writer1 Lead” today" in text
