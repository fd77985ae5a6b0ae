"""Sign-in pages and errors: our look, no inline script or style, a kind word when it is too much."""

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from tests.apps import worlds

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _no_tries_yet():
    cache.clear()
    yield
    cache.clear()


def assert_clean(html: str) -> None:
    """No inline style, no inline script that runs, nothing from another host."""
    assert "<style" not in html
    assert not re.search(r"\sstyle=", html)
    assert not re.search(r"\son[a-z]+=", html)
    for tag in re.findall(r"<script[^>]*>", html):
        assert "src=" in tag or "application/json" in tag
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
    assert "steerco.css" in html
    assert len(re.findall(r"<h1", html)) == 1


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_inactive"])
def test_pages_before_sign_in_wear_our_look_without_a_menu(name) -> None:
    html = Client().get(reverse(name)).content.decode()
    assert_clean(html)
    assert "navbar-vertical" not in html
    assert 'name="csrfmiddlewaretoken"' in html or name == "account_inactive"


def signed_in() -> Client:
    """A browser of somebody who has just signed in and confirmed it."""
    worlds.person("Jonas Weber")
    client = Client()
    client.post(reverse("account_login"), {"login": "jonas@example.org", "password": PASSWORD})
    asked = client.get(reverse("account_reauthenticate"))
    assert_clean(asked.content.decode())
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    return client


@pytest.mark.parametrize(
    "name",
    ["account_change_password", "account_logout", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn"],
)
def test_pages_of_the_account_wear_our_look_with_the_menu(name) -> None:
    answer = signed_in().get(reverse(name))
    assert answer.status_code == 200
    html = answer.content.decode()
    assert_clean(html)
    assert "navbar-vertical" in html
    assert reverse("access:tokens") in html


def test_nobody_signs_up_by_themselves() -> None:
    html = Client().get(reverse("account_login")).content.decode()
    assert reverse("account_signup") not in html
    assert Client().post(reverse("account_signup"), {"email": "x@example.org"}).status_code == 200
    assert "password1" not in Client().get(reverse("account_signup")).content.decode()


def totp(secret: str) -> str:
    """The code that an authenticator app shows now (RFC 6238, six digits, 30 seconds)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def test_a_second_factor_is_switched_on_and_asked_for() -> None:
    client = signed_in()
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    found = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page)
    assert found is not None
    assert 'class="sc-qr" src="data:image/svg+xml' in page
    assert client.post(reverse("mfa_activate_totp"), {"code": totp(found[1])}).status_code == 302
    codes = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert_clean(codes)
    assert "Unused codes" in codes
    cache.clear()  # a code works once: forget that it was used
    again = Client()
    first = again.post(reverse("account_login"), {"login": "jonas@example.org", "password": PASSWORD})
    assert first["Location"].startswith(reverse("mfa_authenticate"))
    assert again.get("/")["Location"].startswith(reverse("account_login"))
    assert_clean(again.get(reverse("mfa_authenticate")).content.decode())
    assert again.post(reverse("mfa_authenticate"), {"code": totp(found[1])})["Location"] == "/"
    assert again.get("/").status_code == 200


def test_without_mail_the_reset_page_says_so_for_everybody_alike(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = ""
    worlds.person("Jonas Weber")
    answers = [
        Client().post(reverse("account_reset_password"), {"email": email})
        for email in ("jonas@example.org", "nobody@example.org")
    ]
    assert [a.status_code for a in answers] == [503, 503]
    assert "Ask your administrator" in answers[0].content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert Client().post(reverse("account_reset_password"), {"email": "jonas@example.org"}).status_code == 302


def test_too_many_tries_are_answered_with_429_and_when_to_come_back() -> None:
    client = Client()
    for _turn in range(21):
        answer = client.post(reverse("account_reset_password"), {"email": f"x{_turn}@example.org"})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
    assert "Wait a little" in answer.content.decode()
    assert_clean(answer.content.decode())


def test_guessing_a_password_is_stopped() -> None:
    worlds.person("Jonas Weber")
    client = Client()
    for _turn in range(6):
        client.post(reverse("account_login"), {"login": "jonas@example.org", "password": "wrong"})
    answer = client.post(reverse("account_login"), {"login": "jonas@example.org", "password": PASSWORD})
    assert answer.status_code in {200, 429}
    assert client.get("/").status_code == 302


def test_errors_wear_our_look() -> None:
    jonas = worlds.browser(worlds.person("Jonas Weber"))
    missing = jonas.get("/nowhere/")
    assert missing.status_code == 404
    assert_clean(missing.content.decode())
    denied = jonas.get(reverse("access:users"))
    assert denied.status_code == 403
    assert "Your roles do not give this right here." in denied.content.decode()
    assert_clean(denied.content.decode())
    forged = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "x", "password": "y"})
    assert forged.status_code == 403
    assert "This form is out of date" in forged.content.decode()
    unread = Client().get("/", headers={"host": "evil.example"})
    assert unread.status_code == 400


def test_a_failure_has_a_page_of_its_own(monkeypatch) -> None:
    client = worlds.browser(worlds.person("Jonas Weber"))
    client.raise_request_exception = False
    monkeypatch.setattr("steerco.site.views.render_panels", lambda *_args: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500
    html = answer.content.decode()
    assert "Something went wrong here" in html
    assert_clean(html)
    assert answer["X-Request-ID"]
