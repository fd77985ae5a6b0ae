"""Answers to what goes wrong, in our look. 400, 403, 404 and 500 are Django's own with our templates."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RETRY_SECONDS = 60  # the shortest of the sign-in limits


def too_many(request: HttpRequest) -> HttpResponse:
    """429: sign-in, password and second-factor pages were asked too often."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response
