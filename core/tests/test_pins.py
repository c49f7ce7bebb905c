"""Versions below which this house is not safe, and locks that work with every registry."""

import json
import re
from importlib.metadata import version

import pytest

from core.lib.env import BASE_DIR

LOCKS = sorted((BASE_DIR / "requirements").glob("*.txt"))


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


@pytest.mark.parametrize(
    ("package", "lowest", "why"),
    [
        ("daphne", "4.2.2", "frames of any size are accepted before"),
        ("markdown-it-py", "4", "the parser's older releases have known slow inputs"),
        ("nh3", "0.3", "the sanitiser's allow-lists changed"),
        ("pycrdt", "0.14.13", "older releases lose or refuse valid updates"),
        ("django", "6.1", "CSP with nonces and template partials"),
    ],
)
def test_a_package_is_new_enough(package: str, lowest: str, why: str) -> None:
    assert numbers(version(package)) >= numbers(lowest), why


def test_the_next_pycrdt_is_not_taken_by_itself() -> None:
    assert numbers(version("pycrdt")) < (0, 15)


def test_redis_sockets_have_no_timeout() -> None:
    # redis-py 8 gives them 5 s, which ends an idle subscription.
    settings = (BASE_DIR / "core" / "settings.py").read_text()
    assert '"socket_timeout": None' in settings


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_has_hashes_and_names_no_address(lock: object) -> None:
    text = (BASE_DIR / "requirements" / str(lock)).read_text()
    pinned = re.findall(r"^[a-z0-9][^ ]*==", text, re.MULTILINE)
    assert pinned
    assert text.count("--hash=sha256:") >= len(pinned)
    assert "://" not in text


def test_the_lock_of_the_front_end_is_whole_and_names_no_address() -> None:
    packages = json.loads((BASE_DIR / "frontend" / "package-lock.json").read_text())["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]
    named = {name.rsplit("node_modules/", 1)[-1] for name in packages}
    # Without the builds for other platforms `npm ci` refuses the lock.
    missing = {need for package in packages.values() for need in package.get("optionalDependencies", {})} - named
    assert not missing
