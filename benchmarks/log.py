"""What the log of a note costs: bytes a keystroke before and after packing, and the time to pack and to replay.

python -m benchmarks log [--trace FILE]
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from core.lib.env import BASE_DIR
from core.tests.servers import clean_environment


def measure(trace: Path | None) -> list[str]:
    """Rows of the tables. In a process of its own, with a database that nothing else has touched."""
    with tempfile.TemporaryDirectory(prefix="commonplace-bench-") as folder:
        environment = {**clean_environment(), "DATA_DIR": folder, "LOG_LEVEL": "WARNING", "DEBUG": "false"}
        environment |= {"SECRET_KEY": "of-the-benchmarks-" * 4, "HTTPS": "false"}
        command = [sys.executable, "-m", "benchmarks.logbook", *([str(trace.resolve())] if trace else [])]
        done = subprocess.run(command, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()
