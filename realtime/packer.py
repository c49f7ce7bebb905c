"""Has a segment made by a child process, one for each: the server's interpreter is for keystrokes.

A process that stayed would save 50 ms of what nobody waits for, and hold memory between two segments. This one knows
neither database nor Django, so that it begins quickly and may end at any moment.
"""

import asyncio
import logging
import sys

from core.lib.env import BASE_DIR
from notes.packing.pressing import Pressed, answered

logger = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "notes.packing.worker")
ANSWER_SECONDS = 120.0  # of a quarter of a second where nothing else runs; it comes after everything else


class PackerEndedError(Exception):
    """The child ended, or was ended, without an answer. The message goes on from "the process that packs"."""


async def press(request: bytes) -> Pressed:
    """Raises PackerEndedError, and PackingError when the updates would not come back from the segment."""
    try:
        child = await asyncio.create_subprocess_exec(
            *COMMAND, cwd=BASE_DIR, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
    except OSError as error:
        raise PackerEndedError(f"could not be started ({error})") from error
    answer = b""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            answer, _ = await child.communicate(request)
    except TimeoutError:
        raise PackerEndedError(f"gave no answer for {ANSWER_SECONDS:g} s and was ended") from None
    except RuntimeError:
        # So says uvloop when the child has ended before it was given its work; asyncio's own loop says nothing.
        logger.debug("a child that packs took no work", exc_info=True)
    finally:
        # Also when the server stops.
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise PackerEndedError(f"ended without an answer (status {child.returncode})")
    return answered(answer)
