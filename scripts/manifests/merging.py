"""Strategic merge patches, as far as names decide: of two lists the items with one name are one."""

from typing import Any

from scripts.manifests.manifest import UnreadableError


def merge(old: Any, new: Any, where: str) -> Any:
    """`old` with what `new` says. `where` names the patch, for whoever wrote something that is not known here."""
    if isinstance(old, dict) and isinstance(new, dict):
        if steps := [key for key in new if str(key).startswith("$")]:
            raise UnreadableError(f"{where}: `{steps[0]}` can only be looked at with kustomize on the PATH")
        together = {key: merge(old[key], value, where) if key in old else value for key, value in new.items()}
        return {key: value for key, value in {**old, **together}.items() if value is not None}
    if isinstance(old, list) and isinstance(new, list):
        return _lists(old, new, where)
    return new


def _lists(old: list[Any], new: list[Any], where: str) -> list[Any]:
    if not all(isinstance(item, dict) and "name" in item for item in [*old, *new]):
        raise UnreadableError(f"{where}: a list without names can only be looked at with kustomize on the PATH")
    theirs = {item["name"]: item for item in new}
    mine = {item["name"] for item in old}
    kept = [merge(item, theirs.get(item["name"], {}), where) for item in old]
    return kept + [item for item in new if item["name"] not in mine]
