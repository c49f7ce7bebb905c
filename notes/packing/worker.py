"""The process that packs one segment for a server: a load on standard input, the segment on standard output.

Run by realtime/packer.py. It knows no database: whenever it ends, however it ends, nothing has happened.
"""

import os
import resource
import signal
import sys

from notes.packing.pressing import answer_to

NICENESS = 19  # only when nobody else has anything to do
CPU_SECONDS = 60  # several hundred times what a segment takes; for when there is no parent any more to end it


def main() -> None:
    # Ctrl-C reaches the whole group; ending is the parent's business.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A parent that is gone is no fault to be told of.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    sys.stdout.buffer.write(answer_to(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
