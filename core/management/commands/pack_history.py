"""Packs what has settled of every note's log, as the server does by and by. Safe beside running servers."""

from typing import Any

from django.core.management import BaseCommand

from notes.services import segments


class Command(BaseCommand):
    help = "Packs the updates of all notes that are older than PACK_AFTER_SECONDS and behind a snapshot."

    def handle(self, *args: Any, **options: Any) -> None:
        packed = list[int]()
        after: int | None = 0
        while after is not None:
            due, after = segments.due(after)
            for note_id in due:
                packed += segments.pack_note(note_id)
        self.stdout.write(f"Packed {sum(packed)} updates into {len(packed)} segments.")
