"""Tests that need a program which is not here: left out and named at the end, or failed with REQUIRE_SERVICES=1."""

import os
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

import pytest

MARK = "left out: "


def leave_out(reason: str) -> NoReturn:
    """Ends the present test; `reason` says what is missing."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"{reason}, and REQUIRE_SERVICES=1 demands it", pytrace=False)
    pytest.skip(MARK + reason)


class LeftOut:
    """Counts what was left out; says so at the end, and into the file LEFT_OUT_FILE for whoever runs several runs."""

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        reasons: Counter[str] = Counter()
        for report in terminalreporter.stats.get("skipped", []):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
            if MARK in reason:
                reasons[reason.split(MARK, 1)[1]] += 1
        lines = [f"{reason}: {count} test{'s' if count > 1 else ''}" for reason, count in reasons.items()]
        if not lines:
            return
        terminalreporter.section("left out")
        for line in lines:
            terminalreporter.write_line(line)
        if path := os.environ.get("LEFT_OUT_FILE"):
            with Path(path).open("a", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines)
