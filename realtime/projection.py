"""What is committed of a note, as a document: for its text, and for what a client lacks."""

from notes.documents import EMPTY_STATE_VECTOR, Document

# How many updates may wait to be applied; a room that nobody asks for its text would gather them for ever.
MOST_WAITING = 100


class Projection:
    """Updates are applied when somebody asks: between two questions a keystroke costs nothing here."""

    def __init__(self) -> None:
        self._document = Document()
        self._waiting: list[bytes] = []
        self._whole: bytes | None = None

    def begin(self, state: bytes) -> None:
        self._document.apply(state)

    def add(self, update: bytes) -> None:
        """An update that was admitted and committed."""
        self._waiting.append(update)
        self._whole = None
        if len(self._waiting) > MOST_WAITING:
            self._catch_up()

    def text(self) -> str:
        return self._catch_up().text()

    def state(self) -> bytes:
        """The whole document as one update; kept until it changes, since everybody who comes new wants it."""
        if self._whole is None:
            self._whole = self._catch_up().state()
        return self._whole

    def difference(self, vector: bytes) -> bytes:
        """What somebody with this (well-formed) state vector lacks."""
        return self.state() if vector == EMPTY_STATE_VECTOR else self._catch_up().difference(vector)

    def _catch_up(self) -> Document:
        for update in self._waiting:
            self._document.apply(update)
        self._waiting.clear()
        return self._document
