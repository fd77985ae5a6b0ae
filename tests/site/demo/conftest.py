"""The example city, loaded once for the tests of a module and taken back after them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from steerco.site.demo.city import load_city


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Everything of Northwind City, as it is on the day of the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert load_city()
        yield
        transaction.set_rollback(True)
