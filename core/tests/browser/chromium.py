"""The system's Chromium, and how it is started for tests."""

import shutil

from core.tests.leftout import leave_out

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Tests often run as root, where Chromium's sandbox cannot; and the browser is to reach for nothing but our server.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 15_000


def find() -> str:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        leave_out("Chromium is not installed")
    return path
