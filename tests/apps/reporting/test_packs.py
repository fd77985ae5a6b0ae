"""Packs: what they hold, for whom, and who may open them."""

import io
from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pptx import Presentation
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record
from tests.permissions.world import snapshot

from steerco.apps.indicators.dashboard import dashboard
from steerco.apps.initiatives.services import restrict
from steerco.apps.reporting.content import pack_content
from steerco.apps.reporting.models import Pack
from steerco.apps.reporting.services import as_readers, build_pack, request_pack
from steerco.exchange.packs.content import ChangeKind
from steerco.exchange.packs.printable import fingerprint
from steerco.kit.history import Change, Invalid
from steerco.kit.jobs.models import Job
from steerco.kit.permissions import Denied
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def portfolio() -> Any:
    top = initiative("TOP", type="portfolio", name="City portfolio")
    for number, (before, after) in enumerate((("green", "red"), ("amber", "amber"), ("red", "green"))):
        project = initiative(f"P{number}", top, name=f"Project {number}")
        snapshot(project, date(2025, 9, 30), before)
        snapshot(project, date(2026, 9, 30), after)
        record("risk", project, f"Risk of {number}", current_probability=4, current_impact=5)
        record(
            "issue",
            project,
            f"Shall we stop {number}?",
            state="waiting",
            options="Stop\nGo on",
            recommendation="Stop",
        )
    return top


def silent(done: int, total: int, note: str) -> None:
    """Nobody watches."""


def test_a_pack_of_real_data_holds_what_the_portfolio_shows(portfolio: Any) -> None:
    content = pack_content(OPERATOR, portfolio)
    assert (content.as_of, content.compare) == (date(2026, 9, 30), date(2025, 9, 30))
    assert [p.name for p in content.projects] == ["Project 0", "Project 1", "Project 2"]
    assert content.changes[0].project == "Project 0"
    assert [d.question for d in content.decisions] == [f"Shall we stop {n}?" for n in range(3)]
    assert content.decisions[0].options == ("Stop", "Go on")
    assert {r.score for r in content.risks} == {20}
    assert content.money_totals[0].whole_life is not None
    assert content.money_totals[0].whole_life.minor == 3 * 1_000_000_00


def test_a_pack_counts_all_that_moved_as_the_dashboard_does(portfolio: Any) -> None:
    for number in range(3, 40):
        project = initiative(f"P{number}", portfolio, name=f"Project {number}")
        snapshot(project, date(2025, 9, 30), "amber")
        snapshot(project, date(2026, 9, 30), "amber-red")
    shown = dashboard(OPERATOR, portfolio)
    assert shown is not None
    counted = Counter(change.kind for change in pack_content(OPERATOR, portfolio).changes)
    assert counted == {
        ChangeKind.RATING_WORSE: shown.worse,
        ChangeKind.RATING_BETTER: shown.better,
        ChangeKind.END_LATER: sum(count for band, count in shown.slips if band.low >= 1),
    }
    assert shown.worse == 38
    new = initiative("NEW", portfolio, name="New project")
    snapshot(new, date(2026, 9, 30), "amber")
    [total] = pack_content(OPERATOR, portfolio).money_totals
    assert total.whole_life == total.whole_life_compared  # the new one's cost is no growth
    assert counted[ChangeKind.END_LATER] == 40


def test_the_same_data_has_the_same_fingerprint_and_other_data_another(portfolio: Any) -> None:
    first = fingerprint(pack_content(OPERATOR, portfolio))
    assert fingerprint(pack_content(OPERATOR, portfolio)) == first
    snapshot(initiative("P9", portfolio), date(2026, 9, 30), "red")
    assert fingerprint(pack_content(OPERATOR, portfolio)) != first


def test_a_pack_for_all_readers_leaves_out_what_not_all_may_read(portfolio: Any) -> None:
    secret = initiative("SECRET", portfolio, name="Secret merger")
    snapshot(secret, date(2026, 9, 30), "red")
    insider = person("Ines Insider", "portfolio_manager", portfolio)
    restrict(OPERATOR, secret, [insider.party_id])
    who = actor(insider)
    assert "Secret merger" in {p.name for p in pack_content(who, portfolio).projects}
    readers = pack_content(as_readers(who, portfolio), portfolio)
    assert "Secret merger" not in {p.name for p in readers.projects}
    assert len(readers.projects) == 3


def test_open_conflicts_stand_in_the_pack_with_parties_deadline_and_resolver(portfolio: Any) -> None:
    one, other, third = portfolio.children.order_by("code")
    assert pack_content(OPERATOR, portfolio).conflicts == ()
    rita = person("Rita Resolver")
    record("conflict", one, "Later one", other=other, due_on=date(2026, 12, 20))
    record(
        "conflict",
        one,
        "The same testers",
        type="people",
        other=third,
        parties="the supplier",
        options="Share\nHire",
        owner=rita.party,
        due_on=date(2026, 12, 1),
    )
    done = record("conflict", other, "Settled", other=third)
    register = register_by_key("conflict")
    assert register is not None
    register.write(
        OPERATOR, [Change({"state": "resolved", "basis": "agreement", "outcome": "Shared."}, pk=done.pk)]
    )
    first, second = pack_content(OPERATOR, portfolio).conflicts
    assert (first.title, first.parties) == ("The same testers", ("Project 0", "Project 2", "the supplier"))
    assert (first.resolver, first.deadline) == ("Rita Resolver", date(2026, 12, 1))
    assert first.options == ("Share", "Hire")
    assert second.title == "Later one"
    # seen from one party alone it stands there too; at one that is no party it does not
    assert [c.title for c in pack_content(OPERATOR, third).conflicts] == ["The same testers"]
    assert [c.title for c in pack_content(OPERATOR, other).conflicts] == ["Later one"]


def test_a_pack_for_all_readers_names_no_hidden_party_of_a_conflict(portfolio: Any) -> None:
    one = portfolio.children.get(code="P0")
    secret = initiative("SECRET", portfolio, name="Secret merger")
    insider = person("Ines Insider", "portfolio_manager", portfolio)
    record("conflict", one, "Two want the hall", other=secret)
    record("conflict", secret, "Wholly inside", other=one)
    restrict(OPERATOR, secret, [insider.party_id])
    who = actor(insider)
    titles = {c.title: c.parties for c in pack_content(who, portfolio).conflicts}
    assert titles["Two want the hall"] == ("Project 0", "Secret merger")
    assert titles["Wholly inside"] == ("Secret merger", "Project 0")
    readers = pack_content(as_readers(who, portfolio), portfolio).conflicts
    assert [(c.title, c.parties) for c in readers] == [("Two want the hall", ("Project 0",))]


def test_a_pack_is_built_kept_and_opened_by_its_audience_only(portfolio: Any) -> None:
    maker = person("Mara Maker", "portfolio_manager", portfolio)
    colleague = person("Carl Colleague", "viewer", portfolio)
    stranger = person("Otto Outside", staff=False)
    shared = build_pack(actor(maker), request_pack(actor(maker), portfolio, formats=["pptx", "xlsx"]), silent)
    own = build_pack(
        actor(maker), request_pack(actor(maker), portfolio, formats=["xlsx"], audience="own"), silent
    )
    assert shared.state == Pack.State.READY
    answer = browser(maker).get(f"/packs/{shared.pk}/pptx/")
    deck = Presentation(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert len(deck.slides) >= 8
    assert answer["Content-Disposition"].startswith("attachment")
    assert statuses(browser(colleague), shared, own) == [200, 404]
    assert statuses(browser(stranger), shared, own) == [404, 404]
    assert statuses(browser(maker), shared, own) == [200, 200]


def statuses(client: Client, *packs: Pack) -> list[int]:
    found = []
    for pack in packs:
        answer = client.get(f"/packs/{pack.pk}/xlsx/")
        if answer.streaming:
            b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        found.append(answer.status_code)
    return found


def test_who_may_not_build_does_not(portfolio: Any) -> None:
    with pytest.raises(Denied):
        request_pack(actor(person("Vera Viewer", "viewer", portfolio)), portfolio)


def test_an_unknown_format_is_refused(portfolio: Any) -> None:
    with pytest.raises(Invalid):
        request_pack(OPERATOR, portfolio, formats=["exe"])


def test_a_pack_of_registers_alone_needs_no_report() -> None:
    project = initiative("ALONE")
    record("risk", project, "Only a risk", current_probability=2, current_impact=2)
    content = pack_content(OPERATOR, project)
    assert content.compare is None
    assert [r.title for r in content.risks] == ["Only a risk"]


def test_the_number_of_queries_does_not_grow_with_the_portfolio(
    portfolio: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        snapshot(initiative(f"Q{number}", portfolio), date(2026, 9, 30), "green")
    below = list(portfolio.children.order_by("code"))
    for one, other in zip(below[::2], below[1::2], strict=False):
        record("conflict", one, "The same testers", other=other)
    with django_assert_max_num_queries(23):
        assert len(pack_content(OPERATOR, portfolio).conflicts) == 11


def test_a_pack_that_waits_ends_when_it_is_stopped(portfolio: Any) -> None:
    who = person("Bob Builder", "pmo_analyst")
    asked = browser(who).post(f"/packs/new/?in={portfolio.code}", {"formats": ["pdf"], "audience": "readers"})
    assert asked.status_code == 303
    pack = Pack.objects.get()
    assert browser(who).post(f"{asked['Location']}cancel/").status_code == 303
    pack.refresh_from_db()
    assert (pack.state, pack.problem) == ("failed", "cancelled")
    assert Job.objects.get(pk=pack.job_id).state == "cancelled"
