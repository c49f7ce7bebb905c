"""What one overlay puts into a cluster, and the questions that checks ask of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scripts.manifests.manifest import Manifest, name, title, values

OURS = "commonplace"  # app.kubernetes.io/name of pods that run our image
OUTSIDE = "commonplace"  # the Secret that somebody makes by hand
WORKLOADS = ("Deployment", "StatefulSet", "Job")

type Labels = dict[str, str]


@dataclass(frozen=True)
class Pod:
    """The pods of one Deployment, StatefulSet or Job."""

    owner: Manifest

    @property
    def title(self) -> str:
        return title(self.owner)

    @property
    def labels(self) -> Labels:
        return dict(self.owner["spec"]["template"]["metadata"].get("labels", {}))

    @property
    def spec(self) -> dict[str, Any]:
        return dict(self.owner["spec"]["template"]["spec"])

    @property
    def ours(self) -> bool:
        return self.labels.get("app.kubernetes.io/name") == OURS

    @property
    def component(self) -> str:
        return self.labels.get("app.kubernetes.io/component", "")

    @property
    def containers(self) -> list[dict[str, Any]]:
        """Also those that run before the others."""
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]

    @property
    def ports(self) -> dict[str, int]:
        """Numbers of the ports that have a name."""
        listening = [port for container in self.spec["containers"] for port in container.get("ports", [])]
        return {port["name"]: port["containerPort"] for port in listening if "name" in port}

    def listens(self, port: str | int) -> bool:
        return port in self.ports or port in self.ports.values()


@dataclass(frozen=True)
class Cluster:
    """`outside` are the keys of a Secret that the manifests do not bring with them."""

    manifests: list[Manifest]
    outside: set[str] | None

    def of(self, *kinds: str) -> Iterator[Manifest]:
        return (manifest for manifest in self.manifests if manifest["kind"] in kinds)

    def find(self, kind: str, wanted: str) -> Manifest | None:
        return next((manifest for manifest in self.of(kind) if name(manifest) == wanted), None)

    @property
    def pods(self) -> list[Pod]:
        return [Pod(manifest) for manifest in self.of(*WORKLOADS)]

    def selected(self, selector: dict[str, Any] | None) -> list[Pod]:
        """By `{"matchLabels": ...}`; by an empty selector all of them."""
        wanted = (selector or {}).get("matchLabels", {})
        return [pod for pod in self.pods if wanted.items() <= pod.labels.items()]

    def keys(self, kind: str, wanted: str) -> set[str] | None:
        """What a ConfigMap or a Secret holds; None when there is none of that name."""
        if manifest := self.find(kind, wanted):
            return set(values(manifest))
        return self.outside if kind == "Secret" and wanted == OUTSIDE else None

    def settings(self) -> dict[str, str]:
        """What our pods are told by ConfigMaps, all of them together."""
        names = {
            source["configMapRef"]["name"]
            for pod in self.pods
            for container in pod.containers
            for source in container.get("envFrom", [])
            if "configMapRef" in source
        }
        found = [self.find("ConfigMap", wanted) for wanted in sorted(names)]
        return {key: value for manifest in found if manifest for key, value in values(manifest).items()}
