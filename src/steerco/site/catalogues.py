"""Compile gettext catalogues without gettext being installed: `python -m steerco.site.catalogues FOLDER`.

The binary format is the one that Python's own `gettext` module reads (GNU gettext manual, "The Format of GNU MO
Files"). Fuzzy and untranslated messages are left out, so that their English source shows.
"""

import ast
import struct
import sys
from pathlib import Path

CONTEXT = "\x04"  # stands between a message's context and its text
PLURAL = "\0"  # stands between singular and plural, and between the plural forms
MAGIC = 0x950412DE


def messages(source: str) -> dict[str, str]:
    """The translated messages of a catalogue's text, keyed as the binary format keys them.

    Raises ValueError naming the line that is no part of a catalogue.
    """
    found: dict[str, str] = {}
    parts: dict[str, str] = {}
    fuzzy = False
    last = ""

    def finish() -> None:
        nonlocal fuzzy
        key = parts.get("msgid", "")
        if "msgctxt" in parts:
            key = parts["msgctxt"] + CONTEXT + key
        if "msgid_plural" in parts:
            key += PLURAL + parts["msgid_plural"]
        forms = [text for name, text in parts.items() if name.startswith("msgstr")]
        if forms and all(forms) and not fuzzy:
            found[key] = PLURAL.join(forms)
        parts.clear()
        fuzzy = False

    for number, raw in enumerate(source.splitlines(), 1):
        line = raw.strip()
        if line.startswith("#"):
            if any(name.startswith("msgstr") for name in parts):
                finish()
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
        elif line.startswith("msg"):
            name, _, text = line.partition(" ")
            if name in ("msgid", "msgctxt") and any(part.startswith("msgstr") for part in parts):
                finish()
            last = name
            parts[name] = ast.literal_eval(text)
        elif line.startswith('"') and last:
            parts[last] += ast.literal_eval(line)
        elif line:
            raise ValueError(f"line {number} is no part of a catalogue: {line[:60]}")
    finish()
    return found


def binary(catalogue: dict[str, str]) -> bytes:
    """The catalogue in the binary format: a table of keys, a table of texts, then both, sorted by key."""
    pairs = sorted((key.encode(), text.encode()) for key, text in catalogue.items())
    tables_at = 7 * 4
    offset = tables_at + 16 * len(pairs)
    tables: list[list[int]] = []
    body = b""
    for column in (0, 1):
        for pair in pairs:
            tables.append([len(pair[column]), offset + len(body)])
            body += pair[column] + b"\0"
    header = struct.pack("<7I", MAGIC, 0, len(pairs), tables_at, tables_at + 8 * len(pairs), 0, offset)
    return header + b"".join(struct.pack("<2I", *row) for row in tables) + body


def compile_below(folder: Path) -> list[Path]:
    """Write the .mo beside every .po below `folder`; returns what was written."""
    written = []
    for source in sorted(folder.rglob("*.po")):
        target = source.with_suffix(".mo")
        target.write_bytes(binary(messages(source.read_text(encoding="utf-8"))))
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_below(Path(sys.argv[1])):
        print(path)
