"""What every view of the API stands on."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from steerco.interfaces.api.errors import TooLarge, in_one_form
from steerco.interfaces.api.operations import Operation, OperationSchema
from steerco.interfaces.api.parsing import Body
from steerco.interfaces.api.throttling import UserRate
from steerco.kit.journal.submissions import AnswersOnce
from steerco.kit.permissions import Actor
from steerco.kit.permissions.inventory import Decision


class ApiView(AnswersOnce, APIView):
    """A view of the API: known callers only, at a bounded rate, entered in the decision inventory.

    `decision` is what reading asks, `decisions` what the writing methods ask. The decision itself is made on the
    stored object through `visible_to`, `can` and `require`, as pages do.
    """

    decision: ClassVar[Decision]
    decisions: ClassVar[dict[str, Decision]] = {}
    parser_classes = (Body,)
    throttle_classes = (UserRate,)
    metadata_class = None  # OPTIONS would describe what the schema describes better
    schema = OperationSchema()

    @property
    def actor(self) -> Actor:
        """Who calls."""
        return self.request._request.actor  # type: ignore[attr-defined]

    def operations(self) -> dict[str, Operation]:
        """What each method does, for the OpenAPI document, by method name in capitals."""
        raise NotImplementedError

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who calls, whether too often, and whether the body is of a size that can be read. Raises TooLarge."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0):
            raise TooLarge
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Answers are for the caller alone."""
        response = in_one_form(response)
        response.headers.setdefault("Cache-Control", "no-store")
        return super().finalize_response(request, response, *args, **kwargs)


class NoSuchAddress(ApiView):
    """Whatever is no address of the API: the same refusal as for a row that there is not."""

    decision = Decision("person.view", "nothing")
    schema = None  # type: ignore[assignment]  # no part of the document

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After signing in. Raises Http404."""
        super().initial(request, *args, **kwargs)
        raise Http404
