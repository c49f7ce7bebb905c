"""History packed: runs of a note's log as compressed segments, given back byte for byte. No Django here."""

from notes.packing.segment import DamagedSegmentError, LoggedUpdate, pack, unpack

__all__ = ["DamagedSegmentError", "LoggedUpdate", "pack", "unpack"]
