"""Widths of text by the metrics of its typeface."""

import json
from functools import cache, lru_cache
from pathlib import Path

_FILE = Path(__file__).parent.parent / "fonts" / "metrics.json"

# Office faces whose widths equal, or stay under, those of a measured one.
_FAMILIES = {
    "calibri": "Calibri",
    "carlito": "Calibri",
    "calibri light": "Calibri",
    "arial": "Arial",
    "helvetica": "Arial",
    "liberation sans": "Arial",
    "aptos": "Arial",
    "segoe ui": "Arial",
    "tahoma": "Arial",
    "times new roman": "Arial",
    "cambria": "Arial",
}
_WIDE = "DejaVu Sans"  # wider than any usual text face: an unknown face is measured with it
_FALLBACK = 620
_FULL_WIDTH = 1000


@cache
def _all() -> dict[str, dict[str, tuple[int, dict[int, int]]]]:
    raw = json.loads(_FILE.read_text(encoding="ascii"))
    return {
        family: {
            weight: (face["line"], {int(code, 16): width for code, width in face["widths"].items()})
            for weight, face in faces.items()
        }
        for family, faces in raw.items()
    }


@cache
def _face(family: str, bold: bool) -> tuple[int, dict[int, int]]:
    measured = _FAMILIES.get(family.casefold(), _WIDE)
    return _all()[measured]["bold" if bold else "regular"]


@lru_cache(maxsize=200_000)
def _word(text: str, family: str, bold: bool) -> int:
    widths = _face(family, bold)[1]
    return sum(widths.get(ord(sign)) or _unmeasured(ord(sign), bold) for sign in text)


def _unmeasured(code: int, bold: bool) -> int:
    if 0x300 <= code < 0x370 or 0x200B <= code <= 0x200F:
        return 0  # drawn over the sign before it, or not at all
    wide = 0x1100 <= code <= 0x115F or 0x2E80 <= code <= 0xFAFF or 0xFE30 <= code <= 0xFF60 or code >= 0x1F000
    if wide:
        return _FULL_WIDTH
    width = _face(_WIDE, bold)[1].get(code)
    return width or _FALLBACK


def text_width(text: str, size: float, *, bold: bool = False, family: str = "Calibri") -> float:
    """Width in points of `text` on one line at `size` points."""
    return _word(text, family, bold) * size / 1000


def line_height(size: float, *, family: str = "Calibri") -> float:
    """Height in points of one line at `size` points and single spacing."""
    return _face(family, False)[0] * size / 1000


def measured(family: str) -> bool:
    """True if text in `family` is measured with the widths of that face, or of one that is as wide."""
    return family.casefold() in _FAMILIES
