"""A line between a server and one of its services that a test can cut, hold, or look into."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from enum import StrEnum
from typing import Any, Self

CHUNK = 65_536


class State(StrEnum):
    OPEN = "open"
    HELD = "held"  # bytes wait, nobody is told: a network that is gone
    CUT = "cut"  # connections break, new ones are refused


class Cut(Exception):  # not an error of the proxy: what it is for
    """A relay ends the connection; what `last` holds still passes."""

    def __init__(self, last: bytes = b"") -> None:
        super().__init__(last)
        self.last = last


class Relay:
    """What goes through one connection; subclasses look into it. Raises Cut to end it."""

    def __init__(self, proxy: "Proxy") -> None:
        self.proxy = proxy

    async def asked(self, data: bytes) -> bytes:
        """From the server that we test to its service."""
        return data

    async def answered(self, data: bytes) -> bytes:
        return data


class Proxy:
    """Listens on a loopback port and connects to another; runs in a thread with a loop of its own."""

    def __init__(self, port: int, relay: Callable[["Proxy"], Relay] = Relay) -> None:
        self._target = port
        self._relay = relay
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._state = State.OPEN
        self._passes = asyncio.Event()
        self._passes.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._forgotten: set[asyncio.StreamWriter] = set()
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do[R](self, work: Coroutine[Any, Any, R]) -> R:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    # --- What a test does with it --------------------------------------------------------------------------------

    def turn(self, state: State) -> None:
        self._do(self._turn(state))

    def forget(self) -> None:
        """Nothing passes on the connections that there are, ever, and nobody is told; new ones are as good as any."""
        self._do(self._forget())

    def break_all(self) -> None:
        """The connections that there are end; new ones are taken."""
        self._do(self._break_all())

    async def _turn(self, state: State) -> None:
        self._state = state
        if state is State.HELD:
            self._passes.clear()
        else:
            self._passes.set()
        if state is State.CUT:
            await self._break_all()

    async def _forget(self) -> None:
        self._forgotten |= self._writers

    async def _break_all(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    # --- Inside --------------------------------------------------------------------------------------------------

    async def _close(self) -> None:
        self._server.close()
        await self._break_all()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        writers = {writer}
        with contextlib.suppress(OSError, Cut):
            try:
                if self._state is State.CUT:
                    return
                service, back = await asyncio.open_connection("127.0.0.1", self._target)
                writers.add(back)
                self._writers |= writers
                await self._join(reader, writer, service, back)
            finally:
                self._writers -= writers
                self._forgotten -= writers
                for end in writers:
                    end.transport.abort()

    async def _join(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        service: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> None:
        relay = self._relay(self)
        ways = [
            asyncio.create_task(self._pass(reader, back, relay.asked)),
            asyncio.create_task(self._pass(service, writer, relay.answered)),
        ]
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in done:
                way.result()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, change: Callable[[bytes], Any]
    ) -> None:
        while data := await source.read(CHUNK):
            await self._passes.wait()
            if sink in self._forgotten:
                continue
            try:
                passed = await change(data)
            except Cut as cut:
                sink.write(cut.last)
                await sink.drain()
                raise
            sink.write(passed)
            await sink.drain()
