"""The cast of the domain's tests, for pages that belong to no app."""

from notes.tests.conftest import ada, ben, cleo, course, dana, handshake, mallory, networking

__all__ = ["ada", "ben", "cleo", "course", "dana", "handshake", "mallory", "networking"]
