"""Processes that render for this one, and that are killed when they take too long.

Why not a thread: a regular expression of a highlighter, or a parser's quadratic loop, holds the interpreter for as long
as it runs, and a thread cannot be killed. Measured on 100 KB each: prose 0.3 s, list items 1.7 s, `![` repeated 3.8 s;
with the library's own rule for addresses, `http:` repeated took minutes. No list of such texts is ever complete, so the
limit is on time, and the event loop never pays.
"""

import atexit
import contextlib
import os
import selectors
import subprocess
import sys
import threading
import time
from pathlib import Path

from notes.markdown.frames import framed, whole

WORKERS = 2
START_SECONDS = 20.0
QUEUE_SECONDS = 4.0
TEXTS_PER_WORKER = 1_000  # then a fresh one takes over, so that no library's leak lives on
ROOT = Path(__file__).resolve().parent.parent.parent


class TooSlowError(Exception):
    """The time is over; the process has been killed."""


class BrokenError(Exception):
    """The process ended without an answer."""


class BusyError(Exception):
    """Every process is at work, and none became free in time."""


class Worker:
    """One child process. Used by one thread at a time."""

    def __init__(self) -> None:
        # No secrets in its environment: it reads what strangers wrote.
        environment = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "notes.markdown.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**environment, "PYTHONUTF8": "1"},
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        for pipe in (self._stdin, self._stdout):
            os.set_blocking(pipe.fileno(), False)
        self.texts = 0
        self._ask(b"", START_SECONDS)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def render(self, text: str, seconds: float) -> bytes:
        """JSON of a page. Raises TooSlowError or BrokenError, and the worker is dead then."""
        self.texts += 1
        return self._ask(framed(text.encode(errors="replace")), seconds)

    def _ask(self, request: bytes, seconds: float) -> bytes:
        try:
            return self._exchange(memoryview(request), time.monotonic() + seconds)
        except BaseException as error:
            # Left in the middle of an exchange, a worker would answer the next text with this one's page.
            self.kill()
            if isinstance(error, OSError):
                raise BrokenError from error
            raise

    def _exchange(self, request: memoryview, deadline: float) -> bytes:
        """Writes and reads at once: with both pipes full, one after the other would wait for ever."""
        received = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ)
            if request:
                selector.register(self._stdin, selectors.EVENT_WRITE)
            while (answer := whole(received)) is None:
                left = deadline - time.monotonic()
                ready = selector.select(left) if left > 0 else []
                if not ready:
                    raise TooSlowError
                for key, _ in ready:
                    if key.fileobj is self._stdout:
                        received += self._read()
                        continue
                    request = request[os.write(key.fd, request[:65_536]) :]
                    if not request:
                        selector.unregister(self._stdin)
            return answer

    def _read(self) -> bytes:
        chunk = os.read(self._stdout.fileno(), 262_144)
        if not chunk:
            raise BrokenError
        return chunk

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._stdin, self._stdout):
            with contextlib.suppress(OSError):
                pipe.close()


class Pool:
    """At most `workers` processes, each started when it is first needed."""

    def __init__(self, workers: int = WORKERS) -> None:
        self._workers = workers
        self.forget()

    def forget(self) -> None:
        """Begins anew without ending anything: after a fork the workers are the parent's."""
        self._places = threading.Semaphore(self._workers)
        self._idle: list[Worker] = []

    def render(self, text: str, seconds: float) -> bytes:
        """JSON of a page. Raises TooSlowError, BrokenError or BusyError, at the latest when all limits are used up."""
        if not self._places.acquire(timeout=QUEUE_SECONDS):
            raise BusyError
        try:
            worker = self._take()
            answer = worker.render(text, seconds)
            if worker.texts < TEXTS_PER_WORKER:
                self._idle.append(worker)
            else:
                worker.kill()
            return answer
        finally:
            self._places.release()

    def _take(self) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            worker.kill()
        return Worker()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().kill()


pool = Pool()
atexit.register(pool.close)
os.register_at_fork(after_in_child=pool.forget)
