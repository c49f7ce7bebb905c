"""The ASGI application: HTTP to Django, WebSockets to the consumers. Any ASGI server can serve it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
django_application = get_asgi_application()

# After Django is set up: these import models.
from channels.routing import ProtocolTypeRouter  # noqa: E402
from channels.sessions import CookieMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402

from realtime.origins import KnownOrigins  # noqa: E402
from realtime.routing import urls  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": KnownOrigins(CookieMiddleware(urls), settings.ALLOWED_ORIGINS),
    }
)
