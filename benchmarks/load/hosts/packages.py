"""The packages of the other servers, from npm: only an explicit `make bench` fetches and builds them."""

import functools
import os
import shutil
import subprocess
from pathlib import Path

from benchmarks.load.hosts.host import Unavailable
from scripts import frontend, stamps
from scripts.trouble import ROOT, Trouble, run

PEERS = ROOT / "benchmarks" / "peers"
OLDEST_NODE = 22  # Hocuspocus 4 asks for it
INSTALL_SECONDS = 120.0
BUILD_SECONDS = 300.0  # SQLite from source, on a slow machine
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
        program, version = said.split("\n", 1)
        _install(environment, Path(program), version.strip())
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
        raise Unavailable(f"its {package} could neither be fetched nor built here")


def _install(environment: dict[str, str], program: Path, version: str) -> None:
    wanted = stamps.digest([PEERS / "package.json", PEERS / "package-lock.json"], str(program), version)
    if (PEERS / "node_modules").is_dir() and stamps.read("bench-peers") == ("dev", wanted):
        return
    print("Installing the other servers ...", flush=True)
    doing = "Installing the other servers"
    command = ["npm", "ci"]
    run(command, doing=doing, registry=frontend.REGISTRY, cwd=PEERS, env=environment, seconds=INSTALL_SECONDS)
    _build_sqlite(environment, program)
    stamps.write("bench-peers", "dev", wanted)


def _build_sqlite(environment: dict[str, str], program: Path) -> None:
    """Its binary is fetched or, where that is not to be had, built. `check` tells whether one of the two went well."""
    headers = program.parent.parent
    if (headers / "include" / "node" / "node.h").exists():
        environment = {**environment, "npm_config_nodedir": str(headers)}
    print("Building SQLite for one of them ...", flush=True)
    command = ["npm", "rebuild", "better-sqlite3", "--ignore-scripts=false"]
    try:
        run(command, doing="Building it", cwd=PEERS, env=environment, seconds=BUILD_SECONDS)
    except Trouble as trouble:
        print(trouble)
