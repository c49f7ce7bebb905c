"""What the kernel knows of a process."""

import os
import re
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """User and system time since it began."""
    # The name, which may hold spaces, ends with the last bracket.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1024
