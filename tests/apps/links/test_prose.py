"""Typed text as HTML: whatever is typed, nothing runs and nothing is fetched."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.apps.links.prose import TAGS, as_html, as_line, as_plain, as_typed, mentioned

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/p.png)",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "<a href='x' onclick=alert(1)>x</a>",
    "<svg/onload=alert(1)>",
    "<style>*{background:url(//evil.example)}</style>",
    "<iframe src=//evil.example></iframe>",
    "<span class=btn style=position:fixed>x</span>",
    "[a](https://x.example 'y\" onmouseover=\"alert(1)')",
    "[x](https://a.example/@{1})",
    "`<script>`",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
]


class Elements(HTMLParser):
    """What a browser would make of it: every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(html: str) -> None:
    for tag, attributes in Elements(html).found:
        assert tag in TAGS
        assert set(attributes) <= {"href", "title", "rel", "class"}
        assert attributes.get("class") in (None, "sc-mention")
        assert (attributes.get("href") or "https:").split(":")[0].lower() in {"http", "https", "mailto"}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_gets_through(payload: str) -> None:
    assert_harmless(as_html(payload, {1: 'Eve "><script>alert(1)</script>'}))


@given(st.text(alphabet="<>\"'&@{}1[]()`*_#!/ax:\n -|=", max_size=60), st.text(max_size=20))
def test_nothing_typed_gets_through(text: str, name: str) -> None:
    html = as_html(text, {1: name})
    links = [a.get("href") for _tag, a in Elements(html).found if "href" in a]
    if any(link and ":" not in link for link in links):  # a link within the site
        return
    assert_harmless(html)


def test_markdown_is_read() -> None:
    html = as_html("**b** _i_ ~~s~~\n\n- one\n- two\n\n[l](https://x.example)", {})
    assert "<strong>b</strong>" in html
    assert "<li>one</li>" in html
    assert '<a href="https://x.example" rel="noopener noreferrer nofollow">l</a>' in html


def test_people_are_named_for_those_who_know_them() -> None:
    assert "@Ann &amp; Bo" in as_html("@{7}", {7: "Ann & Bo"})
    assert "@…" in as_html("@{7}", {})
    assert as_typed("@{7} @{8}", {7: "Ann"}) == "@Ann @{8}"
    assert as_plain("@{7} @{8}", {7: "Ann"}) == "@Ann @…"
    assert as_line("**Is** it <b> & @{7}?\n\n- yes", {7: "Ann"}) == "Is it <b> & @Ann? yes"
    assert mentioned("@{7} and @{8} and a@{x}") == {7, 8}
