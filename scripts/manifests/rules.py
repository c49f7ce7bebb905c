"""What Kubernetes would take, and this house does not."""

from collections.abc import Iterator
from typing import Any

import yaml

from scripts.manifests.cluster import Cluster, Pod
from scripts.manifests.environment import documented
from scripts.manifests.references import PROBES
from scripts.trouble import ROOT

COMPOSE = ROOT / "docker-compose.yml"
CLOSING_SECONDS = 10  # closing handshakes and answers under way, after DRAIN_SECONDS


def problems(cluster: Cluster) -> Iterator[str]:
    yield from _images(cluster)
    for pod in cluster.pods:
        for sentence in [*_locked(pod), *_sized(pod), *_one_beat(pod), *_served(cluster, pod)]:
            yield f"{pod.title}: {sentence}"


def _images(cluster: Cluster) -> Iterator[str]:
    ours = {container["image"] for pod in cluster.pods if pod.ours for container in pod.containers}
    if len(ours) > 1:
        yield f"our pods run different images: {', '.join(sorted(ours))}"
    theirs = {container["image"] for pod in cluster.pods if not pod.ours for container in pod.containers}
    for image in sorted(ours | theirs):
        if "@" not in image and image.rpartition(":")[2] in ("latest", image.rpartition("/")[2]):
            yield f"{image} is another image every day: name a tag"
    composed = {service["image"] for service in _compose().values() if "image" in service}
    for image in sorted(theirs - composed):
        yield f"{image} is not what docker-compose.yml has"


def _compose() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text())["services"])


def _locked(pod: Pod) -> Iterator[str]:
    for_all = pod.spec.get("securityContext", {})
    if not for_all.get("runAsNonRoot") or not for_all.get("runAsUser"):
        yield "it may run as root"
    if for_all.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "it may ask the kernel for anything (seccompProfile)"
    if pod.spec.get("automountServiceAccountToken") is not False:
        yield "it is given a token for Kubernetes"
    for container in pod.containers:
        own = container.get("securityContext", {})
        if not own.get("readOnlyRootFilesystem"):
            yield f"{container['name']} may write into its image"
        if own.get("allowPrivilegeEscalation") is not False or own.get("capabilities", {}).get("drop") != ["ALL"]:
            yield f"{container['name']} may become more than it is"


def _sized(pod: Pod) -> Iterator[str]:
    for container in pod.containers:
        asked = container.get("resources", {})
        if not {"cpu", "memory"} <= set(asked.get("requests", {})) or "memory" not in asked.get("limits", {}):
            yield f"{container['name']} does not say how much it needs, or how much it may take"


def _one_beat(pod: Pod) -> Iterator[str]:
    if not any("beat" in container.get("args", []) for container in pod.containers):
        return
    if pod.owner["spec"].get("replicas") != 1:
        yield "there must be exactly one beat"
    if pod.owner["spec"].get("strategy", {}).get("type") != "Recreate":
        yield "an update would have two beats for a while: its strategy must be Recreate"


def _served(cluster: Cluster, pod: Pod) -> Iterator[str]:
    if not (pod.ours and pod.component == "web"):
        return
    for container in pod.spec["containers"]:
        for missing in sorted(set(PROBES) - set(container)):
            yield f"there is no {missing}"
        if pod.spec.get("terminationGracePeriodSeconds", 30) < _farewell_seconds(cluster, container):
            yield "it is killed before it has stored what it holds: terminationGracePeriodSeconds is too short"
    if pod.owner["spec"].get("strategy", {}).get("rollingUpdate", {}).get("maxUnavailable") != 0:
        yield "an update would leave fewer pods than there are people for: maxUnavailable must be 0"


def _farewell_seconds(cluster: Cluster, container: dict[str, Any]) -> int:
    asleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    return int(asleep) + sum(_seconds(cluster, name) for name in ("NOTICE_SECONDS", "DRAIN_SECONDS")) + CLOSING_SECONDS


def _seconds(cluster: Cluster, name: str) -> int:
    return int(cluster.settings().get(name) or documented()[name].strip("`"))
