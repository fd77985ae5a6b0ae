"""Writes metrics.json: the advance widths of the typefaces that decks are measured with.

Run after a typeface changes: python -m steerco.exchange.packs.fonts.measure FAMILY=regular.ttf,bold.ttf ...
"""

import json
import struct
import sys
from pathlib import Path

MEASURED = (
    *range(0x20, 0x250),  # Latin
    *range(0x2B0, 0x530),  # Greek, Cyrillic
    *range(0x5D0, 0x5EB),  # Hebrew
    *range(0x621, 0x64B),  # Arabic
    *range(0x2000, 0x2070),  # punctuation
    *range(0x20A0, 0x20C0),  # currencies
    *range(0x2190, 0x2200),  # arrows
    *range(0x2200, 0x2270),  # operators
    *range(0x2580, 0x2600),  # blocks, geometric shapes
)


def tables(data: bytes) -> dict[str, bytes]:
    """The tables of a TrueType file by tag."""
    (count,) = struct.unpack(">H", data[4:6])
    found = {}
    for index in range(count):
        tag, _, offset, length = struct.unpack(">4sIII", data[12 + 16 * index : 28 + 16 * index])
        found[tag.decode("ascii")] = data[offset : offset + length]
    return found


def glyphs(cmap: bytes) -> dict[int, int]:
    """Glyph number by code point, from the format 4 (basic plane) subtable of `cmap`."""
    (count,) = struct.unpack(">H", cmap[2:4])
    for index in range(count):
        _, _, offset = struct.unpack(">HHI", cmap[4 + 8 * index : 12 + 8 * index])
        if struct.unpack(">H", cmap[offset : offset + 2])[0] == 4:
            return _format_4(cmap[offset:])
    raise ValueError("the typeface has no basic character map")


def _format_4(sub: bytes) -> dict[int, int]:
    segments = struct.unpack(">H", sub[6:8])[0] // 2

    def words(start: int, kind: str = "H") -> tuple[int, ...]:
        return struct.unpack(f">{segments}{kind}", sub[start : start + 2 * segments])

    ends, starts = words(14), words(16 + 2 * segments)
    deltas, ranges = words(16 + 4 * segments, "h"), words(16 + 6 * segments)
    found = {}
    for index in range(segments):
        for code in range(starts[index], min(ends[index], 0xFFFE) + 1):
            if ranges[index] == 0:
                glyph = (code + deltas[index]) & 0xFFFF
            else:
                place = 16 + 6 * segments + 2 * index + ranges[index] + 2 * (code - starts[index])
                (glyph,) = struct.unpack(">H", sub[place : place + 2])
                glyph = (glyph + deltas[index]) & 0xFFFF if glyph else 0
            if glyph:
                found[code] = glyph
    return found


def measure(path: Path) -> dict[str, object]:
    """Widths per code point and the line height of one typeface, both in thousandths of the size."""
    parts = tables(path.read_bytes())
    (unit,) = struct.unpack(">H", parts["head"][18:20])
    ascent, descent, gap = struct.unpack(">hhh", parts["hhea"][4:10])
    (metrics,) = struct.unpack(">H", parts["hhea"][34:36])
    by_code = glyphs(parts["cmap"])

    def advance(glyph: int) -> int:
        (width,) = struct.unpack(">H", parts["hmtx"][4 * min(glyph, metrics - 1) :][:2])
        return round(width * 1000 / unit)

    return {
        "line": round((ascent - descent + gap) * 1000 / unit),
        "widths": {f"{code:x}": advance(by_code[code]) for code in MEASURED if code in by_code},
    }


def main(arguments: list[str]) -> None:
    found = {}
    for argument in arguments:
        family, _, files = argument.partition("=")
        regular, _, bold = files.partition(",")
        found[family] = {"regular": measure(Path(regular)), "bold": measure(Path(bold or regular))}
    text = json.dumps(found, separators=(",", ":"), sort_keys=True)
    Path(__file__).with_name("metrics.json").write_text(text + "\n", encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1:])
