"""An organisation calls roles and the dimensions of a rating what it wants."""

import pytest
from tests.apps.worlds import OPERATOR, browser, initiative, person

from steerco.apps.access.roles import ROLES
from steerco.apps.indicators.dimensions import DIMENSIONS, dimension_label
from steerco.apps.initiatives.posts import create_post
from steerco.apps.organisation.services import rename_term

pytestmark = pytest.mark.django_db


def test_a_renamed_role_is_called_so_everywhere_it_is_offered() -> None:
    office = browser(person("Paula Office", "administrator"))
    place = initiative("P1")
    rename_term(OPERATOR, "role.sponsor", "en-gb", "Patron", "")
    assert ROLES["sponsor"].label == "Patron"
    assert ROLES["viewer"].label == "Viewer"
    assert create_post(OPERATOR, place, "sponsor").title == "Patron"
    for address in (f"/portfolio/{place.code}/people/", "/admin/users/", "/admin/roles/"):
        page = office.get(address).content.decode()
        assert "Patron" in page
        assert ">Sponsor<" not in page
    rename_term(OPERATOR, "role.sponsor", "en-gb", "", "")
    assert ROLES["sponsor"].label == "Sponsor"


def test_dimensions_of_a_rating_too() -> None:
    office = browser(person("Paula Office", "administrator"))
    page = office.get("/admin/words/").content.decode()
    assert 'name="one:rating.dimension.overall"' in page
    assert 'name="one:role.sponsor"' in page
    rename_term(OPERATOR, "rating.dimension.cost", "en-gb", "Money", "")
    assert (dimension_label("cost"), dimension_label("weather")) == ("Money", "weather")
    rename_term(OPERATOR, "rating.dimension.cost", "en-gb", "", "")
    assert dimension_label("cost") == str(DIMENSIONS["cost"])
