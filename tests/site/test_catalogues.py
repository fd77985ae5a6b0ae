"""Catalogues compile without gettext and read back through Python's own reader."""

import gettext
import io
from pathlib import Path

import pytest

from steerco.site.catalogues import binary, compile_below, messages

SOURCE = r"""
# a comment
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#: here.py:1
msgid "Risk"
msgstr "Risiko"

msgctxt "verb"
msgid "Risk"
msgstr "wagen"

#, python-format
msgid "%(n)d day"
msgid_plural "%(n)d days"
msgstr[0] "%(n)d Tag"
msgstr[1] "%(n)d Tage"

#, fuzzy
msgid "Gate"
msgstr "Tor"

msgid "Not yet"
msgstr ""

msgid "Two "
"lines\n"
msgstr "Zwei "
"Zeilen\n"
"""


def read(source: str) -> gettext.GNUTranslations:
    return gettext.GNUTranslations(io.BytesIO(binary(messages(source))))


def test_every_kind_of_message_reads_back() -> None:
    german = read(SOURCE)
    assert german.gettext("Risk") == "Risiko"
    assert german.pgettext("verb", "Risk") == "wagen"
    assert german.ngettext("%(n)d day", "%(n)d days", 1) == "%(n)d Tag"
    assert german.ngettext("%(n)d day", "%(n)d days", 3) == "%(n)d Tage"
    assert german.gettext("Two lines\n") == "Zwei Zeilen\n"


def test_fuzzy_and_untranslated_messages_show_their_source() -> None:
    german = read(SOURCE)
    assert german.gettext("Gate") == "Gate"
    assert german.gettext("Not yet") == "Not yet"


def test_a_foreign_line_is_named() -> None:
    with pytest.raises(ValueError, match="line 2"):
        messages('msgid "a"\nnonsense\n')


def test_files_are_written_beside_their_source(tmp_path: Path) -> None:
    folder = tmp_path / "locale/de/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(SOURCE, encoding="utf-8")
    assert compile_below(tmp_path) == [folder / "django.mo"]
    with (folder / "django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Risk") == "Risiko"
