"""The packages of the other servers, from npm: only an explicit `make bench` fetches them.

Their native parts come ready in the packages: nothing is compiled here.
"""

import functools
import os
import shutil
import subprocess

from benchmarks.load.hosts.host import Unavailable
from scripts import frontend, stamps
from scripts.trouble import ROOT, Trouble, run

PEERS = ROOT / "benchmarks" / "peers"
OLDEST_NODE = 22  # Hocuspocus 4 asks for it
INSTALL_SECONDS = 120.0
LOAD_SECONDS = 30.0


@functools.cache
def node() -> str:
    """The path of a Node.js that is new enough, with the peers' packages beside it. Raises Unavailable."""
    try:
        environment = {**os.environ, **frontend.environment(OLDEST_NODE)}
        found = shutil.which("node", path=environment["PATH"])
        assert found
        # What is on the path may be a script that starts another process, which is the one to measure.
        command = [found, "-p", "process.execPath + '\\n' + process.version"]
        said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        program, version = said.splitlines()
        _install(environment, version)
    except Trouble as trouble:
        raise Unavailable(str(trouble)) from None
    return program


@functools.cache
def check(package: str) -> None:
    """Whether a package with a native part can be loaded at all. Raises Unavailable."""
    done = subprocess.run(
        [node(), "--eval", f"const loaded = require({package!r}); if ({package!r} === 'better-sqlite3') new loaded()"],
        cwd=PEERS,
        capture_output=True,
        text=True,
        timeout=LOAD_SECONDS,
        check=False,
    )
    if done.returncode:
        raise Unavailable(f"its {package} has no native part for this machine")


def _install(environment: dict[str, str], version: str) -> None:
    wanted = stamps.digest([PEERS / "package.json", PEERS / "package-lock.json"], version)
    if (PEERS / "node_modules").is_dir() and stamps.read("bench-peers") == ("dev", wanted):
        return
    print("Installing the other servers ...", flush=True)
    doing = "Installing the other servers"
    command = ["npm", "ci"]
    run(command, doing=doing, registry=frontend.REGISTRY, cwd=PEERS, env=environment, seconds=INSTALL_SECONDS)
    stamps.write("bench-peers", "dev", wanted)
