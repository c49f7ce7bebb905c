"""The domain's tables, one noun a file."""

from notes.models.activity import Activity, ActivityCounter, Verb
from notes.models.content import LoadMark, NoteClient, NoteSnapshot, NoteUpdate, Origin, Quarantine
from notes.models.export import Export
from notes.models.invitation import Invitation
from notes.models.membership import Membership, Role
from notes.models.note import Note
from notes.models.notebook import Notebook
from notes.models.segment import NoteSegment

__all__ = [
    "Activity",
    "ActivityCounter",
    "Export",
    "Invitation",
    "LoadMark",
    "Membership",
    "Note",
    "NoteClient",
    "NoteSegment",
    "NoteSnapshot",
    "NoteUpdate",
    "Notebook",
    "Origin",
    "Quarantine",
    "Role",
    "Verb",
]
