"""What the log of a note costs: bytes a keystroke before and after packing, the time to pack and to replay, and what
keystrokes feel of it.

python -m benchmarks log [--trace FILE]
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from core.lib.env import BASE_DIR
from core.tests.servers import clean_environment


def measure(trace: Path | None) -> list[str]:
    """Rows of the tables."""
    return [*_run("logbook", *([str(trace.resolve())] if trace else [])), "", *_run("packing")]


def _run(module: str, *arguments: str) -> list[str]:
    """What it prints, in a process of its own, with a database that nothing else has touched."""
    with tempfile.TemporaryDirectory(prefix="commonplace-bench-") as folder:
        environment = {**clean_environment(), "DATA_DIR": folder, "LOG_LEVEL": "WARNING", "DEBUG": "false"}
        environment |= {"SECRET_KEY": "of-the-benchmarks-" * 4, "HTTPS": "false"}
        command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
        done = subprocess.run(command, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()
