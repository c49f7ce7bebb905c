"""One table: medians, ratios against the best peer, and a dash where nothing was measured."""

from benchmarks.load.figure import CPU, LATE, MOST, RECOVERY, Figure, Figures
from benchmarks.load.table import table

OURS, SERVERS = ("ours",), ("ours", "one", "another")


def rows(**found: list[Figures]) -> list[list[str]]:
    lines = table({("classroom", server): figures for server, figures in found.items()}, SERVERS, OURS)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_less_is_better_for_what_costs() -> None:
    (row,) = rows(ours=[{CPU: Figure(0.5)}], one=[{CPU: Figure(1.5)}], another=[{CPU: Figure(1.0)}])
    assert row == ["classroom", CPU.title, "0.500", "1.500", "1.000", "2.0x better"]


def test_more_is_better_for_what_is_carried_and_a_bound_is_said() -> None:
    (row,) = rows(ours=[{MOST: Figure(8_000, bound=True)}], one=[{MOST: Figure(16_000)}])
    assert row == ["classroom", MOST.title, ">= 8,000", "16,000", "-", "2.0x worse"]


def test_several_rounds_are_a_median() -> None:
    (row,) = rows(ours=[{CPU: Figure(value)} for value in (9.0, 1.0, 2.0)])
    assert row[2] == "2.000"


def test_what_only_says_how_it_went_is_not_compared() -> None:
    (row,) = rows(ours=[{LATE: Figure(1)}], one=[{LATE: Figure(2)}])
    assert row[-1] == ""


def test_what_was_not_measured_is_a_dash() -> None:
    (row,) = rows(ours=[{CPU: Figure(float("nan"))}], one=[{CPU: Figure(1)}])
    assert row[2:] == ["-", "1.000", "-", ""]


def test_a_difference_that_is_too_small_to_tell_is_none() -> None:
    (row,) = rows(ours=[{RECOVERY: Figure(0.03)}], one=[{RECOVERY: Figure(0.01)}])
    assert row[-1] == "equal"
