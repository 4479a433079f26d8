"""For machines that watch over this one: whether it lives, and whether it is ready. Nobody signs in for it."""

import hmac
from collections.abc import Sequence

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from portfolio import metrics as numbers
from portfolio import readiness
from portfolio.access import open_to_all
from portfolio.readiness import Check


@open_to_all
@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """This process answers, whatever is with the database: whoever does not is started again."""
    return JsonResponse({"alive": True})


@open_to_all
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Every part of the installation, with why it is not ready."""
    return said(readiness.for_everything(timezone.now()))


@open_to_all
@never_cache
@require_safe
def ready_for_pages(request: HttpRequest) -> JsonResponse:
    """What pages need alone, for a load balancer: without a worker pages are shown all the same."""
    return said(readiness.for_pages())


@open_to_all
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus, for whoever brings the token of the settings; without one there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404("NVQ_METRICS_TOKEN is not set.")
    brought = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(brought, f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse("Bring the token.\n", status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(numbers.all_of_them(timezone.now()), content_type=CONTENT_TYPE_LATEST)


def said(checks: Sequence[Check]) -> JsonResponse:
    """The parts by name, each ready or with the reason; 503 when one is not."""
    ready = not any(check.why for check in checks)
    parts = {check.name: {"ok": not check.why} | ({"why": check.why} if check.why else {}) for check in checks}
    return JsonResponse({"ready": ready, "checks": parts}, status=200 if ready else 503)
