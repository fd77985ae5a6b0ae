"""Answering a repeated write once: the same submission sent again gets its answer again and does nothing.

A submission carries a key, in the header `Idempotency-Key` or the form field `idempotency_key`. The key is stored in
the transaction of the write itself: either both are there or neither, whatever dies in between, and a second request
that comes while the first is being answered waits for it. What is stored is the status and the address of the result,
never the answer: a replay fetches the address afresh, so that it shows what the actor may see now.
"""

import copy
import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.db import OperationalError, transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import resolve
from rest_framework.request import Request

from steerco.kit import clock
from steerco.kit.journal.middleware import current_request_id
from steerco.kit.journal.models import Event, Submission

View = Callable[..., HttpResponse]
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FIELD = "idempotency_key"
NOT_SAID = frozenset({FIELD, "csrfmiddlewaretoken"})  # differ between two sendings of the same form
KEPT_FOR = timedelta(days=3)
PLACES = ("Location", "HX-Redirect", "HX-Location", "Content-Location")


def new_key() -> str:
    """A key for a form that is shown now."""
    return secrets.token_urlsafe(18)


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `submission_key` for the hidden field of a form."""
    return {"submission_key": new_key}


def answered_once(view: View) -> View:
    """Decorator for a view that writes: a keyed submission of a signed-in user is done once.

    The view runs in one transaction, which an answer of 400 or above rolls back. 422 for a key that came with
    other content before, 409 when the first submission is still being answered after the database's own patience.
    """

    @wraps(view)
    def once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _once(request, request.user.pk, lambda: view(request, *args, **kwargs))

    return once


class AnswersOnce:
    """Mixin for API views, before the view class: the same for the methods that write."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After signing in and checking rights: put the method that writes behind its key."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        name = str(request.method).lower()
        method = getattr(self, name, None)
        if request.method not in SAFE and method is not None:
            setattr(self, name, self._keyed(method))

    def _keyed(self, method: View) -> View:
        def once(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            return _once(request._request, request.user.pk, lambda: method(request, *args, **kwargs))

        return once


def forget_old() -> int:
    """Remove keys that nobody will send again; returns how many."""
    return Submission.objects.filter(at__lt=clock.now() - KEPT_FOR).delete()[0]


def _key_of(request: HttpRequest) -> str:
    return request.headers.get("Idempotency-Key") or (
        request.POST.get(FIELD, "") if _is_form(request) else ""
    )


def _is_form(request: HttpRequest) -> bool:
    return request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data")


def _body_hash(request: HttpRequest) -> str:
    """What was said, without what differs between two sendings of the same."""
    digest = hashlib.sha256(request.META.get("QUERY_STRING", "").encode())
    if not _is_form(request):
        digest.update(request.body)
        return digest.hexdigest()
    for name, values in sorted(request.POST.lists()):
        if name not in NOT_SAID:
            digest.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()


def _once(request: HttpRequest, user_id: int | None, act: Callable[[], HttpResponse]) -> HttpResponse:
    if request.method in SAFE or user_id is None:
        return act()
    key = _key_of(request)
    if not key:
        return act()
    if len(key) > 80:
        return JsonResponse({"detail": "Idempotency-Key is longer than 80 characters"}, status=400)
    body_hash = _body_hash(request)
    answering = False
    try:
        with transaction.atomic():
            stored, is_new = Submission.objects.get_or_create(
                user_id=user_id,
                route=f"{request.method} {request.path}"[:200],
                key=key,
                defaults={"body_hash": body_hash, "at": clock.now()},
            )
            answering = True
            if is_new:
                return _answer(stored, act)
    except OperationalError:
        if answering:
            raise
        response = JsonResponse({"detail": "this submission is still being answered"}, status=409)
        response["Retry-After"] = "5"
        return response
    if stored.body_hash != body_hash:
        return JsonResponse({"detail": "this key was used for another submission"}, status=422)
    return _replay(request, stored)


def _answer(stored: Submission, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Do the write and keep its answer; an answer that wrote nothing (a preview, a refusal) leaves no key."""
    before = Event.objects.aggregate(last=Max("sequence"))["last"] or 0
    response = act()
    if response.status_code >= 400:
        transaction.set_rollback(True)
        return response
    location = next((response[name] for name in PLACES if response.has_header(name)), "")
    written = Event.objects.filter(sequence__gt=before, request_id=current_request_id())
    if response.status_code == 200 and not location and not written.exists():
        stored.delete()
        return response
    Submission.objects.filter(pk=stored.pk).update(status=response.status_code, location=location[:500])
    return response


def _replay(request: HttpRequest, stored: Submission) -> HttpResponse:
    status, location = stored.status or 200, stored.location
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect" if location else "HX-Refresh"] = location or "true"
    elif 300 <= status < 400:
        response = HttpResponse(status=303)
        response["Location"] = location
    elif location or request.method in ("PUT", "PATCH"):
        response = _fetch(request, location or request.get_full_path())
        if response.status_code == 200:
            response.status_code = status
            response["Location"] = location or request.path
    else:
        response = HttpResponse(status=204)
    response["Idempotency-Replayed"] = "true"
    return response


def _fetch(request: HttpRequest, location: str) -> HttpResponse:
    """The answer to GET `location` for the same actor, now."""
    address = urlsplit(location)
    match = resolve(address.path)
    get = copy.copy(request)
    get.method = "GET"
    get.path = get.path_info = address.path
    get.GET = QueryDict(address.query)
    get.META = {
        **request.META,
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address.path,
        "QUERY_STRING": address.query,
        "CONTENT_LENGTH": "0",
    }
    get.resolver_match = match
    return match.func(get, *match.args, **match.kwargs)
