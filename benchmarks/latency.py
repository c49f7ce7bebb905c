"""From a keystroke to the other documents, over real sockets: members of one note, 50 edits a second among them.

python -m benchmarks.latency            2 and 50 members
python -m benchmarks.latency 10 200     200 edits a second among 10
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.figures import HEAD, row
from benchmarks.processes import cpu_seconds
from core.tests.servers import Server, Templates, servers
from realtime.tests.peers import node
from realtime.tests.peers.stage import Stage

RUNS = ((2, 50), (50, 50))
SECONDS = 20
WARM_UP_EDITS = 100
USERS = 8


def measure(server: Server, members: int, rate: int, stage: Stage) -> list[str]:
    """A row of the table, and a line on what it cost."""
    cookies = [stage.person(f"Writer {number}").cookie for number in range(USERS)]
    plan = {**node.where(server), "cookies": cookies, "members": members, "rate": rate}
    list(node.stream("latency.js", {**plan, "note": stage.note(), "edits": WARM_UP_EDITS}))
    assert server.process is not None
    before, edits = cpu_seconds(server.process.pid), rate * SECONDS
    (found,) = node.stream("latency.js", {**plan, "note": stage.note(), "edits": edits})
    spent = (cpu_seconds(server.process.pid) - before) / edits * 1000
    return [row(f"{members} members, {rate} edits/s; {spent:.2f} s of the server's CPU per 1,000", found["took"])]


def main(*arguments: str) -> None:
    node.ensure_packages()
    runs = [(int(arguments[0]), int(arguments[1]))] if arguments else RUNS
    print(HEAD)
    with tempfile.TemporaryDirectory() as folder, servers(Templates(Path(folder))) as running:
        # As in life: with DEBUG the database is asked more than once.
        server = running.serve(LOG_LEVEL="WARNING", DEBUG="false", HTTPS="false")
        with Stage(server) as stage:
            for members, rate in runs:
                print(*measure(server, members, rate, stage), sep="\n", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
