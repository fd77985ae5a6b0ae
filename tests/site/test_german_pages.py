"""Every page in German: no English text is left; dates, numbers and money are written as Germans write them."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import translation
from tests.permissions.routes import addresses
from tests.permissions.world import build
from tests.site.sources import PACKAGE, Said

from steerco.apps.assurance.questions import SHIPPED
from steerco.apps.indicators.amounts import day_text, money_short, percent_signed
from steerco.apps.reporting.words import labels_for
from steerco.kit.registers.columns import money_text
from steerco.site.catalogues import CONTEXT, PLURAL, compile_below, messages

CATALOGUE = PACKAGE / "site/locale/de/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\\\(\w+\\\)s|%[sd]|%%")
# Written by people, or by the test's own organisation: they are the same in every language.
# The last is of the command line, and fits many a title.
OWN = {
    *(str(text) for one in SHIPPED for text in (one.title, one.good)),
    "Risk",
    "Issue",
    "Action",
    "Milestone",
    "Example",
    "Person",
    "English",
    "Finance",
    "%(role)s on %(code)s",
}


@pytest.fixture(autouse=True)
def _compiled(tmp_path: Path) -> Iterator[None]:
    """The catalogue as the sources have it now, however old the installed one is."""
    shutil.copytree(PACKAGE / "site/locale", tmp_path / "locale", ignore=shutil.ignore_patterns("*.mo"))
    compile_below(tmp_path)
    labels_for.cache_clear()
    with override_settings(LOCALE_PATHS=[str(tmp_path / "locale")]):
        yield
    labels_for.cache_clear()


def english() -> re.Pattern[str]:
    """A text that is English: a message of the catalogue whose German is another."""
    german = messages(CATALOGUE.read_text(encoding="utf-8"))
    told = {form for text in german.values() for form in text.split(PLURAL)}
    sources = {
        form
        for key in german
        if key
        for form in key.split(CONTEXT)[-1].split(PLURAL)
        if form not in told
        and form not in OWN
        and re.search(r"[^\W\d_]{2}", PLACEHOLDER.sub("", re.escape(form)))
    }
    return re.compile(
        "|".join(PLACEHOLDER.sub(".+", re.escape(s)) for s in sorted(sources, key=len, reverse=True))
    )


@pytest.mark.django_db
@pytest.mark.slow
def test_no_page_has_an_english_text_left() -> None:
    world = build()
    client = Client(headers={"accept-language": "de"})
    client.force_login(world.users["administrator"])
    pattern, left, pages = english(), {}, 0
    for address in addresses(world, "own"):
        label = f"{address.name} {address.sample}"
        if address.is_api:
            continue
        answer = client.get(address.url)
        if answer.streaming:
            b"".join(answer.streaming_content)  # read to its end, it closes itself
            continue
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            continue
        pages += 1
        page = answer.content.decode()
        if "<html" in page:
            assert '<html lang="de"' in page, label
        texts = {re.sub(r"\s+", " ", text).strip() for text in Said(page).texts}
        english_texts = sorted(text for text in texts if pattern.fullmatch(text))
        if english_texts:
            left[label] = english_texts
    assert pages > 60
    assert left == {}


def test_the_pattern_finds_english() -> None:
    pattern = english()
    for text in ("Nothing matches.", "All 7 open risks", "Sign out", "3 entries"):
        assert pattern.fullmatch(text)
    for text in ("Keine Treffer.", "Risiko", "Status", "12"):
        assert not pattern.fullmatch(text)


def test_dates_numbers_and_money_are_written_in_german() -> None:
    nbsp = "\u00a0"
    with translation.override("de"):
        assert day_text(date(2026, 12, 31)) == "31.12.2026"
        assert money_text(123456_00, "EUR") == f"123.456{nbsp}EUR"
        assert money_text(123_45) == "123,45"
        assert money_short(1_234_567_890_00, "EUR") == f"1,23{nbsp}Mrd.{nbsp}€"
        assert money_short(12_345_00, "GBP") == f"12.345{nbsp}£"
        assert money_short(12_345_00, "CHF") == f"12.345{nbsp}CHF"
        assert percent_signed(12.4) == f"+12,4{nbsp}%"


def test_a_pack_speaks_german() -> None:
    labels = labels_for("de")
    assert labels.language == "de"
    assert labels.pack == "Steuerungsmappe"
    assert labels.months(3) == "3 Monate"
    assert labels.msg_milestones(1, total=9) == "1 von 9 offenen Meilensteinen liegt hinter dem Basisplan"
    assert len(set(labels.rating_letters.values())) == len(labels.rating_letters)
    assert settings.LANGUAGE_CODE == "en-gb"
