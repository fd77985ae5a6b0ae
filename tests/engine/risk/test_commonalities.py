"""Groups of texts that share words: counted by hand, the same whatever the order, nothing that everybody says."""

from steerco.engine.risk.commonalities import Commonality, commonalities

TEXTS = {
    1: ("steel", "price", "rise"),
    2: ("price", "steel", "dear"),
    3: ("steel", "price", "bridge"),
    4: ("tester", "leave", "june"),
    5: ("june", "tester", "leave"),
    6: ("nothing", "shared"),
}
PLACES = {1: "a", 2: "b", 3: "c", 4: "a", 5: "b", 6: "c"}


def test_pairs_with_the_same_members_are_one_group_and_the_widest_comes_first() -> None:
    assert commonalities(TEXTS, PLACES, most=5) == [
        Commonality(("price", "steel"), (1, 2, 3)),
        Commonality(("june", "leave", "tester"), (4, 5)),
    ]
    assert len(commonalities(TEXTS, PLACES, most=1)) == 1


def test_texts_of_one_place_and_texts_that_share_one_word_are_no_group() -> None:
    assert commonalities(TEXTS, dict.fromkeys(TEXTS, "a"), most=5) == []
    assert commonalities({1: ("steel", "one"), 2: ("steel", "two")}, {1: "a", 2: "b"}, most=5) == []
    assert commonalities({}, {}, most=5) == []


def test_a_word_that_more_than_a_fifth_of_many_texts_holds_tells_nothing() -> None:
    texts = {n: ("project", "late", f"word{n}") for n in range(25)}
    texts |= {100: ("steel", "price", "project"), 101: ("steel", "price", "late")}
    places = {key: key % 5 for key in texts}
    assert [group.words for group in commonalities(texts, places, most=9)] == [("price", "steel")]


def test_a_group_that_adds_little_to_those_before_it_is_left_out() -> None:
    texts = dict.fromkeys(range(10), ("steel", "price")) | dict.fromkeys(
        range(5, 10), ("steel", "price", "bridge")
    )
    places = {n: n for n in range(10)}
    assert [group.words for group in commonalities(texts, places, most=9)] == [("price", "steel")]
