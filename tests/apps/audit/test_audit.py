"""The audit trail: read and exported by those who may, provable, without what is hidden from them."""

import csv
import io
import json
from datetime import date

import pytest
from django.urls import reverse
from tests.apps import worlds

from steerco.apps.audit.selectors import Wanted, as_csv, as_jsonl, page_of_events
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.services import restrict
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.journal.models import Event
from steerco.kit.journal.seals import SAID, head, link, seal_pending
from steerco.kit.permissions import Denied
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    """A project with a risk and a restricted risk; an auditor and the risk's only reader."""

    class Town:
        ingrid = worlds.person("Ingrid Nystrom", "auditor")
        eve = worlds.person("Eve Other")
        pay = worlds.initiative("PAY")
        risk = worlds.record("risk", pay, "Supplier insolvency")
        secret = worlds.record("risk", pay, "Canary takeover")

    restrict(worlds.OPERATOR, Town.secret, [Town.eve.party_id])
    return Town


def test_the_page_shows_what_happened_newest_first_without_hidden_entries(town) -> None:
    lines, following = page_of_events(worlds.actor(town.ingrid), Wanted(), None, 100)
    sequences = [line.event.sequence for line in lines]
    assert sequences == sorted(sequences, reverse=True)
    assert following is None
    assert len(lines) == Event.objects.exclude(entry=town.secret.entry_id).count()
    page = worlds.browser(town.ingrid).get(reverse("audit:journal")).content.decode()
    assert "Supplier insolvency" in page
    assert "Canary" not in page
    assert len(page_of_events(worlds.OPERATOR, Wanted(), None, 100)[0]) == Event.objects.count()


def test_filters_and_pages_narrow(town) -> None:
    auditor = worlds.actor(town.ingrid)
    register = register_by_key("risk")
    assert register is not None
    eve = worlds.OPERATOR.acting_for(town.eve.party_id, "mail")
    register.write(eve, [Change({"cause": "=1+1"}, pk=town.risk.pk)], reason="told by mail")
    (line,), _next = page_of_events(auditor, Wanted(kind="risk.changed"), None, 10)
    assert line.changes == [("cause", "", "=1+1")]
    assert line.behalf == "Eve Other"
    entry = Entry.objects.get(pk=town.risk.entry_id)
    assert {e.event.kind for e in page_of_events(auditor, Wanted(entry=entry.pk), None, 10)[0]} == {
        "risk.created",
        "risk.changed",
    }
    assert page_of_events(auditor, Wanted(who="nobody"), None, 10) == ([], None)
    assert page_of_events(auditor, Wanted(last=date(2000, 1, 1)), None, 10)[0] == []
    assert page_of_events(auditor, Wanted(first=clock.today(), last=clock.today()), None, 10)[0] != []
    first, following = page_of_events(auditor, Wanted(), None, 3)
    second, _ = page_of_events(auditor, Wanted(), following, 3)
    assert [e.event.sequence for e in first + second] == [
        e.event.sequence for e in page_of_events(auditor, Wanted(), None, 6)[0]
    ]


def proven(text: str) -> dict:
    """Check the file as an outsider would: each line against its digest and its predecessor; the proof at the end."""
    *lines, proof = [json.loads(line) for line in text.splitlines()]
    before = ""
    for line in lines:
        if not line.get("withheld"):
            from_file = [line[name] for name in proof["said"]]
            assert digest(line["salt"], from_file) == line["digest"]
        assert line["before"] == before
        assert link(before, line["digest"], line["position"]) == line["chain"]
        before = line["chain"]
    assert proof["head"] == {"position": lines[-1]["position"], "chain": before}
    return proof


def digest(salt: str, said: list) -> str:
    import hashlib  # noqa: PLC0415  the outsider's own tools

    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((salt + canonical).encode()).hexdigest()


def test_a_file_of_everything_proves_itself_and_withholds_what_is_hidden(town) -> None:
    seal_pending()
    text = "".join(as_jsonl(worlds.actor(town.ingrid), Wanted()))
    proof = proven(text)
    assert "Canary" not in text
    assert (proof["withheld"], proof["events"], proof["is_everything"]) == (2, Event.objects.count(), True)
    assert proof["head"]["chain"] == head().chain
    assert list(SAID) == proof["said"]
    whole = "".join(as_jsonl(worlds.OPERATOR, Wanted()))
    assert proven(whole)["withheld"] == 0
    assert "Canary" in whole
    narrow = "".join(as_jsonl(worlds.OPERATOR, Wanted(kind="risk"))).splitlines()
    assert json.loads(narrow[-1])["is_everything"] is False


def test_the_table_holds_no_formula(town) -> None:
    register = register_by_key("risk")
    assert register is not None
    register.write(worlds.OPERATOR, [Change({"cause": "x"}, pk=town.risk.pk)], reason=" =HYPERLINK(1)")
    rows = list(csv.DictReader(io.StringIO("".join(as_csv(worlds.OPERATOR, Wanted(kind="risk.changed"))))))
    assert [row["reason"] for row in rows] == ["' =HYPERLINK(1)"]
    assert json.loads(rows[0]["changes"]) == {"cause": ["", "x"]}


def test_only_who_may_read_the_trail_gets_it(town) -> None:
    for who in (
        town.eve,
        worlds.person("Ada Okonkwo", "administrator"),
        worlds.person("Ian Local", "auditor", town.pay),
    ):
        browser = worlds.browser(who)
        for url in (reverse("audit:journal"), reverse("audit:export", args=["jsonl"])):
            assert browser.get(url).status_code == 403
        with pytest.raises(Denied):
            list(as_csv(worlds.actor(who), Wanted()))
    browser = worlds.browser(town.ingrid)
    answer = browser.get(reverse("audit:export", args=["jsonl"]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"Supplier insolvency" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert browser.get(reverse("audit:export", args=["xml"])).status_code == 404
    assert browser.get(reverse("audit:journal"), {"entry": "abc", "first": "x"}).status_code == 200
