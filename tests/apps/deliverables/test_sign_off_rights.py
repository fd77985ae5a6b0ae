"""The register of decision rights says who accepts a deliverable up to which money: a round follows it."""

from typing import Any

import pytest
from tests.apps.escalation.trees import right
from tests.apps.worlds import actor, browser, person

from steerco.apps.deliverables.models import SignOffRound
from steerco.apps.deliverables.signing import Terms, open_round
from steerco.kit.history import Invalid

pytestmark = pytest.mark.django_db


def put(place: Any, *approvers: Any, **terms: Any) -> SignOffRound:
    return open_round(actor(place.manager), place.entry, Terms([who.party for who in approvers], **terms))


@pytest.fixture
def owner(place: Any) -> Any:
    """Accepts up to a thousand euros; above it the portfolio does."""
    found = person("Olaf Owner")
    right(place.project, found.party, subject="sign_off", title="Acceptance", money=100_000, currency="EUR")
    return found


def test_a_round_without_those_whom_the_register_names_is_refused_in_words(place: Any, owner: Any) -> None:
    with pytest.raises(Invalid) as refused:
        put(place, place.sponsor, value=50_000, currency="EUR")
    [text] = refused.value.errors[0]["approvers"]
    assert "Olaf Owner" in text
    assert "Acceptance" in text
    assert not SignOffRound.objects.exists()
    assert put(place, place.sponsor, owner, value=50_000, currency="EUR").is_open


def test_above_the_limit_the_next_level_accepts_it_or_nobody(place: Any, owner: Any) -> None:
    with pytest.raises(Invalid, match="above every limit"):
        put(place, owner, value=200_000, currency="EUR")
    chief = person("Carla Chief")
    right(None, chief.party, subject="sign_off", title="Large acceptance")
    with pytest.raises(Invalid, match="Carla Chief"):
        put(place, owner, value=200_000, currency="EUR")
    assert put(place, chief, value=200_000, currency="EUR").is_open


def test_the_holder_of_a_post_that_is_named_is_who_is_meant(place: Any) -> None:
    holder = place.user.holdings.get()
    right(place.project, holder.post.party, subject="sign_off", title="Acceptance")
    assert put(place, place.user).is_open


def test_four_eyes_need_two_approvers(place: Any) -> None:
    right(place.project, place.user.party, subject="sign_off", title="Acceptance", four_eyes=True)
    with pytest.raises(Invalid, match="second pair of eyes"):
        put(place, place.user)
    assert put(place, place.user, place.sponsor).is_open


def test_advice_proposes_and_refuses_nobody(place: Any) -> None:
    right(place.project, place.user.party, subject="sign_off", title="Acceptance", advice=True)
    form = browser(place.manager).get(f"/sign-offs/ask/{place.entry.pk}/").content.decode()
    assert form.index("Ulla User") < form.index("Sara Sponsor")
    assert put(place, place.sponsor).is_open


def test_the_form_proposes_them_and_shows_the_refusal(place: Any, owner: Any) -> None:
    client, url = browser(place.manager), f"/sign-offs/ask/{place.entry.pk}/"
    assert "Olaf Owner" in client.get(url).content.decode()
    sent = {"revision": "1.0", "order": "parallel", "days": "5", "approver_1": "Sara Sponsor"}
    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert "The register of decision rights says who accepts it." in refused.content.decode()
    assert client.post(url, {**sent, "approver_2": "Olaf Owner"}).status_code == 303


def test_rights_about_something_else_change_nothing(place: Any, owner: Any) -> None:
    right(place.project, place.manager.party, subject="change", title="Changes")
    with pytest.raises(Invalid):
        put(place, place.manager)
    assert put(place, owner).is_open
