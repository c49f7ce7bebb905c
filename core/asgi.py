"""The ASGI application: HTTP to Django, sockets and what stands in for them to realtime. Any ASGI server serves it."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
django_application = get_asgi_application()

# After Django is set up: these import models.
from channels.routing import ProtocolTypeRouter  # noqa: E402
from channels.sessions import CookieMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402

from realtime.consumers.call import call  # noqa: E402
from realtime.origins import KnownOrigins  # noqa: E402
from realtime.routing import Requests, urls  # noqa: E402


def known(application: Any) -> KnownOrigins:
    """With cookies, and only from where our pages are."""
    return KnownOrigins(CookieMiddleware(application), settings.ALLOWED_ORIGINS)


if settings.EMBEDDED_TASKS:
    from core.background import embedded

    embedded.start()

application = ProtocolTypeRouter({"http": Requests(known(call), django_application), "websocket": known(urls)})
