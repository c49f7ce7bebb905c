"""One object for Kubernetes, as YAML has it."""

import base64
from pathlib import Path
from typing import Any

import yaml

type Manifest = dict[str, Any]


class UnreadableError(Exception):
    """No manifests can be made of a folder. The sentence names the file, and says why."""


class Strict(yaml.SafeLoader):
    """YAML in which nothing is said twice: of two values the first would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if twice := [key for key in keys if keys.count(key) > 1]:
            raise yaml.constructor.ConstructorError(None, None, f"{twice[0]} is said twice", node.start_mark)
        return super().construct_mapping(node, deep)


def read(path: Path) -> list[Any]:
    """The documents in a file of YAML, without the empty ones."""
    try:
        return [document for document in yaml.load_all(path.read_text(), Strict) if document]
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise UnreadableError(f"{path.name} is not YAML: {' '.join(str(error).split())}") from error


def title(manifest: Manifest) -> str:
    return f"{manifest.get('kind')}/{name(manifest)}"


def name(manifest: Manifest) -> str:
    return str(manifest.get("metadata", {}).get("name", ""))


def values(manifest: Manifest) -> dict[str, str]:
    """What stands in a ConfigMap or a Secret."""
    data = manifest.get("data") or {}
    if manifest.get("kind") == "Secret":
        data = {key: base64.b64decode(value).decode() for key, value in data.items()}
    return {**data, **(manifest.get("stringData") or {})}
