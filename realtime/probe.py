"""Reads length-prefixed updates from standard input and applies them.

Answers a byte when it is ready, and one for each update that it survived.

Run by realtime/guard.py in a process of its own, since an update may end the one that applies it.
"""

import struct
import sys

from notes.documents import Document


def main() -> None:
    source, answer = sys.stdin.buffer, sys.stdout.buffer
    document = Document()
    answer.write(b".")
    answer.flush()
    while header := source.read(4):
        document.apply(source.read(struct.unpack(">I", header)[0]))
        document.text()
        document.state_vector()
        answer.write(b".")
        answer.flush()
    document.state()


if __name__ == "__main__":
    main()
