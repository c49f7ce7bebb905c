"""Is this process alive, and should it be sent people? For Compose, Kubernetes and whoever watches."""

from functools import cache

from django.http import HttpRequest, JsonResponse

from core.readiness import Examiner


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nobody else, so that a database restart does not restart the web processes."""
    return JsonResponse({"status": "ok"})


async def readyz(request: HttpRequest) -> JsonResponse:
    """What is looked at and what it means is in core/readiness.py."""
    found = await _examiner().look()
    return JsonResponse({"status": found.status, **found.told}, status=200 if found.ready else 503)


@cache
def _examiner() -> Examiner:
    return Examiner()
