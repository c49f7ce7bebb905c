"""Serves Commonplace with Daphne: one process, its limits from the settings, a clean end on SIGTERM."""

import errno
import gc
import shutil
import socket
import sys
import tempfile
from argparse import ArgumentParser
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.utils.module_loading import import_string

from core.lib import processlock, startup

SWITCH_SECONDS = 0.0005
YOUNG_OBJECTS = 20_000  # made since the last look, before the garbage collector looks again
FREE_BYTES = 64 * 1024 * 1024  # below this SQLite may fail in the middle of a sentence
DEMO = (("Ada", "ada@example.org"), ("Ben", "ben@example.org"))


class Command(BaseCommand):
    help = "Serves Commonplace on BIND and PORT. Embedded (SQLite), it first brings the database up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="make two demo accounts if nobody has an account yet")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.EMBEDDED:
            check_folder(settings.DATA_DIR)
            lock = take_lock(settings.DATA_DIR)  # held until the process ends
        check_port(settings.BIND, settings.PORT)
        if settings.EMBEDDED:
            call_command("prepare", demo=options["demo"], verbosity=0, stdout=self.stdout)
        self._serve()
        if settings.EMBEDDED:
            lock.close()

    def _serve(self) -> None:
        from core.server import Server  # brings in Twisted's reactor

        application = import_string(settings.ASGI_APPLICATION.replace(":", "."))
        server = Server(application, settings.BIND, settings.PORT, ready=self._welcome)
        startup.run()
        _spare_the_collector()
        # A thread that commits asks for the interpreter some ten times. With Python's 5 ms a busy loop let a commit of
        # one millisecond take 120.
        sys.setswitchinterval(SWITCH_SECONDS)
        server.run()
        if server.failure:
            raise SystemExit(f"Commonplace could not listen: {server.failure}")

    def _welcome(self) -> None:
        lines = [f"Commonplace is ready: {settings.SITE_URL}"]
        password = settings.DATA_DIR / "demo-password"
        if password.is_file():
            lines.append("Two demo accounts, to open in two browsers:")
            lines += [f"  {name}   {email}   password: {password.read_text().strip()}" for name, email in DEMO]
        self.stdout.write("\n".join([*lines, "Ctrl-C stops it."]))
        self.stdout.flush()


def _spare_the_collector() -> None:
    """Keystrokes leave nothing that counting references does not free. The collector need not look through everything
    that Django made at its start, nor often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)


def check_folder(folder: Path) -> None:
    """Ends with one sentence when the data folder cannot hold a database."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise SystemExit(
            f"The data folder {folder} cannot be written: {error.strerror}. Set DATA_DIR to another."
        ) from None
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        raise SystemExit(f"The disk of {folder} is nearly full ({free // 2**20} MB free). Make room, or set DATA_DIR.")


def take_lock(folder: Path) -> TextIOWrapper:
    try:
        return processlock.take(folder / "commonplace.lock")
    except processlock.AlreadyRunning as holder:
        raise SystemExit(
            f"Commonplace already runs on {folder} (process {holder}). "
            "Stop it first, or set DATA_DIR to another folder; several processes need DATABASE_URL and REDIS_URL."
        ) from None


def check_port(bind: str, port: int) -> None:
    """Ends with one sentence when the port cannot be had, before anything else is done."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    try:
        socket.create_server((bind, port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SystemExit(f"Port {port} is taken. Choose another: PORT={port + 1} make run") from None
        raise SystemExit(f"Commonplace cannot listen on {bind} port {port}: {error.strerror}.") from None
