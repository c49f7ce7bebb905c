"""From one process to the others, over the channel layer: hints that may get lost, never the only copy.

A process has one channel and subscribes it once per topic, however many sockets care. Inside the process, callbacks
are called directly. Embedded there is no other process, and nothing is sent.

One envelope per topic is on its way at a time, and what comes meanwhile goes into the next: a keystroke and the cursor
behind it cost one, and a busy note no more than Redis can take.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextvars import Context
from typing import Any

from channels import DEFAULT_CHANNEL_LAYER
from channels.layers import InMemoryChannelLayer, channel_layers, get_channel_layer

from core.lib.ids import new_public_id
from core.lib.lanes import cork
from core.lib.redaction import told

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
# How long a note waits for its subscription before it opens without: Redis may hang for longer.
PATIENCE_SECONDS = 2.0
# The layer itself waits for ever, and while one call waits, so do all others.
CALL_SECONDS = 5.0
# What may wait for a channel layer that hangs; what comes then is not sent, and the log tells it instead.
MOST_WAITING = 1_000
MOST_TOGETHER = 50  # messages in an envelope

type Receive = Callable[[dict[str, Any]], None]


class Fanout:
    """Belongs to one event loop."""

    def __init__(self) -> None:
        self.process = new_public_id()
        self.echo = f"echo.{self.process}"  # the one topic on which a process hears itself
        layer = get_channel_layer()
        self._layer = None if layer is None or isinstance(layer, InMemoryChannelLayer) else layer
        self._channel = ""
        self._running: asyncio.Task[None] | None = None
        self._opened = asyncio.Event()
        self._receivers: dict[str, list[Receive]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: dict[str, list[dict[str, Any]]] = {}  # by topic, while an envelope is on its way there
        self._unsent = 0  # messages
        self._full = False

    @property
    def reaches_others(self) -> bool:
        return self._layer is not None

    async def subscribe(self, topic: str, receive: Receive) -> None:
        """Returns when the subscription stands, so that what is published after it is heard.

        If Redis is away it returns nevertheless, and the subscription is made when Redis is back.
        """
        receivers = self._receivers.setdefault(topic, [])
        receivers.append(receive)
        if len(receivers) == 1 and self._layer is not None:
            if self._running is None:
                self._running = self._listen()
            await asyncio.wait([self._spawn(self._join(topic))], timeout=PATIENCE_SECONDS)

    def unsubscribe(self, topic: str, receive: Receive) -> None:
        receivers = self._receivers.get(topic, [])
        if receive in receivers:
            receivers.remove(receive)
        if not receivers and self._receivers.pop(topic, None) is not None and self._layer is not None:
            self._spawn(self._leave(topic))

    def publish(self, topic: str, message: dict[str, Any], *, here: bool = True) -> None:
        """Tells every process, and this one too unless `here` is False. Call it on the loop; it does not wait."""
        if here:
            self._deliver(topic, message)
        if self._layer is None or not self._has_room():
            return
        self._unsent += 1
        if topic in self._waiting:
            self._waiting[topic].append(message)
        else:
            self._waiting[topic] = [message]
            self._spawn(self._send_waiting(topic))

    def renew(self) -> None:
        """Leaves the layer's connections, which may be dead without a word, and subscribes everything on new ones."""
        if self._layer is None:
            return
        old, self._layer = self._layer, channel_layers.make_backend(DEFAULT_CHANNEL_LAYER)
        if self._running is not None:
            self._running.cancel()
            self._opened.clear()
            self._channel = ""
            self._running = self._listen()
        for topic in self._receivers:
            self._spawn(self._join(topic))
        self._spawn(_let_go(old))

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _send_waiting(self, topic: str) -> None:
        while waiting := self._waiting[topic]:
            together, self._waiting[topic] = waiting[:MOST_TOGETHER], waiting[MOST_TOGETHER:]
            await self.send(topic, together)
            self._unsent -= len(together)
        del self._waiting[topic]

    async def send(self, topic: str, messages: Sequence[dict[str, Any]]) -> None:
        """Tells the other processes. A failure is logged, not raised."""
        assert self._layer is not None
        envelope = {"type": "fanout", "topic": topic, "process": self.process, "messages": messages}
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await self._layer.group_send(topic, envelope)
        except Exception as error:  # noqa: BLE001  # whatever Redis raises: the log has it, the patrol finds it
            logger.warning("could not publish to %s: %s", topic, told(error))

    async def _join(self, topic: str) -> None:
        """Tries until the subscription stands, or nobody wants it any more."""
        assert self._layer is not None
        await self._opened.wait()
        while topic in self._receivers:
            try:
                async with asyncio.timeout(CALL_SECONDS):
                    await self._layer.group_add(topic, self._channel)
            except Exception as error:  # noqa: BLE001  # whatever Redis raises: it may come back
                logger.warning("could not subscribe to %s: %s", topic, told(error))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    async def _leave(self, topic: str) -> None:
        assert self._layer is not None
        try:
            if topic not in self._receivers:
                async with asyncio.timeout(CALL_SECONDS):
                    await self._layer.group_discard(topic, self._channel)
        except Exception as error:  # noqa: BLE001
            logger.warning("could not unsubscribe from %s: %s", topic, told(error))

    async def _run(self) -> None:
        """Opens the process's one channel, and delivers what comes."""
        assert self._layer is not None
        while True:
            try:
                if not self._channel:
                    async with asyncio.timeout(CALL_SECONDS):
                        self._channel = await self._layer.new_channel("process")
                    self._opened.set()
                envelope = await self._layer.receive(self._channel)
            except Exception as error:  # noqa: BLE001
                logger.warning("could not receive from the channel layer: %s", told(error))
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if envelope.get("process") == self.process and envelope.get("topic") != self.echo:
                continue
            try:
                topic, messages = envelope["topic"], envelope["messages"]
            except KeyError:
                logger.warning("not an envelope: a channel layer that others use too?")
            else:
                self._deliver_all(topic, messages)

    def _deliver_all(self, topic: str, messages: Sequence[dict[str, Any]]) -> None:
        try:
            with cork:
                for message in messages:
                    self._deliver(topic, message)
        except Exception:  # the edge to the sockets: whoever cannot be written to must not end the hearing
            logger.exception("what came from another process could not be shown")

    def _deliver(self, topic: str, message: dict[str, Any]) -> None:
        for receive in list(self._receivers.get(topic, ())):
            try:
                receive(message)
            except Exception:  # one receiver's fault is not the others'
                logger.exception("a receiver of %s failed", topic)

    def _has_room(self) -> bool:
        full, self._full = self._full, self._unsent >= MOST_WAITING
        if self._full and not full:
            logger.warning("the channel layer does not take what it is sent; the log must tell it")
        return not self._full

    def _listen(self) -> asyncio.Task[None]:
        """In a context of its own: what comes from other processes is not the doing of whoever subscribed first."""
        return Context().run(self._spawn, self._run())

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _let_go(layer: Any) -> None:
    """Closes a layer's connections, if that can be done at all."""
    try:
        async with asyncio.timeout(CALL_SECONDS):
            await layer.flush()
    except Exception as error:  # noqa: BLE001  # a line that is dead, or whatever Redis raises
        logger.info("could not close the channel layer: %s", told(error))
