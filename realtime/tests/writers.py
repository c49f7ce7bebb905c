"""People who write, each with a CRDT document of their own, as a browser has: whole characters, exact updates."""

from pycrdt import Doc, Text

from realtime.protocol import read_state_vector
from realtime.tests.hostile import units


class Writer:
    """Positions count characters (code points). Each edit returns the update that a client would send."""

    def __init__(self, client_id: int) -> None:
        self.client_id = client_id
        self._doc: Doc[Text] = Doc(client_id=client_id)
        self._text = self._doc.get("content", type=Text)
        self._made: list[bytes] = []
        self._doc.observe(lambda event: self._made.append(event.update))

    @property
    def text(self) -> str:
        return str(self._text)

    @property
    def clocks(self) -> dict[int, int]:
        return read_state_vector(self.state_vector)

    @property
    def state_vector(self) -> bytes:
        return self._doc.get_state()

    @property
    def deleted_units(self) -> int:
        """Everything that was ever written and is not in the text."""
        return sum(self.clocks.values()) - units(self.text)

    @property
    def state(self) -> bytes:
        return self._doc.get_update()

    def insert(self, at: int, text: str) -> bytes:
        return self._edit(at, at, text)

    def append(self, text: str) -> bytes:
        return self.insert(len(self.text), text)

    def delete(self, start: int, count: int) -> bytes:
        return self._edit(start, start + count, "")

    def replace(self, start: int, count: int, text: str) -> bytes:
        return self._edit(start, start + count, text)

    def _edit(self, start: int, end: int, text: str) -> bytes:
        before = self.text
        # pycrdt counts a text in bytes of UTF-8.
        first, last = (len(before[:at].encode()) for at in (start, end))
        self._made.clear()
        with self._doc.transaction():
            if last > first:
                del self._text[first:last]
            if text:
                self._text.insert(first, text)
        (made,) = self._made
        return made

    def hear(self, update: bytes) -> None:
        self._doc.apply_update(update)

    def lacks(self, state_vector: bytes) -> bytes:
        """What somebody with this state vector lacks of this document: the answer to a sync step 1."""
        return self._doc.get_update(state_vector)
