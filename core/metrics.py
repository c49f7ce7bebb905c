"""/metrics for Prometheus: how this process is doing. Whoever asks must know METRICS_TOKEN."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from core.lib.lag import lag

LAG = Gauge("commonplace_loop_lag_seconds", "How late the event loop came to what was due, in the last seconds")
LAG.set_function(lambda: lag.seconds)


def metrics(request: HttpRequest) -> HttpResponse:
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
