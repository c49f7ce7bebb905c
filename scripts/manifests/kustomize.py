"""Manifests as kustomize makes them: by kustomize where this machine has it, else by what we know of it."""

import shutil
import subprocess
from pathlib import Path

import yaml

from scripts.manifests import plain
from scripts.manifests.manifest import Manifest, UnreadableError


def program() -> list[str] | None:
    """The command that makes manifests of the folder named after it; kubectl has a kustomize in it."""
    if found := shutil.which("kustomize"):
        return [found, "build"]
    if found := shutil.which("kubectl"):
        return [found, "kustomize"]
    return None


def render(folder: Path) -> list[Manifest]:
    command = program()
    return by_program(command, folder) if command else plain.build(folder)


def by_program(command: list[str], folder: Path) -> list[Manifest]:
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnreadableError(f"kustomize refuses it: {done.stderr.strip()}")
    return [manifest for manifest in yaml.safe_load_all(done.stdout) if manifest]
