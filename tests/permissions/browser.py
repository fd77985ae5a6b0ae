"""A browser for thousands of requests: Django's test client without what it keeps of every template and context."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client


class Browser(Client):
    """Answers as the server gives them; an error of the server is its 500."""

    def request(self, **request: Any) -> Any:
        """Send, and keep the cookies."""
        response = self.handler(self._base_environ(**request))
        if response.cookies:
            self.cookies.update(response.cookies)
        return response


def taken_back(send: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer to a request whose writes are taken back."""
    with transaction.atomic():
        response = send()
        transaction.set_rollback(True)
    return response


def body_of(response: Any) -> bytes:
    """All of the answer, however it comes."""
    return b"".join(response.streaming_content) if response.streaming else response.content
