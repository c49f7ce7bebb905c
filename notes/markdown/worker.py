"""The process that renders. It reads texts and writes pages until its parent closes the pipe, or kills it.

In: texts in UTF-8. Out: JSON, what `Rendered.as_data` gives or `{"error": "..."}`. An empty message, first of all,
says that the process is ready.
"""

import contextlib
import json
import resource
import signal
import sys

from notes.markdown import patience
from notes.markdown.frames import framed, read
from notes.markdown.render import render

MEMORY_BYTES = 1 << 30
DECORATION_SECONDS = 0.8  # of a page's two seconds
CPU_SECONDS = 4  # for one text; the parent gives up earlier, this is for when there is no parent any more


def main() -> None:
    # Ctrl-C reaches the whole group; ending is the parent's business.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    render("Load *everything* that a page may need: $x^2$\n\n```python\nTrue\n```")
    _answer(b"")
    while (text := read(sys.stdin.buffer)) is not None:
        _allow_another(CPU_SECONDS)
        patience.begin(DECORATION_SECONDS)
        _answer(page_of(text.decode(errors="replace")))


def page_of(text: str) -> bytes:
    try:
        answer = render(text).as_data()
    except Exception as error:  # noqa: BLE001  # a process edge: every text gets an answer
        answer = {"error": type(error).__name__}
    return json.dumps(answer).encode()


def _answer(body: bytes) -> None:
    sys.stdout.buffer.write(framed(body))
    sys.stdout.buffer.flush()


def _allow_another(seconds: int) -> None:
    """Lets the system end this process once it has used so much more CPU, even if nobody waits for it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(usage.ru_utime + usage.ru_stime) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, hard))


if __name__ == "__main__":
    main()
