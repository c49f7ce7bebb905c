"""Each manifest, strictly: an unknown field is a mistake, and Kubernetes would drop it without a word."""

import json
from collections.abc import Iterator
from functools import cache

import kubernetes_validate

from scripts.manifests.cluster import Cluster
from scripts.manifests.manifest import title

OLDEST = "1.30"  # the first one in which a preStop hook can sleep


def problems(cluster: Cluster) -> Iterator[str]:
    for version in (OLDEST, kubernetes_validate.latest_version()):
        for manifest in cluster.manifests:
            if wrong := _wrong(json.dumps(manifest, sort_keys=True), version):
                yield f"{title(manifest)} {wrong}"


@cache  # overlays share most of what they have, and each question reads megabytes of schemas
def _wrong(manifest: str, version: str) -> str | None:
    try:
        kubernetes_validate.validate(json.loads(manifest), version, strict=True)
    except kubernetes_validate.ValidationError as error:
        where = ".".join(str(step) for step in error.path)
        return f"is not valid in Kubernetes {version}: {where}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError as error:
        return f"is not known in Kubernetes {version}: there is no {error.kind} of {error.api_version}"
    return None
