"""The browser's side: Node.js, its locked packages, and the bundle in static/build."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from scripts import packages, stamps
from scripts.trouble import ROOT, Command, run

FRONTEND = ROOT / "frontend"
BUILT = ROOT / "static" / "build" / "app.js"
OLDEST_NODE = 20
REGISTRY = "the npm registry"
NPM_ENV = {
    "npm_config_audit": "false",
    "npm_config_fund": "false",
    "npm_config_update_notifier": "false",
    "npm_config_progress": "false",
    # Somebody without a network should read so within seconds, not minutes.
    "npm_config_fetch_retries": "2",
    "npm_config_fetch_retry_mintimeout": "1000",
    "npm_config_fetch_retry_maxtimeout": "4000",
}


def ensure(level: str) -> None:
    """Builds static/build if a source of it has changed. Level "dev" also installs what tests and linters need."""
    build = stamps.digest(_sources())
    built = BUILT.exists() and stamps.read("bundle") == ("run", build)
    if not built or level == "dev":
        _ensure_packages(level)
    if not built:
        print("Building the front end ...", flush=True)
        run(["npm", "run", "build"], doing="Building the front end", cwd=FRONTEND, env=environment())
        stamps.write("bundle", "run", build)


def environment(oldest: int = OLDEST_NODE) -> dict[str, str]:
    """The environment in which `node` and `npm` are new enough; installs them into .tools if they are missing."""
    if _node_on_path(oldest):
        return NPM_ENV
    folder = packages.TOOLS / "node"
    if not (folder / "bin" / "npm").exists():
        print("Installing Node.js ...", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        uv, doing = packages.find_uv(), "Installing Node.js"
        run([uv, "venv", "--no-project", "--python", packages.PYTHON, folder], doing=doing, env=packages.UV_ENV)
        pip: Command = [uv, "pip", "install", "--require-hashes", "--python", folder / "bin" / "python"]
        lock = ROOT / "requirements" / "node.txt"
        run([*pip, "-r", lock], doing=doing, registry=packages.REGISTRY, env=packages.UV_ENV)
    return {**NPM_ENV, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def _ensure_packages(level: str) -> None:
    level = stamps.at_least(level, "node-packages")
    wanted = stamps.digest(FRONTEND / name for name in ("package.json", "package-lock.json", ".npmrc"))
    if (FRONTEND / "node_modules").is_dir() and stamps.read("node-packages") == (level, wanted):
        return
    env = environment()
    print("Installing the front end's packages ...", flush=True)
    command = ["npm", "ci", *(["--omit=dev"] if level == "run" else [])]
    run(command, doing="Installing the front end's packages", registry=REGISTRY, cwd=FRONTEND, env=env)
    stamps.write("node-packages", level, wanted)


def _sources() -> list[Path]:
    """What the bundle is made of: scripts, styles, and the templates, whose classes and icons are looked up."""
    found = [path for path in FRONTEND.glob("*.json") if path.is_file()]
    found += stamps.files(FRONTEND / "src", "*") + stamps.files(FRONTEND / "scripts", "*.js")
    for folder in ("templates", "core", "notes", "realtime"):
        found += stamps.files(ROOT / folder, "*.html")
    return found


def _node_on_path(oldest: int) -> bool:
    if not shutil.which("npm") or not shutil.which("node"):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", said)
    return version is not None and int(version[1]) >= oldest
