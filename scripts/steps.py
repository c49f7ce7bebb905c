"""Runs steps one after the other, all of them, and sums up at the end."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scripts.trouble import ROOT


@dataclass(frozen=True)
class Step:
    title: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    folder: str = "."


class Steps:
    def __init__(self) -> None:
        self._results: list[tuple[str, str, float]] = []

    def run(self, step: Step) -> None:
        print(f"\n== {step.title}", flush=True)
        started = time.monotonic()
        done = subprocess.run(step.command, cwd=ROOT / step.folder, env={**os.environ, **step.env}, check=False)
        result = "ok" if done.returncode == 0 else "FAILED"
        self._results.append((result, step.title, time.monotonic() - started))

    def leave_out(self, title: str, reason: str, *, fails: bool) -> None:
        print(f"\n== {title}: left out, {reason}", flush=True)
        self._results.append(("FAILED" if fails else "left out", f"{title} ({reason})", 0.0))

    def end(self) -> int:
        """Prints what happened; returns the exit status."""
        print()
        for result, title, seconds in self._results:
            print(f"  {result:8}  {title}  {seconds:.0f} s" if seconds else f"  {result:8}  {title}")
        return 1 if any(result == "FAILED" for result, _, _ in self._results) else 0
