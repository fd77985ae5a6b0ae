"""Words are kept for a few seconds: each test reads them anew."""

from collections.abc import Iterator

import pytest

from steerco.apps.organisation.selectors import forget_words


@pytest.fixture(autouse=True)
def _fresh_words() -> Iterator[None]:
    forget_words()
    yield
    forget_words()
