"""One process at a time; a dead one holds nothing."""

import os
from pathlib import Path

import pytest

from core.lib import processlock


def test_a_second_taker_learns_who_holds_it(tmp_path: Path) -> None:
    with processlock.take(tmp_path / "lock"), pytest.raises(processlock.AlreadyRunning, match=str(os.getpid())):
        processlock.take(tmp_path / "lock")


def test_it_is_free_again_when_the_holder_lets_go(tmp_path: Path) -> None:
    processlock.take(tmp_path / "lock").close()
    processlock.take(tmp_path / "lock").close()
