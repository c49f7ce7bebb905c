"""Is this process alive, and can it serve? For Compose, Kubernetes and whoever watches."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nobody else, so that a database restart does not restart the web processes."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """The process can serve: the database answers and has every table it needs."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM notes_note")
    except DatabaseError as error:
        return JsonResponse({"status": "unavailable", "database": type(error).__name__}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})
