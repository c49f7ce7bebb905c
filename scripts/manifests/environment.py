"""What our processes are told: settings that there are, addresses that lead somewhere, nothing secret in the open."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from scripts.manifests.cluster import OUTSIDE, Cluster, Pod
from scripts.manifests.manifest import title, values
from scripts.trouble import ROOT

SETTINGS = ROOT / "docs" / "settings.md"
OTHERS = "## Docker Compose alone"  # from here on, what no process reads
DEMANDED = {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"}  # without them it would start as another kind of server
USED = re.compile(r"\$\((\w+)\)")


def documented() -> dict[str, str]:
    """The settings and, as written there, their defaults."""
    ours = SETTINGS.read_text().partition(OTHERS)[0]
    return dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]*?) \|", ours, re.MULTILINE))


def problems(cluster: Cluster) -> Iterator[str]:
    yield from _secrets(cluster)
    yield from _host(cluster)
    yield from _services(cluster)
    known = set(documented()) | _composed(cluster)
    for key in sorted((cluster.outside or set()) - known):
        yield f"the Secret {OUTSIDE} has {key}, which docs/settings.md does not know"
    for key in sorted(set(cluster.settings()) - known):
        yield f"a ConfigMap has {key}, which docs/settings.md does not know"
    for pod in cluster.pods:
        if pod.ours:
            for sentence in sorted({*_names(pod, known), *_demanded(pod)}):
                yield f"{pod.title}: {sentence}"


def _composed(cluster: Cluster) -> set[str]:
    """Variables that are not settings themselves: others are made of them."""
    return {
        used
        for pod in cluster.pods
        for container in pod.containers
        for variable in container.get("env", [])
        for used in USED.findall(variable.get("value", ""))
    }


def _names(pod: Pod, known: set[str]) -> Iterator[str]:
    for container in pod.containers:
        before: set[str] = set()
        for variable in container.get("env", []):
            if variable["name"] not in known:
                yield f"{variable['name']} is no setting of docs/settings.md"
            for used in set(USED.findall(variable.get("value", ""))) - before:
                yield f"{variable['name']} uses {used}, which is not set before it"
            before.add(variable["name"])


def _demanded(pod: Pod) -> Iterator[str]:
    """By the first container, so that nothing of the pod starts without them."""
    by_name = {
        variable["name"]
        for variable in pod.containers[0].get("env", [])
        if not variable.get("valueFrom", {}).get("secretKeyRef", {"optional": True}).get("optional")
    }
    for missing in sorted(DEMANDED - by_name):
        yield f"it would start without {missing}"


def _secrets(cluster: Cluster) -> Iterator[str]:
    if cluster.outside is not None:
        for secret in cluster.of("Secret"):
            yield f"{title(secret)} is in the open; it is made by hand here"


def _host(cluster: Cluster) -> Iterator[str]:
    settings = cluster.settings()
    host = urlsplit(settings.get("SITE_URL", "")).hostname
    if settings.get("SITE_HOST") != host:
        yield f"SITE_HOST is not the host of SITE_URL, {host}"
    for ingress in cluster.of("Ingress"):
        for rule in ingress["spec"].get("rules", []):
            if rule.get("host") != host:
                yield f"{title(ingress)} is for {rule.get('host')}, and SITE_URL for {host}"


def _services(cluster: Cluster) -> Iterator[str]:
    """Names without a dot are Services of this namespace."""
    for secret in cluster.of("Secret"):
        for key, value in values(secret).items():
            address = urlsplit(value)
            if key.endswith("_URL") and address.hostname and "." not in address.hostname:
                yield from _service(cluster, key, address)


def _service(cluster: Cluster, key: str, address: Any) -> Iterator[str]:
    service = cluster.find("Service", address.hostname)
    if service is None:
        yield f"{key} leads to {address.hostname}, and there is no such Service"
    elif address.port not in [port["port"] for port in service["spec"]["ports"]]:
        yield f"{key} leads to port {address.port}, which the Service {address.hostname} does not have"
