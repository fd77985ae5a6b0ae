"""Markdown that people typed, as safe HTML. The one place where typed text becomes markup."""

import re
from collections.abc import Mapping
from html import unescape

import nh3
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

MENTION = re.compile(r"@\{(\d{1,18})\}")
TAGS = {
    "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip

# Raw HTML stays text, and pictures are left out: a page asks no other host for anything.
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
_markdown.disable("image")


def as_html(text: str, names: Mapping[int, str]) -> SafeString:
    """`text` as HTML that can do no harm. `names`: the parties that the reader may see; others stay unnamed."""

    def named(found: re.Match[str]) -> str:
        name = names.get(int(found[1]))
        return f'<span class="sc-mention">@{escape(name)}</span>' if name else "@…"

    html = MENTION.sub(named, _markdown.render(text))
    # Cleaned last, so that nothing written above can break out, not even a name.
    safe = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href", "title"}},
        allowed_classes={"span": {"sc-mention"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(safe)  # noqa: S308  this is the one place, after the cleaning


def as_typed(text: str, names: Mapping[int, str]) -> str:
    """The text as its author edits it: people by their names; one who cannot be seen keeps the id."""
    return MENTION.sub(lambda found: f"@{names[int(found[1])]}" if int(found[1]) in names else found[0], text)


def as_plain(text: str, names: Mapping[int, str]) -> str:
    """The text for a mail: as it was typed, people by their names, those who cannot be seen unnamed."""
    return MENTION.sub(lambda found: f"@{names.get(int(found[1]), '…')}", text)


def as_line(text: str, names: Mapping[int, str]) -> str:
    """The text for a line of a list: what is read of it, without marks and breaks."""
    return " ".join(unescape(strip_tags(as_html(text, names))).split())


def mentioned(text: str) -> set[int]:
    """The ids of the parties that the text names."""
    return {int(found) for found in MENTION.findall(text)}
