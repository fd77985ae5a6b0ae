"""Whole page or fragment, decided in one place."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page (history restores and boosted links want the whole)."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """`template` as a whole page, or `fragment` (a template of its own) when htmx asks for a part."""
    chosen = fragment if fragment and wants_fragment(request) else template
    response = render(request, chosen, context, status=status)
    response["Vary"] = "HX-Request"
    return response


def redirect_to(request: HttpRequest, url: str) -> HttpResponse:
    """Go to `url` after a write: a full redirect, told to htmx in its own header."""
    if wants_fragment(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    response = HttpResponse(status=303)
    response["Location"] = url
    return response
