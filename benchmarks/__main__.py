"""`make bench`: measures this machine and prints tables for docs/performance.md.

python -m benchmarks [start] [keystroke] [size] [log] [caches] [load] [--keys N] [--trace FILE] [--help]
"""

import argparse
import os
import platform
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.load import command
from core.tests.servers import Templates, servers
from scripts import frontend

PARTS = ("start", "keystroke", "size", "log", "caches", "load")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures this machine.")
    parser.add_argument(
        "parts", nargs="*", choices=(*PARTS, []), help="what to measure; everything if nothing is named"
    )
    parser.add_argument("--keys", type=int, default=400, help="how many keys to press")
    parser.add_argument(
        "--trace", type=Path, metavar="FILE", help="a long note's edits, from editing-traces (.json.gz)"
    )
    command.add_options(parser)
    arguments = parser.parse_args()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}; load before: {load}")
    for part in arguments.parts or PARTS:
        print(f"\n## {part}\n", flush=True)
        measured: dict[str, Callable[[], list[str]]] = {
            "start": start,
            "keystroke": lambda: keystroke(arguments.keys),
            "size": size,
            "log": lambda: log(arguments.trace),
            "caches": caches,
            "load": lambda: command.load(arguments),
        }
        print("\n".join(measured[part]()))


def start() -> list[str]:
    from benchmarks.start import measure

    return measure()


def keystroke(keys: int) -> list[str]:
    from benchmarks.keystroke import measure

    with (
        tempfile.TemporaryDirectory(prefix="commonplace-bench-") as folder,
        servers(Templates(Path(folder))) as running,
    ):
        return measure(running.serve(), keys)


def size() -> list[str]:
    env = {**os.environ, **frontend.environment()}
    command = ["npm", "run", "--silent", "size"]
    return subprocess.run(
        command, cwd=frontend.FRONTEND, env=env, capture_output=True, text=True, check=True
    ).stdout.splitlines()


def log(trace: Path | None) -> list[str]:
    from benchmarks.log import measure

    return measure(trace)


def caches() -> list[str]:
    from benchmarks.caches import measure

    return measure()


if __name__ == "__main__":
    main()
