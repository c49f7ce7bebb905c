"""One table of everything: a row a measure, a column a server, and how ours stands against the best of the others."""

import math
import statistics
from collections.abc import Mapping, Sequence

from benchmarks.load.figure import Better, Figure, Figures, Measure

type Results = Mapping[tuple[str, str], Sequence[Figures]]  # scenario and server: one of each round


def table(results: Results, servers: Sequence[str], ours: Sequence[str]) -> list[str]:
    head = ["scenario", "measure", *servers, "ours against the best peer"]
    lines = [_line(head), _line(["---", "---", *("---:" for _ in servers), "---:"])]
    for scenario in dict.fromkeys(scenario for scenario, _ in results):
        for measure in dict.fromkeys(
            measure for server in servers for found in results.get((scenario, server), ()) for measure in found
        ):
            figures = {
                server: middle([found[measure] for found in rounds if measure in found])
                for server in servers
                if (rounds := results.get((scenario, server)))
            }
            cells = [_cell(figures.get(server), measure) for server in servers]
            lines.append(_line([scenario, measure.title, *cells, against(measure, figures, ours)]))
    return lines


def middle(figures: Sequence[Figure]) -> Figure | None:
    """The median, of rounds or of nothing."""
    if not figures:
        return None
    value = statistics.median(figure.value for figure in figures)
    return Figure(value, any(figure.bound for figure in figures))


def against(measure: Measure, figures: Mapping[str, Figure | None], ours: Sequence[str]) -> str:
    """How many times better or worse the best of ours is than the best of the others, on this measure."""
    if measure.better is Better.NEITHER:
        return ""
    sides = [
        [
            figure
            for name, figure in figures.items()
            if figure and (name in ours) is mine and not math.isnan(figure.value)
        ]
        for mine in (True, False)
    ]
    if not all(sides):
        return ""
    best = min if measure.better is Better.LESS else max
    mine, other = (best(side, key=lambda figure: figure.value).value for side in sides)
    if mine == other or abs(mine - other) < measure.grain:
        return "equal"
    if not mine or not other:
        return "better" if best(mine, other) == mine else "worse"
    factor = other / mine if measure.better is Better.LESS else mine / other
    return f"{factor:.1f}x better" if factor >= 1 else f"{1 / factor:.1f}x worse"


def _cell(figure: Figure | None, measure: Measure) -> str:
    if figure is None or math.isnan(figure.value):
        return "-"
    return f"{'>= ' if figure.bound else ''}{figure.value:,.{measure.digits}f}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
