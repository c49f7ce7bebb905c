"""Which files there are: each that is named must exist, and each that exists must be named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.manifests.manifest import UnreadableError, read

KUSTOMIZATION = "kustomization.yaml"
OUTSIDE_SECRET = "secret.env.example"  # names the keys of a Secret that somebody makes by hand


def kustomization(folder: Path) -> dict[str, Any]:
    found = read(folder / KUSTOMIZATION)
    if len(found) != 1 or not isinstance(found[0], dict):
        raise UnreadableError(f"{folder.name}/{KUSTOMIZATION} is not one kustomization")
    return found[0]


def keys_of_outside_secret(folder: Path) -> set[str] | None:
    """None where the manifests bring their Secrets with them."""
    path = folder / OUTSIDE_SECRET
    if not path.exists():
        return None
    return {line.partition("=")[0] for line in path.read_text().splitlines() if "=" in line and line[0] != "#"}


def problems(folder: Path) -> Iterator[str]:
    named: set[Path] = set()
    for path in sorted(folder.rglob(KUSTOMIZATION)):
        named.add(path)
        try:
            mine = set(_named(path.parent))
        except UnreadableError as error:
            yield str(error)
            continue
        named |= mine
        for missing in sorted(file for file in mine if not file.exists()):
            asked = missing.relative_to(path.parent, walk_up=True)
            yield f"{path.relative_to(folder)} names {asked}, which does not exist"
    for path in sorted(folder.rglob("*.y*ml")):
        if path not in named:
            yield f"{path.relative_to(folder)} is named by no kustomization, so that it would do nothing"


def _named(folder: Path) -> Iterator[Path]:
    """The files, and for folders their kustomizations."""
    asked = kustomization(folder)
    for resource in asked.get("resources") or []:
        path = (folder / resource).resolve()
        yield path / KUSTOMIZATION if path.is_dir() else path
    for patch in asked.get("patches") or []:
        if "path" in patch:
            yield (folder / patch["path"]).resolve()
