"""One's own choice of how mails come."""

import pytest
from tests.apps.worlds import browser, person

from steerco.apps.notices.models import Preference

pytestmark = pytest.mark.django_db
FORM = {
    "delivery": "at_once",
    "digest_at": "08:15",
    "quiet_from": "18:00",
    "quiet_to": "08:00",
    "working_days": ["1", "2", "4"],
}


def test_it_is_kept_and_shown() -> None:
    client = browser(person("Omar Owner"))
    assert "/me/notices/" in client.get("/account/").content.decode()
    assert client.post("/me/notices/", FORM).status_code == 303
    row = Preference.objects.get()
    assert (row.delivery, row.working_days, str(row.digest_at)) == ("at_once", "124", "08:15:00")
    assert 'value="08:15"' in client.get("/me/notices/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"delivery": "pigeon"},
        {"digest_at": "noon"},
        {"working_days": []},
        {"working_days": ["9"]},
        {"away_from": "2026-12-24", "away_to": "2026-12-01"},
    ],
)
def test_what_cannot_be_is_said(wrong: dict[str, object]) -> None:
    client = browser(person("Omar Owner"))
    assert client.post("/me/notices/", {**FORM, **wrong}).status_code == 422
    assert not Preference.objects.exists()
