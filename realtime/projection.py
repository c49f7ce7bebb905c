"""What is committed of a note, as a document: for its text, and for what a client lacks."""

import logging

from notes.documents import EMPTY_STATE_VECTOR, Document, text_hash

logger = logging.getLogger(__name__)

# How many updates may wait to be applied; a room that nobody asks for its text would gather them for ever.
MOST_WAITING = 100


class Projection:
    """Updates are applied when somebody asks: between two questions a keystroke costs nothing here."""

    def __init__(self) -> None:
        self._document = Document()
        self._snapshot: bytes | None = None  # what the document is still to be begun with
        self._waiting: list[bytes] = []
        self._whole: bytes | None = None
        self._digest: bytes | None = None

    def begin(self, snapshot: bytes) -> None:
        """Whoever comes new wants just this, so they need not wait until it is read."""
        self._snapshot = self._whole = snapshot

    def build(self) -> None:
        """Reads the snapshot if that is still to be done. Raises ValueError when it cannot be read."""
        if self._snapshot is not None:
            self._document.apply(self._snapshot)
            self._snapshot = None

    def add(self, update: bytes) -> None:
        """An update that was admitted and committed."""
        self._waiting.append(update)
        self._whole = self._digest = None
        if len(self._waiting) > MOST_WAITING:
            self._catch_up()

    def text(self) -> str:
        return self._catch_up().text()

    def digest(self) -> bytes:
        """The hash of the text; kept until it changes, since everybody who is in step asks for it at once."""
        if self._digest is None:
            self._digest = text_hash(self.text())
        return self._digest

    def state(self) -> bytes:
        """The whole document as one update; kept until it changes, since everybody who comes new wants it."""
        if self._whole is None:
            self._whole = self._catch_up().state()
        return self._whole

    def vector(self) -> bytes:
        return self._catch_up().state_vector()

    def difference(self, vector: bytes) -> bytes:
        """What somebody with this (well-formed) state vector lacks."""
        return self.state() if vector == EMPTY_STATE_VECTOR else self._catch_up().difference(vector)

    def _catch_up(self) -> Document:
        self.build()
        waiting, self._waiting = self._waiting, []
        for update in waiting:
            try:
                self._document.apply(update)
            except ValueError:
                # Admission should have refused it. Asked again and again it would bar everybody from the note.
                logger.exception("an update of %d bytes was admitted and cannot be applied", len(update))
        return self._document
