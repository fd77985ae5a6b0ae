"""The OpenAPI document, for signed-in callers."""

from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import JSONRenderer

from steerco.interfaces.api.throttling import UserRate
from steerco.kit.permissions.inventory import Decision


class Document(SpectacularAPIView):
    """What this installation's API takes and gives, its own fields included."""

    decision = Decision(
        "initiative.view", "the names of registers and fields, for everybody who is signed in"
    )
    renderer_classes = [JSONRenderer]
    throttle_classes = (UserRate,)
