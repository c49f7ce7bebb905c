"""From which sites a socket may be opened: a browser sends its cookies along whoever asks it to."""

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import OriginValidator, WebsocketDenier


class KnownOrigins(OriginValidator):  # type: ignore[misc]  # channels has no types
    """Compares scheme, host and port. An origin that cannot be read is refused, where Channels would fail on it."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
        if all(map(_readable, origins)):
            return await super().__call__(scope, receive, send)
        return await WebsocketDenier()(scope, receive, send)


def _readable(origin: str) -> bool:
    try:
        return urlsplit(origin).port != 0
    except ValueError:
        return False
