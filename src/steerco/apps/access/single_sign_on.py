"""Single sign-on by OpenID Connect: whose account a first sign-in belongs to.

An identity is joined to the account with its e-mail address once, and from then on known by the provider's own id of
the person. An address counts only when it is certain to be the person's: the provider says so, or it lies in a domain
that the organisation named as its own and the provider says nothing (Microsoft Entra has no word for it).
"""

from collections.abc import Collection, Mapping
from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from steerco.apps.access.accounts import make_account
from steerco.apps.access.models import User
from steerco.apps.organisation.selectors import organisation
from steerco.kit.permissions import Actor

# What providers say of the address: the standard's claim, and Entra's "the owner of the domain has confirmed it".
SAYINGS = ("email_verified", "xms_edov")


def certain_address(claims: Mapping[str, Any], own_domains: Collection[str]) -> str | None:
    """The person's e-mail address in lower case, or None when it is not certain that it is theirs.

    `claims`: what the provider tells of the person; `own_domains`: domains in lower case whose addresses count when the
    provider neither confirms nor denies them.
    """
    address = str(claims.get("email") or "").strip().lower()
    said = [str(claims[name]).lower() in ("true", "1") for name in SAYINGS if claims.get(name) is not None]
    name, at, domain = address.rpartition("@")
    if not (name and at and domain):
        return None
    return address if (all(said) if said else domain in own_domains) else None


class SingleSignOn(DefaultSocialAccountAdapter):
    """Joins a first sign-in to its account; makes none unless the organisation's settings allow it."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: accounts are made below, by the organisation's own rule."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account of an identity that signs in for the first time, else say that there is none."""
        if sociallogin.is_existing:
            return
        told = sociallogin.account.extra_data
        claims = {**told.get("id_token", {}), **told.get("userinfo", {})}
        address = certain_address(claims, settings.OIDC_DOMAINS)
        if address is None:
            self._refuse(request, _("Single sign-on did not confirm your e-mail address."))
        user = User.objects.filter(email__iexact=address).first()
        if user is None and organisation().sign_on_makes_accounts:
            name = str(claims.get("name") or address)
            user = make_account(Actor.operator(f"single sign-on ({sociallogin.account.uid})"), address, name)
        if user is None or not user.is_active or request.user.pk not in (None, user.pk):
            self._refuse(request, _("There is no open account for %(address)s.") % {"address": address})
        sociallogin.connect(request, user)

    def _refuse(self, request: HttpRequest, why: str) -> NoReturn:
        messages.error(request, " ".join([why, _("Ask your administrator.")]))
        raise ImmediateHttpResponse(redirect("account_login"))
