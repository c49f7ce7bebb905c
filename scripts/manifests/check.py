"""Everything that is wrong with a folder of kustomizations, in sentences."""

from collections.abc import Iterator
from pathlib import Path

from scripts.manifests import environment, files, references, routes, rules, schema
from scripts.manifests.cluster import Cluster
from scripts.manifests.kustomize import render
from scripts.manifests.manifest import UnreadableError
from scripts.trouble import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
OVERLAYS = ("local", "production")
CHECKS = (
    schema.problems,
    references.problems,
    routes.problems,
    environment.problems,
    rules.problems,
)


def problems(folder: Path) -> list[str]:
    found = list(files.problems(folder))
    # What a missing file leaves out would be named again as a hundred other things.
    return found or [sentence for overlay in OVERLAYS for sentence in _of_overlay(folder / overlay)]


def _of_overlay(folder: Path) -> Iterator[str]:
    try:
        cluster = Cluster(render(folder), files.keys_of_outside_secret(folder))
    except UnreadableError as error:
        yield f"{folder.name}: {error}"
        return
    for check in CHECKS:
        for sentence in check(cluster):
            yield f"{folder.name}: {sentence}"
