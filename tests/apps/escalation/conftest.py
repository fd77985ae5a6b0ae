"""The tree of the tests of escalation."""

import pytest
from tests.apps.escalation.trees import Tree


@pytest.fixture
def tree() -> Tree:
    """A tree with people at each level."""
    return Tree()
