"""As much of kustomize as our kustomizations use, for machines without it. What else they ask for is refused by name.

One thing is left out: names of generated ConfigMaps and Secrets do not end in a hash.
"""

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts.manifests.files import kustomization
from scripts.manifests.manifest import Manifest, UnreadableError, name, read
from scripts.manifests.merging import merge

# In the order in which kustomize does them.
type Part = Callable[[list[Manifest], Any, Path], None]


def build(folder: Path) -> list[Manifest]:
    asked = kustomization(folder)
    if unknown := set(asked) - {"apiVersion", "kind", *PARTS}:
        raise UnreadableError(f"{folder.name}: `{min(unknown)}` can only be looked at with kustomize on the PATH")
    manifests: list[Manifest] = []
    for key, part in PARTS.items():
        if key in asked:
            part(manifests, asked[key], folder)
    return manifests


def _resources(manifests: list[Manifest], asked: list[str], folder: Path) -> None:
    for resource in asked:
        path = folder / resource
        manifests += build(path) if path.is_dir() else read(path)


def _config_maps(manifests: list[Manifest], asked: list[dict[str, Any]], folder: Path) -> None:
    _generate(manifests, "ConfigMap", asked, str)


def _secrets(manifests: list[Manifest], asked: list[dict[str, Any]], folder: Path) -> None:
    _generate(manifests, "Secret", asked, lambda value: base64.b64encode(value.encode()).decode())


def _generate(manifests: list[Manifest], kind: str, asked: list[dict[str, Any]], written: Callable[[str], str]) -> None:
    for one in asked:
        _only(one, {"name", "literals", "behavior"}, f"{kind}s")
        data = {key: written(value) for key, _, value in (literal.partition("=") for literal in one["literals"])}
        if one.get("behavior") == "merge":
            _find(manifests, kind, one["name"])["data"].update(data)
            continue
        made = {"apiVersion": "v1", "kind": kind, "metadata": {"name": one["name"]}, "data": data}
        manifests.append({**made, "type": "Opaque"} if kind == "Secret" else made)


def _patches(manifests: list[Manifest], asked: list[dict[str, Any]], folder: Path) -> None:
    for one in asked:
        _only(one, {"path", "target"}, "patches")
        _only(one.get("target", {}), {"kind", "name"}, "targets of patches")
        (patch,) = read(folder / one["path"])
        if not isinstance(patch, dict):
            raise UnreadableError(f"{one['path']}: a list of steps can only be looked at with kustomize on the PATH")
        content = {key: value for key, value in patch.items() if key not in ("apiVersion", "kind", "metadata")}
        for manifest in manifests:
            if _meant(manifest, one.get("target") or {"kind": patch["kind"], "name": name(patch)}):
                manifest.update(merge(manifest, content, one["path"]))


def _meant(manifest: Manifest, target: dict[str, str]) -> bool:
    here = {"kind": manifest["kind"], "name": name(manifest)}
    return all(re.fullmatch(pattern, here[key]) for key, pattern in target.items())


def _namespace(manifests: list[Manifest], asked: str, folder: Path) -> None:
    for manifest in manifests:
        if manifest["kind"] == "Namespace":
            manifest["metadata"]["name"] = asked
        else:
            manifest["metadata"]["namespace"] = asked


def _labels(manifests: list[Manifest], asked: list[dict[str, Any]], folder: Path) -> None:
    for one in asked:
        _only(one, {"pairs"}, "labels")
        for manifest in manifests:
            metadata = manifest["metadata"]
            # A dictionary of its own: YAML's `*labels` is one and the same object in several places.
            metadata["labels"] = {**metadata.get("labels", {}), **one["pairs"]}


def _images(manifests: list[Manifest], asked: list[dict[str, str]], folder: Path) -> None:
    for one in asked:
        _only(one, {"name", "newName", "newTag", "digest"}, "images")
        end = f"@{one['digest']}" if "digest" in one else f":{one['newTag']}" if "newTag" in one else ""
        for manifest in manifests:
            pod = manifest.get("spec", {}).get("template", {}).get("spec", {})
            for container in [*pod.get("initContainers", []), *pod.get("containers", [])]:
                if re.split(r"[:@]", container["image"])[0] == one["name"]:
                    container["image"] = one.get("newName", one["name"]) + end


def _replicas(manifests: list[Manifest], asked: list[dict[str, Any]], folder: Path) -> None:
    for one in asked:
        for manifest in manifests:
            if manifest["kind"] in ("Deployment", "StatefulSet") and name(manifest) == one["name"]:
                manifest["spec"]["replicas"] = one["count"]


def _find(manifests: list[Manifest], kind: str, wanted: str) -> Manifest:
    for manifest in manifests:
        if manifest["kind"] == kind and name(manifest) == wanted:
            return manifest
    raise UnreadableError(f"there is no {kind} {wanted} to merge with")


def _only(asked: dict[str, Any], known: set[str], where: str) -> None:
    if unknown := set(asked) - known:
        raise UnreadableError(f"`{min(unknown)}` of {where} can only be looked at with kustomize on the PATH")


PARTS: dict[str, Part] = {
    "resources": _resources,
    "configMapGenerator": _config_maps,
    "secretGenerator": _secrets,
    "patches": _patches,
    "namespace": _namespace,
    "labels": _labels,
    "images": _images,
    "replicas": _replicas,
}
