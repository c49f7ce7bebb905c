"""A service that is not here: its tests are left out and named, or fail when it is demanded."""

import os
import subprocess
import sys
from pathlib import Path

from core.lib.env import BASE_DIR


def run_without_programs(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the tests below in a process whose PATH is empty."""
    probe = "core/tests/test_services.py::test_an_empty_redis_answers"
    return subprocess.run(
        [sys.executable, "-m", "pytest", probe, "-p", "no:cacheprovider"],
        cwd=BASE_DIR,
        env={**os.environ, "PATH": str(tmp_path), "LEFT_OUT_FILE": str(tmp_path / "left-out"), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_is_missing_is_left_out_and_named(tmp_path: Path) -> None:
    done = run_without_programs(tmp_path, REQUIRE_SERVICES="")
    assert done.returncode == 0, done.stdout
    assert "redis-server is not installed: 1 test" in done.stdout
    assert (tmp_path / "left-out").read_text() == "redis-server is not installed: 1 test\n"


def test_what_is_demanded_and_missing_fails(tmp_path: Path) -> None:
    done = run_without_programs(tmp_path, REQUIRE_SERVICES="1")
    assert done.returncode == 1
    assert "redis-server is not installed, and REQUIRE_SERVICES=1 demands it" in done.stdout
