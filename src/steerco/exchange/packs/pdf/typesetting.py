"""Typesetting with Typst: the shipped typefaces, tagged output, no network, no user text read as markup."""

from functools import cache
from pathlib import Path

import typst

from steerco.exchange.packs.fonts.measure import glyphs, tables

_FONTS = Path(__file__).parent.parent / "fonts"
_HOLLOW = "▯"


def typeset(template: Path, name: str, data: str, when: int) -> bytes:
    """Sets `data`, JSON that `template` reads as `sys.inputs.<name>`, as PDF/UA dated `when` (seconds).

    A script that the shipped typefaces lack is looked for among those of the machine. What no typeface holds is
    printed as a hollow box: PDF/UA forbids text that cannot be seen. Equal data gives equal bytes.

    Raises typst.TypstError when the text cannot be set.
    """
    missing = {sign for sign in set(data) if ord(sign) > 0x7F and ord(sign) not in _covered()}
    if missing:
        try:
            return _compile(template, name, data, when, shipped_only=False)
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
        data = data.translate({ord(sign): _HOLLOW for sign in missing})
    return _compile(template, name, data, when, shipped_only=True)


def _compile(template: Path, name: str, data: str, when: int, *, shipped_only: bool) -> bytes:
    written = typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=[str(_FONTS)],
        ignore_system_fonts=shipped_only,
        sys_inputs={name: data},
        pdf_standards=["ua-1"],
        timestamp=when,
    )
    return bytes(written)


@cache
def _covered() -> frozenset[int]:
    """Code points that the shipped typefaces hold."""
    return frozenset(
        code for file in _FONTS.glob("*.ttf") for code in glyphs(tables(file.read_bytes())["cmap"])
    )
