"""Where papers are decided about, and who prepares them."""

import pytest
from tests.apps.worlds import initiative, person

from steerco.apps.initiatives.models import Initiative
from steerco.apps.people.models import Person


@pytest.fixture
def place() -> Initiative:
    return initiative("TRAM")


@pytest.fixture
def manager(place: Initiative) -> Person:
    return person("Mara Manager", "project_manager", place)
