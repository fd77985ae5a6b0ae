"""A sort key that orders names alike on SQLite and PostgreSQL, whatever the database's collation."""

import re
import unicodedata

_digits = re.compile(r"\d+")
_words = re.compile(r"[^\W_]+")  # what isalnum() says of every letter
_special = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "þ": "th"})


def sort_key(text: str, length: int = 220) -> str:
    """`text` without case, accents and punctuation, numbers padded so that 9 comes before 10, cut to `length`.

    The result is pure ASCII where the script allows, so byte order is the wanted order on both databases.
    """
    if text.isascii():
        bare = text.lower()
    else:
        folded = unicodedata.normalize("NFKD", text.casefold()).translate(_special)
        bare = "".join(c for c in folded if not unicodedata.combining(c))
    padded = _digits.sub(lambda m: m.group().zfill(8), bare)
    return " ".join(_words.findall(padded))[:length]
