"""The network in layers: givers left of receivers, rings cut once, the same for the same data, nothing unescaped."""

import pytest

from steerco.engine.charts.network import Arrow, Node, layered, network


def layers(keys: str, *pairs: str) -> dict[str, int]:
    return {key: place.layer for key, place in layered(list(keys), [(p[0], p[1]) for p in pairs]).items()}


def test_a_receiver_stands_right_of_all_that_it_waits_for() -> None:
    assert layers("abcd", "ab", "bc", "ac", "dc") == {"a": 0, "b": 1, "c": 2, "d": 0}


def test_a_ring_is_cut_once_and_every_end_has_a_place() -> None:
    assert layers("abc", "ab", "bc", "ca") == {"a": 0, "b": 1, "c": 2}
    assert layers("ab", "ab", "ba") == {"a": 0, "b": 1}


def test_rows_follow_what_they_are_connected_with() -> None:
    # without it c, which comes first, would stand beside b, and two arrows would cross
    places = layered(["a", "b", "c", "d"], [("a", "d"), ("b", "c")])
    assert (places["d"].row, places["c"].row) == (places["a"].row, places["b"].row)


def test_no_two_ends_stand_at_one_place_and_the_order_of_arrows_does_not_matter() -> None:
    keys = [f"k{n}" for n in range(30)]
    pairs = [(keys[n], keys[(n * 7 + 3) % 30]) for n in range(30) if n != (n * 7 + 3) % 30]
    places = layered(keys, pairs)
    assert len(set(places.values())) == 30
    assert layered(keys, list(reversed(pairs))) == places


def test_the_drawing_links_and_escapes_what_people_wrote() -> None:
    nodes = [
        Node("a", "<b>Giver & co", "GIV", "/portfolio/GIV/"),
        Node("b", "Receiver", css="sc-node-outside"),
    ]
    arrows = [
        Arrow("a", "b", "sc-rag-red", "R", "late <script>", "/registers/dependencies/1/"),
        Arrow("b", "a", "sc-rag-amber", "A2", "near"),
    ]
    drawn = network(nodes, arrows, title="Network", description="2 of 2")
    assert drawn == network(nodes, arrows, title="Network", description="2 of 2")
    assert "<script>" not in drawn
    assert "&lt;b&gt;Giver &amp; co" in drawn
    assert drawn.count('class="sc-arrow ') == 2
    assert '<polygon class="sc-fill sc-rag-red"' in drawn  # a diamond: never colour alone
    assert ">R</text>" in drawn
    assert 'role="group"' in drawn
    with pytest.raises(KeyError):
        network(nodes[:1], arrows, title="Network", description="")
