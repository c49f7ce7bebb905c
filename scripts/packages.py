"""The Python side: uv, a virtual environment in .venv, and the locked packages in it."""

import shutil
import sys
from pathlib import Path

from scripts import stamps
from scripts.trouble import ROOT, Command, Trouble, run

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
TOOLS = ROOT / ".tools"
LOCKS = {"run": ROOT / "requirements" / "base.txt", "dev": ROOT / "requirements" / "dev.txt"}
REGISTRY = "the Python package registry"
# uv is to use the interpreter it is given; it never fetches one.
UV_ENV = {"UV_PYTHON_DOWNLOADS": "never", "UV_PYTHON_PREFERENCE": "only-system", "VIRTUAL_ENV": ""}


def ensure(level: str) -> None:
    """Makes .venv hold exactly what the lock of `level` says, or of a higher level that is there already."""
    level = stamps.at_least(level, "packages")
    wanted = stamps.digest([LOCKS[level]])
    if PYTHON.exists() and stamps.read("packages") == (level, wanted):
        return
    uv = find_uv()
    if not PYTHON.exists():
        base = getattr(sys, "_base_executable", sys.executable)
        venv = [uv, "venv", "--clear", "--no-project", "--python", base, VENV]
        run(venv, doing="Making the virtual environment", env=UV_ENV)
    print("Installing Python packages ...", flush=True)
    sync: Command = [uv, "pip", "sync", "--compile-bytecode", "--require-hashes", "--python", PYTHON, LOCKS[level]]
    run(sync, doing="Installing Python packages", registry=REGISTRY, env=UV_ENV)
    stamps.write("packages", level, wanted)


def find_uv() -> Path:
    """uv from PATH, or one of our own in .tools."""
    own = TOOLS / "uv" / "bin" / "uv"
    if own.exists():
        return own
    if found := shutil.which("uv"):
        return Path(found)
    print("Installing uv, the package installer ...", flush=True)
    _venv_by_the_standard_library(TOOLS / "uv")
    pip: Command = [TOOLS / "uv" / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes"]
    run([*pip, "-r", ROOT / "requirements" / "uv.txt"], doing="Installing uv", registry=REGISTRY)
    return own


def _venv_by_the_standard_library(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    try:
        import ensurepip  # noqa: F401  # Debian's Python comes without it
    except ImportError:
        raise Trouble(
            "This Python has no venv module. Install it (Debian and Ubuntu: apt install python3-venv) and try again."
        ) from None
    base = getattr(sys, "_base_executable", sys.executable)
    run([base, "-m", "venv", folder], doing="Making a virtual environment for uv")
