"""The child process of core/backup/replaying.py: reads a log in a line of JSON, answers with the hash of its text.

It knows no database and no Django, and may end at any moment.
"""

import base64
import json
import sys
from collections.abc import Iterator
from typing import Any

from notes.documents import Document, text_hash
from notes.packing import DamagedSegmentError, unpack


class GapError(Exception):
    """A number is missing, or there twice."""


def main() -> None:
    for line in sys.stdin.buffer:
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()


def _answer(request: dict[str, Any]) -> dict[str, str]:
    document = Document()
    try:
        if request["state"] is not None:
            document.apply(base64.b64decode(request["state"]))
        for data in _sound(request):
            document.apply(data)
        return {"digest": text_hash(document.text()).hex()}
    except DamagedSegmentError as error:
        return {"trouble": f"a part of its history cannot be unpacked ({error})"}
    except GapError as error:
        return {"trouble": str(error)}
    except (ValueError, MemoryError) as error:
        return {"trouble": f"an update cannot be applied ({error})"}


def _sound(request: dict[str, Any]) -> Iterator[bytes]:
    """The updates in order, without those in quarantine; compares their numbers with what they must be."""
    number = request["after"]
    for seq, quarantined, data in _all(request):
        if seq <= request["after"]:
            continue
        number += 1
        if seq != number:
            raise GapError(f"its history goes on with number {seq} where {number} should be")
        if not quarantined:
            yield data
    if number != request["head"]:
        raise GapError(f"its history ends with number {number} and should with {request['head']}")


def _all(request: dict[str, Any]) -> Iterator[tuple[int, bool, bytes]]:
    for segment in request["segments"]:
        for update in unpack(base64.b64decode(segment)):
            yield update.seq, update.quarantined, update.data
    for seq, quarantined, data in request["updates"]:
        yield seq, quarantined, base64.b64decode(data)


if __name__ == "__main__":
    main()
