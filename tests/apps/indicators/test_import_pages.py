"""The pages of a portfolio import: what they keep, and what a file that was dropped leaves behind."""

import re

import pytest
from django.test import Client
from tests.apps.worlds import OPERATOR, browser, initiative, person, posted, record

from steerco.apps.indicators.models import PortfolioImport
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.kit.history import Change

pytestmark = pytest.mark.django_db
START = "/figures/import/"
CELLS = "Project name\tWhole life cost\nBridge\t5\n"


@pytest.fixture
def office() -> Client:
    """The browser of somebody who may import and make portfolios."""
    return browser(person("Paula Office", "pmo_manager"))


def read(client: Client, code: str) -> str:
    """Bring cells into a new portfolio; the address of the draft."""
    answer = client.post(START, {"cells": CELLS, "into": "", "code": code})
    assert answer.status_code == 303
    return answer["Location"]


def test_a_dropped_file_takes_the_portfolio_with_it_that_was_made_for_it(office: Client) -> None:
    draft = read(office, "NEW")
    posted(
        office, draft, {"try": "1", "as_of": "2026-03-31", "column-0": "name", "column-1": "whole_life_cost"}
    )
    assert Initiative.objects.filter(code="NEW").exists()
    posted(office, draft, {"drop": "1"})
    assert not PortfolioImport.objects.exists()
    assert not Initiative.objects.filter(code="NEW").exists()


def test_it_stays_when_it_was_there_or_something_hangs_on_it(office: Client) -> None:
    initiative("OLD", type="portfolio")
    posted(office, read(office, "OLD"), {"drop": "1"})
    draft = read(office, "NEW")
    record("risk", Initiative.objects.get(code="NEW"), "Flood")
    posted(office, draft, {"drop": "1"})
    renamed = read(office, "NAMED")
    row = Initiative.objects.get(code="NAMED")
    write_initiatives(OPERATOR, [Change({"name": "Our portfolio"}, pk=row.pk)])
    posted(office, renamed, {"drop": "1"})
    assert set(Initiative.objects.values_list("code", flat=True)) == {"OLD", "NEW", "NAMED"}


def test_a_file_that_is_none_leaves_nothing_but_what_was_typed(office: Client) -> None:
    initiative("OLD", type="portfolio")
    answer = office.post(START, {"cells": "nothing", "into": "", "code": "NEW"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r'name="code"[^>]*value="NEW"', page)
    assert re.search(r'<option value="" selected>', page)  # not the first portfolio that is there
    assert not Initiative.objects.filter(code="NEW").exists()
