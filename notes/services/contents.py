"""The text of a note in the database: its beginning, its log, its snapshots."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from core.accounts.models import User
from core.lib import clock
from notes import documents
from notes.models import Note, NoteClient, NoteSnapshot, NoteUpdate, Origin
from notes.services import history

EXCERPT_LENGTH = 280
FOLDED_AT_ONCE = 50
EXCERPT_READS = 20_000  # characters: what is far down is no beginning, and a long text would hold up everybody


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database holds of a note's text: at most one snapshot, and the updates after it in order of `seq`."""

    epoch: int
    seq: int
    snapshot: bytes | None
    snapshot_seq: int
    tail: tuple[tuple[int, bytes], ...]

    @property
    def updates(self) -> list[bytes]:
        return [*([self.snapshot] if self.snapshot else []), *(data for _, data in self.tail)]


def seed(note: Note, text: str, author: User | None) -> None:
    """Writes a new note's first text. Only the server seeds a document; a client never inserts initial text.

    Raises ValueError when the note has a text already.
    """
    text = documents.normalised(text)
    with transaction.atomic():
        head = Note.objects.select_for_update().get(pk=note.pk)
        if head.seq:
            raise ValueError("This note has a text already.")
        if not text:
            return
        client_id = documents.new_client_id()
        NoteClient.objects.create(note=note, epoch=head.epoch, client_id=client_id, user=author)
        NoteUpdate.objects.create(
            note=note,
            seq=1,
            epoch=head.epoch,
            author=author,
            origin=Origin.SEED,
            created_at=clock.now(),
            data=documents.update_that_writes(text, client_id),
        )
        note.seq, note.excerpt, note.words = 1, excerpt_of(text), len(text.split())
        note.save(update_fields=["seq", "excerpt", "words"])


def stored(note_id: int) -> Stored:
    """Reads snapshot and tail. Raises Note.DoesNotExist."""
    with transaction.atomic():
        note = Note.objects.only("epoch", "seq").get(pk=note_id)
        snapshot = NoteSnapshot.objects.filter(note_id=note_id, epoch=note.epoch).only("seq", "state").first()
        since = snapshot.seq if snapshot else 0
        log = history.sound(note_id, epoch=note.epoch, after=since, head=note.seq)
        tail = tuple((update.seq, update.data) for update in log)
    state = bytes(snapshot.state) if snapshot else None
    return Stored(epoch=note.epoch, seq=note.seq, snapshot=state, snapshot_seq=since, tail=tail)


def text_of(note: Note) -> str:
    """The note's text as the database has it now."""
    held = stored(note.pk)
    if held.snapshot and not held.tail:
        return NoteSnapshot.objects.values_list("text", flat=True).get(note=note, epoch=held.epoch)
    return documents.text_of(held.updates)


def save_snapshot(note_id: int, *, epoch: int, seq: int, state: bytes, text: str, outline: bytes = b"") -> None:
    """Keeps the merged state up to `seq`, unless a later one is kept already."""
    with transaction.atomic():
        # The note's row is the lock: two processes may take a snapshot at the same moment.
        if not Note.objects.select_for_update().filter(pk=note_id, epoch=epoch).exists():
            return
        if NoteSnapshot.objects.filter(note_id=note_id, epoch=epoch, seq__gte=seq).exists():
            return
        fields: dict[str, object] = {"seq": seq, "state": state, "outline": outline}
        fields |= {"text": storable(text), "text_hash": documents.text_hash(text)}
        NoteSnapshot.objects.update_or_create(note_id=note_id, epoch=epoch, defaults=fields)


def left_unfolded(before: datetime) -> list[int]:
    """Notes whose last update is older than that and in no snapshot: whoever had them open died. Some of them."""
    newest = NoteUpdate.objects.filter(note=OuterRef("pk")).order_by("-seq").values("created_at")[:1]
    snapshot = NoteSnapshot.objects.filter(note=OuterRef("pk"), epoch=OuterRef("epoch")).values("seq")[:1]
    ahead = Note.objects.alive().filter(seq__gt=Coalesce(Subquery(snapshot), 0)).annotate(newest=Subquery(newest))
    return list(ahead.filter(newest__lt=before).order_by("-newest").values_list("pk", flat=True)[:FOLDED_AT_ONCE])


def storable(text: str) -> str:
    """The text as every database takes it: PostgreSQL has no U+0000, which anybody can type."""
    return text.replace("\x00", "\ufffd")


def excerpt_of(text: str) -> str:
    """The first words of a text without its Markdown, for a card: never more than EXCERPT_LENGTH characters."""
    text = storable(text[:EXCERPT_READS])
    text = re.sub(r"```.*?(```|\Z)", " ", text, flags=re.DOTALL)
    text = re.sub(r"^[ \t]*\$\$.*?(\$\$|\Z)", " ", text, flags=re.DOTALL | re.MULTILINE)
    lines = (line.strip() for line in text.splitlines())
    prose = " ".join(line for line in lines if line and not re.match(r"#|\||[-=*_]{3,}$", line))
    prose = re.sub(r"\$(?=\S)([^$]*[^$\s])\$(?!\d)", _formula_in_words, prose)
    # No opening bracket inside: else each of many would be searched to the end of the text.
    prose = re.sub(r"!?\[([^][]*)\]\([^()]*\)", r"\1", prose)
    prose = re.sub(r"(^|\s)(?:[-*+>]|\d+\.|\[[ xX]\]|\[![a-z]+\])(?=\s)", " ", prose)
    words = re.sub(r"[*_`~]+", "", " ".join(prose.split()))
    words = " ".join(words.split())
    return words if len(words) <= EXCERPT_LENGTH else words[: EXCERPT_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def _formula_in_words(formula: re.Match[str]) -> str:
    """A plain one as it is; of one with commands that are no words only the place is kept."""
    words = re.sub(r"\\(log|ln|lg|exp|sin|cos|tan|max|min|gcd)(?![A-Za-z])", r"\1", formula[1])
    return "…" if "\\" in words else re.sub(r"[{}]", "", words)
