"""The text of notes: an append-only log of CRDT updates, and what can be derived from it.

The log is the truth. A snapshot only saves time at loading and may be thrown away.
"""

from django.conf import settings
from django.db import models


class Origin(models.IntegerChoices):
    """By which door an update came."""

    SOCKET = 1, "socket"
    SEED = 2, "seed"
    SERVICE = 3, "service"


class NoteUpdate(models.Model):
    """What one author wrote: a Yjs update (format v1), admitted and byte for byte as it came, or several that came
    within one flush, merged.

    `seq` begins at 1, has no gaps and never restarts, also not in a new epoch. A quarantined row is skipped when the
    note is loaded: it would harm the process that applies it. Rows that have settled are packed into segments (see
    `segment`): to read the log, ask `notes.services.history`.
    """

    # One index besides the primary key: each is written with every keystroke. The constraint's begins with the note;
    # by author nobody asks but who closes an account.
    note = models.ForeignKey("notes.Note", models.CASCADE, related_name="updates", db_index=False)
    seq = models.PositiveBigIntegerField()
    epoch = models.PositiveIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False)
    origin = models.PositiveSmallIntegerField(choices=Origin, default=Origin.SOCKET)
    created_at = models.DateTimeField()
    data = models.BinaryField()
    quarantined = models.BooleanField(default=False)

    class Meta:
        ordering = ["note", "seq"]
        constraints = [models.UniqueConstraint(fields=["note", "seq"], name="note_update_seq_once")]

    def __str__(self) -> str:
        return f"update {self.seq} of note {self.note_id}"


class Quarantine(models.Model):
    """Why an update is in quarantine, for whoever runs the server. Beside the log: its table is written with every
    keystroke, and the update itself may have been packed since."""

    note = models.ForeignKey("notes.Note", models.CASCADE, related_name="quarantines", db_index=False)
    seq = models.PositiveBigIntegerField()
    why = models.CharField(max_length=300)
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "update in quarantine"
        verbose_name_plural = "updates in quarantine"
        ordering = ["note", "seq"]
        constraints = [models.UniqueConstraint(fields=["note", "seq"], name="note_quarantine_once")]

    def __str__(self) -> str:
        return f"update {self.seq} of note {self.note_id}"


class NoteSnapshot(models.Model):
    """The merged state of one epoch up to `seq`: a Yjs update, and its text with the SHA-256 of that text.

    `outline` saves reading the state when a note is opened (realtime/outline.py); it may be empty.
    """

    # Without an index of its own, as below: the constraint's begins with it.
    note = models.ForeignKey("notes.Note", models.CASCADE, related_name="snapshots", db_index=False)
    epoch = models.PositiveIntegerField()
    seq = models.PositiveBigIntegerField()
    state = models.BinaryField()
    outline = models.BinaryField(default=bytes)
    text = models.TextField()
    text_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "epoch"], name="note_snapshot_once_per_epoch")]

    def __str__(self) -> str:
        return f"snapshot at {self.seq} of note {self.note_id}"


class NoteClient(models.Model):
    """Which user writes with a CRDT client id: bound at the first update, for ever. Also the map of authorship.

    Client ids go up to 2^53 - 1, which a signed 64-bit column holds.
    """

    note = models.ForeignKey("notes.Note", models.CASCADE, related_name="clients", db_index=False)
    epoch = models.PositiveIntegerField()
    client_id = models.PositiveBigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "client_id"], name="note_client_bound_once")]

    def __str__(self) -> str:
        return f"client {self.client_id} of note {self.note_id}"


class LoadMark(models.Model):
    """A process is loading this note now. A mark that outlives its process means that loading killed it."""

    note = models.OneToOneField("notes.Note", models.CASCADE, related_name="load_mark")
    process = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"loading of note {self.note_id} by {self.process}"
