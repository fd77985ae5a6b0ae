"""Accounts: invited, linked once, closed at once; one's own account and tokens."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from tests.apps import worlds

from steerco.apps.access.accounts import invite_user, renew_link, set_open
from steerco.apps.access.models import Token, User
from steerco.apps.initiatives.models import Holding
from steerco.apps.people.models import Person
from steerco.apps.people.services import write_people
from steerco.kit.history import Change, Invalid
from steerco.kit.journal.models import Event, OutboxMessage
from steerco.kit.journal.outbox import send_due
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db
PASSWORD = "a fine long pass phrase"


@pytest.fixture
def ada():
    """A browser of the system administrator."""
    return worlds.browser(worlds.person("Ada Okonkwo", "administrator"))


def linked(page: str) -> str:
    found = re.search(r'<p class="sc-secret">([^<]+)</p>', page)
    assert found is not None
    return found[1]


def set_password(link: str) -> Client:
    """Follow the link as a stranger and set a password; the browser is returned."""
    client = Client()
    path = link.partition("8000")[2]
    first = client.get(path)
    assert first.status_code == 302
    client.post(first["Location"], {"password1": PASSWORD, "password2": PASSWORD})
    return client


def test_somebody_is_invited_sets_a_password_once_and_signs_in(ada) -> None:
    answer = ada.post(
        reverse("access:users"), {"name": "Nia New", "email": "Nia@Example.org", "role": "pmo_analyst"}
    )
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    link = linked(answer.content.decode())
    user = User.objects.get(email="nia@example.org")
    assert not user.has_usable_password()
    assert Person.objects.get(user=user).name == "Nia New"
    assert Holding.objects.get(person__user=user).post.role == "pmo_analyst"
    assert Event.objects.filter(kind="account.invited", object_id=user.pk).exists()
    set_password(link)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    set_password_again = Client().get(link.partition("8000")[2])
    assert "Bad Token" in set_password_again.content.decode()
    nia = Client()
    assert (
        nia.post(reverse("account_login"), {"login": "nia@example.org", "password": PASSWORD})["Location"]
        == "/"
    )
    assert nia.get("/").status_code == 200
    assert "nia@example.org" in ada.get(reverse("access:users"), {"q": "nia new"}).content.decode()


def test_a_person_who_is_known_by_the_address_gets_the_account() -> None:
    known = write_people(worlds.OPERATOR, [Change({"name": "Jonas Weber", "email": "jonas@example.org"})])[0]
    user = invite_user(worlds.OPERATOR, "JONAS@example.org", "J. Weber")
    assert Person.objects.get(user=user) == known
    assert not Holding.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"name": "", "email": "x@example.org"},
        {"name": "X", "email": "no address"},
        {"name": "X", "email": "ada@example.org"},
        {"name": "X", "email": "x@example.org", "role": "king"},
    ],
)
def test_an_invitation_that_cannot_work_is_refused(ada, values) -> None:
    assert ada.post(reverse("access:users"), values).status_code == 422
    assert User.objects.count() == 1
    with pytest.raises(Invalid):
        invite_user(worlds.OPERATOR, values["email"], values["name"], values.get("role", ""))


def test_the_link_goes_by_mail_and_stands_in_no_table(settings, mailoutbox) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    user = invite_user(worlds.OPERATOR, "nia@example.org", "Nia New")
    assert OutboxMessage.objects.get().payload == {}
    assert send_due() == 1
    link = re.search(r"http\S+", mailoutbox[0].body)
    assert link is not None
    set_password(link[0])
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    renew_link(worlds.OPERATOR, user)
    set_open(worlds.OPERATOR, user, False)
    assert send_due() == 0


def test_a_closed_account_is_out_at_once(ada) -> None:
    jonas = worlds.person("Jonas Weber")
    browser = worlds.browser(jonas)
    assert browser.get("/").status_code == 200
    assert ada.post(reverse("access:open", args=[jonas.user_id])).status_code == 303
    assert browser.get("/")["Location"].startswith(reverse("account_login"))
    signed_in = Client().post(
        reverse("account_login"), {"login": "jonas@example.org", "password": "correct horse battery"}
    )
    assert signed_in["Location"] == reverse("account_inactive")
    ada.post(reverse("access:open", args=[jonas.user_id]))
    assert worlds.browser(jonas).get("/").status_code == 200
    changes = [e.changes for e in Event.objects.filter(kind="account.changed").order_by("sequence")]
    assert changes == [{"is_active": [True, False]}, {"is_active": [False, True]}]


def test_nobody_closes_their_own_account(ada) -> None:
    own = User.objects.get(email="ada@example.org")
    page = worlds.posted(ada, reverse("access:open", args=[own.pk]), {})
    assert "You cannot close your own account." in page
    own.refresh_from_db()
    assert own.is_active


def test_accounts_are_for_administrators_only() -> None:
    miriam = worlds.person("Miriam Vogel", "pmo_manager")
    browser = worlds.browser(miriam)
    for name, args in (("users", []), ("link", [miriam.user_id]), ("open", [miriam.user_id])):
        url = reverse(f"access:{name}", args=args)
        assert browser.post(url, {"name": "X", "email": "x@example.org"}).status_code == 403
    with pytest.raises(Denied):
        invite_user(worlds.actor(miriam), "x@example.org", "X")
    assert User.objects.count() == 1
    assert browser.get(reverse("access:roles")).status_code == 200
    assert worlds.browser(worlds.person("Jonas Weber")).get(reverse("access:roles")).status_code == 403


def test_the_roles_page_says_what_a_role_may_do(ada) -> None:
    page = ada.get(reverse("access:roles")).content.decode()
    assert "Decide and approve" in page
    assert "Sponsor" in page


def test_ones_own_language_and_colours_are_set() -> None:
    jonas = worlds.person("Jonas Weber", "team_member", worlds.initiative("PAY"))
    browser = worlds.browser(jonas)
    page = browser.get(reverse("access:account")).content.decode()
    assert "Team member, Pay initiative" in page
    assert browser.post(reverse("access:account"), {"language": "de", "palette": "safe"}).status_code == 303
    user = User.objects.get(pk=jonas.user_id)
    assert (user.language, user.palette) == ("de", "safe")
    answer = browser.get(reverse("access:account"))
    assert 'lang="de"' in answer.content.decode()
    translation.activate("en-gb")  # the request left the thread in German
    assert browser.post(reverse("access:account"), {"language": "xx", "palette": "safe"}).status_code == 422


def test_a_token_is_shown_once_works_and_is_revoked() -> None:
    browser = worlds.browser(worlds.person("Jonas Weber"))
    url = reverse("access:tokens")
    answer = browser.post(url, {"name": "Power BI", "days": "30", "scopes": ["record.view"]})
    secret = linked(answer.content.decode().replace("sc-secret mb-0", "sc-secret"))
    token = Token.objects.get()
    assert token.digest == Token.hash(secret)
    assert token.scopes == ["record.view"]
    page = browser.get(url).content.decode()
    assert secret not in page
    assert "Power BI" in page
    other = worlds.browser(worlds.person("Eve Other"))
    assert other.post(reverse("access:revoke", args=[token.pk])).status_code == 404
    assert browser.post(reverse("access:revoke", args=[token.pk])).status_code == 303
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert "Power BI" not in browser.get(url).content.decode()
