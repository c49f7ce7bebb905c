"""How long `make run` takes when everything is installed and built."""

import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from core.tests.servers import clean_environment
from core.tests.services import free_port
from scripts.trouble import ROOT

LONGEST = 120.0


def measure(rounds: int = 3) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="commonplace-bench-") as folder:
        first, *warm = [_seconds_to_ready(Path(folder)) for _ in range(rounds + 1)]
    return [
        "| `make run` to the first 200 of /readyz | s |",
        "|---|---:|",
        f"| installed and built, empty data folder | {first:.1f} |",
        f"| warm, median of {rounds} | {sorted(warm)[rounds // 2]:.1f} |",
    ]


def _seconds_to_ready(data_dir: Path) -> float:
    port = free_port()
    environment = {**clean_environment(), "PORT": str(port), "DATA_DIR": str(data_dir)}
    started = time.monotonic()
    make = subprocess.Popen(["make", "run"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _ready(port):
            if make.poll() is not None or time.monotonic() - started > LONGEST:
                raise RuntimeError("`make run` did not come to serving")
            time.sleep(0.01)
        return time.monotonic() - started
    finally:
        lock = data_dir / "commonplace.lock"
        if make.poll() is None and lock.exists():
            os.kill(int(lock.read_text()), signal.SIGTERM)
        make.wait(timeout=30)


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
