"""Instances of both kinds, and an archive of one that holds something of everything."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.tests.backup.instances import Instance


@pytest.fixture
def sqlite(tmp_path: Path) -> Callable[[str], Instance]:
    """`sqlite("here")`: an instance without any tables yet."""

    def make(name: str) -> Instance:
        folder = tmp_path / name
        folder.mkdir()
        return Instance(folder)

    return make


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """It holds something of everything. Nobody changes it."""
    return Instance(tmp_path_factory.mktemp("furnished")).furnish()


@pytest.fixture(scope="session")
def archive(furnished: Instance) -> Path:
    return furnished.backup()


@pytest.fixture(scope="session")
def restored(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """The archive in another instance. Nobody changes it."""
    there = Instance(tmp_path_factory.mktemp("restored"))
    there.manage("restore", str(archive))
    return there
