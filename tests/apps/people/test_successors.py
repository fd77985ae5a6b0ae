"""After a re-organisation a unit names its successors, in the browser; comparisons follow them."""

from datetime import date
from typing import Any

import pytest
from tests.apps.worlds import OPERATOR, browser, person, posted

from steerco.apps.people.models import Unit, UnitSuccession
from steerco.apps.people.selectors import successors_today
from steerco.apps.people.services import succeed_unit, write_units
from steerco.kit.history import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def units() -> list[Unit]:
    return write_units(OPERATOR, [Unit(code=code, name=f"{code} office") for code in ("A", "B", "C")])


def test_the_office_names_who_took_over_and_the_page_says_so(units: list[Unit]) -> None:
    office = browser(person("Olga Office", "pmo_administrator"))
    old, new, _other = units
    url = f"/people/units/{old.pk}/successors/"
    assert url in office.get(f"/registers/units/{old.pk}/").content.decode()
    page = posted(office, url, {"on": "2026-04-01", "unit_1": "B office"})
    assert "Followed on" in page
    assert "B office" in page
    old.refresh_from_db()
    assert old.valid_to == date(2026, 4, 1)
    assert successors_today() == {old.pk: new.pk}
    assert "Took over on" in office.get(f"/registers/units/{new.pk}/").content.decode()


def test_what_is_said_again_replaces_what_was_said(units: list[Unit]) -> None:
    old, first, second = units
    succeed_unit(OPERATOR, old, [(first, None)], date(2026, 4, 1))
    succeed_unit(OPERATOR, old, [(second, 60), (first, 40)], date(2026, 5, 1))
    rows = UnitSuccession.objects.order_by("-share").values_list("successor", "share", "on")
    assert list(rows) == [(second.pk, 60, date(2026, 5, 1)), (first.pk, 40, date(2026, 5, 1))]


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([], "at least one"),
        ([(0, None)], "itself"),
        ([(1, None), (1, None)], "once"),
        ([(1, 60), (2, 30)], "add up to 100"),
        ([(1, 100), (2, None)], "add up to 100"),
    ],
)
def test_nonsense_is_refused(units: list[Unit], pairs: list[Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        succeed_unit(OPERATOR, units[0], [(units[n], share) for n, share in pairs], date(2026, 4, 1))
    assert not UnitSuccession.objects.exists()


def test_a_circle_is_refused_on_the_page(units: list[Unit]) -> None:
    office = browser(person("Olga Office", "pmo_administrator"))
    succeed_unit(OPERATOR, units[0], [(units[1], None)], date(2026, 4, 1))
    url = f"/people/units/{units[1].pk}/successors/"
    answer = office.post(url, {"on": "2026-05-01", "unit_1": "A office"})
    assert answer.status_code == 422
    assert "circle" in answer.content.decode()
    assert office.post(url, {"on": "soon", "unit_1": "Nobody knows it"}).status_code == 422


def test_who_may_not_edit_people_does_not(units: list[Unit]) -> None:
    viewer = browser(person("Vera Viewer", "viewer"))
    assert viewer.get(f"/people/units/{units[0].pk}/successors/").status_code == 403
    assert "Successors…" not in viewer.get(f"/registers/units/{units[0].pk}/").content.decode()
