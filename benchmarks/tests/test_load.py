"""The load runs, against the real server: two seconds of a classroom."""

import re
from pathlib import Path

import pytest

from benchmarks.load.run import Order, measure
from benchmarks.load.scenarios.wishes import Wishes


@pytest.mark.slow
def test_two_seconds_of_a_classroom_deliver_everything(tmp_path: Path) -> None:
    output = tmp_path / "table.md"
    order = Order(["ours"], ["classroom"], Wishes(seconds=2, rate=50), rounds=1, output=output, within=90)
    lines = measure(order)
    assert output.read_text().splitlines() == lines
    (delivered,) = (line for line in lines if "delivered" in line)
    assert re.search(r"\| 100\.00 \|", delivered), lines


def test_what_there_was_no_time_for_is_named() -> None:
    lines = measure(Order(["ours"], ["storm"], within=1))
    assert "- storm on ours: the time was up" in lines
