"""The log, packed: many updates in few bytes."""

from django.db import models
from django.db.models import F, Q


class NoteSegment(models.Model):
    """The updates `first_seq` to `last_seq` of one epoch, each as it was, in the format of `notes.packing`.

    They stand here instead of in `NoteUpdate`. Authors are told by their keys, which may outlive an account.
    """

    # Without an index of its own: the constraint's begins with it.
    note = models.ForeignKey("notes.Note", models.CASCADE, related_name="segments", db_index=False)
    epoch = models.PositiveIntegerField()
    first_seq = models.PositiveBigIntegerField()
    last_seq = models.PositiveBigIntegerField()
    data = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["note", "last_seq"]
        constraints = [
            # Also the way to what a reader lacks: the segments that end after what it has.
            models.UniqueConstraint(fields=["note", "last_seq"], name="note_segment_ends_once"),
            models.CheckConstraint(condition=Q(last_seq__gte=F("first_seq")), name="note_segment_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"updates {self.first_seq} to {self.last_seq} of note {self.note_id}"
