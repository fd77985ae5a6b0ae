"""Bytes to text: encodings, byte order marks, and letters that an earlier conversion mangled.

A pound sign is byte A3 in cp1252 and "Ł" in iso-8859-2 and cp1250; files that went through the wrong one show
"Ł1.90m" and keep the quotation marks and bullets of cp1252 as invisible control characters 80-9F. The other
frequent accident is UTF-8 read as cp1252, which shows "Â£" and "â€™".
"""

import codecs
import re
from collections.abc import Callable, Iterable

from steerco.exchange.tables.said import Said, gettext_noop
from steerco.exchange.tables.table import TableError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SLAVIC_POUND = re.compile(r"Ł(?=\s?\d|\s?(?:m|k|bn|million|billion)\b)|(?<=[(\s])Ł(?=\))", re.IGNORECASE)
_DOUBLE_ENCODED = re.compile(r"[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6-\u02dc\u2013-\u2122]{1,3}")


def _single_byte_repairs() -> dict[int, str]:
    """Each character of iso-8859-2 (and each raw control character 80-9F) to what cp1252 has at that byte."""
    repairs: dict[int, str] = {}
    for byte in range(0x80, 0x100):
        raw = bytes([byte])
        meant = raw.decode("cp1252", errors="ignore")
        if meant:
            repairs[ord(raw.decode("iso-8859-2"))] = meant
    return repairs


_FROM_SLAVIC = _single_byte_repairs()
_CONTROLS = {code: meant for code, meant in _FROM_SLAVIC.items() if 0x80 <= code <= 0x9F}


def decode(data: bytes, file: str) -> tuple[str, str]:
    """The text of `data` and the name of its encoding.

    Byte order marks decide first; then UTF-16 without a mark (every other byte is zero), UTF-8, and cp1252 as
    the last resort, in which the five bytes that it leaves undefined keep their Latin-1 meaning.

    Raises TableError when a byte order mark promises an encoding that the rest does not keep, or when the
    bytes are not text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise TableError(
                    file,
                    Said(
                        gettext_noop("The file starts as %(encoding)s but is damaged: %(why)s."),
                        encoding=encoding,
                        why=error.reason,
                    ),
                ) from error
    sample = data[:4096]
    if b"\0" in sample:
        for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
            if zeros.count(0) > 0.6 * len(zeros) and len(data) % 2 == 0:
                try:
                    return data.decode(encoding), encoding
                except UnicodeDecodeError:
                    continue
        raise TableError(file, Said(gettext_noop("The file is not text: it contains zero bytes.")))
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        kept = "".join(bytes([b]).decode("cp1252", errors="ignore") or chr(b) for b in range(256))
        return codecs.charmap_decode(data, "strict", kept)[0], "cp1252"


def _undo_double_encoding(text: str) -> str:
    def meant(match: re.Match[str]) -> str:
        run = match.group(0)
        # The longest prefix that is one UTF-8 sequence; what follows was text of its own.
        for length in range(len(run), 1, -1):
            try:
                raw = b"".join(
                    bytes([ord(c)]) if ord(c) < 0x100 else c.encode("cp1252") for c in run[:length]
                )
                return raw.decode("utf-8") + run[length:]
            except UnicodeError:
                continue
        return run

    return _DOUBLE_ENCODED.sub(meant, text)


def repair_of(texts: Iterable[str]) -> tuple[Callable[[str], str], str] | None:
    """How to repair the letters of a file, decided on all of its texts together.

    Returns a function that repairs one text and a description of what it undoes, or None when nothing is
    mangled. A file in which "Ł" also stands before letters is Polish and is left alone.
    """
    joined = "\n".join(texts)
    pounds = len(_SLAVIC_POUND.findall(joined))
    if pounds and pounds >= 0.9 * joined.count("Ł"):
        return (lambda text: text.translate(_FROM_SLAVIC)), Said(
            gettext_noop("Latin-2 letters where cp1252 was meant (Ł for £)")
        )
    if "Â£" in joined or "â€" in joined or "Ã©" in joined:
        return _undo_double_encoding, Said(gettext_noop("UTF-8 that was read as cp1252 (Â£ for £)"))
    if any(chr(code) in joined for code in _CONTROLS):
        return (lambda text: text.translate(_CONTROLS)), Said(
            gettext_noop("control characters where cp1252 was meant")
        )
    return None
