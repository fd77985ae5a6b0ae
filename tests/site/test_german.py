"""The German catalogue says everything that the sources say, with the same placeholders, in the words of the trade."""

import re
from pathlib import Path

import pytest
from tests.site.sources import PACKAGE, marked_keys

from steerco.site.catalogues import CONTEXT, PLURAL, messages

CATALOGUE = PACKAGE / "site/locale/de/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|\{\w*\}|%")
TAG = re.compile(r"</?\w+[^>]*>")
# Words that are the same in German.
SAME = {
    "A",
    "AG",
    "AR",
    "Budget",
    "G",
    "In",
    "Mail",
    "Mails",
    "NAME",
    "Name",
    "Organisation",
    "Person",
    "Plan",
    "Portfolio",
    "R",
    "REVISION",
    "Register",
    "Revision",
    "Signal",
    "Stakeholder",
    "Status",
    "TEXT",
    "Team",
    "Text",
    "Trend",
    "Version",
    "ZONE",
    "neutral",
    "{page}/{pages}",
    "{title} ({part}/{parts})",
}
# One German word for each English one, as the head of the catalogue has them.
GLOSSARY = {
    r"\binitiatives?\b": r"Vorhaben",
    r"\bprogrammes?\b": r"Programm",
    r"\bworkstreams?\b": r"Teilprojekt",
    r"\bmilestones?\b": r"Meilenstein",
    r"\brisks?\b": r"Risik",
    r"\bissues?\b": r"Offene[rn]? Punkt",
    r"\bregisters?\b": r"Register",
    r"\bpacks?\b": r"[Mm]appe",
    r"\bratings?\b": r"Ampel",
    r"\bprobability\b": r"[Ww]ahrscheinlichkeit",
    r"\bimpact\b": r"Auswirkung",
    r"\bexposure\b": r"Tragweite",
    r"\bwhole-life costs?\b": r"Gesamtkosten",
    r"\bbaseline\b": r"Basisplan",
    r"\bfiscal year\b": r"Geschäftsjahr",
    r"\bsponsor\b": r"Auftraggeber",
    r"\bposts?\b": r"Stelle",
}


@pytest.fixture(scope="module")
def german() -> dict[str, str]:
    return messages(CATALOGUE.read_text(encoding="utf-8"))


def pairs(german: dict[str, str]) -> list[tuple[str, str]]:
    """(English, German) for every form; a plural's forms against the English plural, its singular against its own."""
    found = []
    for key, text in german.items():
        if key:
            found += list(zip(key.split(CONTEXT)[-1].split(PLURAL), text.split(PLURAL), strict=True))
    return found


def test_every_text_of_the_sources_is_translated_and_no_other(german: dict[str, str]) -> None:
    marked, known = marked_keys(), set(german) - {""}
    assert len(marked) > 1000
    assert sorted(marked - known) == [], "make messages, then translate"
    assert sorted(known - marked) == [], "make messages"


def test_nothing_is_fuzzy_or_empty(german: dict[str, str]) -> None:
    source = CATALOGUE.read_text(encoding="utf-8")
    assert not re.search(r"^#,.*fuzzy", source, re.MULTILINE)
    assert len(re.findall(r"^msgid ", source, re.MULTILINE)) == len(german)


def test_placeholders_tags_and_edges_are_kept(german: dict[str, str]) -> None:
    wrong = [
        (english, text)
        for english, text in pairs(german)
        if sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(text))
        or sorted(TAG.findall(english)) != sorted(TAG.findall(text))
        or english[: len(english) - len(english.lstrip())] != text[: len(text) - len(text.lstrip())]
        or english[len(english.rstrip()) :] != text[len(text.rstrip()) :]
    ]
    assert wrong == []


def test_a_sentence_ends_as_its_source_does(german: dict[str, str]) -> None:
    wrong = [
        (english, text)
        for english, text in pairs(german)
        if english[-1] != text[-1] and (english[-1] in ".:?…" or text[-1] == ".")
    ]
    assert [pair for pair in wrong if pair not in {("No.", "Nr."), ("no.", "Nr.")}] == []


def test_only_words_that_are_german_too_stay(german: dict[str, str]) -> None:
    assert {english for english, text in pairs(german) if english == text} <= SAME


def test_german_marks_and_the_formal_address(german: dict[str, str]) -> None:
    texts = [text for _english, text in pairs(german)]
    assert [t for t in texts if re.search(r"“[^„]*”|\"|'", t)] == []
    assert [t for t in texts if t.count("„") != t.count("“")] == []
    assert [t for t in texts if re.search(r"\b(du|dir|dich|dein\w*|ihr seid|euch|euer\w*)\b", t)] == []


@pytest.mark.parametrize(("english", "word"), GLOSSARY.items())
def test_a_word_of_the_trade_is_always_the_same(german: dict[str, str], english: str, word: str) -> None:
    said = [(re.sub(r"\{\w+\}|%\(\w+\)s", "", source), text) for source, text in pairs(german)]
    using = [pair for pair in said if re.search(english, pair[0], re.IGNORECASE)]
    assert using
    assert [pair for pair in using if not re.search(word, pair[1], re.IGNORECASE)] == []


def test_the_catalogue_opens_with_its_glossary() -> None:
    head = CATALOGUE.read_text(encoding="utf-8").split("msgid", 1)[0]
    assert Path(CATALOGUE).parts[-3] == "de"
    for word in ("Vorhaben", "Teilprojekt", "Ampel", "Mappe", "Offener Punkt", "Behandlung"):
        assert word in head
