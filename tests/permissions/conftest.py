"""The organisation of `world` is built once a module; every test gets it unchanged, and leaves no trace."""

import copy
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker
from tests.permissions.world import World, build

from steerco.interfaces.api.throttling import UserRate


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The organisation, in a transaction that each test's own stands in and that is taken back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def many_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test here calls more often than one user may: what is asked is who may, not how often."""
    monkeypatch.setattr(UserRate, "rate", "1000000/min", raising=False)


@pytest.fixture
def world(built: World, db: None) -> World:
    """The organisation; its rows in memory are the test's own, since writing changes them."""
    return copy.deepcopy(built)
