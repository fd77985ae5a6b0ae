"""Suggestions: nearest first, the same on both databases, and nothing of what is hidden."""

import pytest
from tests.apps.worlds import OPERATOR, actor, initiative, person, record

from steerco.apps.initiatives.services import restrict
from steerco.apps.raid.registers import IssueRegister, RiskRegister
from steerco.kit.permissions import Actor, Via
from steerco.kit.search import similar
from steerco.kit.search.similar import similar_to

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NOBODY = Actor(user_id=None, label="", via=Via.SESSION)
RISKS, ISSUES = RiskRegister(), IssueRegister()


def suggested(text: str, reader: Actor = OPERATOR, **more: object) -> list[str]:
    found = similar_to(reader, text, registers=(RISKS,), **more)  # type: ignore[arg-type]
    return [str(one.row) for one in found]


def test_more_and_rarer_words_in_common_come_first() -> None:
    place = initiative("P1")
    record("risk", place, "Late approval of the bridge design")
    record("risk", place, "Supplier of bridge steel becomes insolvent", cause="Prices of steel")
    record("risk", place, "Bridge closed for a marathon")
    record("risk", place, "Marathon on a Sunday")
    text = "The suppliers of our bridges are insolvent"
    assert suggested(text) == [
        "Supplier of bridge steel becomes insolvent",
        "Bridge closed for a marathon",
        "Late approval of the bridge design",
    ]
    assert suggested(text, limit=1) == ["Supplier of bridge steel becomes insolvent"]
    [first, *_] = similar_to(OPERATOR, text, registers=(RISKS,))
    assert first.shared == ("suppli", "bridg", "insolvent")
    assert first.register is RISKS
    assert first.score > 0


def test_words_that_say_nothing_suggest_nothing() -> None:
    place = initiative("P1")
    record("risk", place, "What is it that they would have done with this")
    assert suggested("This is what they have") == []
    assert suggested("") == []
    assert suggested("… ! &") == []


def test_german_texts_meet_in_their_stems() -> None:
    place = initiative("P1")
    record("risk", place, "Verzögerte Lieferungen der Brückenträger")
    record("risk", place, "Wetter")
    assert suggested("Lieferung der Bruecke verzoegert") == ["Verzögerte Lieferungen der Brückenträger"]


def test_several_registers_are_ranked_together_and_the_row_itself_is_left_out() -> None:
    place = initiative("P1")
    own = record("risk", place, "Crane falls into the dock")
    record("risk", place, "Crane driver leaves")
    record("issue", place, "A crane fell into the dock")
    found = similar_to(OPERATOR, own.title, registers=(RISKS, ISSUES), without=own.entry_id)
    assert [(one.register.key, str(one.row)) for one in found] == [
        ("issue", "A crane fell into the dock"),
        ("risk", "Crane driver leaves"),
    ]


def test_hidden_rows_are_neither_suggested_nor_counted() -> None:
    place, shut = initiative("P1"), initiative("SHUT")
    reader = actor(person("Rita Reader", "viewer", place))
    record("risk", place, "Ferry timetable")
    record("risk", place, "Timetable of the tram")
    record("risk", place, "Depot")
    before = [(str(s.row), s.score) for s in similar_to(reader, "ferry timetable", registers=(RISKS,))]
    assert [title for title, _ in before] == ["Ferry timetable", "Timetable of the tram"]
    for number in range(5):
        record("risk", shut, f"Ferry timetable {number}")
    restrict(OPERATOR, shut, [person("Ned Named", staff=False).party_id])
    again = similar_to(reader, "ferry timetable", registers=(RISKS,))
    assert [(str(s.row), s.score) for s in again] == before
    assert similar_to(NOBODY, "ferry", registers=(RISKS,)) == []


def test_a_word_that_nearly_every_row_holds_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "COMMON", 2)
    place = initiative("P1")
    for number in range(3):
        record("risk", place, f"Bridge {number}")
    record("risk", place, "Bridge crane")
    assert suggested("bridge crane") == ["Bridge crane"]
