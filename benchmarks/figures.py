"""Percentiles, and a table of them."""

from collections.abc import Sequence


def percentile(values: Sequence[float], part: float) -> float:
    """Nearest rank: a value that was really measured."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(part * len(ordered)) - 1))]


def row(name: str, milliseconds: Sequence[float]) -> str:
    p50, p90, p99 = (percentile(milliseconds, part) for part in (0.5, 0.9, 0.99))
    return f"| {name} | {len(milliseconds)} | {p50:.1f} | {p90:.1f} | {p99:.1f} | {max(milliseconds):.1f} |"


HEAD = "| | n | p50 ms | p90 ms | p99 ms | most ms |\n|---|---:|---:|---:|---:|---:|"
