"""How texts and queries become words. No database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.kit.search.words import LONGEST, for_postgresql, for_sqlite, spelled, stems, terms, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Supplier INSOLVENCY, again: supplier", "supplier insolvency again"),
        ("Müller & Söhne", "muller mueller sohne soehne"),
        ("Straße / STRASSE", "strasse"),
        ("Café Œuvre Łódź Åland", "cafe œuvre lodz aland"),
        ("co-ordination 2026/27", "co ordination 2026 27"),
        ("Москва", "москва"),
        ("\x00 … '' \\ :* & | !", ""),
        ("", ""),
    ],
)
def test_a_text_becomes_words_without_case_accents_and_signs(text: str, words: str) -> None:
    assert words_of([text]) == words


def test_the_number_of_a_record_is_kept_as_no_text_can_be() -> None:
    assert words_of(["Steel #12"], number=12, prefix="R") == "#12 #r12 steel 12"


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("Insolv", '(("insolv" *))'),
        ("late steel", '(("late" *)) AND (("steel" *))'),
        ("Mül", '(("mul" *) OR ("muel" *))'),
        ("co-ordin", '(("co" AND "ordin" *))'),
        ("12", '(("12" *) OR ("#12"))'),
        ("R-12", '(("r" AND "12" *) OR ("#r12"))'),
        ("r12", '(("r12" *) OR ("#r12"))'),
        ("PRJ-R-012", '(("prj" AND "r" AND "012" *) OR ("#r12"))'),
        ("phase-12", '(("phase" AND "12" *))'),
        ("' OR 1", '(("or" *)) AND (("1" *) OR ("#1"))'),
    ],
)
def test_what_somebody_typed_is_read_the_same_for_both(typed: str, query: str) -> None:
    assert for_sqlite(terms(typed)) == query
    same = query.replace('" *', "':*").replace('"', "'").replace(" AND ", " & ").replace(" OR ", " | ")
    assert for_postgresql(terms(typed)) == same


@given(st.text(max_size=200))
def test_every_word_of_a_text_is_found_by_itself_and_by_its_beginnings(text: str) -> None:
    held = words_of([text]).split()
    for typed in text.split()[:8]:
        for term in terms(typed):
            part = term[0][-1]
            assert any(word.startswith(part.word) if part.beginning else word == part.word for word in held)
            beginning = part.word[: max(1, len(part.word) // 2)]
            assert any(word.startswith(beginning) for word in held)


@given(st.text(max_size=200))
def test_words_hold_nothing_that_a_query_or_a_database_cuts_by(text: str) -> None:
    for word in words_of([text]).split(" "):
        assert word == "" or (word.isalnum() and len(word) <= LONGEST)


def test_what_a_text_is_about_leaves_out_fillers_and_endings() -> None:
    assert stems("The suppliers of the supplies were late, and were not told") == [
        "suppli",
        "late",
        "told",
    ]
    assert stems("Die Lieferungen der Lieferanten für die Brücke") == ["liefer", "lieferant", "bruck"]


def test_stems_are_told_in_the_words_of_the_text() -> None:
    text = "Tunnels below the Brücke: ground water in the tunnel"
    assert spelled(text, ("water", "tunnel", "bruck")) == ["Tunnels", "Brücke", "water"]
    assert spelled(text, ()) == []
