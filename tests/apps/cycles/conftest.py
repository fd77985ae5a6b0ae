"""The programme whose reports leave as workbooks."""

import pytest
from tests.apps.cycles.workbooks import drafted
from tests.apps.cycles.world import Programme


@pytest.fixture
def found() -> Programme:
    return drafted()
