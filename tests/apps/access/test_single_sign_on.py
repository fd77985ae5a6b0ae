"""Single sign-on against an OpenID provider: whose account it is, and who gets none."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client
from tests.apps.access.openid_provider import CLIENT, SECRET, Provider, provider

from steerco.apps.access.models import User
from steerco.apps.access.single_sign_on import certain_address
from steerco.apps.organisation.services import configure
from steerco.apps.people.models import Person
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor

START = "/accounts/oidc/oidc/login/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def entra(settings: Any) -> Iterator[Provider]:
    """A provider that says nothing of whether an address is confirmed, as Entra does."""
    with provider("http://testserver/accounts/oidc/oidc/login/callback/") as running:
        app = {"provider_id": "oidc", "name": "Example", "client_id": CLIENT, "secret": SECRET}
        app["settings"] = {"server_url": running.issuer}  # type: ignore[assignment]
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        settings.OIDC_DOMAINS = ["example.org"]
        yield running


def sign_in(client: Client) -> HttpResponse:
    """The whole way, as a browser goes it; returns the last answer."""
    leads = client.get(START)
    assert leads.status_code == 302
    back = requests.get(leads["Location"], allow_redirects=False, timeout=10)
    assert back.status_code == 302
    answer: Any = client.get(back.headers["Location"], follow=True)
    return answer  # type: ignore[no-any-return]


def signed_in(client: Client) -> str | None:
    key = client.session.get("_auth_user_id")
    return None if key is None else User.objects.get(pk=key).email


def test_the_sign_in_page_leads_there_by_a_plain_link(entra: Provider, client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert f'href="{START}' in page
    assert ">Example<" in page


def test_a_known_person_signs_in_by_address_once_then_by_the_providers_id(
    entra: Provider, client: Client
) -> None:
    user = User.objects.create_user("ann@example.org")
    entra.claims["email"] = "Ann@Example.org"
    sign_in(client)
    assert (signed_in(client), entra.refused) == ("ann@example.org", [])
    client.logout()
    entra.claims["email"] = "ann.oak@example.org"  # a new name: still the same person
    sign_in(client)
    assert signed_in(client) == "ann@example.org"
    assert User.objects.get() == user


def test_nobody_gets_an_account_unless_the_organisation_allows_it(
    entra: Provider, client: Client, operator: Actor
) -> None:
    answer = sign_in(client)
    assert "There is no open account for ann@example.org." in answer.content.decode()
    assert (signed_in(client), User.objects.count(), Person.objects.count()) == (None, 0, 0)
    configure(operator, {"sign_on_makes_accounts": True})
    sign_in(client)
    assert signed_in(client) == "ann@example.org"
    person = Person.objects.get()
    assert (person.name, person.user) == ("Ann Hill", User.objects.get())
    assert not User.objects.get().has_usable_password()
    event = Event.objects.get(kind="account.created")
    assert event.actor_label == "single sign-on (s-1)"


def test_a_closed_account_stays_closed(entra: Provider, client: Client, operator: Actor) -> None:
    configure(operator, {"sign_on_makes_accounts": True})
    user = User.objects.create_user("ann@example.org", is_active=False)
    assert "There is no open account" in sign_in(client).content.decode()
    User.objects.update(is_active=True)
    sign_in(client)
    client.logout()
    User.objects.update(is_active=False)  # after the two were joined
    sign_in(client)
    assert signed_in(client) is None
    assert User.objects.get() == user


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "ann@elsewhere.example"},  # not the organisation's domain
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": True, "xms_edov": 0},
        {"email": ""},
    ],
)
def test_an_uncertain_address_is_no_address(entra: Provider, client: Client, claims: dict[str, Any]) -> None:
    for address in ("ann@example.org", "ann@elsewhere.example"):
        User.objects.create_user(address)
    entra.claims.update(claims)
    assert "did not confirm your e-mail address" in sign_in(client).content.decode()
    assert signed_in(client) is None


def test_what_the_provider_confirms_counts_in_any_domain() -> None:
    claims = {"email": "Bob@Elsewhere.example"}
    assert certain_address({**claims, "email_verified": True}, []) == "bob@elsewhere.example"
    assert certain_address({**claims, "xms_edov": "1"}, []) == "bob@elsewhere.example"
    assert certain_address(claims, ["elsewhere.example"]) == "bob@elsewhere.example"
    assert certain_address(claims, ["example"]) is None
    assert certain_address({"email": "elsewhere.example"}, ["elsewhere.example"]) is None


def test_an_identity_is_never_joined_to_another_ones_session(entra: Provider, client: Client) -> None:
    User.objects.create_user("ann@example.org")
    bob = User.objects.create_user("bob@example.org")
    client.force_login(bob, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    leads = client.get(f"{START}?process=connect")
    back = requests.get(leads["Location"], allow_redirects=False, timeout=10)
    client.get(back.headers["Location"])
    assert not bob.socialaccount_set.exists()  # type: ignore[attr-defined]


def test_a_stolen_answer_is_worth_nothing(entra: Provider, client: Client) -> None:
    """The answer to one browser's request, brought by another: the state is not its own."""
    User.objects.create_user("ann@example.org")
    back = requests.get(client.get(START)["Location"], allow_redirects=False, timeout=10)
    other = Client()
    other.get(back.headers["Location"])
    assert signed_in(other) is None
