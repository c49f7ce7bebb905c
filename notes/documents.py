"""A note's text as a CRDT document: helpers on bytes. No Django here, and no other module calls pycrdt for text.

Updates and states are Yjs updates in format v1; a document has one root, the text `content`. pycrdt counts a text in
UTF-8 bytes, Yjs in UTF-16 units: nothing outside this module may pass an index to pycrdt.
"""

import hashlib
import secrets
from collections.abc import Iterable

from pycrdt import Doc, Text

ROOT = "content"
EMPTY_UPDATE = b"\x00\x00"
EMPTY_STATE_VECTOR = b"\x00"
# Of pycrdt, merging many updates one by one outside a transaction is the fast way: 0.75 s against 2.9 s for 260,000.


class Document:
    """A document in memory, built from updates that were admitted before."""

    def __init__(self, client_id: int | None = None) -> None:
        self._doc: Doc[Text] = Doc(client_id=client_id) if client_id is not None else Doc()
        self._text = self._doc.get(ROOT, type=Text)

    def apply(self, update: bytes) -> None:
        """Raises ValueError when pycrdt cannot read the update."""
        self._doc.apply_update(update)

    def text(self) -> str:
        return str(self._text)

    def state(self) -> bytes:
        """The whole document as one update."""
        return self._doc.get_update()

    def state_vector(self) -> bytes:
        return self._doc.get_state()

    def difference(self, state_vector: bytes) -> bytes:
        """What somebody with this state vector lacks. The caller has checked that the vector is well-formed."""
        return self._doc.get_update(state_vector)

    def insert(self, text: str) -> None:
        """Writes at the beginning."""
        self._text.insert(0, text)


def new_client_id() -> int:
    """As Yjs makes them: 32 random bits (not 0, so that it is never taken for "none")."""
    return secrets.randbelow(2**32 - 1) + 1


def normalised(text: str) -> str:
    """The text as an editor would hold it: line feeds only, and no half of a surrogate pair."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def update_that_writes(text: str, client_id: int) -> bytes:
    """An update that writes `text` into an empty document as `client_id`."""
    document = Document(client_id)
    document.insert(normalised(text))
    return document.state()


def document_of(updates: Iterable[bytes]) -> Document:
    document = Document()
    for update in updates:
        document.apply(update)
    return document


def text_of(updates: Iterable[bytes]) -> str:
    return document_of(updates).text()


def text_hash(text: str) -> bytes:
    """SHA-256 of the text in UTF-8, as clients compute it."""
    return hashlib.sha256(text.encode()).digest()
