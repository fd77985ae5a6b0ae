"""Any two frozen reports that one may read are compared: of any initiative, kind and edition."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from tests.apps.cycles.test_consolidation import GREEN, PATH, RED, reported
from tests.apps.cycles.world import FRIDAY, WEDNESDAY, Programme
from tests.apps.worlds import OPERATOR, browser, record

from steerco.apps.cycles.comparing import Pair
from steerco.apps.cycles.corrections import correct
from steerco.apps.cycles.differences import difference
from steerco.apps.cycles.drafts import Typed
from steerco.apps.cycles.models import FrozenReport, Report
from steerco.apps.cycles.services import freeze, submit
from steerco.apps.cycles.silence import silence_between
from steerco.apps.cycles.turning import turn
from steerco.apps.initiatives.services import restrict
from steerco.apps.people.models import Person
from steerco.kit import clock

pytestmark = pytest.mark.django_db
NEXT = FRIDAY + timedelta(days=7)
EMPTY: dict[str, Any] = {"ratings": [], "headline": "", "path": {}, "parts": []}


def level(found: Programme, end: date = FRIDAY) -> FrozenReport:
    """The consolidated report, frozen."""
    report = Report.objects.select_related("initiative", "cycle__cadence", "owner").get(
        kind="consolidated", period_end=end
    )
    return freeze(OPERATOR, submit(found.reviewer, report, Typed("One is red.", RED, PATH)))


def by_hand(found: Programme, kind: str = "exception") -> FrozenReport:
    """A report of the first workstream that no calendar asked for."""
    row = record("report", found.streams[0], "Beyond tolerance", kind=kind, owner=found.people[0].party)
    typed = Typed("The supplier is bankrupt.", RED, PATH, {"cause": "Bankruptcy."})
    report = Report.objects.select_related("initiative", "owner", "cycle__cadence").get(pk=row.pk)
    return freeze(OPERATOR, submit(found.writer(0), report, typed))


def compare(who: Person, report: Report, **query: Any) -> Any:
    """The answer to the page on which a report is compared."""
    return browser(who).get(f"/reporting/reports/{report.pk}/compare/", query)


@pytest.mark.both_databases
def test_a_report_is_compared_with_one_of_another_initiative_and_kind() -> None:
    found = reported()
    with clock.at(WEDNESDAY):
        turn()
        above, alone = level(found), by_hand(found)
    first, second = found.report(0), found.report(1)

    page = compare(found.rita, first).content.decode()
    assert "There is nothing to compare with yet." in page
    assert 'name="of"' in page

    page = compare(found.rita, first, of="WS2").content.decode()  # a sibling: the report about the same week
    assert "Two reports compared" in page
    assert "Ws2 initiative · Ws1 initiative" in page
    assert "Only in: Ws1 initiative" in page  # its risk
    assert "No longer there" not in page
    assert "<del>" not in page
    assert '<span class="sc-muted">Ws2 initiative:</span> Fine.' in page
    assert '<span class="sc-muted">Ws1 initiative:</span> Stuck.' in page

    page = compare(found.rita, first, of="PRG · Prg initiative").content.decode()  # the level above
    assert "Consolidated report" in page
    assert "Decisions and help wanted" in page
    assert "The supplier fails" not in page  # the same in both
    assert "not rated there" in page
    assert "Only in: Prg initiative" in page
    assert (
        compare(found.rita, above.report, **{"with": FrozenReport.objects.get(report=second).pk}).status_code
        == 200
    )

    page = compare(found.rita, first, **{"with": alone.pk}).content.decode()  # another kind of the same one
    assert "Exception report" in page
    assert "Only in: Beyond tolerance" in page
    assert "Bankruptcy." in page
    assert f'<option value="{alone.pk}" selected>' in page


def test_what_one_may_not_read_is_not_there() -> None:
    found = reported()
    with clock.at(WEDNESDAY):
        turn()
    first, hidden = found.report(0), FrozenReport.objects.get(report=found.report(1))
    writer = found.people[0]
    assert compare(found.rita, first, **{"with": hidden.pk}).status_code == 200
    restrict(OPERATOR, found.streams[1], [found.people[1].party_id])
    assert compare(found.rita, first, **{"with": hidden.pk}).status_code == 404
    assert compare(found.rita, hidden.report).status_code == 404
    there, nowhere = compare(found.rita, first, of="WS2"), compare(found.rita, first, of="NONE")
    assert (there.status_code, nowhere.status_code) == (422, 422)
    assert "“WS2” is not known." in there.content.decode()
    assert "“NONE” is not known." in nowhere.content.decode()
    assert "Ws2 initiative" not in there.content.decode()
    silent = compare(found.rita, first, of="WS3")  # it has never reported
    assert silent.status_code == 200
    assert "There is no other frozen report of Ws3 initiative that you may read." in silent.content.decode()
    assert compare(writer, first).status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"with": "x"}, 404),
        ({"with": "²"}, 404),
        ({"with": "-1"}, 404),
        ({"with": "9" * 40}, 404),
        ({"with": "\x00"}, 404),
        ({"edition": "7"}, 404),
        ({"edition": "\x00"}, 404),
        ({"of": "\x00"}, 422),
        ({"of": "%' OR 1=1"}, 422),
        ({"of": "w" * 400}, 422),
        ({"of": "initiative"}, 422),
        ({"of": "  "}, 200),
        ({"of": "ws2", "with": "x"}, 404),
        ({"of": "ws2", "edition": "1"}, 200),
    ],
)
def test_nonsense_is_refused(query: dict[str, str], status: int, week: Programme) -> None:
    assert compare(week.rita, week.report(0), **query).status_code == status


@pytest.fixture
def week() -> Programme:
    """Two frozen reports about one week."""
    found = reported()
    with clock.at(WEDNESDAY):
        turn()
    return found


def test_the_same_edition_is_not_compared_with_itself(week: Programme) -> None:
    own = FrozenReport.objects.get(report=week.report(0))
    assert compare(week.rita, own.report, **{"with": own.pk}).status_code == 404


def test_of_two_of_one_kind_the_older_one_comes_first_whichever_is_opened(week: Programme) -> None:
    with clock.at(WEDNESDAY):
        submit(week.writer(0), week.report(0, NEXT), Typed("Unstuck.", GREEN))
    with clock.at(WEDNESDAY + timedelta(days=7)):
        turn()
    first = FrozenReport.objects.get(report=week.report(0))
    then = FrozenReport.objects.get(report=week.report(0, NEXT))
    for own, other in ((first, then), (then, first)):
        pair = Pair.of(own, other)
        assert (pair.before, pair.after, pair.is_alike) == (first, then, True)
        page = compare(week.rita, own.report, **{"with": other.pk}).content.decode()
        assert "<del>Stuck.</del> <ins>Unstuck.</ins>" in page


def test_an_earlier_edition_is_compared_too(week: Programme) -> None:
    report = week.report(0)
    correct(week.writer(0), report, Typed("Stuck for good.", RED, PATH), "Not only stuck.")
    first, second = FrozenReport.objects.filter(report=report).order_by("number")
    for query in ({"edition": "1"}, {"edition": "1", "with": second.pk}, {"with": first.pk}, {}):
        page = compare(week.rita, report, **query).content.decode()
        assert "<del>Stuck.</del> <ins>Stuck for good.</ins>" in page
    page = compare(week.rita, week.report(1), **{"with": first.pk}).content.decode()
    assert "edition 1" in page
    assert f'<option value="{first.pk}" selected>' in page
    assert "for good" not in page


@pytest.mark.both_databases
def test_what_nobody_reported_this_time_is_no_longer_told_but_not_gone() -> None:
    found = reported()
    with clock.at(WEDNESDAY):
        turn()
        was = level(found)
        submit(found.writer(1), found.report(1, NEXT), unchanged=True)
    with clock.at(WEDNESDAY + timedelta(days=7)):
        turn()
        now = level(found, NEXT)
    page = compare(found.rita, now.report).content.decode()
    assert "From those who did not report this time" in page
    assert "Did not report this time. Last said:" in page
    assert "No longer there" not in page
    before, after = json.loads(was.content), json.loads(now.content)
    compared = difference(before, after, silence=silence_between(before, after))
    risks = next(part for part in compared.parts if part.label == "Top risks")
    assert ([one.title for one in risks.unsaid], risks.gone) == (["The supplier fails"], [])
    silent = next(one for one in compared.below if one.name == "Ws1 initiative")
    assert (silent.is_silent, silent.turned.before, silent.turned.after) == (True, "red", "not_reported")
    back = difference(after, before, silence=silence_between(after, before))
    risks = next(part for part in back.parts if part.label == "Top risks")
    assert ([one.title for one in risks.resumed], risks.new) == (["The supplier fails"], [])


def test_what_is_gone_although_it_was_reported_is_gone(week: Programme) -> None:
    risk = {"kind": "risk_top", "entry": week.streams[0].entry_id, "ref": "R-1", "title": "Fire", "after": 20}
    line = {"code": "WS1", "name": "Ws1 initiative", "value": "red", "headline": "", "age": 0}
    before = {**EMPTY, "below": [line], "parts": [{"key": "top_risks", "text": "", "facts": [risk]}]}
    part = {"key": "top_risks", "text": "", "facts": []}
    silent = {**line, "age": 7}
    for lines, gone in (([line], ["Fire"]), ([], ["Fire"]), ([silent], [])):
        after = {**EMPTY, "below": lines, "parts": [part]}
        found = difference(before, after, silence=silence_between(before, after)).parts[0]
        assert [one.title for one in found.gone] == gone
    # What the level above reports for it too was reported.
    above = {**line, "code": "PRG"}
    after = {**EMPTY, "below": [silent, above], "parts": [part]}
    found = difference(
        {**before, "below": [line, above]}, after, silence=silence_between(before, after)
    ).parts[0]
    assert [one.title for one in found.gone] == ["Fire"]


def test_answers_money_and_parts_of_two_initiatives_stand_beside_each_other() -> None:
    def money(entry: int, amount: int) -> dict[str, Any]:
        known = {"kind": "money_expected", "ref": "X", "title": "EUR", "place": "", "before": None}
        return {**known, "entry": entry, "after": amount}

    question = {"key": "q1", "label": "Is it safe?", "type": "yes_no", "value": "yes"}
    one = {
        **EMPTY,
        "ratings": [{"dimension": "overall", "value": "green"}, {"dimension": "cost", "value": "red"}],
        "questions": [question],
        "parts": [
            {"key": "money", "text": "", "facts": [money(1, 100_00)]},
            {"key": "slipped", "text": "Rain.", "facts": []},
            {"key": "lessons", "text": "Ask early.", "facts": []},
        ],
    }
    two = {
        **EMPTY,
        "ratings": [{"dimension": "overall", "value": "red"}],
        "parts": [
            {"key": "money", "text": "", "facts": [money(2, 300_00)]},
            {"key": "moved", "text": "Snow.", "facts": []},
        ],
    }
    found = difference(one, two, is_alike=False)
    assert [(t.before, t.after, t.differs) for t in found.ratings] == [
        ("green", "red", True),
        ("red", None, False),
    ]
    assert [(t.label, t.before, t.after) for t in found.answers] == [("Is it safe?", "yes", None)]
    by_label = {part.label: part for part in found.parts}
    assert [("100" in was.words, "300" in now.words) for was, now in by_label["Money"].moved] == [
        (True, True)
    ]
    slipped = by_label["What slipped, and why / What moved"]
    assert (slipped.text.before, slipped.text.after, slipped.text.is_apart) == ("Rain.", "Snow.", True)
    assert by_label["Lessons"].only == "before"


def test_what_is_asked_again_in_the_same_words_is_neither_new_nor_gone() -> None:
    def asked(entry: int) -> dict[str, Any]:
        fact = {
            "kind": "asked",
            "entry": entry,
            "ref": "RP-1",
            "title": "A crane.",
            "place": "Ws1",
            "owner": "",
        }
        return {**EMPTY, "parts": [{"key": "asked", "text": "", "facts": [fact]}]}

    assert difference(asked(1), asked(2)).parts == []
