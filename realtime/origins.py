"""From which sites a socket may be opened: a browser sends its cookies along whoever asks it to."""

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import OriginValidator, WebsocketDenier


class KnownOrigins(OriginValidator):  # type: ignore[misc]  # channels has no types
    """Compares scheme, host and port. An origin that cannot be read is refused, where Channels would fail on it.

    Plain requests are asked the same; Channels knows sockets only.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
        if origins and all(map(_readable, origins)) and self.valid_origin(urlsplit(origins[-1])):
            return await self.application(scope, receive, send)
        if scope["type"] == "websocket":
            return await WebsocketDenier()(scope, receive, send)
        await send({"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"0")]})
        return await send({"type": "http.response.body", "body": b""})


def _readable(origin: str) -> bool:
    try:
        return urlsplit(origin).port != 0
    except ValueError:
        return False
