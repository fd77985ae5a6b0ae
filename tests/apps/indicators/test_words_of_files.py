"""What is wrong with a file is said in the reader's language: as an error, as a note, out of the confined reader."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from django.utils import translation
from tests.apps.worlds import OPERATOR, browser, initiative, person

from steerco.apps.indicators.imports import import_portfolio
from steerco.exchange.portfolio import read_portfolio
from steerco.exchange.tables import read_tables
from steerco.kit.imports.confinement import Unreadable, read_confined

pytestmark = pytest.mark.django_db


@pytest.fixture
def german() -> Iterator[Client]:
    """A browser that asks for German; what a request activates ends with the test."""
    client = browser(person("Paula Office", "pmo_manager"))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    with translation.override("en-gb"):
        yield client


def test_notes_of_a_portfolio_import() -> None:
    [table] = read_tables(
        b"Project name,Whole life cost,End date\nBridge,lots,31/03/2022\nRoad,5,\n", "t.csv"
    )
    reading = read_portfolio(table, as_of=date(2020, 3, 31))
    with translation.override("de"):
        report = import_portfolio(
            OPERATOR, [reading], portfolio=initiative("P"), file_name="t.csv", dry_run=True
        )
    reasons = [note.reason for note in report.notes]
    assert "Das ist kein Geldbetrag. “lots”" in reasons
    assert any(r.startswith("Die Spalte nennt keine Währung; angenommen: GBP") for r in reasons)


def test_a_file_that_is_no_table_in_the_browser(german: Client) -> None:
    page = german.post("/figures/import/", {"cells": "nothing here", "into": initiative("P").code})
    assert "enthält keine Tabelle" in page.content.decode()


def test_the_confined_reader() -> None:
    with translation.override("de"), pytest.raises(Unreadable) as error:
        read_confined(b'a,b\n1,"open\n', "t.csv")
    assert (error.value.message, error.value.row) == (
        "In dieser Zeile beginnt ein Anführungszeichen, das nicht endet.",
        2,
    )
