"""Plain requests to a note, for networks that let no socket through: POST /sync/notes/<note id>.

Not a Django view: an answer waits for up to POLL_SECONDS, and middleware that is not asynchronous would hold a thread
for as long.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Self

import structlog

from core.lib import correlation
from core.lib.ids import new_public_id
from realtime import auth, bodies, protocol
from realtime.caller import Caller
from realtime.closing import Close, Closing
from realtime.connection import number_of, query_of
from realtime.registry import Registry, registry

CONTENT_TYPE = b"application/octet-stream"
# A body holds no more than so many of the longest frames.
BODY_FRAMES = 4
STREAMS_AT_MOST = 8
LINE = re.compile(r"[a-z0-9]{16,32}")
HEARD = re.compile(r"([a-z0-9]{1,32})\.([0-9]{1,15})")
STATUS = {
    Close.BAD_FRAME: 400,
    Close.SIGNED_OUT: 401,
    Close.NOT_ALLOWED: 403,
    Close.NOT_FOUND: 404,
    Close.OTHER_EPOCH: 409,
    Close.TOO_LARGE: 413,
    Close.QUARANTINED: 423,
    Close.TOO_FAST: 429,
    Close.TOO_MANY: 429,
}
UNAVAILABLE = 503

type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Receive = Callable[[], Awaitable[dict[str, Any]]]


class Gone(Exception):
    """The client went away while it was asking."""


class Unfit(Exception):
    """A request that is none of ours."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    note: str
    line: str
    epoch: int | None
    client_id: int | None
    said: int
    heard: dict[str, int]
    listens: int  # seconds
    leaves: bool
    body: bytes

    @classmethod
    async def read(cls, scope: dict[str, Any], receive: Receive, most_bytes: int) -> Self:
        """Raises Closing, Unfit, Gone."""
        if scope["method"] != "POST":
            raise Unfit(405)
        # No form of another site can say this; KnownOrigins has looked at where it comes from.
        if dict(scope["headers"]).get(b"content-type") != CONTENT_TYPE:
            raise Unfit(415)
        query = query_of(scope)
        line = query.get("line", "")
        if not LINE.fullmatch(line):
            raise Closing(Close.BAD_FRAME, "line is 16 to 32 letters and digits")
        return cls(
            note=scope["url_route"]["kwargs"]["note_id"],
            line=line,
            epoch=number_of(query, "epoch"),
            client_id=number_of(query, "client"),
            said=number_of(query, "said") or 0,
            heard=_heard(query.get("heard", "")),
            listens=number_of(query, "wait") or 0,
            leaves=query.get("bye") == "1",
            body=await _body(receive, most_bytes),
        )


def _heard(text: str) -> dict[str, int]:
    """Raises Closing."""
    pairs = [HEARD.fullmatch(pair) for pair in text.split(",")] if text else []
    if len(pairs) > STREAMS_AT_MOST or not all(pairs):
        raise Closing(Close.BAD_FRAME, f"heard is at most {STREAMS_AT_MOST} of <stream>.<number>")
    return {pair[1]: int(pair[2]) for pair in pairs if pair}


async def _body(receive: Receive, most_bytes: int) -> bytes:
    """Raises Closing, Gone."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        if len(body) > most_bytes:
            raise Closing(Close.TOO_LARGE, f"a body has at most {most_bytes} bytes")
        more = message.get("more_body", False)
    return bytes(body)


async def call(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """The ASGI application."""
    request_id = new_public_id()
    correlation.begin(request=request_id)
    house = registry()
    try:
        asked = await Asked.read(scope, receive, BODY_FRAMES * house.limits.frame_bytes)
        status, body = await _answer(house, auth.session_key(scope), asked, receive)
    except Closing as closing:
        status, body = _status(closing), _refusal(closing)
    except Unfit as unfit:
        status, body = unfit.status, b""
    except Gone:
        return
    await _reply(send, status, body, request_id)


async def _answer(house: Registry, session_key: str, asked: Asked, receive: Receive) -> tuple[int, bytes]:
    """Raises Closing, Gone."""
    key = (session_key, asked.note, asked.line)
    caller = house.callers.get(key)
    if caller is None:
        if asked.leaves and not asked.body:
            return 204, b""
        caller = _welcome(house, key, asked)
    caller.begin()
    try:
        structlog.contextvars.bind_contextvars(socket=caller.socket)
        assert caller.entering is not None
        await asyncio.shield(caller.entering)
        if caller.guest is not None:
            structlog.contextvars.bind_contextvars(user=caller.person.user_id, note=caller.note_id)
        await caller.hear(asked.body, asked.said)
        if asked.leaves:
            caller.leave()
            return 204, b""
        heard = asked.heard.get(caller.stream, 0)
        # Until here it is done whether or not its client is still there: what was said is taken.
        await _until_gone(receive, caller.wait(says=bool(asked.body), listens=asked.listens, heard=heard))
        return _status(caller.closing) if caller.closing else 200, caller.answer()
    finally:
        caller.end()


def _welcome(house: Registry, key: tuple[str, str, str], asked: Asked) -> Caller:
    """Somebody new, or one who has talked to another process so far."""

    def forget() -> None:
        if house.callers.get(key) is caller:
            del house.callers[key]

    caller = house.callers[key] = Caller(key[0], forget)
    caller.entering = asyncio.create_task(caller.enter(asked.note, asked.epoch, asked.client_id))
    return caller


async def _until_gone(receive: Receive, waiting: Coroutine[Any, Any, None]) -> None:
    """Waits as long as the client does. Raises Gone."""
    answered, leaving = asyncio.create_task(waiting), asyncio.create_task(_disconnected(receive))
    try:
        await asyncio.wait([answered, leaving], return_when=asyncio.FIRST_COMPLETED)
        if not answered.done():
            raise Gone
        answered.result()
    finally:
        answered.cancel()
        leaving.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


# --- Answering ---------------------------------------------------------------------------------------------------


def _status(closing: Closing) -> int:
    return STATUS.get(closing.code, UNAVAILABLE)


def _refusal(closing: Closing) -> bytes:
    """A stream that holds nothing but the reason why there is none."""
    return bodies.answer("", 1, [protocol.closing(closing.code, closing.reason)])


async def _reply(send: Send, status: int, body: bytes, request_id: str) -> None:
    headers = [
        (b"content-type", CONTENT_TYPE),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-request-id", request_id.encode()),
    ]
    if status == 405:
        headers.append((b"allow", b"POST"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
