"""What the command line may change of a scenario."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Wishes:
    """None leaves it to the scenario."""

    seconds: float | None = None
    rate: float | None = None
    trace: Path | None = None
