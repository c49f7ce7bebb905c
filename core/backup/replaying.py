"""Replays logs in a child process with limits: what comes out of an archive may kill, freeze or swell its reader."""

import base64
import json
import resource
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from core.backup import memory
from core.lib.env import BASE_DIR

NOTE_SECONDS = 300.0  # a note of 260,000 edits takes two


@dataclass(frozen=True, slots=True)
class Replayed:
    """`digest` is the SHA-256 of the text, in UTF-8; empty when `trouble` says why there is none."""

    digest: str = ""
    trouble: str = ""


class Replayer:
    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def replay(
        self,
        *,
        state: bytes | None = None,
        segments: Sequence[bytes],
        updates: Sequence[tuple[int, bool, bytes]],
        after: int,
        head: int,
    ) -> Replayed:
        """The text of a log: on top of `state`, what is packed, then the rows (number, quarantined, bytes).

        `head` is the number of the last update; those up to `after` are passed over. Trouble is told, not raised.
        """
        request = {
            "state": None if state is None else base64.b64encode(state).decode(),
            "after": after,
            "head": head,
            "segments": [base64.b64encode(segment).decode() for segment in segments],
            "updates": [(seq, bad, base64.b64encode(data).decode()) for seq, bad, data in updates],
        }
        answer = self._ask(json.dumps(request).encode())
        return Replayed(**answer) if answer else Replayed(trouble="it ends or holds up the process that reads it")

    def _ask(self, request: bytes) -> dict[str, str] | None:
        """None: the child has not survived it."""
        child = self._child = self._child or _begun()
        assert child.stdin is not None
        assert child.stdout is not None
        watch = threading.Timer(NOTE_SECONDS, child.kill)
        watch.start()
        try:
            child.stdin.write(request + b"\n")
            child.stdin.flush()
            line = child.stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            watch.cancel()
        if not line:
            self._end()
            return None
        answer: Any = json.loads(line)
        return {str(key): str(value) for key, value in answer.items()}

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()


def _begun() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "core.backup.replayer"],
        cwd=BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=_limit,
    )


def _limit() -> None:
    most = memory.most(resource.RLIMIT_AS, memory.MOST_BYTES)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
