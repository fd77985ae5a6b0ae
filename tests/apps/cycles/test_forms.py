"""A calendar sets the form of its reports: parts, order, lengths and questions of its own."""

import json

import pytest
from tests.apps.cycles.world import THURSDAY, WEDNESDAY, programme
from tests.apps.worlds import browser, person, posted, record

from steerco.apps.cycles.kinds import KINDS
from steerco.apps.cycles.layouts import LayoutField, plain, read_answer, read_layout, shaped
from steerco.apps.cycles.models import Cadence, Cycle, Draft, FrozenReport, Report
from steerco.apps.cycles.turning import lock_cycle, turn
from steerco.apps.people.models import Person
from steerco.apps.reporting.answers import question_narratives
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.permissions import Actor

pytestmark = pytest.mark.django_db
FORM = {
    "part-achieved": "2",
    "part-help": "1",
    "need-achieved": "on",
    "longest-achieved": "40",
    "rate-cost": "1",
    "ask-1-label": "Incidents this week",
    "ask-1-type": "number",
    "ask-1-required": "on",
    "ask-1-help": "Of all severities.",
    "ask-2-label": "Has the contract been signed?",
    "ask-2-type": "yes_no",
    "ask-3-label": "Mood",
    "ask-3-type": "choice",
    "ask-3-choices": "calm\nbusy",
}


def set_form(found: object, **values: str) -> str:
    olga = Person.objects.filter(name="Olga Office").first() or person("Olga Office", "pmo_analyst")
    office = browser(olga)
    url = f"/reporting/calendars/{Cadence.objects.get().pk}/form/"
    return posted(office, url, {**FORM, **values})


def test_a_calendar_chooses_orders_and_asks() -> None:
    found = programme()
    assert "The form is set." in set_form(found)
    with clock.at(THURSDAY):
        turn()
        report = found.report()
        assert report.what.parts == ("help", "achieved")
        assert report.what.dimensions == ("overall", "cost")
        page = browser(found.people[0]).get(f"/reporting/reports/{report.pk}/").content.decode()
    assert page.index("Decisions and help wanted") < page.index("What was achieved")
    assert "What slipped" not in page
    assert "Incidents this week" in page
    assert "Of all severities." in page
    assert 'maxlength="40"' in page


def test_a_calendar_asks_for_ratings_in_five_steps() -> None:
    found = programme()
    set_form(found)
    with clock.at(THURSDAY):
        turn()
        url = f"/reporting/reports/{found.report().pk}/"
        writer = browser(found.people[0])
        assert 'value="amber-red"' not in writer.get(url).content.decode()
        set_form(found, five="on")
        page = writer.get(url).content.decode()
        assert [f'value="{key}"' in page for key in ("amber-green", "amber", "amber-red")] == [True] * 3
        typed = {"text-achieved": "The wall stands.", "text-help": "", "rating-overall": "amber-red"}
        typed |= {"path-text": "A second crane.", "path-by": "2027-01-15", "answer-q1": "2"}
        assert "in review" in posted(writer, url, {**typed, "take": "submit"})
    with clock.at(WEDNESDAY):
        turn()
        above = Report.objects.get(kind="consolidated")
        assert above.what.five
        assert (
            'value="amber-red"' in browser(found.rita).get(f"/reporting/reports/{above.pk}/").content.decode()
        )
    kept = json.loads(FrozenReport.objects.get(report=found.report()).content)
    assert kept["ratings"][0]["value"] == "amber-red"


def test_what_has_to_be_written_and_answered_is_asked_before_it_is_submitted() -> None:
    found = programme()
    set_form(found)
    with clock.at(THURSDAY):
        turn()
        writer, url = browser(found.people[0]), f"/reporting/reports/{found.report().pk}/"
        typed = {"text-achieved": "", "rating-overall": "green", "take": "submit"}
        refused = writer.post(url, typed).content.decode()
        assert "Answer this." in refused
        assert "Say something here." in refused
        long = writer.post(url, {**typed, "text-achieved": "x" * 41})
        assert "At most 40 characters" in long.content.decode()
        bad = writer.post(f"{url}draft/", {**typed, "answer-q1": "many"})
        assert bad.status_code == 422
        assert "This is no number." in bad.content.decode()
        good = {"text-achieved": "The wall.", "answer-q1": "3,5", "answer-q2": "yes", "answer-q3": "calm"}
        assert "in review" in posted(writer, url, {**typed, **good})
    assert Draft.objects.get(report=found.report()).content["answers"] == {
        "q1": "3.5",
        "q2": "yes",
        "q3": "calm",
    }


def test_answers_are_frozen_with_their_words_and_stand_as_a_table_above() -> None:
    found = programme()
    set_form(found)
    with clock.at(THURSDAY):
        turn()
        url = f"/reporting/reports/{found.report().pk}/"
        said = {"text-achieved": "Done.", "rating-overall": "green", "answer-q1": "7", "answer-q2": "no"}
        posted(browser(found.people[0]), url, {**said, "take": "submit"})
    with clock.at(WEDNESDAY):
        lock_cycle(Actor.operator("test"), Cycle.objects.get().pk)
        set_form(found, **{"ask-1-label": "Something else entirely", "ask-1-key": "q1"})
        page = browser(found.people[0]).get(url).content.decode()
        assert "Incidents this week" in page
        assert "Something else entirely" not in page
        above = Report.objects.get(kind="consolidated")
        draft = browser(found.rita).get(f"/reporting/reports/{above.pk}/").content.decode()
        assert "Incidents this week" in draft
        assert "Has the contract been signed?" in draft
    content = json.loads(FrozenReport.objects.get().content)
    narratives = {one.heading: one.text for one in question_narratives(content)}
    assert narratives["Incidents this week"] == "7"
    assert [one["value"] for one in content["questions"]] == ["7", "no", ""]


def test_a_correction_keeps_the_questions_of_its_day() -> None:
    found = programme()
    set_form(found)
    with clock.at(THURSDAY):
        turn()
        url = f"/reporting/reports/{found.report().pk}/"
        said = {"text-achieved": "Done.", "rating-overall": "green", "answer-q1": "7"}
        posted(browser(found.people[0]), url, {**said, "take": "submit"})
    with clock.at(WEDNESDAY):
        lock_cycle(Actor.operator("test"), Cycle.objects.get().pk)
        set_form(found, **{"ask-4-label": "New and required", "ask-4-required": "on", "ask-4-type": "text"})
        posted(browser(found.people[0]), f"{url}correct/", {**said, "answer-q1": "8", "what": "Miscounted."})
    last = FrozenReport.objects.order_by("number").last()
    assert last is not None
    assert json.loads(last.content)["questions"][0]["value"] == "8"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("part-achieved", "first", "Write the place in the order"),
        ("longest-achieved", "9", "Write how many characters"),
        ("rate-cost", "-1", "Write the place in the order"),
        ("ask-1-type", "colour", "There is no such sort of answer."),
        ("ask-3-choices", "only one", "Write the choices"),
        ("ask-1-label", "x" * 200, "A question has at most"),
    ],
)
def test_a_form_that_cannot_be_is_refused_by_field(field: str, value: str, said: str) -> None:
    programme()
    office = browser(person("Olga Office", "pmo_analyst"))
    answer = office.post(f"/reporting/calendars/{Cadence.objects.get().pk}/form/", {**FORM, field: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Cadence.objects.get().layout == {}


def test_only_who_sets_calendars_sets_their_form() -> None:
    found = programme()
    url = f"/reporting/calendars/{Cadence.objects.get().pk}/form/"
    stranger = browser(person("Sam Stranger", staff=False))
    for client, codes in ((browser(found.people[0]), (403, 404)), (stranger, (404,))):
        assert client.get(url).status_code in codes
        assert client.post(url, FORM).status_code in codes
    assert browser(person("Olga Office", "pmo_analyst")).post(url, {}).status_code == 422
    assert Cadence.objects.get().layout == {}


def test_the_kind_as_it_is_needs_no_form() -> None:
    kind = KINDS["weekly"]
    places = {f"part-{key}": str(n) for n, key in enumerate(kind.parts, start=1)}
    rated = {f"rate-{key}": str(n) for n, key in enumerate(kind.dimensions[1:], start=1)}
    assert read_layout({**places, **rated}, kind) == {}
    assert shaped(kind, {}) is kind
    assert shaped(kind, plain(kind)).parts == kind.parts


@pytest.mark.parametrize(
    ("type_", "said", "kept"),
    [
        ("number", "1 234,5", "1234.5"),
        ("number", "-3", "-3"),
        ("date", "2026-12-31", "2026-12-31"),
        ("text", "א", "א"),
    ],
)
def test_answers_are_kept_in_no_language(type_: str, said: str, kept: str) -> None:
    question = shaped(
        KINDS["weekly"],
        {"parts": [], "dimensions": [], "questions": [{"key": "q1", "label": "?", "type": type_}]},
    ).questions[0]
    assert read_answer(question, said) == kept


@pytest.mark.parametrize(
    ("type_", "said"),
    [("number", "NaN"), ("number", "1e99"), ("date", "soon"), ("yes_no", "perhaps"), ("choice", "x")],
)
def test_nonsense_is_no_answer(type_: str, said: str) -> None:
    question = shaped(
        KINDS["weekly"],
        {"parts": [], "dimensions": [], "questions": [{"key": "q1", "label": "?", "type": type_}]},
    ).questions[0]
    with pytest.raises(ValueError, match=r"\w"):
        read_answer(question, said)


def test_a_short_report_is_three_fields() -> None:
    found = programme(kind="lite")
    with clock.at(THURSDAY):
        record(
            "milestone", found.streams[0], "First wall stands", baseline="2026-12-10", forecast="2026-12-10"
        )
        turn()
        url = f"/reporting/reports/{found.report().pk}/"
        writer = browser(found.people[0])
        page = writer.get(url).content.decode()
        assert "First wall stands" in page
        assert page.count("<textarea") == 1
        assert "path-text" not in page
        typed = {"rating-overall": "red", "headline": "Late.", "text-next": "The wall.", "take": "submit"}
        assert "in review" in posted(writer, url, typed)


@pytest.mark.parametrize("kind", ["exception", "end_stage", "end_project", "checkpoint", "lite"])
def test_every_kind_is_started_by_hand_written_and_read(kind: str) -> None:
    found = programme()
    with clock.at(THURSDAY):
        row = record(
            "report",
            found.streams[0],
            "By hand",
            kind=kind,
            owner=found.people[0].party,
            reviewer=found.rita.party,
        )
        url = f"/reporting/reports/{row.pk}/"
        writer = browser(found.people[0])
        parts = KINDS[kind].parts
        page = writer.get(url).content.decode()
        assert all(f'name="text-{key}"' in page for key in parts)
        texts = {f"text-{key}": f"Words about {key}." for key in parts}
        posted(
            writer, url, {**texts, "headline": "So it stands.", "rating-overall": "green", "take": "submit"}
        )
        posted(browser(found.rita), url, {"take": "approve"})
        read = writer.get(url).content.decode()
    assert all(f"Words about {key}." in read for key in parts)
    assert "frozen" in read


@pytest.mark.parametrize("kind", ["consolidated", "bridge", "on_hold"])
def test_what_only_a_cycle_opens_is_not_started_by_hand(kind: str) -> None:
    found = programme()
    url = "/registers/reports/new/"
    writer = browser(found.people[0])
    form = writer.get(url).content.decode()
    assert 'value="exception"' in form
    assert f'value="{kind}"' not in form
    assert 'value="frozen"' not in form
    with pytest.raises(Invalid) as refused:
        record("report", found.streams[0], "By hand", kind=kind, owner=found.people[0].party)
    assert "kind" in refused.value.errors[0]


def test_one_that_was_started_by_hand_before_that_was_refused_still_opens() -> None:
    found = programme()
    with clock.at(THURSDAY):
        row = record("report", found.streams[0], "By hand", owner=found.people[0].party)
        Report.objects.filter(pk=row.pk).update(kind="consolidated")
        page = browser(found.people[0]).get(f"/reporting/reports/{row.pk}/")
    assert page.status_code == 200


def test_the_history_says_in_words_what_a_calendar_asks() -> None:
    layout = {
        "parts": [{"key": "help", "required": True, "longest": 0}, {"key": "risks"}, {"key": "of old"}],
        "dimensions": ["cost"],
        "questions": [{"key": "q1", "label": "Is it safe?", "required": True}],
    }
    assert (
        LayoutField().in_words(layout) == "Decisions and help wanted*, Risks and issues · Cost · Is it safe?*"
    )
    assert "Cost, Five steps: amber/green" in LayoutField().in_words({**layout, "five": True})
    assert LayoutField().in_words({}) == ""
    assert LayoutField().in_words(None) == ""
