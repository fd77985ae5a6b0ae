"""A list on paper: the rows and columns of the screen, what its reader may not see left out, nothing off the page."""

import io
import re

import pytest
from django.test import Client
from pypdf import PdfReader
from tests.apps.worlds import OPERATOR, browser, initiative, person, record

from steerco.apps.initiatives.services import restrict
from steerco.apps.organisation.services import configure
from steerco.exchange.lists.render import LONGEST, fitting
from steerco.kit.journal.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Client:
    return browser(person("Olga Office", "pmo_manager"))


def printed(client: Client, query: str = "") -> tuple[PdfReader, str]:
    """The document and all of its words, one space between them."""
    answer = client.get(f"/imports/risks/export.pdf{query}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    paper = PdfReader(io.BytesIO(answer.content))
    return paper, re.sub(r"\s+", " ", " ".join(page.extract_text() for page in paper.pages))


def test_it_says_which_rows_these_are_under_the_name_of_the_organisation(office: Client) -> None:
    configure(
        OPERATOR, {"name": "Northwind", "currency": "EUR", "fiscal_year_start": 1, "marking": "INTERNAL"}
    )
    place = initiative("P1", name="Bridge")
    record("risk", place, "Ground water", current_probability=5, current_impact=5)
    record("risk", place, "Old news", state="closed", closed_on="2026-01-01", closure_reason="expired")
    record("risk", initiative("P2", name="Tunnel"), "Late permit")
    paper, words = printed(office, "?by=initiative&q=water")
    assert "Ground water" in words
    assert "Late permit" not in words
    paper, words = printed(office, "?by=initiative&cols=title,score,state")
    for said in ("Risks", "2 entries", "open", "grouped by initiative", "Bridge", "Tunnel", "Northwind · INTERNAL",
                 "Olga Office"):  # fmt: skip
        assert said in words
    assert "Old news" not in words
    assert paper.trailer["/Root"]["/Lang"] == "en"
    event = Event.objects.filter(kind="risk.exported").last()
    assert event is not None
    assert (event.changes["form"], event.changes["rows"]) == ("pdf", 2)


def test_what_the_reader_may_not_see_is_not_on_it() -> None:
    place = initiative("P1")
    record("risk", place, "Everybody knows")
    secret = record("risk", place, "Nobody knows")
    reader = person("Rosa Reader", "programme_manager", place)
    restrict(OPERATOR, secret, [person("Sam Secret").party_id])
    _paper, words = printed(browser(reader))
    assert "Everybody knows" in words
    assert "Nobody knows" not in words


def test_an_empty_list_says_so(office: Client) -> None:
    assert "No entries." in printed(office)[1]


@pytest.mark.parametrize(
    "columns", ["title,cause,effect", ",".join(("title", "cause", "effect", "owner", "state") * 1)]
)
def test_long_foreign_and_dangerous_texts_stay_on_the_page(office: Client, columns: str) -> None:
    place = initiative("P1")
    texts = (
        "x",
        "A word " * 800,
        "W" * 5000,
        "=1+1 #let x = 2 *bold* <b>",
        "مخاطر المشروع",
        "Größenwahn \u202e drehen",
    )
    for text in texts:
        record("risk", place, text[:200], cause=text, effect=text)
    paper, words = printed(office, f"?cols={columns}")
    assert "#let x = 2 *bold* <b>" in words
    assert len(paper.pages) < 12
    for page in paper.pages:
        assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (842, 595)


def test_a_text_is_cut_and_broken() -> None:
    assert fitting("short") == "short"
    assert len(fitting("a b " * 1000)) == LONGEST
    assert "\u200b" in fitting("W" * 60)


def test_a_list_that_is_too_long_for_paper_is_refused_in_words(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steerco.kit.imports.views.exports.MOST_ROWS", 2)
    place = initiative("P1")
    for number in range(3):
        record("risk", place, f"Risk {number}")
    answer = office.get("/imports/risks/export.pdf?q=Risk")
    assert (answer.status_code, answer["Location"]) == (303, "/registers/risks/?q=Risk")
    assert "at most 2 entries, this list has 3" in office.get(answer["Location"]).content.decode()
