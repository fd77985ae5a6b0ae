"""Trying what a server will be connected to, before it is: database, mail relay, identity provider.

Each function returns a sentence that says what answered, or raises Unreachable with what is wrong and what to do.
"""

import smtplib
import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import psycopg
import requests
from django.utils.translation import gettext as _

SECONDS = 10
OLDEST_POSTGRESQL = 15
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


class Unreachable(Exception):
    """Something does not answer as it must."""


@dataclass(frozen=True)
class Relay:
    """A mail relay. `tls`: "starttls", "tls" from the first byte, or "" for a relay in one's own network."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = ""


TLS_BY_SCHEME = {"smtp": ("starttls", 587), "smtps": ("tls", 465), "smtp+plain": ("", 25)}


def relay_of(address: str, password: str = "") -> Relay:
    """The relay at smtp://user@host:587, smtps://… or smtp+plain://…. Raises ValueError for another address."""
    parts = urlsplit(address)
    if parts.scheme not in TLS_BY_SCHEME or not parts.hostname:
        raise ValueError(
            _("%(address)s is no mail relay; write it as smtp://user@smtp.example.org:587")
            % {"address": address}
        )
    tls, port = TLS_BY_SCHEME[parts.scheme]
    given = unquote(parts.password or "")
    return Relay(parts.hostname, parts.port or port, tls, unquote(parts.username or ""), given or password)


def try_database(url: str) -> str:
    """PostgreSQL takes the login, is new enough, and lets the login make tables."""
    try:
        with psycopg.connect(url, connect_timeout=SECONDS) as connection:
            version = connection.info.server_version // 10000
            row = connection.execute(
                "SELECT current_schema() IS NOT NULL AND has_schema_privilege(current_schema(), 'CREATE')"
            ).fetchone()
    except psycopg.Error as error:
        why = " ".join(str(error).split())
        raise Unreachable(_("the database does not let us in: %(why)s") % {"why": why}) from error
    if version < OLDEST_POSTGRESQL:
        raise Unreachable(
            _("PostgreSQL %(version)s is too old; %(oldest)s or newer is needed")
            % {"version": version, "oldest": OLDEST_POSTGRESQL}
        )
    if not (row and row[0]):
        raise Unreachable(
            _("this login may not make tables; let it own the database: createdb --owner LOGIN NAME")
        )
    return _("database: PostgreSQL %(version)s, and the login may make tables") % {"version": version}


def try_relay(relay: Relay) -> str:
    """The relay answers, encrypts as asked, and takes the login."""
    context = ssl.create_default_context()
    where = f"{relay.host}:{relay.port}"
    try:
        connection = (
            smtplib.SMTP_SSL(relay.host, relay.port, timeout=SECONDS, context=context)
            if relay.tls == "tls"
            else smtplib.SMTP(relay.host, relay.port, timeout=SECONDS)
        )
        with connection:
            if relay.tls == "starttls":
                connection.starttls(context=context)
            if relay.user:
                connection.login(relay.user, relay.password)
            else:
                connection.ehlo()
    except smtplib.SMTPAuthenticationError as error:
        raise Unreachable(
            _("the mail relay %(relay)s refuses the login %(login)s") % {"relay": where, "login": relay.user}
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(
            _("the mail relay %(relay)s does not answer as it must: %(why)s") % {"relay": where, "why": error}
        ) from error
    if relay.user:
        said = {"relay": where, "login": relay.user}
        return _("mail: %(relay)s answers and takes the login %(login)s") % said
    return _("mail: %(relay)s answers") % {"relay": where}


def try_provider(issuer: str) -> str:
    """The identity provider describes itself under its own name and shows its keys."""
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        answer = requests.get(address, timeout=SECONDS)
        answer.raise_for_status()
        told = answer.json()
        missing = [name for name in ENDPOINTS if not told.get(name)]
        if missing:
            raise Unreachable(
                _("%(address)s does not name its %(missing)s")
                % {"address": address, "missing": ", ".join(missing)}
            )
        keys = requests.get(told["jwks_uri"], timeout=SECONDS)
        keys.raise_for_status()
        count = len(keys.json()["keys"])
    except (requests.RequestException, ValueError, KeyError, AttributeError) as error:
        raise Unreachable(
            _("the identity provider does not answer at %(address)s: %(why)s")
            % {"address": address, "why": error}
        ) from error
    if str(told.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        raise Unreachable(
            _(
                "the identity provider calls itself %(name)s: give that address "
                "(with Entra the one of your own tenant, never `common`)"
            )
            % {"name": told.get("issuer")}
        )
    return _("single sign-on: %(issuer)s answers, with %(count)s keys") % {"issuer": issuer, "count": count}
