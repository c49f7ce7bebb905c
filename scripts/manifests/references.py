"""What a pod refers to by name must be there."""

from collections.abc import Iterator
from typing import Any

from scripts.manifests.cluster import Cluster, Pod
from scripts.manifests.manifest import name

PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


def problems(cluster: Cluster) -> Iterator[str]:
    for pod in cluster.pods:
        for sentence in [*_account(cluster, pod), *_volumes(cluster, pod), *_ports(pod), *_values(cluster, pod)]:
            yield f"{pod.title}: {sentence}"


def _account(cluster: Cluster, pod: Pod) -> Iterator[str]:
    account = pod.spec.get("serviceAccountName", "default")
    if not cluster.find("ServiceAccount", account):
        yield f"there is no ServiceAccount {account}"


def _volumes(cluster: Cluster, pod: Pod) -> Iterator[str]:
    volumes = {volume["name"]: volume for volume in pod.spec.get("volumes", [])}
    claimed = {name(claim) for claim in pod.owner["spec"].get("volumeClaimTemplates", [])}
    mounted = {mount["name"] for container in pod.containers for mount in container.get("volumeMounts", [])}
    for wanted in sorted(mounted - set(volumes) - claimed):
        yield f"there is no volume {wanted}"
    for unused in sorted(set(volumes) - mounted):
        yield f"the volume {unused} is mounted nowhere"
    for volume in volumes.values():
        for kind, source, key in (
            ("ConfigMap", "configMap", "name"),
            ("Secret", "secret", "secretName"),
            ("PersistentVolumeClaim", "persistentVolumeClaim", "claimName"),
        ):
            if source in volume and cluster.keys(kind, volume[source][key]) is None:
                yield f"there is no {kind} {volume[source][key]}"


def _ports(pod: Pod) -> Iterator[str]:
    for container in pod.containers:
        for probe in PROBES:
            asked = container.get(probe, {})
            for way in ("httpGet", "tcpSocket"):
                if way in asked and not pod.listens(asked[way]["port"]):
                    yield f"the {probe} asks port {asked[way]['port']}, which the pod does not have"


def _values(cluster: Cluster, pod: Pod) -> Iterator[str]:
    for container in pod.containers:
        for source in container.get("envFrom", []):
            for kind in ("ConfigMap", "Secret"):
                yield from _value(cluster, kind, source.get(_key(kind, "Ref")))
        for variable in container.get("env", []):
            for kind in ("ConfigMap", "Secret"):
                yield from _value(cluster, kind, variable.get("valueFrom", {}).get(_key(kind, "KeyRef")))


def _value(cluster: Cluster, kind: str, asked: dict[str, Any] | None) -> Iterator[str]:
    if asked is None or asked.get("optional"):
        return
    keys = cluster.keys(kind, asked["name"])
    if keys is None:
        yield f"there is no {kind} {asked['name']}"
    elif "key" in asked and asked["key"] not in keys:
        yield f"the {kind} {asked['name']} has no {asked['key']}"


def _key(kind: str, end: str) -> str:
    return kind[0].lower() + kind[1:] + end
