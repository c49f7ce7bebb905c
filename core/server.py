"""Daphne, with this house's limits and an end that tells the sockets."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server as Daphne
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from twisted.internet import defer, reactor
from twisted.logger import (
    FilteringLogObserver,
    LogLevel,
    LogLevelFilterPredicate,
    STDLibLogObserver,
    globalLogPublisher,
)
from twisted.python.failure import Failure

from core import websockets
from core.lib import shutdown
from core.lib.lag import lag
from core.lib.lanes import EXTENSION

BACKLOG = 1024  # a classroom comes back at once after a restart
HTTP_SECONDS = 60
SOCKET_SECONDS = 43_200  # below the day after which channel layers forget a group
APPLICATION_CLOSE_SECONDS = 5
CLOSING_SECONDS = 1.0


class Server(Daphne):  # type: ignore[misc]  # daphne has no types
    """Listens on one address. `ready` is called once it does; `failure` says why it could not."""

    def __init__(self, application: Any, bind: str, port: int, ready: Callable[[], None]) -> None:
        (endpoint,) = build_endpoint_description_strings(host=bind, port=port)
        forwarded = {}
        if settings.BEHIND_PROXY:
            forwarded = {
                f"proxy_forwarded_{part}_header": f"X-Forwarded-{header}"
                for part, header in (("address", "For"), ("port", "Port"), ("proto", "Proto"))
            }
        super().__init__(
            partial(websockets.bounded, application),
            endpoints=[f"{endpoint}:backlog={BACKLOG}"],
            http_timeout=settings.POLL_SECONDS + HTTP_SECONDS,
            websocket_timeout=SOCKET_SECONDS,
            ping_interval=settings.PING_SECONDS,
            ping_timeout=settings.PING_SECONDS,
            websocket_max_message_size=settings.FRAME_BYTES,
            websocket_max_frame_size=settings.FRAME_BYTES,
            application_close_timeout=APPLICATION_CLOSE_SECONDS,
            server_name="commonplace",
            verbosity=0,
            **forwarded,
        )
        websockets.install()
        globalLogPublisher.addObserver(_faults())
        self.ready = ready
        self.ports: list[Any] = []
        self.failure: str | None = None

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self.ports.append(port)
        reactor.callLater(0, lag.watch)  # the loop does not run yet
        self.ready()

    def listen_error(self, failure: Failure) -> None:
        self.failure = failure.getErrorMessage()
        self.stop()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket":
            scope["extensions"] = {EXTENSION: protocol}
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: Any) -> None:
        """Daphne never waits here, however much its client leaves unread."""
        await super().handle_reply(protocol, message)
        if message["type"] == "websocket.send":
            await protocol.drained()

    def kill_all_applications(self) -> Any:
        """Twisted waits for this before it stops: take nobody new, finish what must be finished, then cancel."""
        return defer.Deferred.fromFuture(asyncio.ensure_future(self._end()))

    async def _sockets_gone(self) -> None:
        """Gives the closing handshakes a moment, so that clients read 1012 and not a broken connection."""
        deadline = time.monotonic() + CLOSING_SECONDS
        while time.monotonic() < deadline and any(
            isinstance(protocol, WebSocketProtocol) and "disconnected" not in details
            for protocol, details in self.connections.items()
        ):
            await asyncio.sleep(0.02)

    async def _end(self) -> None:
        shutdown.begin()
        await asyncio.sleep(settings.NOTICE_SECONDS)  # until balancers have heard it, they send people here
        for port in self.ports:
            port.stopListening()
        await shutdown.run(settings.DRAIN_SECONDS)
        await self._sockets_gone()
        # A kept-alive HTTP connection has no application between two requests.
        applications = [details.get("application_instance") for details in self.connections.values()]
        unfinished = [application for application in applications if application and not application.done()]
        for application in unfinished:
            application.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)


def _faults() -> FilteringLogObserver:
    """Daphne would drop what Twisted says of an exception in a protocol, or in a Deferred that nobody looks at."""
    errors = LogLevelFilterPredicate(defaultLogLevel=LogLevel.error)
    return FilteringLogObserver(STDLibLogObserver("twisted"), [errors])
