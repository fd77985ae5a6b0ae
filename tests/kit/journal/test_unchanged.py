"""What is kept while nothing changed is never what was true before a write, and never what another reader may see."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.apps.worlds import OPERATOR, actor, person

from steerco.apps.access.models import User
from steerco.apps.indicators.dashboard import Dashboard, dashboard
from steerco.apps.indicators.indicators import OVERALL, RATING
from steerco.apps.indicators.models import Value
from steerco.apps.indicators.services import Report, record_snapshots
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.initiatives.services import restrict, write_initiatives
from steerco.kit.history import Change
from steerco.kit.journal import unchanged
from steerco.kit.journal.seals import seal_pending
from steerco.kit.journal.unchanged import (
    count_while_unchanged,
    journal_state,
    rows_while_unchanged,
    while_unchanged,
)
from steerco.kit.permissions import Actor, Via

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
WATCHED = ("initiatives.initiative",)


@pytest.fixture
def portfolio() -> Initiative:
    return write_initiatives(OPERATOR, [Change({"code": "P", "name": "Place", "type": "portfolio"})])[0]


def project(portfolio: Initiative, code: str, rating: str = "green") -> Initiative:
    [row] = write_initiatives(OPERATOR, [Change({"code": code, "name": code, "parent": portfolio})])
    report(row, date(2026, 1, 31), rating)
    return row


def report(row: Initiative, day: date, rating: str) -> None:
    values = [Value(indicator=RATING, dimension=OVERALL, scale="five_point", rating=rating)]
    record_snapshots(OPERATOR, [Report(row, day, {"name": row.name}, values)])


def reader(name: str, portfolio: Initiative) -> Actor:
    return actor(person(name, "portfolio_manager", portfolio, staff=False))


def shown(who: Actor, portfolio: Initiative) -> tuple[Dashboard, int]:
    with CaptureQueriesContext(connection) as captured:
        board = dashboard(who, portfolio)
    assert board is not None
    return board, len(captured)


def test_a_second_look_computes_nothing_until_something_is_reported(portfolio: Initiative) -> None:
    row = project(portfolio, "A")
    rita = reader("Rita Reader", portfolio)
    first, asked = shown(rita, portfolio)
    again, asked_again = shown(rita, portfolio)
    assert again is first
    assert asked_again == 3 < asked  # the reach, what also reports here, and whether anything was written
    report(row, date(2026, 4, 30), "red")
    assert [s.rating for s in shown(rita, portfolio)[0].shares] == ["green", "red"]


def test_two_readers_with_the_same_rights_share_it_and_a_restriction_is_seen_at_once(
    portfolio: Initiative,
) -> None:
    secret, _open = project(portfolio, "S", "red"), project(portfolio, "O")
    rita, otto = reader("Rita Reader", portfolio), reader("Otto Owner", portfolio)
    both, _asked = shown(rita, portfolio)
    assert both.reports == 2
    restrict(OPERATOR, secret, [min(otto.parties)])
    assert shown(rita, portfolio)[0].reports == 1
    otto = actor_for(User.objects.get(pk=otto.user_id), Via.SESSION)  # as his next request finds him
    assert shown(otto, portfolio)[0].reports == 2
    assert shown(rita, portfolio)[0].reports == 1
    restrict(OPERATOR, secret, [])
    assert shown(rita, portfolio)[0].reports == 2


def test_sealing_events_and_a_move_out_make_another_state(portfolio: Initiative) -> None:
    row = project(portfolio, "A")
    project(portfolio, "B")
    rita = reader("Rita Reader", portfolio)
    assert shown(rita, portfolio)[0].reports == 2
    before = journal_state(WATCHED)
    seal_pending()
    sealed = journal_state(WATCHED)
    assert sealed != before
    [other] = write_initiatives(OPERATOR, [Change({"code": "Q", "name": "Elsewhere", "type": "portfolio"})])
    write_initiatives(OPERATOR, [Change({"parent": other}, pk=row.pk)])
    assert journal_state(WATCHED) not in {before, sealed}
    assert shown(rita, portfolio)[0].reports == 1


def test_what_a_transaction_took_back_is_not_kept(portfolio: Initiative) -> None:
    def count() -> int:
        return while_unchanged(WATCHED, "count", Initiative.objects.count)

    assert count() == 1
    with pytest.raises(RuntimeError), transaction.atomic():
        write_initiatives(OPERATOR, [Change({"code": "X", "name": "X"})])
        assert count() == 2
        raise RuntimeError
    write_initiatives(OPERATOR, [Change({"code": "Y", "name": "Y"}), Change({"code": "Z", "name": "Z"})])
    assert count() == 3


def test_only_the_results_used_last_stay(portfolio: Initiative, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged, "MOST_KEPT", 2)
    made: list[str] = []

    def ask(key: str) -> None:
        while_unchanged(WATCHED, key, lambda: made.append(key))

    for key in "aabacab":
        ask(key)
    assert made == ["a", "b", "c", "b"]


def test_rows_and_counts_are_read_again_only_after_a_write(portfolio: Initiative) -> None:
    names = Initiative.objects.order_by("code").values_list("name", flat=True)
    with CaptureQueriesContext(connection) as captured:
        for _ in range(3):
            assert rows_while_unchanged(WATCHED, names) == ["Place"]
            assert count_while_unchanged(WATCHED, names) == 1
    assert len(captured) == 6 + 2
    assert rows_while_unchanged(WATCHED, Initiative.objects.values_list("code")) == [("P",)]
    write_initiatives(OPERATOR, [Change({"name": "Renamed"}, pk=portfolio.pk)])
    assert rows_while_unchanged(WATCHED, names) == ["Renamed"]
    assert rows_while_unchanged(WATCHED, names.none()) == []
