"""Who may get an account by themselves: nobody. Accounts are made by an administrator, or by single sign-on."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest
from django.shortcuts import render

from steerco.kit.journal import outbox


class ClosedSignUp(DefaultAccountAdapter):
    """No open registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an office invites its people."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail of sign-in. Where no mail is set up the page says so, whoever asked."""
        if not outbox.is_configured():
            raise ImmediateHttpResponse(render(self.request, "account/no_mail.html", status=503))
        super().send_mail(template_prefix, email, context)
