"""A list offers the import to whoever may import, and to nobody who would be refused."""

import pytest
from tests.apps.worlds import browser, initiative, person

from steerco.kit.registers.register import registers

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "offered"), [("team_member", False), ("sponsor", False), ("project_manager", True)]
)
def test_the_import_is_offered_where_it_is_open(role: str, offered: bool) -> None:
    project = initiative("P1", name="Payments")
    client = browser(person("Ruth Reader", role, project))
    for register in registers():
        page = client.get(register.list_url())
        if page.status_code != 200:
            continue
        address = f"/imports/{register.slug}/new/"
        shown = f'href="{address}"' in page.content.decode()
        assert not shown or client.get(address).status_code == 200, register.slug
        if register.slug == "risks":
            assert shown is offered


def test_a_portfolio_is_imported_by_whoever_runs_one() -> None:
    portfolio = initiative("TOP", type="portfolio")
    project = initiative("P1", portfolio)
    manager = browser(person("Pia Project", "project_manager", project))
    above = browser(person("Paul Portfolio", "portfolio_manager", portfolio))
    for client, offered in ((manager, False), (above, True)):
        assert ("/figures/import/" in client.get("/portfolio/").content.decode()) is offered
        assert (client.get("/figures/import/").status_code == 200) is offered
