"""Whatever selects pods, or sends somebody to them, must find some."""

from collections.abc import Callable, Iterator
from typing import Any

from scripts.manifests.cluster import WORKLOADS, Cluster, Pod
from scripts.manifests.manifest import Manifest, title


def problems(cluster: Cluster) -> Iterator[str]:
    for manifest in cluster.manifests:
        if check := CHECKS.get(manifest["kind"]):
            for sentence in check(cluster, manifest):
                yield f"{title(manifest)}: {sentence}"


def _workload(cluster: Cluster, manifest: Manifest) -> Iterator[str]:
    pod, spec = Pod(manifest), manifest["spec"]
    if "selector" in spec and not _fits(spec["selector"], pod):
        yield "its selector does not match its own pods"
    if "serviceName" in spec and not cluster.find("Service", spec["serviceName"]):
        yield f"there is no Service {spec['serviceName']}"
    for spread in pod.spec.get("topologySpreadConstraints", []):
        if not _fits(spread["labelSelector"], pod):
            yield "its spread over nodes does not count its own pods"


def _service(cluster: Cluster, manifest: Manifest) -> Iterator[str]:
    pods = cluster.selected({"matchLabels": manifest["spec"].get("selector", {})})
    if not pods:
        yield "its selector matches no pod"
    for port in manifest["spec"]["ports"]:
        target = port.get("targetPort", port["port"])
        for pod in pods:
            if not pod.listens(target):
                yield f"{pod.title} has no port {target}"


def _ingress(cluster: Cluster, manifest: Manifest) -> Iterator[str]:
    spec = manifest["spec"]
    named = {host for tls in spec.get("tls", []) for host in tls.get("hosts", [])}
    for rule in spec.get("rules", []):
        if rule.get("host") not in named:
            yield f"there is no certificate for {rule.get('host')}"
        for path in rule["http"]["paths"]:
            yield from _backend(cluster, path["backend"]["service"])
    made = any(key.startswith("cert-manager.io/") for key in manifest["metadata"].get("annotations", {}))
    for tls in spec.get("tls", []):
        if not made and cluster.keys("Secret", tls["secretName"]) is None:
            yield f"nobody makes the Secret {tls['secretName']}"


def _backend(cluster: Cluster, asked: dict[str, Any]) -> Iterator[str]:
    service = cluster.find("Service", asked["name"])
    if service is None:
        yield f"there is no Service {asked['name']}"
        return
    wanted = asked["port"].get("name", asked["port"].get("number"))
    if not any(wanted in (port.get("name"), port["port"]) for port in service["spec"]["ports"]):
        yield f"the Service {asked['name']} has no port {wanted}"


def _autoscaler(cluster: Cluster, manifest: Manifest) -> Iterator[str]:
    asked = manifest["spec"]["scaleTargetRef"]
    target = cluster.find(asked["kind"], asked["name"])
    if target is None:
        yield f"there is no {asked['kind']} {asked['name']}"
    elif "replicas" in target["spec"]:
        yield f"{title(target)} says its number of pods too, and would be set back to it by every update"


def _budget(cluster: Cluster, manifest: Manifest) -> Iterator[str]:
    if not cluster.selected(manifest["spec"]["selector"]):
        yield "its selector matches no pod"


def _policy(cluster: Cluster, manifest: Manifest) -> Iterator[str]:
    spec = manifest["spec"]
    mine = cluster.selected(spec["podSelector"])
    if not mine:
        yield "its selector matches no pod"
    for rule in spec.get("ingress", []):
        yield from _peers(cluster, rule.get("from", []))
        yield from _reached(mine, rule)
    for rule in spec.get("egress", []):
        yield from _peers(cluster, rule.get("to", []))
        for peer in rule.get("to", []):
            if _here(peer):
                yield from _reached(cluster.selected(peer["podSelector"]), rule)


def _peers(cluster: Cluster, peers: list[dict[str, Any]]) -> Iterator[str]:
    for peer in peers:
        if _here(peer) and not cluster.selected(peer["podSelector"]):
            yield f"it names pods that there are not: {peer['podSelector']}"


def _here(peer: dict[str, Any]) -> bool:
    """Pods of this namespace."""
    return "podSelector" in peer and "namespaceSelector" not in peer


def _reached(pods: list[Pod], rule: dict[str, Any]) -> Iterator[str]:
    for port in rule.get("ports", []):
        for pod in pods:
            if not pod.listens(port["port"]):
                yield f"{pod.title} has no port {port['port']}"


def _fits(selector: dict[str, Any], pod: Pod) -> bool:
    wanted = selector.get("matchLabels", {})
    return bool(wanted) and wanted.items() <= pod.labels.items()


CHECKS: dict[str, Callable[[Cluster, Manifest], Iterator[str]]] = {
    **dict.fromkeys(WORKLOADS, _workload),
    "Service": _service,
    "Ingress": _ingress,
    "HorizontalPodAutoscaler": _autoscaler,
    "PodDisruptionBudget": _budget,
    "NetworkPolicy": _policy,
}
