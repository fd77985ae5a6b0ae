"""Amounts count in the smallest unit of their currency: yen have no hundredths, dinars have thousandths (ISO 4217)."""

import pytest
from django.test import Client
from tests.apps.worlds import browser, initiative, person, record

from steerco.apps.initiatives.models import Initiative
from steerco.apps.raid.models import Risk

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Client:
    initiative("P1")
    return browser(person("Olga Office", "pmo_manager"))


def typed(**values: str) -> dict[str, str]:
    return {"title": "Rate of exchange", "initiative": "P1", "direction": "threat", "state": "open", **values}


def test_it_is_typed_and_shown_as_the_language_has_it(office: Client) -> None:
    german = {"HTTP_ACCEPT_LANGUAGE": "de"}
    answer = office.post("/registers/risks/new/", typed(exposure="1.250,50", currency="EUR"), **german)
    assert answer.status_code == 303
    risk = Risk.objects.get()
    assert risk.exposure == 1250_50
    assert 'value="1250,50"' in office.get(f"/registers/risks/{risk.pk}/edit/", **german).content.decode()


@pytest.mark.parametrize(
    ("currency", "amount", "kept", "shown", "edited"),
    [
        ("JPY", "5,000", 5000, "JPY\u00a05,000", 'value="5000"'),
        ("KWD", "1.234", 1234, "KWD\u00a01.234", 'value="1.234"'),
        ("EUR", "12.50", 1250, "EUR\u00a012.50", 'value="12.50"'),
    ],
)
def test_what_is_typed_is_what_is_shown(
    office: Client, currency: str, amount: str, kept: int, shown: str, edited: str
) -> None:
    answer = office.post("/registers/risks/new/", typed(exposure=amount, currency=currency))
    assert answer.status_code == 303
    risk = Risk.objects.get()
    assert risk.exposure == kept
    assert shown in office.get("/registers/risks/").content.decode()
    assert edited in office.get(f"/registers/risks/{risk.pk}/edit/").content.decode()


@pytest.mark.parametrize(
    ("currency", "amount"),
    [
        ("JPY", "1.5"),
        ("EUR", "1.234"),
        ("EUR", "sNaN"),
        ("EUR", "1e999999"),
        ("EUR", "9" * 40),
        ("EUR", "GBP 5"),
    ],
)
def test_fractions_that_the_currency_has_not_are_refused(office: Client, currency: str, amount: str) -> None:
    answer = office.post("/registers/risks/new/", typed(exposure=amount, currency=currency))
    assert answer.status_code == 422
    assert not Risk.objects.exists()


@pytest.mark.both_databases
def test_a_filter_counts_in_the_currency_of_each_row(office: Client) -> None:
    place = Initiative.objects.get()
    for title, amount, currency in (("Yen", 7000, "JPY"), ("Dinar", 1_500, "KWD"), ("Euro", 2_000_00, "EUR")):
        record("contingency", place, title, type="set_aside", amount=amount, currency=currency)
    found = office.get("/registers/contingency/?group=all&amount_min=1000").content.decode()
    assert [title in found for title in ("Yen", "Dinar", "Euro")] == [True, False, True]
    found = office.get("/registers/contingency/?group=all&amount=7000").content.decode()
    assert [title in found for title in ("Yen", "Dinar", "Euro")] == [True, False, False]
    found = office.get("/registers/contingency/?group=all&amount_max=1.5").content.decode()
    assert [title in found for title in ("Yen", "Dinar", "Euro")] == [False, True, False]
