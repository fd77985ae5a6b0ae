"""Whether the product lives, is ready for people, and its figures for a monitoring system."""

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from steerco.kit.health.checks import State, readiness
from steerco.kit.permissions.inventory import guard
from steerco.site.health.metrics import registry


@require_safe
@guard("", "nothing: says only that the process answers", public=True)
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@guard("", "nothing: names of checks and whether each is well", public=True)
def ready(request: HttpRequest) -> HttpResponse:
    """200 when people can work, else 503; which checks are not well, no details of the machine."""
    findings = readiness()
    well = all(finding.state != State.BAD for finding in findings)
    checks = {finding.name: finding.state for finding in findings}
    return JsonResponse({"ready": well, "checks": checks}, status=200 if well else 503)


@require_safe
@guard("", "nothing: counts of the whole installation, for loopback or the metrics token", public=True)
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures in Prometheus' format: for this machine itself, or with the token STEERCO_METRICS_TOKEN."""
    if not _may_measure(request):
        return HttpResponse(status=404)
    return HttpResponse(generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)


def _may_measure(request: HttpRequest) -> bool:
    """A proxied request never counts as local: the proxy is, the caller is not."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    proxied = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not proxied and ip_address(request.META.get("REMOTE_ADDR") or "0.0.0.0").is_loopback  # noqa: S104
