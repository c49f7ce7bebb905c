"""Runs other programs; what goes wrong ends in one plain sentence, with the whole story in a log."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMPS = ROOT / ".stamps"

# What programs print, and what it means. The first that fits is told.
MEANINGS = (
    (
        ("No space left on device", "ENOSPC", "os error 28", "Disk quota exceeded"),
        "the disk is full. Make room (a set-up needs about 1.5 GB) and try again.",
    ),
    (
        ("EROFS", "EACCES", "Permission denied", "Read-only file system"),
        "this folder cannot be written. Give yourself the right to write it, or clone to another place.",
    ),
    (
        (
            "ENOTFOUND",
            "EAI_AGAIN",
            "ECONNREFUSED",
            "ECONNRESET",
            "ETIMEDOUT",
            "ENETUNREACH",
            "ERR_SOCKET_TIMEOUT",
            "Failed to fetch",
            "Connection refused",
            "Could not connect",
            "dns error",
            "Name or service not known",
            "name resolution",
            "Failed to establish a new connection",
            "No matching distribution found",
            "error sending request",
        ),
        "{registry} cannot be reached. Check the network (and the proxy, if you have one) and try again.",
    ),
)


type Command = Sequence[str | Path]


class Trouble(Exception):
    """Set-up cannot go on. The message is one plain sentence for whoever typed `make`."""


def run(
    command: Command,
    *,
    doing: str,
    registry: str = "the package registry",
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    seconds: float | None = None,
) -> None:
    """Runs `command` quietly. Raises Trouble, which begins with `doing`, when it fails or takes more than `seconds`."""
    STAMPS.mkdir(exist_ok=True)
    log = STAMPS / f"{Path(command[0]).name}.log"
    with log.open("w+", encoding="utf-8", errors="replace") as output:
        try:
            done = subprocess.run(
                [str(word) for word in command],
                cwd=cwd,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Trouble(f"{doing} took longer than {seconds:g} s, and was given up.") from None
        if done.returncode == 0:
            return
        output.seek(0)
        said = output.read()
    raise Trouble(f"{doing} failed: {_meaning(said, registry) or _ending(said, log)}")


def _meaning(said: str, registry: str) -> str | None:
    for signs, meaning in MEANINGS:
        if any(sign in said for sign in signs):
            return meaning.format(registry=registry)
    return None


def _ending(said: str, log: Path) -> str:
    last = "\n".join(said.strip().splitlines()[-12:])
    return f"see {log.relative_to(ROOT)}, which ends with\n{last}"
