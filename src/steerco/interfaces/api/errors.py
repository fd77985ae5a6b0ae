"""One form for every refusal of the API.

    {"status": 409, "code": "conflict", "detail": "…", …}

`code` is stable and for programs, `detail` is for people. `rows` lists what was wrong with each row of the body
(one row is a list of one): {"row": 0, "errors": {"title": ["…"]}}; `parameters` what was wrong with the address;
`id`, `version` and `fields` belong to a conflict.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from steerco.kit.history import Conflict, Invalid
from steerco.kit.permissions import Denied

CODES = {"permission_denied": "forbidden", "authentication_failed": "not_authenticated", "error": "refused"}


class Refusal(exceptions.APIException):
    """A refusal that says more than its code: `facts` are added to the answer."""

    def __init__(self, detail: Any = None, code: str | None = None, **facts: Any) -> None:
        super().__init__(detail, code)
        self.facts = facts


class BadParameters(Refusal):
    """The address asks for something that there is not, or in a way that cannot be read."""

    status_code = 400
    default_code = "bad_parameters"
    default_detail = gettext_lazy("Some parameters of the address cannot be used.")

    def __init__(self, parameters: Mapping[str, list[str]]) -> None:
        super().__init__(parameters=dict(parameters))


class VersionRequired(Refusal):
    """A change must say which version it is a change of."""

    status_code = 428
    default_code = "version_required"
    default_detail = gettext_lazy(
        "Send the version that you read, as “version” or in If-Match; If-Match: * changes whatever stands there."
    )


class Changed(Refusal):
    """Somebody else changed the row since it was read."""

    status_code = 409
    default_code = "conflict"
    default_detail = gettext_lazy("This was changed since you read it.")


class TooLarge(Refusal):
    """The body is larger than the server takes."""

    status_code = 413
    default_code = "too_large"
    default_detail = gettext_lazy("The body is too large.")


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """The response to `error`; None leaves it to the server's own 500."""
    if isinstance(error, Conflict):
        fields = {f.name: {"theirs": f.theirs, "mine": f.mine} for f in error.fields}
        error = Changed(id=error.instance.pk, version=error.instance.version, fields=fields)
    elif isinstance(error, Invalid):
        return _refused(422, "invalid", _("Some values cannot be written."), {"rows": _rows(error)})
    elif isinstance(error, Denied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    code = str(error.detail.code) if isinstance(error.detail, exceptions.ErrorDetail) else error.default_code
    facts = error.facts if isinstance(error, Refusal) else {}
    plain = _refused(response.status_code, CODES.get(code, code), str(error.detail), facts)
    for name in ("WWW-Authenticate", "Retry-After"):
        if name in response.headers:
            plain[name] = response[name]
    return plain


def _rows(error: Invalid) -> list[dict[str, Any]]:
    return [{"row": index, "errors": errors} for index, errors in sorted(error.errors.items())]


def _refused(status: int, code: str, detail: str, facts: Mapping[str, Any]) -> Response:
    return Response({"status": status, "code": code, "detail": detail, **facts}, status=status)


def in_one_form(response: Any) -> Any:
    """`response`, a refusal that was not written here (a key that was used before) in the same form as the others."""
    if not isinstance(response, JsonResponse) or response.status_code < 400:
        return response
    code = {400: "bad_key", 409: "being_answered", 422: "key_used"}.get(response.status_code, "refused")
    plain = _refused(response.status_code, code, json.loads(response.content)["detail"], {})
    if "Retry-After" in response.headers:
        plain["Retry-After"] = response["Retry-After"]
    return plain
