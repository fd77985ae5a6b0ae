from hypothesis import given, settings
from hypothesis import strategies as st

from steerco.exchange.packs.fit.metrics import line_height, measured, text_width
from steerco.exchange.packs.fit.wrap import ELLIPSIS, SLACK, Style, height, pages, shorten, split, wrap

STYLE = Style(10)
TEXTS = st.text(st.sampled_from("abcdefgh WMil-äöüß\nשל"), max_size=200)


def test_widths_are_those_of_calibri() -> None:
    # Advance widths of the typeface in units of 1/2048: A 1185, i 470.
    assert round(text_width("A", 2048)) in range(1183, 1188)
    assert round(text_width("i", 2048)) in range(468, 473)
    assert text_width("A", 10, bold=True) > text_width("A", 10)
    assert text_width("中", 10) == 10
    assert round(line_height(10), 2) == 12.21
    assert measured("Calibri")
    assert not measured("Comic Sans MS")


def test_lines_break_at_spaces_and_hyphens_and_inside_a_word_only_if_it_must() -> None:
    assert wrap("one two", STYLE.width("one two") * 1.02, STYLE) == ["one two"]
    assert wrap("one two", STYLE.width("one tw"), STYLE) == ["one", "two"]
    assert wrap("well-known", STYLE.width("well-kn"), STYLE) == ["well-", "known"]
    assert "".join(wrap("Donaudampfschiff", 30, STYLE)) == "Donaudampfschiff"
    assert wrap("a\n\nb", 100, STYLE) == ["a", "", "b"]
    assert wrap(" aa", 11.9, STYLE) == ["aa"]  # the blank and the word together are too wide
    assert wrap("  two", 100, STYLE) == ["  two"]
    assert height("", 100, STYLE) == 0


@settings(deadline=None)
@given(TEXTS, st.integers(12, 200))
def test_no_line_is_wider_than_its_box(text: str, width: int) -> None:
    for line in wrap(text, width, STYLE):
        assert len(line) <= 1 or STYLE.width(line) <= width * SLACK + 1e-6


@settings(deadline=None)
@given(TEXTS, st.integers(20, 200), st.integers(1, 5))
def test_a_shortened_text_fits_and_says_that_it_was_cut(text: str, width: int, lines: int) -> None:
    fitted = shorten(text, width, lines, STYLE)
    assert len(wrap(fitted.text, width, STYLE)) <= lines or not fitted.text
    assert fitted.cut == (fitted.text != text)
    if fitted.cut and text:
        assert fitted.text.endswith(ELLIPSIS)


@settings(deadline=None)
@given(TEXTS, st.integers(20, 200), st.integers(1, 5))
def test_split_loses_nothing_but_white_space(text: str, width: int, lines: int) -> None:
    head, rest = split(text, width, lines, STYLE)
    assert "".join((head + rest).split()) == "".join(text.split())
    assert len(wrap(head, width, STYLE)) <= lines


@given(st.lists(st.integers(1, 40), max_size=60), st.integers(40, 200))
def test_pages_hold_all_rows_in_as_few_pages_as_possible(heights: list[int], room: int) -> None:
    counts = pages(heights, room)
    assert sum(counts) == len(heights)
    start = 0
    for count in counts:
        assert count >= 1
        assert sum(heights[start : start + count]) <= room
        start += count


def test_rows_are_spread_evenly_so_that_none_is_orphaned() -> None:
    assert pages([20] * 19, 18 * 20) == [10, 9]
    assert pages([20] * 18, 18 * 20) == [18]
    assert pages([], 100) == []
    assert pages([500], 100) == [1]
